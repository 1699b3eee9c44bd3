"""`gonogo gate`: decide from the evidence on record, and sign the decision."""

from __future__ import annotations

from pathlib import Path

import typer

from gonogo.cli.check import Format


def gate(
    path: Path = typer.Argument(Path(), help="The repository."),
    env: str | None = typer.Option(None, "--env", "-e", help="The environment that is to be released to."),
    profile: str | None = typer.Option(
        None, "--profile", "-p", help="The set of controls; default by the law's policy."
    ),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
    format: Format = typer.Option(Format.text, "--format", "-f", help="How to write the result."),
    output: Path | None = typer.Option(None, "--output", "-o", help="Write it to this file instead of the terminal."),
    out: Path = typer.Option(Path("decision.json"), "--out", help="Where the signed decision goes."),
    key: str | None = typer.Option(None, "--key", help="The signing key; default the only one there is."),
    base: str | None = typer.Option(None, "--base", help="The git revision whose law counts."),
    policy: Path | None = typer.Option(None, "--policy", help="A file whose law counts instead."),
    evidence: list[Path] = typer.Option([], "--evidence", help="A further ledger to read evidence from."),
) -> None:
    """Decide whether this commit may ship.

    Looks at nothing anew: it judges the newest evidence on record, the statements that are committed, and the law of
    the base commit. The decision is a signed in-toto statement that `gonogo verify` holds against the evidence,
    offline.
    """
    from gonogo import assess
    from gonogo.cli.show import progress, replace, write
    from gonogo.gate.signoff import people_who
    from gonogo.ledger.signature import KeyStore

    with progress() as tell:
        request = assess.Request(
            root=path, system=system, profile=profile, environment=env, base=base, policy=policy,
            evidence=tuple(evidence), tell=tell,
        )  # fmt: skip
        signer = KeyStore().get(key)
        state = assess.look(request)
        result = assess.gate(request, signer, state)
    write(result, state.catalog, format, output)
    replace(out, assess.sign(result, signer).decode() + "\n")
    typer.echo(f"signed decision: {out}\n  next: gonogo verify {out}", err=True)
    if len(people_who(result.decision.approvals, "evidence")) < result.decision.approvals_needed:
        typer.echo(
            f"  an approver who verified it runs: gonogo approve --evidence {result.decision.evidence}", err=True
        )
    raise typer.Exit(0 if result.decision.verdict == "GO" else 1)
