"""`gonogo load`: send the declared load to the system, open loop, and judge what its users waited for."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gonogo.cli.check import Format

if TYPE_CHECKING:
    from gonogo.assess import State
    from gonogo.derive.factset import FactSet
    from gonogo.derive.latency import Stage
    from gonogo.prove.load.collect import Load
    from gonogo.prove.load.stages import Stage as Planned


class Shape(StrEnum):
    """How arrivals are spread over time."""

    constant = "constant"
    poisson = "poisson"
    ramp = "ramp"
    spike = "spike"


def load(
    scenario: str = typer.Argument(
        "all", help="A scenario, or a control that one proves; all: every one but the soak."
    ),
    path: Path = typer.Argument(Path(), help="The repository."),
    quick: bool = typer.Option(False, "--quick", help="At most ten seconds for each stage, which proves little."),
    seconds: float | None = typer.Option(None, "--seconds", min=1.0, help="The length of each stage."),
    rate: float | None = typer.Option(
        None, "--rate", min=0.001, help="So many requests a second, instead of a scenario; a trace is scaled to it."
    ),
    arrival: Shape = typer.Option(Shape.poisson, "--arrival", help="How they are spread over time."),
    trace: Path | None = typer.Option(
        None, "--trace", exists=True, dir_okay=False, help="Their moments: a CSV file with a column TIMESTAMP."
    ),
    journey: str | None = typer.Option(None, "--journey", help="Only this journey of gonogo.yaml. Not kept."),
    env: str | None = typer.Option(None, "--env", help="A running disposable environment, instead of a copy."),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
    format: Format = typer.Option(Format.text, "--format", "-f", help="How to write the result."),
    output: Path | None = typer.Option(None, "--output", "-o", help="Write it to this file instead of the terminal."),
    html: Path | None = typer.Option(None, "--html", help="Write the HTML report there as well."),
    no_record: bool = typer.Option(False, "--no-record", help="Do not keep what was seen in .gonogo/."),
    all_findings: bool = typer.Option(False, "--all", help="Show every finding, passes included."),
) -> None:
    """Send the load that gonogo.yaml declares, and judge what users waited for.

    Starts the app on a throw-away copy, contained, with a stand-in model that speaks as fast as hosted ones do; or goes
    to a running environment that is declared disposable, by --env. Requests leave when they are due, whether or not
    earlier ones were answered, and latency counts from then. The plan and its expected time come first. What --rate,
    --trace or --journey ask for is measured and shown; it proves no control, and is not kept.
    """
    from gonogo.cli.proving import proved
    from gonogo.prove.load.collect import Load

    own = _own(rate, arrival, trace, seconds)
    whole = own is None and journey is None
    collector = Load(scenario, quick, seconds, own, journey)
    proved(
        collector, lambda state: _planned(state, collector), path=path, system=system, record=whole and not no_record,
        format=format, output=output, html=html, method="load", whole=all_findings, environment=env,
        show=lambda facts: _table(facts, played(collector)),
    )  # fmt: skip


def _own(rate: float | None, arrival: Shape, trace: Path | None, seconds: float | None) -> Planned | None:
    """Return the stage that was asked for on the command line, None where a scenario is to be played."""
    from gonogo.prove.load import arrival as moments
    from gonogo.prove.load.stages import asked

    if trace is not None:
        with trace.open(encoding="utf-8", errors="replace") as lines:
            return asked(rate, "trace", [past.at_s for past in moments.recorded(lines)], seconds)
    return None if rate is None else asked(rate, arrival.value, (), seconds)


def played(collector: Load) -> list[str]:
    """Return the names of the scenarios that a collector plays."""
    from gonogo.prove.load.stages import chosen

    return [collector.own.name] if collector.own else [s.name for s in chosen(collector.scenario)]


def _planned(state: State, collector: Load) -> list[str]:
    """Say the plan, and return the controls that it proves."""
    import sys

    from gonogo.prove.load.collect import expected_s

    if state.declaration is None:
        return []
    plan = collector.plan(state.declaration.system)
    seconds = sum(expected_s(stages) for _, stages in plan)
    print(f"load: {len(plan)} scenarios, about {_long(seconds)}", file=sys.stderr)
    for scenario, stages in plan:
        each = ", ".join(
            f"{s.name} {f'{s.concurrent} at once' if s.concurrent else f'{s.rate:.3g}/s'} for {_long(s.seconds)}"
            for s in stages
        )
        print(f"load: {scenario.name}: {scenario.title}: {each}", file=sys.stderr)
    return [c for scenario, _ in plan for c in scenario.feeds]


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:g} h"


_PERCENTILES = (50.0, 90.0, 95.0, 99.0, 99.9)


def _table(facts: FactSet, scenarios: Collection[str]) -> None:
    """Show percentiles in ms, counted from when requests were due: of each stage, and of each journey in it."""
    from rich.console import Console
    from rich.table import Table

    from gonogo.derive.latency import stages
    from gonogo.facts import LoadRun
    from gonogo.report.hostile import visible

    titles = ("stage", "journey", *(f"p{q:g}" for q in _PERCENTILES), "sent", "good", "late", "at once", "errors")
    table = Table(*titles, box=None, title="ms from when each request was due", title_justify="left")
    for column in table.columns[:2]:
        column.no_wrap, column.min_width = True, 8  # a name is read before any figure
    for scenario in scenarios:
        runs = [r for r in facts.of(LoadRun) if r.scenario == scenario]
        runs = [r for r in runs if r.run == runs[-1].run]
        found = {journey: stages(runs, journey) for journey in dict.fromkeys(r.journey for r in runs)}
        for name in found.get("", ()):
            for journey in (j for j in found if name in found[j]):
                table.add_row(*(visible(cell) for cell in _row(found[journey][name], journey)))
    if table.row_count:
        Console(highlight=False, markup=False).print(table)


def _row(stage: Stage, journey: str) -> list[str]:
    from gonogo.derive.latency import percentile

    found = [percentile(stage.latency, q) for q in _PERCENTILES]
    errors = ", ".join(f"{n} {name}" for name, n in stage.errors.most_common(3))
    shown = ["" if f is None else f"{1000 * f.value:.0f}" for f in found]
    counts = [str(stage.sent), str(stage.good), f"{stage.late_share:.1%}", str(stage.concurrent)]
    return [stage.name, journey or "all", *shown, *counts, errors]
