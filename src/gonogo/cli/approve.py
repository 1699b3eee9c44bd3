"""`gonogo approve`: sign that you verified the evidence, or that you accept a changed law."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gonogo.assess import State


def approve(
    evidence: str | None = typer.Option(
        None, "--evidence", help="The digest of the evidence, as `gonogo gate` prints it."
    ),
    law: bool = typer.Option(False, "--law", help="Accept the law (gonogo.yaml, custom controls) as it stands here."),
    statement: str = typer.Option("", "--statement", "-s", help="What you verified, in a sentence."),
    key: str | None = typer.Option(None, "--key", help="The signing key; default the only one there is."),
    path: Path = typer.Option(Path(), "--path", help="The repository."),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
) -> None:
    """Sign that you verified the evidence, or a changed law.

    An approval counts when an approver of the law in force gives it who wrote none of the commits and does not decide.
    """
    import re

    from gonogo import assess
    from gonogo.cli.attest import tell_written
    from gonogo.errors import UsageError
    from gonogo.ledger.signature import KeyStore
    from gonogo.prove.attest.statement import Approved
    from gonogo.prove.attest.writing import write
    from gonogo.prove.base import utc_now

    if evidence is None and not law:
        raise UsageError("nothing to approve was named", mend="gonogo approve --evidence DIGEST, or --law")
    if evidence is not None and not re.fullmatch(r"sha256:[0-9a-f]{64}", evidence):
        raise UsageError(f"{evidence!r} is no digest of evidence (sha256: and 64 digits)", mend="gonogo gate prints it")
    state = assess.look(assess.Request(root=path, system=system))
    signer = KeyStore().get(key)
    approved = Approved(
        # The tree and not the commit: committing this very statement makes another commit of the same tree.
        subject=state.subject.tree,
        author=signer.id,
        signed_at=utc_now(),
        evidence=evidence,
        law=_law_here(state) if law else None,
        statement=statement.strip(),
    )
    tell_written(write(state.root, approved, signer), state, "", signer)
    for what, digest in (("evidence", approved.evidence), ("law", approved.law)):
        if digest:
            typer.echo(f"  approved: the {what} {digest}")
    typer.echo(f"  for: {approved.subject}\n  next: gonogo gate")


def _law_here(state: State) -> str:
    from gonogo.errors import UsageError

    if state.declared is None:
        raise UsageError("there is no gonogo.yaml here, and so no law to approve", mend="gonogo init")
    return state.declared.digest
