"""`gonogo drill`: do now, and time, what is done only in need."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from gonogo.cli.check import Format


class Name(StrEnum):
    """The drills that there are."""

    rollback = "rollback"


def drill(
    name: Name = typer.Argument(help="Which drill."),
    path: Path = typer.Argument(Path(), help="The repository."),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
    format: Format = typer.Option(Format.text, "--format", "-f", help="How to write the result."),
    output: Path | None = typer.Option(None, "--output", "-o", help="Write it to this file instead of the terminal."),
    html: Path | None = typer.Option(None, "--html", help="Write the HTML report there as well."),
    no_record: bool = typer.Option(False, "--no-record", help="Do not keep what was seen in .gonogo/."),
) -> None:
    """Do now, and time, what is done only in need.

    `rollback` starts the system on a throw-away copy, sends its journeys, runs `deployment.rollback` among them, and
    times until every answer carries the previous version.
    """
    from gonogo.cli.proving import proved
    from gonogo.prove.drill import Rollback

    proved(
        Rollback(), ["rollout.one-command-rollback"], path=path, system=system, record=not no_record, format=format,
        output=output, html=html, method="drill",
    )  # fmt: skip
