"""What verification can find, in sentences that name the place."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "changed",
    "dropped",
    "reordered",
    "repeated",
    "back-dated",
    "swapped-segment",
    "cut-tail",
    "missing-writer",
    "missing-head",
    "wrong-signature",
    "unsigned",
    "unreadable",
]
"""`changed`: a record is not the one that was written. `dropped`: records are missing between others.
`reordered`, `repeated`: records stand out of order, or twice. `back-dated`: a record was appended, by its own time,
before the one that it follows. `swapped-segment`: a file holds another segment than its name and its neighbours say.
`cut-tail`: the end is missing. `wrong-signature`: a signature does not hold, or is by a key that is not trusted here.
`unsigned`: keys were given and nobody signed."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that does not hold: `segment` is a path below the writer's directory, `seq` the record's number."""

    kind: Kind
    writer: str
    detail: str
    segment: str | None = None
    seq: int | None = None

    def __str__(self) -> str:
        """Return the sentence."""
        place = f"writer {self.writer}" + (f", {self.segment}" if self.segment else "")
        return f"{place}: {self.kind}: {self.detail}"


def numbers(first: int, last: int) -> str:
    """Return `record 7` or `records 7 to 9`."""
    return f"record {first}" if first == last else f"records {first} to {last}"
