"""Signs the statements of attest cases with test keys. A key is derived from its owner's name, so none is stored."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gonogo.ledger.signature import SigningKey
from gonogo.prove.attest.statement import Attested
from gonogo.prove.attest.writing import countersign, write

SIGNED_AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def key_of(name: str) -> SigningKey:
    """Return the test key of a person of the cases."""
    seed = hashlib.sha256(f"test key of {name}, for recorded cases only".encode()).digest()
    return SigningKey.of(name, Ed25519PrivateKey.from_private_bytes(seed))


def sign_all(root: Path, statements: list[dict[str, Any]]) -> None:
    """Write the statements of a case as `gonogo attest` writes them."""
    for given in statements:
        artifact = given.get("artifact")
        content = (root / artifact).read_bytes() if artifact else None
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
