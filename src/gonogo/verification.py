"""Holding a decision against everything that it claims, offline: signature, ledgers, findings, decision, date.

The auditor needs the decision, the ledgers and the public keys, and nothing of the team's machines. Every claim ends as
one `Held`: it holds, it does not, or it cannot be told from what was given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from gonogo import catalog, ledger, plugins
from gonogo.catalog.control import Catalog
from gonogo.checks.judge import judge
from gonogo.derive.factset import FactSet
from gonogo.derive.newest import with_one_declaration
from gonogo.errors import LedgerError, VerificationError
from gonogo.facts import Approval, Decision, Finding, Run, Waiver, encode
from gonogo.gate import decide, policy_for
from gonogo.gate.signoff import is_evidence
from gonogo.gate.statement import PAYLOAD_TYPE, read
from gonogo.ledger import dsse
from gonogo.ledger.signature import PublicKey


class Held(msgspec.Struct, frozen=True):
    """One claim: what was asked, whether it holds (None: cannot be told here), and what was seen."""

    claim: str
    holds: bool | None
    detail: str = ""


def ledger_claims(directory: Path, published: Mapping[str, str], keys: Collection[PublicKey] | None) -> Iterator[Held]:
    """Verify one ledger, against the heads that were published for its writers."""
    claim = f"the ledger {directory} is whole and unchanged"
    try:
        problems = ledger.verify(directory, published, keys)
    except LedgerError as error:
        yield Held(claim, False, str(error))
        return
    yield Held(claim, not problems, "; ".join(str(p) for p in problems))
    for sentence in ledger.unknowable(directory, published, keys):
        yield Held("not to be told from the ledger alone", None, sentence)


def open_decision(data: bytes, keys: Mapping[str, PublicKey]) -> tuple[Decision, Held, str | None]:
    """Return the decision of a DSSE envelope, whether a trusted key signed it, and that key's id.

    Raises `VerificationError` where it is no decision.
    """
    envelope = dsse.parse(data)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise VerificationError(
            f"the envelope holds {envelope.payload_type}, not a decision", mend="check that the right file was given"
        )
    decision = read(envelope.payload)
    for name, key in keys.items():
        if envelope.signed_by(key):
            return decision, Held("a key that you trust signed the decision", True, f"{name}, {key.id}"), key.id
    named = ", ".join(envelope.key_ids) or "nobody"
    detail = f"it says it was signed by {named}; `gonogo key trust NAME KEY` or --key KEY if that is who should have"
    return decision, Held("a key that you trust signed the decision", False, detail), None


def decision_claims(
    decision: Decision, signer: str | None, ledgers: Sequence[Path], now: datetime, own: Catalog | None = None
) -> Iterator[Held]:
    """Hold a decision against the ledgers: judge the same facts again, decide again, look at the date."""
    known = own or catalog.load()
    if known.digest != decision.catalog:
        yield Held(
            "the same facts give the same decision",
            None,
            f"it was made with another catalogue: by gonogo {decision.gonogo}, perhaps with controls of the team's own "
            "(--controls DIRECTORY)",
        )
    elif not ledgers:
        yield Held("the same facts give the same decision", None, "no ledger was given; --evidence LEDGER")
    else:
        yield from _replayed(decision, signer, ledgers, known)
    if decision.verdict == "GO":
        expired = decision.expires is not None and now > decision.expires
        until = f"{decision.expires:%Y-%m-%d %H:%M} UTC" if decision.expires else "without end"
        yield Held("the GO still holds today", not expired, f"until {until}" + (": it has decayed to NO-GO" * expired))


def _replayed(decision: Decision, signer: str | None, ledgers: Sequence[Path], known: Catalog) -> Iterator[Held]:
    try:
        facts = FactSet(with_one_declaration(ledger.read(ledgers, runs=decision.runs)))
    except LedgerError as error:
        yield Held("the ledgers hold every run that was judged", False, str(error))
        return
    there = {run.run for run in facts.of(Run)}
    missing = [run for run in decision.runs if run not in there]
    yield Held("the ledgers hold every run that was judged", not missing, ", ".join(missing))
    old, new = decision.laws
    overrides = old.system.thresholds if old and old.independent and old.system else {}
    profile = known.profiles[decision.profile]
    findings = [f for f in judge(facts, known, profile.controls, plugins.checks(), overrides) if is_evidence(f)]
    differing = _differing(findings, [f for r in decision.results for f in r.findings if is_evidence(f)])
    yield Held("the same facts give the same findings", not differing, "; ".join(differing))
    again = decide(
        findings,
        known,
        profile,
        subject=decision.subject,
        law_old=old,
        law_new=new,
        policy=policy_for(decision.environment, old, new.system if new else None),
        now=decision.decided_at,
        waivers=facts.of(Waiver),
        approvals=facts.of(Approval),
        deciders=(signer,) if signer else (),
        system=decision.system,
        heads=decision.heads,
        gonogo=decision.gonogo,
    )
    again = msgspec.structs.replace(again, laws=decision.laws, runs=decision.runs)
    same = encode(again) == encode(decision)
    said = f"{decision.verdict}; the replay says {again.verdict}"
    yield Held("the same facts give the same decision", same, said if same or again.verdict != decision.verdict else
               f"{said}, but differs in {_fields(again, decision)}")  # fmt: skip


def _fields(a: Decision, b: Decision) -> str:
    return ", ".join(name for name in a.__struct_fields__ if getattr(a, name) != getattr(b, name))


def _differing(again: Sequence[Finding], then: Sequence[Finding]) -> list[str]:
    def by_proof(findings: Sequence[Finding]) -> dict[tuple[str, str], Finding]:
        return {(f.control, f.method): f for f in findings}

    now, was = by_proof(again), by_proof(then)
    return [
        f"{' by '.join(proof)}: {_outcome(was.get(proof))} then, {_outcome(now.get(proof))} now"
        for proof in sorted(now.keys() | was.keys())
        if now.get(proof) != was.get(proof)
    ]


def _outcome(finding: Finding | None) -> str:
    return f"{finding.outcome} ({finding.summary})" if finding else "nothing"
