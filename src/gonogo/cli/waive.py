"""`gonogo waive`: accept a failing control for a while, beside its finding and in the open."""

from __future__ import annotations

from pathlib import Path

import typer

REASON_CHARACTERS = 40
COMPENSATION_CHARACTERS = 20


def waive(
    control: str | None = typer.Argument(None, metavar="ID", help="The control that fails."),
    reason: str = typer.Option("", "--reason", help="Why it is accepted, in at least 40 characters."),
    compensation: str = typer.Option("", "--compensation", help="What protects you meanwhile."),
    expires: str = typer.Option("", "--expires", help="The last day, YYYY-MM-DD in UTC, at most 90 days away."),
    owner: str | None = typer.Option(None, "--owner", help="Who answers for it; default the signer by gonogo.yaml."),
    key: str | None = typer.Option(None, "--key", help="The signing key; default the only one there is."),
    countersign: Path | None = typer.Option(None, "--countersign", help="Approve a colleague's waiver."),
    path: Path = typer.Option(Path(), "--path", help="The repository."),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
) -> None:
    """Accept a failing control for a while.

    A waiver never edits a finding: it stands beside it, needs the countersignature of an approver other than its owner,
    and ends by itself.
    """
    from gonogo.cli.attest import add_signature
    from gonogo.errors import UsageError

    if countersign is not None:
        return add_signature(countersign, key, path, system)
    if control is None:
        raise UsageError("no control was named", mend="gonogo waive ID --reason ... --compensation ... --expires ...")
    return _write(control, _long_enough(reason, compensation), expires, owner, key, path, system)


def _long_enough(reason: str, compensation: str) -> tuple[str, str]:
    from gonogo.errors import UsageError

    reason, compensation = reason.strip(), compensation.strip()
    if len(reason) < REASON_CHARACTERS:
        raise UsageError(
            f"the reason has {len(reason)} characters; a reader needs at least {REASON_CHARACTERS}",
            mend='--reason "why this failure is acceptable, for whom, and what will end it"',
        )
    if len(compensation) < COMPENSATION_CHARACTERS:
        raise UsageError(
            "the compensating control is missing: what protects you while this one fails?",
            mend='--compensation "what is in place instead"',
        )
    return reason, compensation


def _write(
    control: str,
    texts: tuple[str, str],
    expires: str,
    owner: str | None,
    key: str | None,
    path: Path,
    system: str | None,
) -> None:
    from gonogo import assess
    from gonogo.catalog.problems import nearest
    from gonogo.cli.attest import tell_written
    from gonogo.errors import UsageError
    from gonogo.gate.people import Roster
    from gonogo.ledger.signature import KeyStore
    from gonogo.prove.attest.dates import expiry
    from gonogo.prove.attest.statement import Waived
    from gonogo.prove.attest.writing import write
    from gonogo.prove.base import utc_now

    now = utc_now().replace(microsecond=0)
    last_day = expiry(expires, now.date())
    state = assess.look(assess.Request(root=path, system=system))
    if control not in state.catalog.controls:
        near = nearest(control, state.catalog.controls)
        raise UsageError(f"there is no control {control!r}{near}", mend="gonogo catalog list")
    signer = KeyStore().get(key)
    person = Roster(state.declaration.system if state.declaration else None).person(signer.id)
    waived = Waived(
        control=control,
        owner=owner or (person.name if person else signer.name),
        reason=texts[0],
        compensation=texts[1],
        expires=last_day,
        author=signer.id,
        signed_at=now,
    )
    tell_written(write(state.root, waived, signer), state, control, signer, second=True)
    typer.echo(f"  it holds through {last_day} in UTC")
