"""Holding a decision against its evidence, from Python: each claim holds, does not hold, or is said to be unknown."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from gonogo import assess, evidence, ledger
from gonogo.errors import GonogoError, VerificationError
from gonogo.facts import Decision
from gonogo.ledger import dsse
from gonogo.ledger.signature import SigningKey
from gonogo.verification import Held, decision_claims, ledger_claims, open_decision
from tests.cli.runs import committed

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Decision, Path]:
    """A decision on a real repository, and its ledger."""
    root = committed(tmp_path_factory.mktemp("verification") / "desk")
    return assess.check(assess.Request(root=root)).decision, root / evidence.RECORD


def by_claim(held: list[Held]) -> dict[str, bool | None]:
    return {one.claim: one.holds for one in held}


SAME = "the same facts give the same decision"
THERE = "the ledgers hold every run that was judged"


def test_a_true_decision_holds(made: tuple[Decision, Path]) -> None:
    decision, directory = made
    assert set(by_claim([*decision_claims(decision, None, [directory], NOW)]).values()) == {True}


def test_without_a_ledger_the_replay_is_unknown_and_not_fine(made: tuple[Decision, Path]) -> None:
    assert by_claim([*decision_claims(made[0], None, [], NOW)]) == {SAME: None}


def test_another_catalogue_makes_the_replay_unknown(made: tuple[Decision, Path]) -> None:
    other = msgspec.structs.replace(made[0], catalog="sha256:other", gonogo="0.0.9")
    (told,) = decision_claims(other, None, [made[1]], NOW)
    assert told.holds is None and "0.0.9" in told.detail


def test_a_ledger_that_cannot_be_read_is_a_claim_that_fails(made: tuple[Decision, Path], tmp_path: Path) -> None:
    decision, directory = made
    broken = shutil.copytree(directory, tmp_path / "ledger")
    (segment,) = broken.rglob("*.ndjson")
    segment.write_bytes(b"\x00rubbish\n" * 9)
    assert by_claim([*decision_claims(decision, None, [broken], NOW)])[THERE] is False
    assert next(ledger_claims(broken, decision.heads, None)).holds is False


def test_a_run_that_is_not_there_is_named(made: tuple[Decision, Path]) -> None:
    missing = msgspec.structs.replace(made[0], runs=(*made[0].runs, "scan-of-nobody"))
    told = next(one for one in decision_claims(missing, None, [made[1]], NOW) if one.claim == THERE)
    assert told.holds is False and "scan-of-nobody" in told.detail


def test_an_edited_finding_and_an_edited_verdict_are_named(made: tuple[Decision, Path]) -> None:
    decision, directory = made
    go = msgspec.structs.replace(decision, verdict="GO", blockers=(), expires=NOW + timedelta(days=1))
    held = {one.claim: one for one in decision_claims(go, None, [directory], NOW)}
    assert held[SAME].holds is False and "NO-GO" in held[SAME].detail
    first, *rest = decision.results
    finding = msgspec.structs.replace(first.findings[0], outcome="pass", summary="it is fine")
    edited = msgspec.structs.replace(first, findings=(finding, *first.findings[1:]))
    told = {
        one.claim: one
        for one in decision_claims(
            msgspec.structs.replace(decision, results=(edited, *rest)), None, [directory], NOW
        )
    }  # fmt: skip
    assert told["the same facts give the same findings"].holds is False
    assert first.control in told["the same facts give the same findings"].detail


def test_a_go_past_its_end_no_longer_holds(made: tuple[Decision, Path]) -> None:
    for left, holds in ((timedelta(seconds=1), True), (timedelta(seconds=-1), False)):
        go = msgspec.structs.replace(made[0], verdict="GO", expires=NOW + left)
        held = by_claim([*decision_claims(go, None, [], NOW)])
        assert held["the GO still holds today"] is holds


def test_heads_that_name_more_than_is_there_are_a_cut_tail(made: tuple[Decision, Path], tmp_path: Path) -> None:
    decision, directory = made
    assert next(ledger_claims(directory, decision.heads, None)).holds is True
    ((writer, head),) = decision.heads.items()
    seq, _, digest = head.partition(":")
    told = next(ledger_claims(directory, {writer: f"{int(seq) + 5}:{digest}"}, None))
    assert told.holds is False and "cut-tail" in told.detail
    assert ledger.heads(directory) == decision.heads


def test_what_is_no_decision_is_refused(made: tuple[Decision, Path]) -> None:
    key = SigningKey.generate("gate")
    for data in (b"", b"{}", b"[]", b"\xff\x00", b'{"payload": 3}'):
        with pytest.raises(GonogoError):
            open_decision(data, {})
    with pytest.raises(VerificationError, match="not a decision"):
        open_decision(dsse.seal(b"{}", "text/plain", [key]), {})
    for payload in (b"{}", b"null", b"[1]", b'{"predicate": {}}', b"\xff"):
        with pytest.raises(VerificationError):
            open_decision(dsse.seal(payload, "application/vnd.in-toto+json", [key]), {"gate": key.public})
