from __future__ import annotations

import hashlib
from datetime import timedelta, timezone

import msgspec
import pytest

from gonogo.facts import Approval, Signer, encode
from gonogo.gate.signoff import Seat, assess, evidence_digest, is_evidence, newest, people_who, until
from tests.gate import build
from tests.gate.build import NOW

FOUND = (build.finding(), build.finding("cost.other", "fail"))
DIGEST = evidence_digest(FOUND)


def seat(**given):
    values = {
        "subject": build.subject(),
        "evidence": DIGEST,
        "newest": newest(FOUND),
        "roster": build.roster(),
        "now": NOW,
        "law": "sha256:newlaw",
    }
    return Seat(**{**values, **given})


def notes(*approvals, **given):
    return assess(approvals, seat(**given))


def detail(approval, **given):
    (note,) = notes(approval, **given)
    return note.state, note.detail


def test_the_digest_covers_every_finding_whatever_their_order():
    assert evidence_digest(reversed(FOUND)) == DIGEST
    assert DIGEST.startswith("sha256:") and len(DIGEST) == 71
    assert evidence_digest(FOUND[:1]) != DIGEST
    assert evidence_digest([FOUND[0], build.finding("cost.other", "pass")]) != DIGEST
    assert evidence_digest([]) == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_digest_is_of_canonical_lines():
    lines = sorted(
        encode(msgspec.structs.replace(f, seen_at=f.seen_at if f.outcome == "pass" else None)) for f in FOUND
    )
    joined = b"".join(line + b"\n" for line in lines)
    assert evidence_digest(FOUND) == "sha256:" + hashlib.sha256(joined).hexdigest()


def test_another_look_that_saw_the_same_gives_the_same_digest():
    again = [msgspec.structs.replace(FOUND[0], facts=("run-2",)), msgspec.structs.replace(FOUND[1], seen_at=NOW)]
    assert evidence_digest(again) == DIGEST
    assert evidence_digest([msgspec.structs.replace(FOUND[0], seen_at=NOW), FOUND[1]]) != DIGEST
    east = FOUND[0].seen_at.astimezone(timezone(timedelta(hours=9)))
    assert evidence_digest([msgspec.structs.replace(FOUND[0], seen_at=east), FOUND[1]]) == DIGEST


def test_what_the_gate_concludes_itself_is_no_evidence():
    own = build.finding("decision.second-person", method="records", seen_at=NOW)
    lab = build.finding("decision.second-person", method="lab")
    assert not is_evidence(own) and is_evidence(lab)
    assert is_evidence(build.finding("decision.metrics-normal", method="records"))
    assert evidence_digest([*FOUND, own]) == DIGEST != evidence_digest([*FOUND, lab])
    assert newest([*FOUND, own]) == NOW - timedelta(hours=1)


def test_the_youngest_evidence_is_known():
    old, young = build.finding(seen_at=NOW - timedelta(days=3)), build.finding(seen_at=NOW - timedelta(days=2))
    assert newest([old, young, build.finding(seen_at=None)]) == NOW - timedelta(days=2)
    assert newest([build.finding(seen_at=None)]) is None
    assert newest([old, build.finding(outcome="fail", seen_at=NOW)]) == NOW - timedelta(days=3)


def test_an_approver_who_is_no_author_and_does_not_decide_is_accepted():
    (note,) = notes(build.approval(*FOUND))
    assert (note.signer, note.covers, note.state, note.detail) == ("bob", "evidence", "accepted", "")
    assert note.expires == NOW - timedelta(minutes=10) + timedelta(days=31)


@pytest.mark.parametrize(
    ("approval", "given", "because"),
    [
        (build.approval(*FOUND, by="alice"), {}, "alice is no approver of the law in force"),
        (build.approval(*FOUND, by="mallory"), {}, "the law in force does not know the key"),
        (build.approval(*FOUND, signers=(build.signer("bob", valid=False),)), {}, "the signature does not hold"),
        (build.approval(*FOUND, seen_at=NOW + timedelta(minutes=6)), {}, "it is dated in the future"),
        (build.approval(*FOUND), {"deciders": ("bob",)}, "who decides cannot approve as well"),
        (build.approval(*FOUND), {"deciders": (build.key("bob"),)}, "who decides cannot approve as well"),
        (build.approval(*FOUND), {"deciders": ("x", "BOB@example.org")}, "who decides cannot approve as well"),
        (build.approval(*FOUND), {"roster": build.roster(approvers=(build.person("bob", email=None),))},
         "the law gives no address for this approver, so that nobody can tell whether they wrote the change"),
        (build.approval(*FOUND), {"subject": build.subject(authors=("alice@example.org", "bob@example.org"))},
         "an author of the change cannot approve it"),
        (build.approval(*FOUND, subject="sha256:other"), {}, "it is for another state"),
        (build.approval(*FOUND[:1]), {}, "it is over other evidence (another hash)"),
        (build.approval(*FOUND, seen_at=NOW - timedelta(hours=1, seconds=1)), {},
         "it was made before the evidence of 2026-03-10 11:00 UTC"),
        (build.approval(*FOUND), {"now": NOW + timedelta(days=31)}, "it expired at 2026-04-10 11:50 UTC"),
        (build.approval(*FOUND), {"days": 0}, "it expired at 2026-03-10 11:50 UTC"),
    ],
)  # fmt: skip
def test_an_approval_is_refused_with_the_reason(approval, given, because):
    assert detail(approval, **given) == ("refused", because)
    assert people_who(notes(approval, **given), "evidence") == {}
    assert notes(approval, **given)[0].expires is None


def test_a_self_made_second_key_does_not_approve():
    forged = build.approval(*FOUND, signers=(Signer(key=build.key("new"), name="bob", valid=True),))
    (note,) = notes(forged)
    assert (note.signer, note.state) == (build.key("new"), "refused")


def test_the_edges_of_time_are_allowed():
    assert detail(build.approval(*FOUND, seen_at=NOW - timedelta(hours=1)))[0] == "accepted"
    assert detail(build.approval(*FOUND, seen_at=NOW + timedelta(minutes=5)))[0] == "accepted"
    end = NOW - timedelta(minutes=10) + timedelta(days=31)
    assert detail(build.approval(*FOUND), now=end - timedelta(seconds=1))[0] == "accepted"
    assert detail(build.approval(*FOUND), now=end)[0] == "refused"
    assert detail(build.approval(*FOUND), newest=None)[0] == "accepted"


def test_a_clean_commit_names_the_state_as_well_as_its_tree():
    by_commit = build.approval(*FOUND, subject=build.COMMIT)
    assert detail(by_commit)[0] == "accepted"
    assert detail(by_commit, subject=build.subject(dirty=True))[0] == "refused"
    assert detail(build.approval(*FOUND), subject=build.subject(dirty=True))[0] == "accepted"
    assert detail(build.approval(*FOUND, subject=""), subject=build.subject(commit=None))[0] == "refused"


def test_a_signature_over_a_changed_law_is_its_own_thing():
    signed = Approval(seen_at=NOW, subject="", law="sha256:newlaw", signers=(build.signer("bob"),))
    (note,) = notes(signed)
    assert (note.covers, note.state, note.expires) == ("law", "accepted", None)
    assert set(people_who([note], "law")) == {"bob"} and people_who([note], "evidence") == {}
    assert detail(signed, law="sha256:else") == ("refused", "it is over another law (another hash)")
    assert detail(signed, law=None) == ("refused", "it is over another law (another hash)")
    own = build.subject(authors=("bob@example.org",))
    assert detail(signed, subject=own) == ("refused", "an author of the change cannot approve it")
    empty = Approval(seen_at=NOW, subject="", law="", signers=(build.signer("bob"),))
    assert detail(empty, law="")[0] == "refused"


def test_one_approval_may_cover_both():
    both = build.approval(*FOUND, law="sha256:newlaw")
    assert [(n.covers, n.state) for n in notes(both)] == [("evidence", "accepted"), ("law", "accepted")]
    other = build.approval(*FOUND, law="sha256:older")
    assert [(n.covers, n.state) for n in notes(other)] == [("evidence", "accepted"), ("law", "refused")]


def test_an_approval_of_nothing_in_particular_approves_nothing():
    assert detail(build.approval(evidence=None)) == ("refused", "it is over other evidence (another hash)")
    assert detail(build.approval(*FOUND, signers=())) == ("refused", "nobody signed it")
    assert notes(build.approval(*FOUND, signers=()))[0].signer == "nobody"


def test_each_signature_is_judged_by_itself():
    three = build.approval(*FOUND, signers=(build.signer("mallory"), build.signer("carol"), build.signer("bob")))
    assert {(n.signer, n.state) for n in notes(three)} == {
        ("bob", "accepted"), ("carol", "accepted"), (build.key("mallory"), "refused"),
    }  # fmt: skip
    assert set(people_who(notes(three), "evidence")) == {"bob", "carol"}
    assert notes(three, build.approval(*FOUND)) == notes(build.approval(*FOUND), three)


def test_one_person_with_two_entries_counts_once():
    roster = build.roster(approvers=(build.person("bob"), build.person("robert", email="bob@example.org")))
    two = build.approval(*FOUND, signers=(build.signer("bob"), build.signer("robert")))
    assert set(people_who(notes(two, roster=roster), "evidence")) == {"bob"}


def test_an_approval_ends_when_too_few_people_are_left():
    early = build.approval(*FOUND, seen_at=NOW - timedelta(minutes=30))
    late = build.approval(*FOUND, by="carol")
    given = notes(early, late)
    first, last = NOW - timedelta(minutes=30) + timedelta(days=31), NOW - timedelta(minutes=10) + timedelta(days=31)
    assert until(given, 2) == first
    assert until(given, 1) == last
    assert until(given, 3) is None
    assert until(given, 0) is None
    assert until([], 1) is None


def test_who_signed_twice_counts_to_the_later_end():
    early = build.approval(*FOUND, seen_at=NOW - timedelta(minutes=30))
    late = build.approval(*FOUND)
    end = NOW - timedelta(minutes=10) + timedelta(days=31)
    assert people_who(notes(early, late), "evidence") == {"bob": end}
    assert people_who(reversed(notes(early, late)), "evidence") == {"bob": end}
