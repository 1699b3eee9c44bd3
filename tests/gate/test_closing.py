from __future__ import annotations

import msgspec

from gonogo.facts import Decision
from gonogo.gate.closing import close_commands
from gonogo.gate.combine import combine
from tests.gate import build
from tests.gate.build import NOW


def decision(*closes, blocking=True):
    results = tuple(
        msgspec.structs.replace(combine(build.control(f"cost.c{i}"), []), close=close, blocking=blocking)
        for i, close in enumerate(closes)
    )
    return Decision(
        verdict="NO-GO",
        system="shop",
        subject=build.subject(),
        profile="minimum",
        environment=None,
        decided_at=NOW,
        expires=None,
        results=results,
    )


def test_the_command_that_closes_most_comes_first_and_edits_last():
    given = decision("edit a", "gonogo scan", "gonogo lab", "gonogo lab", "edit b", None, "edit c")
    assert close_commands(given) == [("gonogo lab", 2), ("gonogo scan", 1), ("edit", 4)]


def test_commands_that_name_their_control_are_one():
    given = decision("gonogo attest cost.c0 --artifact FILE", "gonogo attest cost.c1 --artifact FILE")
    assert close_commands(given) == [("gonogo attest ID --artifact FILE", 2)]


def test_a_command_for_one_control_names_it():
    given = decision("gonogo attest cost.c0 --artifact FILE", "gonogo attest cost.c11")
    assert close_commands(given) == [
        ("gonogo attest cost.c0 --artifact FILE", 1),
        ("gonogo attest cost.c11", 1),
    ]
    ids = decision("gonogo attest cost.c0", "gonogo attest cost.c1x", "gonogo attest x-cost.c2")
    assert [n for _, n in close_commands(ids)] == [1, 1, 1]


def test_what_does_not_block_is_not_counted():
    assert close_commands(decision("gonogo lab", "edit", blocking=False)) == []


def test_only_the_few_that_close_most_are_named_and_edits_are_always_said():
    given = decision(*(f"gonogo run {n}" for n in "fedcba"), "edit it", "gonogo run f")
    assert close_commands(given, most=3) == [("gonogo run f", 2), ("gonogo run a", 1), ("gonogo run b", 1), ("edit", 1)]
    assert len(close_commands(given)) == 6


def test_a_word_that_only_begins_like_ours_is_an_edit():
    assert close_commands(decision("gonogo-not a command")) == [("edit", 1)]


def test_scenarios_and_named_runs_are_one_command_and_a_single_one_is_named():
    given = decision(
        "gonogo lab --scenario a", "gonogo lab --scenario b", "gonogo drill x", "gonogo drill y", "gonogo eval z"
    )
    assert close_commands(given) == [("gonogo drill NAME", 2), ("gonogo lab", 2), ("gonogo eval z", 1)]
    assert close_commands(decision("gonogo lab --scenario a")) == [("gonogo lab --scenario a", 1)]
    assert close_commands(decision("gonogo load --all", "gonogo load --all")) == [("gonogo load --all", 2)]
    assert close_commands(decision("gonogo load soak", "gonogo load peak")) == [("gonogo load NAME", 2)]


def test_what_waits_for_proofs_to_come_stands_in_one_line_behind_what_can_be_done_today():
    given = decision("gonogo lab --scenario a", "gonogo drill rollback", "gonogo check", "edit it", "gonogo lab")
    later = {0, 1, 4}
    results = tuple(msgspec.structs.replace(r, planned=i in later) for i, r in enumerate(given.results))
    assert close_commands(msgspec.structs.replace(given, results=results)) == [
        ("gonogo check", 1),
        ("edit", 1),
        ("proofs that this version of gonogo cannot make yet (drill, lab)", 3),
    ]
