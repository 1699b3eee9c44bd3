"""`gonogo check`: look, judge, print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer


class Format(StrEnum):
    """How the result is written."""

    text = "text"
    json = "json"
    html = "html"
    markdown = "markdown"
    sarif = "sarif"
    junit = "junit"
    oscal = "oscal"


class FailOn(StrEnum):
    """What makes the exit code 1: a NO-GO, or only failures that the compared assessment does not have."""

    nogo = "no-go"
    new = "new"


def check(
    path: Path = typer.Argument(Path(), help="The repository."),
    env: str | None = typer.Option(None, "--env", "-e", help="Also probe this environment of gonogo.yaml."),
    profile: str | None = typer.Option(None, "--profile", "-p", help="The set of controls; default `minimum`."),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
    format: Format = typer.Option(Format.text, "--format", "-f", help="How to write the result."),
    output: Path | None = typer.Option(None, "--output", "-o", help="Write it to this file instead of the terminal."),
    html: Path | None = typer.Option(None, "--html", help="Write the HTML report there as well."),
    also: list[str] = typer.Option([], "--also", help="FORM=FILE: write it in that form as well; may be repeated."),
    compare: str | None = typer.Option(
        None, "--compare", help="A git revision, or a saved JSON result: show what is new."
    ),
    fail_on: FailOn = typer.Option(FailOn.nogo, "--fail-on", help="`new` fails only on what --compare shows as new."),
    base: str | None = typer.Option(None, "--base", help="The git revision whose law counts."),
    policy: Path | None = typer.Option(None, "--policy", help="A file whose law counts instead."),
    evidence: list[Path] = typer.Option([], "--evidence", help="A further ledger to read evidence from."),
    no_record: bool = typer.Option(False, "--no-record", help="Do not keep what was seen in .gonogo/."),
    all_findings: bool = typer.Option(False, "--all", help="Show every finding, passes included."),
) -> None:
    """Judge this repository.

    Reads the repository without executing anything of it. With --env it also sends requests to the hosts of that
    environment, and only to those. Evidence is kept in .gonogo/ where there is a gonogo.yaml; without one nothing is
    written.
    """
    from gonogo import assess
    from gonogo.cli.show import progress, write
    from gonogo.errors import UsageError

    further = [_further(text) for text in also] + ([(Format.html, html)] if html is not None else [])
    if fail_on is FailOn.new and compare is None:
        raise UsageError("--fail-on new needs something to compare with", mend="add --compare main")

    with progress() as tell:
        request = assess.Request(
            root=path, system=system, profile=profile, environment=env, base=base, policy=policy,
            evidence=tuple(evidence), record=not no_record, tell=tell,
        )  # fmt: skip
        state = assess.look(request)
        result = assess.check(request, state)
        if compare is not None:
            result = assess.compare(result, compare, request, state)
    write(result, state.catalog, format, output, whole=all_findings)
    for form, file in further:
        write(result, state.catalog, form, file, whole=all_findings, again=True)
    if fail_on is FailOn.new:
        new = len(result.new or ())
        typer.echo(f"{new} new since {compare}; the verdict stays {result.decision.verdict}", err=True)
        raise typer.Exit(1 if new else 0)
    raise typer.Exit(0 if result.decision.verdict == "GO" else 1)


def _further(text: str) -> tuple[Format, Path]:
    """Read `FORM=FILE`."""
    from gonogo.errors import UsageError

    form, equals, file = text.partition("=")
    if form not in list(Format) or not equals or not file:
        raise UsageError(f"--also {text!r} names no form and file", mend=f"--also FORM=FILE; {', '.join(Format)}")
    return Format(form), Path(file)
