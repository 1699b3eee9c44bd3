from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Decision
from gonogo.report.view import age, command_words, is_command, view


def test_every_control_is_in_exactly_one_list(assessment: Assessment, catalog: Catalog) -> None:
    told = view(assessment, catalog)
    lists = (told.blockers, told.missing, told.others, told.waived, told.passed, told.not_applicable)
    assert sorted(e.id for entries in lists for e in entries) == sorted(catalog.controls)


def test_blockers_come_worst_first(assessment: Assessment, catalog: Catalog) -> None:
    told = view(assessment, catalog)
    assert [e.id for e in told.blockers] == [
        "security-input.secrets",
        "access.authentication",
        "reliability.timeouts",
        "observability.health",
        "observability.logs",
    ]


def test_the_headline_counts_each_control_once(assessment: Assessment, catalog: Catalog) -> None:
    assert view(assessment, catalog).headline == (
        "3 of 12 controls pass, 2 fail, 1 could not be judged, 1 cannot be told, 1 has only stale evidence, "
        "3 were not looked at, 1 waived. 7 controls and 1 other reason block the release."
    )


def test_evidence_that_expired_blocks_as_stale_and_is_not_among_what_nobody_looked_at(
    assessment: Assessment, catalog: Catalog
) -> None:
    told = view(assessment, catalog)
    stale = next(e for e in told.blockers if e.id == "observability.logs")
    assert stale.word == "stale"
    assert "evidence of 2025-11-02 is older than 90 days" in stale.sentences
    assert stale.id not in {e.id for e in told.missing}


def test_what_nobody_looked_at_is_grouped_by_what_closes_it(assessment: Assessment, catalog: Catalog) -> None:
    groups = view(assessment, catalog).missing_by_command()
    assert [(c, [e.id for e in es]) for c, es in groups] == [
        ("gonogo drill rollback", ["rollout.rollback"]),
        ("gonogo attest cost.budget", ["cost.budget"]),
        ("gonogo load", ["performance.load"]),
    ]


def test_the_finding_s_own_fix_wins_over_the_catalogue_s(assessment: Assessment, catalog: Catalog) -> None:
    entries = {e.id: e for e in view(assessment, catalog).entries}
    assert entries["reliability.timeouts"].fix == "Give the client timeout=60 where it is made."
    assert entries["rollout.model-pinned"].fix == "gonogo scan"


def test_a_broken_check_is_not_blamed_on_the_system(assessment: Assessment, catalog: Catalog) -> None:
    broken = next(e for e in view(assessment, catalog).blockers if e.outcome == "error")
    assert broken.fix == ""
    assert "the check broke: division by zero" in broken.sentences


def test_a_control_that_the_catalogue_does_not_know_is_told_all_the_same(assessment: Assessment) -> None:
    told = view(assessment, Catalog(controls={}, profiles={}))
    assert len(told.entries) == len(assessment.decision.results)
    assert {e.why for e in told.entries} == {""}


def test_only_what_is_wrong_can_be_new(make: Callable[..., Assessment], catalog: Catalog) -> None:
    told = view(make(new=(("reliability.timeouts", "scan"), ("quality.evals", "eval"))), catalog)
    assert [e.id for e in told.entries if e.new] == ["reliability.timeouts"]


def test_a_go_says_how_long_it_holds(
    make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog
) -> None:
    base = decide()
    passing = tuple(r for r in base.results if r.outcome == "pass")
    held = decide("GO", results=passing, reasons=(), blockers=(), expires=base.decided_at + timedelta(days=12))
    assert view(make(decision=held), catalog).headline == "3 of 3 controls pass. Holds until 2026-03-26 09:26 UTC."


def test_one_control_is_told_in_the_singular(
    make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog
) -> None:
    one = tuple(r for r in decide().results if r.control == "reliability.timeouts")
    told = view(make(decision=decide(results=one, reasons=())), catalog)
    assert told.headline == "0 of 1 control passes, 1 fails. 1 control blocks the release."


def test_ages_are_told_in_one_unit(assessment: Assessment) -> None:
    now = assessment.decision.decided_at
    assert age(now - timedelta(minutes=1), now) == "1 minute"
    assert age(now - timedelta(hours=47), now) == "47 hours"
    assert age(now - timedelta(days=90), now) == "90 days"
    assert age(now + timedelta(hours=1), now) == "0 minutes"


def test_commands_and_edits_are_told_apart() -> None:
    assert is_command("gonogo lab --scenario outage")
    assert not is_command("Set a timeout; then run `gonogo lab`.")
    assert command_words("edit") == "edits, each named at its control"
    assert command_words("edit", 1) == "edit, named at its control"


def test_a_reason_that_the_law_gives_is_told(assessment: Assessment, catalog: Catalog) -> None:
    results = tuple(
        msgspec.structs.replace(r, declared="the system has one tenant by contract")
        for r in assessment.decision.results
        if r.control == "retrieval.filters"
    )
    decision = msgspec.structs.replace(assessment.decision, results=results)
    told = view(msgspec.structs.replace(assessment, decision=decision), catalog)
    assert "the system has one tenant by contract" in told.not_applicable[0].sentences


def test_what_this_version_cannot_prove_yet_comes_last_by_its_verb(assessment: Assessment, catalog: Catalog) -> None:
    later = msgspec.structs.replace
    results = tuple(
        later(r, planned=True) if r.control in ("rollout.rollback", "performance.load") else r
        for r in assessment.decision.results
    )
    given = later(assessment, decision=later(assessment.decision, results=results))
    assert [command for command, _ in view(given, catalog).missing_by_command()] == [
        "gonogo attest cost.budget",
        "gonogo drill  (proofs not in this version yet)",
        "gonogo load  (proofs not in this version yet)",
    ]
