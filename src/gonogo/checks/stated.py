"""Reading a person's signed statement: whether it counts at all, and the figures that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time

import msgspec

from gonogo.checks.check import Answer, failed, inconclusive, not_collected, passed
from gonogo.checks.counts import counted
from gonogo.derive.declared import holders, people
from gonogo.derive.statements import SECOND_PERSON, blank, known, newest
from gonogo.facts import Attestation, Evidence, System


def judged(attestations: Iterable[Attestation], control: str, judge: Callable[[Attestation], Answer]) -> Answer:
    """Judge the newest statement for a control, where it is one that counts; its age is that of what was looked at."""
    stated = newest(attestations, control)
    if stated is None:
        return not_collected("nobody has signed a statement", fix=f"gonogo attest {control} --template")
    answer = _unfit(stated) or judge(stated)
    looked = [day for key, value in stated.fields.items() if _is_date(key) and (day := day_of(value))]
    oldest = min(looked, default=None)
    moment = datetime.combine(oldest, time(), UTC) if oldest else stated.seen_at
    return msgspec.structs.replace(answer, seen_at=min(moment, stated.seen_at))


def _is_date(key: str) -> bool:
    return key.rpartition(".")[2] in ("date", "reviewed")


def shown(stated: Attestation, detail: str) -> tuple[Evidence, ...]:
    """Return a statement as evidence."""
    return (Evidence(stated.path or stated.artifact, None, detail),)


def agreed(stated: Attestation, summary: str) -> Answer:
    """Answer that a statement holds, naming who stands behind it."""
    names = " and ".join(s.name or s.key for s in known(stated.signers))
    return passed(summary, shown(stated, f"signed by {names} on {stated.seen_at:%Y-%m-%d}"))


def _unfit(stated: Attestation) -> Answer | None:
    """Say why a statement does not count whatever it says, or None."""
    again = f"gonogo attest {stated.control} --template"
    if not stated.signers:
        return inconclusive("it is not signed", shown(stated, "no signature"), again)
    author = stated.signers[0]
    if author.name is None:
        return inconclusive(
            f"it is signed by {author.key}, a key that gonogo.yaml names nobody by",
            shown(stated, "an unknown key"),
            fix="add the signer with their key under `owners:` or `approvers:` in gonogo.yaml",
        )
    if not author.valid:
        return failed(
            f"the signature of {author.name} does not hold", shown(stated, "changed since it was signed"), again
        )
    if not stated.intact:
        return failed(
            "its artefact is missing or changed since it was signed", shown(stated, stated.artifact or ""), again
        )
    wrong = [c for c in stated.checks if not c.holds]
    if wrong and all(c.name.startswith("unchanged ") for c in wrong):
        return not_collected(f"the statement is of another state: {wrong[0].detail}", fix=again)
    if wrong:
        evidence = [Evidence(stated.artifact or stated.path, None, f"{c.name}: {c.detail}") for c in wrong]
        many = counted(wrong, "machine check does", "machine checks do")
        return failed(f"{many} not hold: {wrong[0].name}: {wrong[0].detail}", evidence, again)
    if stated.control in SECOND_PERSON and len(known(stated.signers)) < 2:
        return inconclusive(
            "a second person has not signed it",
            shown(stated, f"signed by {author.name} alone"),
            fix=f"another person: gonogo attest --countersign {stated.path}",
        )
    return None


def given(stated: Attestation, key: str) -> str:
    """Return a value of a statement; "" where it was left blank."""
    value = stated.fields.get(key, "").strip()
    return "" if blank(value) else value


def column_of(stated: Attestation, column: str) -> dict[str, str]:
    """Return a column of a statement's table: what stands in it by the first cell of its row, lower-cased."""
    found = (key.rpartition(".") for key in stated.fields)
    return {row: given(stated, f"{row}.{name}") for row, dot, name in found if dot and name == column}


def old(stated: Attestation, key: str, most_days: float, what: str) -> Answer | None:
    """Answer that `what` is too long ago, or None where it is recent."""
    said = too_old(stated, given(stated, key), most_days)
    return failed(f"{what} {said}", shown(stated, f"its {key}")) if said else None


def undeclared(stated: Attestation, what: str, fix: str) -> Answer:
    """Answer that gonogo.yaml does not say what a statement would have to cover."""
    return inconclusive(
        f"gonogo.yaml names no {what}, so nobody can tell whether all is covered", shown(stated, ""), fix
    )


def unrecorded(stated: Attestation, what: str) -> Answer:
    """Answer that there are no records to hold a statement against."""
    return inconclusive(
        f"there is nothing on record to hold it against: {what}",
        shown(stated, "records of the deployment are missing"),
        fix="gonogo check --evidence PATH, with the ledger of the deployment's records",
    )


def signed_by(stated: Attestation, system: System | None, key: str, role: str | None = None) -> Answer | None:
    """Answer what is wrong with the person in a field: they sign it themselves, and have the role; else None."""
    word = given(stated, key).lower()
    named = [
        p for p in (people(system) if system else ()) if word and word in (p.name.lower(), (p.email or "").lower())
    ]
    if role is not None and system is not None and not holders(system, role):
        return inconclusive(
            f"gonogo.yaml names nobody for {role}",
            shown(stated, f"{key}: {word or 'nobody'}"),
            fix=f"name them under `contacts:` in gonogo.yaml, with their key and `roles: [{role}]`",
        )
    if role is not None and not any(role in p.roles for p in named):
        return failed(f"{word or 'nobody'} is not the {role} owner of gonogo.yaml", shown(stated, f"its {key}"))
    if not {p.name for p in named} & {s.name for s in known(stated.signers)}:
        return failed(f"{word or 'nobody'}, named as its {key}, did not sign it", shown(stated, "signed by others"))
    return None


def day_of(text: str) -> date | None:
    """Read `YYYY-MM-DD`; None for anything else."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def too_old(stated: Attestation, text: str, most_days: float) -> str | None:
    """Say when something was looked at, where that is too long before the signature or unknown; else None."""
    day = day_of(text)
    if day is None:
        return "on an unknown day"
    age = (stated.seen_at.astimezone(UTC).date() - day).days
    return f"{counted(age, 'day', 'days')} before signing, more than {most_days:g}" if age > most_days else None


def moment_of(text: str) -> datetime | None:
    """Read a moment with its zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else None


TOLERANCE = 0.1
"""By which share a figure that a person wrote may differ from the records: people round, records end at days."""


def agree(figure: float, recorded: float) -> bool:
    """Tell whether a figure is that of the records, give or take a rounding."""
    return abs(figure - recorded) <= TOLERANCE * max(abs(recorded), 1)


def number_of(text: str) -> float | None:
    """Read an amount such as `500`, `1,200.50` or `$500`; None for anything else."""
    try:
        value = float(text.strip().removeprefix("$").removesuffix("USD").strip().replace(",", ""))
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None


def words_of(text: str) -> set[str]:
    """Return the entries of a list that is written with commas, lower-cased."""
    return {word.strip().lower() for word in text.split(",") if word.strip()}
