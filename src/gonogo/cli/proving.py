"""What verbs that run the system share: prove, write, and the exit code of what was proven."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gonogo.assess import State
    from gonogo.cli.check import Format
    from gonogo.derive.factset import FactSet
    from gonogo.prove.base import Collector


def proved(
    collector: Collector,
    controls: Sequence[str] | Callable[[State], Sequence[str]],
    *,
    path: Path,
    method: str,
    format: Format,
    output: Path | None,
    html: Path | None,
    system: str | None = None,
    profile: str | None = None,
    environment: str | None = None,
    record: bool = True,
    whole: bool = False,
    show: Callable[[FactSet], None] = lambda _: None,
) -> None:
    """Send one collector out and write what its proofs of `controls` say; ends the command with 1 where one failed or
    could not be played: what is unknown is no pass.

    `show` may print more of what was seen, where the result goes to a terminal.
    """
    from gonogo import assess
    from gonogo.cli.show import progress, write
    from gonogo.facts import ScenarioRun

    with progress() as tell:
        request = assess.Request(
            root=path, system=system, profile=profile, environment=environment, record=record, tell=tell
        )
        state = assess.look(request)
        began = request.now()
        if profile is None:
            state = assess.narrowed(state, controls(state) if callable(controls) else controls, method)
        result, facts = assess.prove(state.request, collector, state)
    if format == "text" and output is None:
        show(facts)
    write(result, state.catalog, format, output, whole=whole, proofs=method)
    if html is not None:
        write(result, state.catalog, "html", html)
    failed = any(f.outcome in ("fail", "error") for f in result.findings if f.method == method)
    unplayed = any(run.problem for run in facts.of(ScenarioRun) if run.seen_at >= began)
    raise typer.Exit(1 if failed or unplayed else 0)
