"""A tape: what a real provider once answered, kept so that the stand-in says it again.

`gonogo lab record` writes it to `gonogo/tape.jsonl`, a line per answer. It holds no prompts: a request is found again
by digests. Pure but for reading and writing that file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from gonogo.errors import SystemFileError
from gonogo.wire.base import ModelAnswer, ModelRequest

TAPE = Path("gonogo") / "tape.jsonl"
"""Where a team keeps it, beside gonogo.yaml."""


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """One answer.

    `whole` is a digest of the request, `words` of the user's last words, `place` of the declared journey that sent it;
    the last two with how far the conversation had come. All are SHA-256, and none depends on the model. `model` is the
    one that was asked for, `answer.model` the one that answered. `answer` was screened. `first_s` and `seconds` tell
    when the answer began and ended.
    """

    protocol: str
    operation: str
    model: str
    whole: str
    words: str
    place: str
    answer: ModelAnswer
    first_s: float = 0.0
    seconds: float = 0.0


class Tape:
    """The takes of a file, found by what is asked."""

    def __init__(self, takes: Iterable[Take] = ()) -> None:
        """Keep the takes; of two for the same request the later one counts."""
        self._whole: dict[tuple[str, str], Take] = {}
        for take in takes:
            self._whole[take.operation, take.whole] = take
        self._near = {(t.operation, key): t for t in reversed(self._whole.values()) for key in (t.place, t.words)}

    def __iter__(self) -> Iterator[Take]:
        """Yield every take that counts, in the order of the tape."""
        return iter(self._whole.values())

    def find(self, request: ModelRequest, journey: str = "") -> Take | None:
        """Return what was answered to this request, else to the same words of the user at the same point.

        Apps that put the time or a number of their own into each prompt never say the same twice: for these the answer
        at the same point of `journey` counts, the name of the declared journey that is under way as it is declared.
        """
        if not self._whole:
            return None
        operation = request.operation
        near = [words(request), place(request, journey)] if journey else [words(request)]
        return self._whole.get((operation, whole(request))) or next(
            (take for key in near if (take := self._near.get((operation, key)))), None
        )

    @classmethod
    def read(cls, home: Path) -> Tape:
        """Read the tape of the team at `home`, an empty one where there is none; raises `SystemFileError`."""
        try:
            lines = (home / TAPE).read_bytes().splitlines()
        except FileNotFoundError:
            return cls()
        return cls(_takes(lines))

    def write(self, home: Path) -> None:
        """Write the tape whole, or leave the old one as it is."""
        path = home / TAPE
        path.parent.mkdir(exist_ok=True)
        new = path.with_suffix(".new")
        new.write_bytes(b"".join(msgspec.json.encode(take) + b"\n" for take in self))
        new.replace(path)


def _takes(lines: Iterable[bytes]) -> Iterator[Take]:
    for number, line in enumerate(lines, 1):
        try:
            yield msgspec.json.decode(line, type=Take)
        except msgspec.DecodeError as wrong:
            raise SystemFileError(
                f"this line is no answer that was recorded: {wrong}", path=str(TAPE), line=number,
                mend=f"record it anew: rm {TAPE}, then gonogo lab record",
            ) from None  # fmt: skip


def whole(request: ModelRequest) -> str:
    """Return the digest of everything that is asked, but for the model and its settings."""
    turns = [[t.role, t.text, [[u.name, u.arguments] for u in t.tool_uses]] for t in request.turns]
    return _digest([turns, request.inputs, [t.name for t in request.tools], request.schema])


def words(request: ModelRequest) -> str:
    """Return the digest of the user's last words, of how often the model spoke before, and of what spoke last."""
    user = next((t.text for t in reversed(request.turns) if t.role == "user"), "")
    return _digest([user, *_point(request), request.inputs])


def place(request: ModelRequest, journey: str) -> str:
    """Return the digest of a point in a declared journey: by the instructions, the tools and the turns so far."""
    system = [t.text for t in request.turns if t.role in ("system", "developer")]
    return _digest([journey, system, [t.name for t in request.tools], *_point(request)])


def _point(request: ModelRequest) -> tuple[int, str]:
    return sum(t.role == "assistant" for t in request.turns), request.turns[-1].role if request.turns else ""


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def marked(answer: ModelAnswer, marker: str) -> ModelAnswer:
    """Return the answer with the marker in it: after its text, or in the longest sentence of its JSON."""
    if not answer.text:
        return answer
    try:
        document = json.loads(answer.text)
    except ValueError:
        document = None
    if not isinstance(document, dict | list):
        return msgspec.structs.replace(answer, text=f"{answer.text} {marker}")
    longest = max((s for s in _sentences(document) if " " in s), key=len, default=None)
    if longest is None:  # codes and numbers alone: nothing that may change
        return answer
    quoted = json.dumps(longest)
    text = json.dumps(document).replace(quoted, f'{quoted[:-1]} {marker}"', 1)
    return msgspec.structs.replace(answer, text=text)


def _sentences(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _sentences(each)
