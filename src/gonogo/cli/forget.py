"""`gonogo forget`: make what was kept of one person unreadable, without breaking the record."""

from __future__ import annotations

from pathlib import Path

import typer


def forget(
    subject: str = typer.Argument(help="The person or tenant, as the bodies were kept for."),
    path: Path = typer.Option(Path(), "--path", help="The repository."),
) -> None:
    """Destroy the key of one subject.

    Bodies of requests and answers lie beside the ledger, encrypted for their subject. Without its key nobody can read
    them any more; the chain of records still verifies, because it holds only their digests.
    """
    from gonogo.assess import look_for_home
    from gonogo.evidence import BODIES
    from gonogo.ledger.bodies import Bodies

    known = Bodies(look_for_home(path) / BODIES).forget(subject)
    typer.echo("its key is destroyed; what was kept of it can no longer be read" if known else "nothing is kept of it")
