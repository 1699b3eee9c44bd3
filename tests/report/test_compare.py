from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gonogo.facts import Assessment, Evidence, Finding
from gonogo.report.compare import compare, compared


def with_one(assessment: Assessment, outcome: str | None, *places: Evidence) -> Assessment:
    finding = Finding(
        control="a.b",
        method="scan",
        outcome=outcome or "pass",  # type: ignore[arg-type]
        severity="major",
        summary="s",
        evidence=places,
    )
    return msgspec.structs.replace(assessment, findings=(finding,) if outcome else ())


HERE = Evidence("app/llm.py", 41, "waits 600 s")
PAIR = ("a.b", "scan")


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("pass", "fail", "new"),
        (None, "fail", "new"),
        ("not-collected", "fail", "new"),
        ("pass", "inconclusive", "new"),
        ("inconclusive", "fail", "new"),
        ("fail", "fail", "still"),
        ("fail", "inconclusive", "still"),
        ("error", "error", "still"),
        ("fail", "pass", "fixed"),
        ("inconclusive", "not-applicable", "fixed"),
        ("pass", "not-collected", "lost"),
        ("pass", None, "lost"),
        ("pass", "pass", None),
        ("fail", "not-collected", None),
        ("fail", None, None),
    ],
)
def test_each_change_has_its_list(assessment: Assessment, before: Any, now: Any, change: str | None) -> None:
    told = compare(with_one(assessment, now, HERE), with_one(assessment, before, HERE))
    lists = {name: getattr(told, name) for name in ("new", "fixed", "still", "lost")}
    assert lists == {name: ((PAIR,) if name == change else ()) for name in lists}


def test_a_place_that_moved_within_its_file_is_not_new(assessment: Assessment) -> None:
    moved = Evidence("app/llm.py", 97, "waits 30 s")
    assert compare(with_one(assessment, "fail", moved), with_one(assessment, "fail", HERE)).new == ()


def test_a_second_place_of_the_same_kind_is_new(assessment: Assessment) -> None:
    again = Evidence("app/llm.py", 97, "waits 600 s")
    told = compare(with_one(assessment, "fail", HERE, again), with_one(assessment, "fail", HERE))
    assert told.new == (PAIR,) and told.still == ()


def test_a_place_in_another_file_is_new_even_when_one_was_mended(assessment: Assessment) -> None:
    other = Evidence("app/rag.py", 9, "waits 600 s")
    assert compare(with_one(assessment, "fail", other), with_one(assessment, "fail", HERE)).new == (PAIR,)


def test_one_place_less_is_no_new_trouble(assessment: Assessment) -> None:
    other = Evidence("app/rag.py", 9, "waits 600 s")
    assert compare(with_one(assessment, "fail", HERE), with_one(assessment, "fail", HERE, other)).new == ()


def test_an_assessment_compared_with_itself_has_nothing_new(assessment: Assessment) -> None:
    same = compared(assessment, assessment, "HEAD")
    assert same.new == () and same.compared_with == "HEAD"
    assert same.decision == assessment.decision


def test_several_findings_of_one_proof_count_together(assessment: Assessment) -> None:
    first = with_one(assessment, "pass")
    both = msgspec.structs.replace(first, findings=first.findings + with_one(assessment, "fail", HERE).findings)
    assert compare(both, first).new == (PAIR,)
