"""`gonogo attest`: sign a statement for what no machine can tell, or countersign a colleague's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gonogo.assess import State
    from gonogo.catalog.control import Control
    from gonogo.facts import ArtifactCheck
    from gonogo.ledger.signature import SigningKey
    from gonogo.prove.attest.statement import Attested


def attest(
    control: str | None = typer.Argument(None, metavar="ID", help="The control, such as cost.provider-spend-limit."),
    artifact: Path | None = typer.Option(
        None, "--artifact", "-a", help="The file that it rests on, in the repository."
    ),
    statement: str = typer.Option("", "--statement", "-s", help="What you state, in a sentence."),
    field: list[str] = typer.Option([], "--field", help="A figure of the statement, KEY=VALUE; may be repeated."),
    key: str | None = typer.Option(None, "--key", help="The signing key; default the only one there is."),
    template: bool = typer.Option(
        False, "--template", help="Print the record to fill in, with what is declared and on record; or what to give."
    ),
    countersign: Path | None = typer.Option(
        None, "--countersign", help="Add your signature to a colleague's statement."
    ),
    path: Path = typer.Option(Path(), "--path", help="The repository."),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
    evidence: list[Path] = typer.Option(
        [], "--evidence", help="With --template: a further ledger whose records it is filled from; may be repeated."
    ),
) -> None:
    """Sign a statement for what no machine can tell.

    The file goes to gonogo/statements/ and is committed. Its machine checks must hold before anything is signed.
    """
    from gonogo.errors import UsageError

    if countersign is not None:
        return add_signature(countersign, key, path, system)
    if control is None:
        raise UsageError("no control was named", mend="gonogo attest ID --template, or --countersign FILE")
    if template:
        return _print_template(control, fields_of(field), path, system, tuple(evidence))
    return _sign(control, artifact, statement, field, key, path, system)


def _print_template(
    control: str, given: dict[str, str], path: Path, system: str | None, named: tuple[Path, ...]
) -> None:
    from gonogo import assess
    from gonogo import evidence as kept
    from gonogo.catalog.limits import limits
    from gonogo.derive.factset import FactSet
    from gonogo.prove.attest.templates import describe, known_of
    from gonogo.prove.base import utc_now

    state = assess.look(assess.Request(root=path, system=system))
    found = attestable(control, state)
    ledgers = kept.ledgers(state.home, named)
    problems: list[str] = []
    declared = state.declaration
    facts = kept.recall(ledgers, declared.system.name if declared else None, None, (), problems)
    whole = FactSet([*facts, *([declared] if declared else [])])
    head = next(iter(sorted(kept.heads(ledgers).values())), None)
    asked = limits(found, declared.system.thresholds.get(control, {}) if declared else {}, None)
    size = int(asked.sample) if "sample" in asked.names else 0
    known = known_of(control, whole, state.subject, given, utc_now(), head=head, size=size)
    for problem in problems:
        typer.echo(f"note: {problem}", err=True)
    typer.echo(describe(control, declared.system if declared else None, known), nl=False)


def attestable(control: str, state: State | None) -> Control:
    """Return a control that a statement can prove; raises `UsageError` for any other, naming the nearest."""
    from gonogo import catalog
    from gonogo.catalog.problems import nearest
    from gonogo.errors import UsageError

    known = (state.catalog if state else catalog.load()).controls
    if control not in known:
        raise UsageError(f"there is no control {control!r}{nearest(control, known)}", mend="gonogo catalog list")
    found = known[control]
    if not found.proofs("attest"):
        methods = ", ".join(dict.fromkeys(p.method for p in found.proof))
        raise UsageError(
            f"{control} is proven by {methods}; no statement stands in for that", mend=f"gonogo catalog show {control}"
        )
    return found


def fields_of(given: list[str]) -> dict[str, str]:
    """Read `KEY=VALUE` options; raises `UsageError` for one without a key or value, and for a key given twice."""
    from gonogo.errors import UsageError

    found: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        key = key.strip().lower()
        if not equals or not key or not value.strip():
            raise UsageError(f"--field {text!r} is not KEY=VALUE", mend="for example --field account=org-example")
        if key in found:
            raise UsageError(f"--field {key} is given twice", mend="give it once")
        found[key] = value.strip()
    return found


def _sign(
    control: str,
    artifact: Path | None,
    statement: str,
    field: list[str],
    key: str | None,
    path: Path,
    system: str | None,
) -> None:
    from gonogo import assess
    from gonogo.errors import UsageError
    from gonogo.ledger.signature import KeyStore
    from gonogo.prove.attest.writing import write

    state = assess.look(assess.Request(root=path, system=system))
    found = attestable(control, state)
    if len(statement.strip()) < 10:
        raise UsageError("the statement says nothing", mend='--statement "what you saw, in a sentence"')
    signer = KeyStore().get(key)
    content = _content(state, artifact)
    stated = _stated(state, found, artifact, statement, fields_of(field), signer)
    _refuse_wrong(control, _examined(state, stated, content))
    written = write(state.root, stated, signer, content)
    tell_written(written, state, control, signer)


def _content(state: State, artifact: Path | None) -> bytes | None:
    from gonogo.errors import StatementError
    from gonogo.prove.attest.artifacts import LARGEST
    from gonogo.prove.attest.examine import artifact_at

    if artifact is None:
        return None
    content = artifact_at(state.root, _inside(state, artifact))
    if content is None:
        raise StatementError(
            f"is no file of the repository, or larger than {LARGEST >> 20} MiB",
            path=str(artifact),
            mend="put it into the repository, for example into gonogo/statements/artifacts/",
        )
    return content


def _inside(state: State, artifact: Path) -> str:
    """Return an artefact's path relative to the repository, whether given from here or from its root."""
    for place in (artifact.absolute(), state.root / artifact):
        if place.exists() and place.resolve().is_relative_to(state.root):
            return place.resolve().relative_to(state.root).as_posix()
    return artifact.as_posix()


def _stated(
    state: State, control: Control, artifact: Path | None, statement: str, fields: dict[str, str], signer: SigningKey
) -> Attested:
    from gonogo.prove.attest.statement import Attested
    from gonogo.prove.base import utc_now

    parts = {part for proof in control.proofs("attest") for part in proof.parts}
    return Attested(
        control=control.id,
        statement=statement.strip(),
        author=signer.id,
        signed_at=utc_now().replace(microsecond=0),
        fields=fields,
        artifact=_inside(state, artifact) if artifact else None,
        role=", ".join(_roles(state, signer.id)),
        fingerprints={part: digest for part, digest in state.subject.fingerprints.items() if part in parts},
    )


def _roles(state: State, key: str) -> tuple[str, ...]:
    from gonogo.gate.people import Roster

    person = Roster(state.declaration.system if state.declaration else None).person(key)
    return person.roles if person else ()


def _examined(state: State, stated: Attested, content: bytes | None) -> tuple[ArtifactCheck, ...]:
    from gonogo.prove.attest import ledgers_of
    from gonogo.prove.attest.examine import Exhibit, examine

    system = state.declaration.system if state.declaration else None
    today = stated.signed_at.date()
    return examine(Exhibit(stated, content, state.subject, today, state.root, system, ledgers_of(state.home)))


def _refuse_wrong(control: str, checks: tuple[ArtifactCheck, ...]) -> None:
    from gonogo.errors import UsageError

    wrong = [f"{c.name}: {c.detail}" for c in checks if not c.holds]
    if wrong:
        raise UsageError(
            "nothing was signed, for these machine checks do not hold:\n  - " + "\n  - ".join(wrong),
            mend=f"gonogo attest {control} --template",
        )


def tell_written(written: Path, state: State, control: str, signer: SigningKey, *, second: bool | None = None) -> None:
    """Print the file that was written and what to do next."""
    from gonogo.derive.statements import SECOND_PERSON
    from gonogo.gate.people import Roster

    shown = written.relative_to(state.root).as_posix()
    typer.echo(f"wrote {shown}, signed by {signer.name} ({signer.id})")
    if Roster(state.declaration.system if state.declaration else None).person(signer.id) is None:
        typer.echo(f"  next: add `key: {signer.public.text}` to your entry under owners: or approvers: in gonogo.yaml")
    typer.echo(f"  next: git add {shown}")
    if second if second is not None else control in SECOND_PERSON:
        typer.echo(f"  next: another person runs: gonogo attest --countersign {shown}")


def add_signature(file: Path, key: str | None, path: Path, system: str | None) -> None:
    """Countersign a statement, a waiver or an approval, after showing what it says."""
    from gonogo import assess
    from gonogo.ledger.signature import KeyStore
    from gonogo.prove.attest.reading import opened, people_of
    from gonogo.prove.attest.writing import countersign
    from gonogo.report.hostile import visible

    signer = KeyStore().get(key)
    stated, _, _ = opened(file, str(file))
    state = assess.look(assess.Request(root=path, system=system))
    people = people_of([state.law.system, state.declaration.system if state.declaration else None])
    for name in stated.__struct_fields__:
        if value := getattr(stated, name):
            typer.echo(f"  {name}: {visible(str(value))}")
    countersign(file, signer, {known: name for known, (name, _) in people.items()})
    typer.echo(f"countersigned {file} as {signer.name} ({signer.id})\n  next: git add {file}")
