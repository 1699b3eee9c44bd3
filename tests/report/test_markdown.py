from __future__ import annotations

from collections.abc import Callable

import msgspec

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Evidence
from gonogo.report.markdown import LIMIT, MARK, render


def test_the_comment_can_be_found_again_and_says_the_verdict(assessment: Assessment, catalog: Catalog) -> None:
    lines = render(assessment, catalog).splitlines()
    assert lines[0] == MARK
    assert lines[1].endswith("NO-GO")


def test_blockers_are_open_and_long_lists_folded(assessment: Assessment, catalog: Catalog) -> None:
    text = render(assessment, catalog, commands=[("gonogo lab", 3)])
    opened = text[: text.index("<details>")]
    assert "- `app/llm.py:41` the SDK waits 600 s" in opened
    assert "- +2 more" in opened
    assert "- `gonogo lab` closes 3 controls" in text
    assert text.count("<details>") == text.count("</details>") >= 3


def test_a_comment_under_the_limit_is_made_of_any_size(assessment: Assessment, catalog: Catalog) -> None:
    one = next(r for r in assessment.decision.results if r.control == "reliability.timeouts")
    places = tuple(Evidence(f"app/very/deep/folder/file{n}.py", n, "no timeout " * 10) for n in range(2_000))
    finding = msgspec.structs.replace(one.findings[0], evidence=places, summary="many " * 100)
    many = tuple(
        msgspec.structs.replace(one, control=f"reliability.c{n:04}", findings=(finding,)) for n in range(1_000)
    )
    decision = msgspec.structs.replace(
        assessment.decision, results=many, reasons=tuple(f"reason {n}" for n in range(900))
    )
    text = render(msgspec.structs.replace(assessment, decision=decision), catalog)
    assert 5_000 < len(text.encode()) <= LIMIT
    assert "NO-GO" in text
    assert text.count("<details>") == text.count("</details>")


def test_new_failures_are_marked(make: Callable[..., Assessment], catalog: Catalog) -> None:
    text = render(make(new=(("reliability.timeouts", "scan"),), compared_with="main"), catalog)
    assert "1 new failure since main." in text
    assert text.count("**new**") == 1
