from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Decision, Evidence
from gonogo.report.terminal import Told, render


def test_the_verdict_comes_first_and_what_would_close_most_last(assessment: Assessment, catalog: Catalog) -> None:
    lines = render(assessment, catalog, commands=[("gonogo lab", 3), ("edit", 2)]).strip().splitlines()
    assert lines[0].split() == ["NO-GO", "support-bot"]
    assert [line.split(maxsplit=1) for line in lines[-2:]] == [
        ["3", "gonogo lab"],
        ["2", "edits, each named at its control"],
    ]


def test_without_a_declaration_its_commands_begin_with_init(assessment: Assessment, catalog: Catalog) -> None:
    drafted = msgspec.structs.replace(assessment, drafted=True)
    last = render(drafted, catalog, commands=[("gonogo check --env NAME", 3)]).strip().splitlines()[-1]
    assert last == "Run `gonogo init` first: these commands read gonogo.yaml."
    assert "`gonogo init` first" not in render(drafted, catalog, commands=[("edit", 1)])
    declared = msgspec.structs.replace(assessment, drafted=False)
    assert "`gonogo init` first" not in render(declared, catalog, commands=[("gonogo check --env NAME", 3)])


def test_a_blocker_says_where_why_and_how_to_mend(assessment: Assessment, catalog: Catalog) -> None:
    told = render(assessment, catalog, width=100)
    blocker = told[told.index("FAIL  Every model call has a timeout") : told.index("ERROR  ")]
    assert "reliability.timeouts · major" in blocker
    assert "app/llm.py:41   the SDK waits 600 s" in blocker
    assert "+2 more" in blocker
    assert "why  A hung call holds a worker for good." in blocker
    assert "fix  Give the client timeout=60 where it is made." in blocker


def test_what_a_scan_saw_of_a_control_that_it_cannot_prove_is_told(assessment: Assessment, catalog: Catalog) -> None:
    assert "scan alone: pass, deploy.sh can roll back  deploy.sh:31" in render(assessment, catalog)


def test_the_whole_report_counts_nothing_away(assessment: Assessment, catalog: Catalog) -> None:
    told = render(assessment, catalog, whole=True)
    assert " more" not in told
    assert "app/rag.py:9" in told


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(
    width: int, assessment: Assessment, catalog: Catalog, corpus: list[tuple[str, Assessment, Catalog]]
) -> None:
    for one, known in [(assessment, catalog), *((a, c) for _, a, c in corpus[::7])]:
        assert max(cell_len(line) for line in render(one, known, width=width).splitlines()) <= width


def test_a_console_without_unicode_gets_ascii(assessment: Assessment, catalog: Catalog) -> None:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding="ascii", errors="strict"), width=80)
    console.print(Told(assessment, catalog, [("gonogo lab", 3)]))
    console.file.flush()
    assert b"sk-...9f2c" in raw.getvalue()


def test_colour_is_the_console_s_choice(assessment: Assessment, catalog: Catalog) -> None:
    def shown(**how: object) -> str:
        out = io.StringIO()
        Console(file=out, width=80, **how).print(Told(assessment, catalog))  # type: ignore[arg-type]
        return out.getvalue()

    assert "\x1b[" in shown(force_terminal=True, color_system="truecolor", no_color=False)
    assert "\x1b[" not in shown(force_terminal=False)
    assert "\x1b[31m" not in shown(force_terminal=True, no_color=True)


def test_a_go_says_until_when_and_asks_for_no_command(
    make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog
) -> None:
    base = decide()
    passing = tuple(r for r in base.results if r.outcome == "pass")
    held = decide("GO", results=passing, reasons=(), blockers=(), expires=base.decided_at + timedelta(days=12))
    told = render(make(decision=held, problems=()), catalog, commands=[("gonogo lab", 3)])
    assert "This GO holds until 2026-03-26 09:26 UTC" in told
    assert "gonogo lab" not in told


def test_a_draft_is_said(make: Callable[..., Assessment], catalog: Catalog) -> None:
    assert "`gonogo init` writes it" in " ".join(render(make(drafted=True), catalog).split())
    assert "gonogo init" not in render(make(), catalog)


def test_many_blockers_stay_readable(assessment: Assessment, catalog: Catalog) -> None:
    one = next(r for r in assessment.decision.results if r.control == "reliability.timeouts")
    many = tuple(msgspec.structs.replace(one, control=f"reliability.c{n:03}") for n in range(100))
    decision = msgspec.structs.replace(assessment.decision, results=many)
    told = render(msgspec.structs.replace(assessment, decision=decision), catalog, width=100)
    assert told.count("FAIL  ") == 100
    assert len(told.splitlines()) < 260


def test_a_finding_with_thousands_of_places_is_cut(assessment: Assessment, catalog: Catalog) -> None:
    one = next(r for r in assessment.decision.results if r.control == "reliability.timeouts")
    places = tuple(Evidence(f"app/f{n}.py", n, "no timeout") for n in range(5_000))
    finding = msgspec.structs.replace(one.findings[0], evidence=places)
    decision = msgspec.structs.replace(
        assessment.decision, results=(msgspec.structs.replace(one, findings=(finding,)),)
    )
    assert "+4,997 more" in render(msgspec.structs.replace(assessment, decision=decision), catalog)
