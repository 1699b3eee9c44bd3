"""Deterministic embeddings: hashed words and character triples, so that similar texts are near each other. Pure."""

from __future__ import annotations

import math
import zlib

DIMENSION = 1536
"""What most apps expect where they name no dimension (OpenAI's small model)."""


def vector(text: str, dimension: int = DIMENSION) -> tuple[float, ...]:
    """Return a unit vector of `dimension` numbers for a text."""
    sums = [0.0] * dimension
    words = text.lower().split()[:2_000]
    for word in words:
        _add(sums, word, 2.0)
        padded = f" {word} "
        for start in range(len(padded) - 2):
            _add(sums, padded[start : start + 3], 1.0)
    length = math.sqrt(sum(x * x for x in sums))
    if not length:
        sums[0] = length = 1.0
    return tuple(x / length for x in sums)


def _add(sums: list[float], piece: str, weight: float) -> None:
    hashed = zlib.crc32(piece.encode("utf-8", "surrogatepass"))
    sums[hashed % len(sums)] += weight if hashed & 0x80000000 else -weight
