from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from gonogo.facts import Signer
from gonogo.gate.combine import combine
from gonogo.gate.freshness import Aged
from gonogo.gate.waivers import Court, assess, in_use, refused
from tests.gate import build
from tests.gate.build import NOW

LIMITS = {"max_days": build.threshold(90), "reason_chars": build.threshold(40, ">=", "characters")}
RULE = build.rule("waivers-justified", threshold=LIMITS)


def signed(*signers):
    return build.waiver("cost.example", *signers)


def court(*controls, **given):
    known = build.catalog(build.control(), RULE, *controls)
    values = {"catalog": known, "roster": build.roster(), "now": NOW, "authors": ("dave@example.org",)}
    return Court(**{**values, **given})


def results(outcome="fail", name="cost.example"):
    made = combine(build.control(name), [Aged(finding=build.finding(name, outcome), outcome=outcome)])
    return {name: made}


def state(waiver, outcome="fail", **given):
    (note,) = assess([waiver], results(outcome), court(**given))
    return note.state, note.detail


def test_a_waiver_counts_and_says_until_when():
    (note,) = assess([build.waiver()], results(), court())
    assert (note.control, note.owner, note.expires) == ("cost.example", "alice", date(2026, 4, 30))
    assert (note.state, note.detail) == ("active", "until 2026-04-30")
    assert in_use([note]) == {"cost.example": datetime(2026, 5, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("now", "wanted", "detail"),
    [
        (datetime(2026, 4, 22, 23, 59, 59, tzinfo=UTC), "active", "until 2026-04-30"),
        (datetime(2026, 4, 23, tzinfo=UTC), "expiring", "7 days left"),
        (datetime(2026, 4, 29, 12, tzinfo=UTC), "expiring", "1 day left"),
        (datetime(2026, 4, 30, 23, 59, 59, 999999, tzinfo=UTC), "expiring", "today is its last day"),
        (datetime(2026, 5, 1, tzinfo=UTC), "expired", "its last day was 2026-04-30"),
        (datetime(2026, 4, 30, 20, tzinfo=timezone(timedelta(hours=-5))), "expired", "its last day was 2026-04-30"),
        (datetime(2026, 5, 1, 8, tzinfo=timezone(timedelta(hours=9))), "expiring", "today is its last day"),
    ],
)
def test_the_last_day_counts_to_its_last_second_in_utc(now, wanted, detail):
    assert state(build.waiver(), now=now) == (wanted, detail)


@pytest.mark.parametrize("outcome", ["fail", "error", "inconclusive", "not-collected"])
def test_whatever_is_open_can_be_waived(outcome):
    assert state(build.waiver(), outcome)[0] == "active"


@pytest.mark.parametrize(
    ("outcome", "detail"), [("pass", "the control passes"), ("not-applicable", "the control does not apply")]
)
def test_a_waiver_of_what_is_settled_is_unneeded_even_when_past(outcome, detail):
    assert state(build.waiver(), outcome) == ("unneeded", detail)
    assert state(build.waiver(), outcome, now=NOW + timedelta(days=80)) == ("unneeded", detail)


def test_a_waiver_outside_the_profile_is_unneeded():
    (note,) = assess([build.waiver()], {}, court())
    assert (note.state, note.detail) == ("unneeded", "the control is not part of this profile")
    assert in_use([note]) == {}


@pytest.mark.parametrize(
    ("waiver", "because"),
    [
        (build.waiver("cost.unknown"), "the catalogue has no control cost.unknown"),
        (build.waiver("access.example"), "the safeguard is non-negotiable"),
        (build.waiver("decision.waivers-justified"), "it is a rule of the gate itself"),
        (build.waiver(reason="x" * 39), "the reason is shorter than 40 characters"),
        (build.waiver(reason="x " + " " * 60 + "y"), "the reason is shorter than 40 characters"),
        (build.waiver(compensation="  "), "no compensating measure is named"),
        (build.waiver(owner=" "), "no owner is named"),
        (build.waiver(seen_at=NOW + timedelta(minutes=6)), "it is dated in the future"),
        (build.waiver(expires=date(2026, 6, 8)), "it lasts longer than 90 days from its signature"),
        (build.waiver("cost.example", build.signer("alice"), build.signer("mallory")),
         f"the law in force does not know the key {build.key('mallory')}"),
        (build.waiver("cost.example", build.signer("mallory"), build.signer("bob")),
         f"the law in force does not know the key {build.key('mallory')}"),
        (signed(build.signer("alice", valid=False), build.signer("bob")), "a signature does not hold"),
        (signed(build.signer("alice"), build.signer("bob", valid=False)), "a signature does not hold"),
        (build.waiver("cost.example", build.signer("alice")), "no second person signed it"),
        (build.waiver("cost.example", build.signer("bob"), build.signer("bob")), "no second person signed it"),
        (signed(build.signer("bob"), build.signer("alice")), "the second signature is not an approver's"),
        (build.waiver(owner="bob"), "bob asked for it and cannot approve it"),
        (build.waiver(owner="Bob@example.org"), "bob asked for it and cannot approve it"),
        (build.waiver(owner=build.key("bob")), "bob asked for it and cannot approve it"),
    ],
)  # fmt: skip
def test_a_waiver_is_refused_with_the_reason(waiver, because):
    assert refused(waiver, court(build.control("access.example"))) == because
    (note,) = assess([waiver], results(name=waiver.control), court(build.control("access.example")))
    assert (note.state, note.detail) == ("refused", because)
    assert in_use([note]) == {}


def test_nobody_signed_is_refused():
    unsigned = build.waiver()
    unsigned = type(unsigned)(**{f: getattr(unsigned, f) for f in unsigned.__struct_fields__ if f != "signers"})
    assert refused(unsigned, court()) == "no second person signed it"


def test_the_limits_themselves_are_allowed():
    signed = NOW - timedelta(days=1)
    longest = build.waiver(reason="x" * 40, seen_at=signed, expires=(signed + timedelta(days=90)).date())
    assert refused(longest, court()) is None
    assert refused(build.waiver(seen_at=NOW + timedelta(minutes=5)), court()) is None


def test_the_limits_are_the_catalogues_with_the_laws_override():
    tight = {"decision.waivers-justified": {"max_days": 30, "reason_chars": 90}}
    assert refused(build.waiver(), court(overrides=tight)) == "the reason is shorter than 90 characters"
    tight = {"decision.waivers-justified": {"max_days": 30}}
    assert refused(build.waiver(), court(overrides=tight)) == "it lasts longer than 30 days from its signature"


def test_a_catalogue_without_the_rule_has_the_default_limits():
    bare = court(catalog=build.catalog(build.control()))
    assert refused(build.waiver(), bare) is None
    assert refused(build.waiver(reason="x" * 39), bare) == "the reason is shorter than 40 characters"
    assert refused(build.waiver(expires=date(2026, 6, 8)), bare) == "it lasts longer than 90 days from its signature"


def test_an_author_of_the_change_cannot_approve_a_waiver():
    assert refused(build.waiver(), court(authors=("bob@example.org",))) == "bob wrote the change and cannot approve it"
    third = build.waiver("cost.example", build.signer("alice"), build.signer("bob"), build.signer("carol"))
    assert refused(third, court(authors=("bob@example.org",))) is None


def test_an_approver_without_an_address_cannot_be_told_from_an_author():
    roster = build.roster(approvers=(build.person("bob", email=None),))
    because = "the law gives no address for bob, so that nobody can tell whether they wrote the change"
    assert refused(build.waiver(), court(roster=roster)) == because


def test_a_second_key_of_the_owner_is_no_second_person():
    twice = build.person("alias", email="alice@example.org")
    waiver = build.waiver("cost.example", build.signer("alice"), build.signer("alias"))
    assert refused(waiver, court(roster=build.roster(approvers=(twice,)))) == "alias asked for it and cannot approve it"


def test_who_signed_first_cannot_approve_under_another_owners_name():
    both = build.roster(approvers=(build.person("bob"), build.person("robert", email="bob@example.org")))
    waiver = build.waiver("cost.example", build.signer("bob"), build.signer("robert"), owner="alice")
    assert refused(waiver, court(roster=both)) == "robert asked for it and cannot approve it"


def test_a_self_made_second_key_is_unknown_to_the_old_law():
    forged = build.waiver("cost.example", build.signer("alice"), Signer(key=build.key("new"), name="bob", valid=True))
    assert refused(forged, court()) == f"the law in force does not know the key {build.key('new')}"


def test_several_waivers_of_one_control_count_to_the_last_day():
    short, long = build.waiver(expires=date(2026, 3, 12)), build.waiver()
    notes = assess([long, short], results(), court())
    assert [n.state for n in notes] == ["expiring", "active"]
    assert in_use(notes) == {"cost.example": datetime(2026, 5, 1, tzinfo=UTC)}
    assert in_use(reversed(notes)) == in_use(notes)
    assert notes == assess([short, long], results(), court())


def test_an_expired_waiver_that_was_renewed_is_no_longer_needed():
    past = build.waiver(expires=date(2026, 3, 9))
    assert [(n.state, n.detail) for n in assess([past, build.waiver()], results(), court())] == [
        ("unneeded", "a later waiver has taken its place"),
        ("active", "until 2026-04-30"),
    ]
    assert [n.state for n in assess([past, past], results(), court())] == ["expired", "expired"]
