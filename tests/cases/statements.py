"""Signs the statements of attest cases with test keys. A key is derived from its owner's name, so none is stored."""

from __future__ import annotations

import hashlib
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gonogo.facts import Fact, Run, Subject, fact_types, kind_of
from gonogo.ledger import Ledger, heads
from gonogo.ledger.signature import SigningKey
from gonogo.prove.attest.statement import Attested
from gonogo.prove.attest.writing import countersign, write

SIGNED_AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def key_of(name: str) -> SigningKey:
    """Return the test key of a person of the cases."""
    seed = hashlib.sha256(f"test key of {name}, for recorded cases only".encode()).digest()
    return SigningKey.of(name, Ed25519PrivateKey.from_private_bytes(seed))


def records_of(given: list[dict[str, Any]], subject: Subject) -> list[Fact]:
    """Return facts as a run of records in production holds them.

    `count` makes that many, each `every_h` hours after the one before; `{n}` in a text is its number, from 1.
    """
    kinds = {kind_of(kind.__name__): kind for kind in fact_types()}
    made: list[Fact] = []
    for entry in given:
        fields = dict(entry)
        kind, first = kinds[fields.pop("kind")], fields.pop("seen_at")
        every, count = timedelta(hours=fields.pop("every_h", 1)), fields.pop("count", 1)
        for n in range(count):
            texts = {k: v.replace("{n}", str(n + 1)) if isinstance(v, str) else v for k, v in fields.items()}
            made.append(msgspec.convert({"seen_at": first + n * every, "run": "records", **texts}, kind, strict=False))
    return [*made, Run(
        seen_at=SIGNED_AT, run="records", method="records", collector="records", subject=subject,
        started_at=SIGNED_AT, environment="production",
    )]  # fmt: skip


def stand_in(root: Path, text: str) -> str:
    """Put the commit that people looked at, and the head of the evidence, where a case's artefact names them."""
    if "{commit}" in text:
        said = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True, text=True)
        text = text.replace("{commit}", said.stdout.strip())
    if "{head}" in text:
        kept = Ledger.open(root / ".gonogo" / "ledger", writer="case", now=lambda: SIGNED_AT)
        subject = Subject(tree="sha256:0")
        run = Run(seen_at=SIGNED_AT, run="r", method="scan", collector="scan", subject=subject, started_at=SIGNED_AT)
        kept.append(run)
        kept.close()
        text = text.replace("{head}", next(iter(heads(root / ".gonogo" / "ledger").values())))
    for path in re.findall(r"\{digest:([^}]+)\}", text):
        text = text.replace(f"{{digest:{path}}}", hashlib.sha256((root / path).read_bytes()).hexdigest())
    return text


def sign_all(root: Path, statements: list[dict[str, Any]]) -> None:
    """Write the statements of a case as `gonogo attest` writes them."""
    for given in statements:
        artifact = given.get("artifact")
        content = (root / artifact).read_bytes() if artifact else None
        if content is not None and re.search(rb"\{(?:commit|head|digest:[^}]+)\}", content):
            content = stand_in(root, content.decode()).encode()
            (root / artifact).write_bytes(content)
        predicate = Attested(
            control=given["control"],
            statement=given.get("statement", ""),
            author=key_of(given["signer"]).id,
            signed_at=given.get("signed_at", SIGNED_AT),
            fields={name: str(value) for name, value in (given.get("fields") or {}).items()},
            artifact=artifact,
        )
        path = write(root, predicate, key_of(given["signer"]), content)
        if given.get("countersigner"):
            countersign(path, key_of(given["countersigner"]), {})
