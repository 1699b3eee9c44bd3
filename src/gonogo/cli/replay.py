"""`gonogo replay`: judge the evidence on record again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gonogo.cli.check import Format

if TYPE_CHECKING:
    from datetime import datetime

    from gonogo.facts import Assessment


def replay(
    ledgers: list[Path] = typer.Argument(None, help="Ledgers, or repositories that hold one.", show_default=False),
    path: Path = typer.Option(Path(), "--path", help="The repository whose law, and own controls, count."),
    profile: str | None = typer.Option(
        None, "--profile", "-p", help="The set of controls; default: those that the evidence speaks to."
    ),
    env: str | None = typer.Option(None, "--env", "-e", help="Leave out what was seen in other environments."),
    system: str | None = typer.Option(None, "--system", help="One of several systems on record."),
    base: str | None = typer.Option(None, "--base", help="The git revision whose law counts."),
    policy: Path | None = typer.Option(None, "--policy", help="A file whose law counts instead."),
    format: Format = typer.Option(Format.text, "--format", "-f", help="How to write the result."),
    output: Path | None = typer.Option(None, "--output", "-o", help="Write it to this file instead of the terminal."),
    html: Path | None = typer.Option(None, "--html", help="Write the HTML report there as well."),
    all_findings: bool = typer.Option(False, "--all", help="Show every finding, passes included."),
) -> None:
    """Judge the evidence on record again.

    Verifies the ledgers first, and uses none that does not hold. Nothing is looked at, sent, started or kept: the same
    facts meet the checks of this version. The exit code is 1 where a control fails; with --profile, where it is NO-GO.
    """
    from gonogo import assess
    from gonogo.cli.show import write

    request = assess.Request(
        root=path, system=system, profile=profile, environment=env, base=base, policy=policy, record=False
    )
    result, state = assess.replay(request, ledgers or ())
    _say_age(result, request.now())
    write(result, state.catalog, format, output, whole=all_findings)
    if html is not None:
        write(result, state.catalog, Format.html, html)
    failed = any(f.outcome in ("fail", "error") for f in result.findings)
    raise typer.Exit(int(failed if profile is None else result.decision.verdict != "GO"))


def _say_age(result: Assessment, now: datetime) -> None:
    import sys

    from gonogo.report.hostile import visible
    from gonogo.report.view import age, day, plural

    seen = sorted(run.seen_at for run in result.runs)
    methods = ", ".join(dict.fromkeys(run.method for run in result.runs))
    oldest = f"the oldest {age(seen[0], now)} ago, on {day(seen[0])}"
    print(
        visible(f"replay: {plural(len(seen), 'run')} on record ({methods}), {oldest}; nothing was run"), file=sys.stderr
    )
