from __future__ import annotations

import pytest

from gonogo.gate.people import Roster, called, goes_by, key_id, same_person
from gonogo.ledger.signature import SigningKey
from tests.gate import build


def test_the_id_of_a_key_is_the_one_that_the_ledger_gives_it():

    public = SigningKey.generate("bob").public
    assert key_id(public.text) == public.id
    assert key_id(f"  {public.text} bob's laptop") == public.id


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "ed25519:",
        "ed25519:AAAA",
        "rsa:" + build.public("a")[8:],
        "ed25519:???",
        build.public("a")[:20] + "!" + build.public("a")[20:],
    ],
)
def test_what_is_no_key_has_no_id(text):

    assert key_id(text) is None
    assert key_id(build.public("a")[8:]) is None


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"name": "bob", "email": "new@example.org", "key": None}, True),
        ({"name": "robert", "email": "BOB@example.org ", "key": build.public("second")}, True),
        ({"name": "robert", "email": None, "key": build.public("bob")}, True),
        ({"name": "carol"}, False),
        ({"name": "robert", "email": None, "key": None}, False),
        ({"name": "robert", "email": "", "key": "nonsense"}, False),
    ],
)
def test_a_second_key_makes_no_second_person(other, same):

    values = {"name": other["name"], "email": other.get("email", "carol@example.org"), "key": other.get("key")}
    assert same_person(build.person("bob"), build.person(**values)) is same


def test_two_people_without_address_or_key_are_two():

    one, two = build.person("bob", email=None, key=None), build.person("carol", email=None, key=None)
    assert not same_person(one, two)


def test_a_person_goes_by_name_address_and_key_id():

    bob = build.person("bob")
    assert goes_by(bob, "Bob") and goes_by(bob, " bob@example.org") and goes_by(bob, build.key("bob"))
    assert not goes_by(bob, "carol") and not goes_by(bob, "") and not goes_by(bob, build.key("carol"))


def test_only_approvers_approve_while_others_are_known():
    roster = build.roster(rota=(build.person("dave"),), contacts=(build.person("erin"),))
    assert [roster.person(build.key(n)).name for n in ("alice", "bob", "dave", "erin")] == [
        "alice",
        "bob",
        "dave",
        "erin",
    ]
    assert roster.approver(build.key("bob")).name == "bob"
    assert roster.approver(build.key("alice")) is None
    assert roster.person(build.key("mallory")) is None


def test_without_a_law_nobody_is_known():

    assert Roster(None).person(build.key("bob")) is None
    assert Roster(None).approvers == ()


def test_entries_of_one_person_are_found_across_a_chain_of_likenesses():
    chain = (
        build.person("bob", key=build.public("1")),
        build.person("robert", email="bob@example.org", key=build.public("2")),
        build.person("bobby", email="other@example.org", key=build.public("2")),
    )
    roster = build.roster(approvers=(*chain, build.person("carol")))
    assert roster.entries(chain[2]) == chain
    assert roster.is_one_of(chain[2], ["bob"])
    assert not roster.is_one_of(chain[2], ["carol@example.org", "alice"])
    assert roster.entries(build.person("stranger")) == (build.person("stranger"),)


def test_an_address_may_stand_in_another_entry_of_the_person():
    bare = build.person("bob", email=None)
    assert build.roster(owners=(build.person("bob", key=None),), approvers=(bare,)).has_address(bare)
    assert not build.roster(owners=(), approvers=(bare,)).has_address(bare)


def test_a_signer_is_called_by_the_first_name_of_the_law_or_by_the_key():

    roster = build.roster(approvers=(build.person("bob"), build.person("robert", email="bob@example.org")))
    assert called(build.signer("robert"), roster) == "bob"
    assert called(build.signer("mallory"), roster) == build.key("mallory")
