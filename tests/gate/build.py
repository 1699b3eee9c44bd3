"""Small, complete inputs for the gate, each overridable in the one point that a test is about."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gonogo.catalog.control import Cadence, Catalog, Condition, Control, Profile, Proof, Threshold
from gonogo.facts import Approval, Finding, Signer, Subject, System, Waiver
from gonogo.facts.declaration import Environment, Journey, Person
from gonogo.facts.law import Law, law_digest
from gonogo.gate.people import Roster
from gonogo.gate.policy import Policy
from gonogo.gate.signoff import evidence_digest

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TREE = "sha256:" + "a" * 64
COMMIT = "c" * 40
PRINTS = {"code": "sha256:code", "prompts": "sha256:prompts"}
LONG = "the replacement of the library is scheduled and tracked by the team"


def public(seed: str) -> str:
    """A public key as gonogo.yaml writes it."""
    return "ed25519:" + base64.b64encode(hashlib.sha256(seed.encode()).digest()).decode()


def key(seed: str) -> str:
    """The id of that key."""
    raw = hashlib.sha256(seed.encode()).digest()
    return "SHA256:" + base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")


def person(name: str, **given: Any) -> Person:
    return Person(**{"name": name, "email": f"{name}@example.org", "key": public(name), **given})


def signer(name: str, *, valid: bool = True) -> Signer:
    return Signer(key=key(name), name=name, valid=valid)


def proof(method: str = "scan", role: str = "required", **given: Any) -> Proof:
    return Proof(method=method, role=role, how="by looking", **given)


def threshold(value: Any, compare: str = "<=", unit: str = "d") -> Threshold:
    return Threshold(value=value, compare=compare, unit=unit, origin="default", read_by=("scan",))


def control(name: str = "cost.example", *proofs: Proof, **given: Any) -> Control:
    values: dict[str, Any] = {
        "id": name,
        "title": f"{name} holds",
        "question": "Does it hold?",
        "why": "Because it must.",
        "severity": "critical",
        "phase": "build",
        "kinds": ("llm-app", "rag", "agent", "ml-model"),
        "boundary": "repo",
        "proof": proofs or (proof(),),
        "cadence": Cadence(every="quarterly"),
    }
    return Control(**{**values, **given})


def rule(name: str, **given: Any) -> Control:
    return control(f"decision.{name}", proof("records", fix="see the gate"), **given)


def condition() -> Condition:
    return Condition(text="it has one", evaluator="has_one")


def catalog(*controls: Control, profiles: dict[str, Profile] | None = None) -> Catalog:
    return Catalog(controls={c.id: c for c in controls}, profiles=profiles or {}, digest="sha256:catalog")


def profile(*names: str, name: str = "pre-launch") -> Profile:
    return Profile(name=name, title="All", about="All of it.", controls=names)


def finding(name: str = "cost.example", outcome: str = "pass", method: str = "scan", **given: Any) -> Finding:
    values: dict[str, Any] = {
        "control": name,
        "method": method,
        "outcome": outcome,
        "severity": "critical",
        "summary": f"{method} says {outcome}",
        "seen_at": NOW - timedelta(hours=1),
        "fingerprints": {"tree": TREE} if method == "scan" else dict(PRINTS),
    }
    return Finding(**{**values, **given})


def subject(**given: Any) -> Subject:
    values: dict[str, Any] = {
        "tree": TREE,
        "commit": COMMIT,
        "dirty": False,
        "fingerprints": dict(PRINTS),
        "authors": ("alice@example.org",),
    }
    return Subject(**{**values, **given})


def system(**given: Any) -> System:
    values: dict[str, Any] = {
        "name": "shop",
        "kinds": ("llm-app", "agent"),
        "owners": (person("alice"),),
        "approvers": (person("bob"), person("carol")),
        "environments": (Environment(name="production", production=True), Environment(name="staging")),
        "journeys": (Journey(name="ask", path="/ask"),),
    }
    return System(**{**values, **given})


def law(controls: dict[str, str] | None = None, **given: Any) -> Law:
    declared = system(**given)
    files = controls or {}
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    return Law(
        origin="base 1a2b3c4d5e6f",
        independent=True,
        commit="b" * 40,
        system=declared,
        controls=files,
        controls_digest=digest,
        digest=law_digest(declared, files),
    )


def roster(**given: Any) -> Roster:
    return Roster(system(**given))


def waiver(name: str = "cost.example", *signers: Signer, **given: Any) -> Waiver:
    values: dict[str, Any] = {
        "seen_at": NOW - timedelta(days=1),
        "control": name,
        "owner": "alice",
        "reason": LONG,
        "compensation": "a person reads every answer",
        "expires": date(2026, 4, 30),
        "signers": signers or (signer("alice"), signer("bob")),
    }
    return Waiver(**{**values, **given})


def approval(*findings: Finding, by: str = "bob", **given: Any) -> Approval:
    values: dict[str, Any] = {
        "seen_at": NOW - timedelta(minutes=10),
        "subject": TREE,
        "evidence": evidence_digest(findings),
        "signers": (signer(by),),
    }
    return Approval(**{**values, **given})


def policy(**given: Any) -> Policy:
    return Policy(**{"environment": "production", "production": True, "profile": "pre-launch", **given})
