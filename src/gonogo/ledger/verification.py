"""Does a ledger still say what was written? Every chain is walked from its beginning and held against what was signed.

A ledger that was rebuilt from scratch by whoever may write its files looks sound from within. What only a signature or
a head published elsewhere can tell, `unknowable` says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

from gonogo.errors import LedgerError
from gonogo.ledger.head import Dropped, Head, Seal, Signed, dropped_of, head_of, parse_published, read, state
from gonogo.ledger.inspect_segment import Entry, Inspected, inspect
from gonogo.ledger.layout import segments, writer_name, writers
from gonogo.ledger.lines import genesis
from gonogo.ledger.problem import Kind, Problem, numbers
from gonogo.ledger.seal import file_digest
from gonogo.ledger.signature import PublicKey

S = TypeVar("S", bound=Signed)


def verify(
    directory: Path, published: Mapping[str, str] | None = None, keys: Collection[PublicKey] | None = None
) -> list[Problem]:
    """Return everything that does not hold in a ledger; an empty list when all does.

    `published` maps writers to heads (`<seq>:<hash>`) that were published earlier. With `keys`, everything signed must
    be signed by one of them. Raises `LedgerError` for no ledger, `LedgerVersionError` for one of a newer gonogo.
    """
    published = published or {}
    problems: list[Problem] = []
    found = {writer_name(path): path for path in writers([directory])}
    for name, path in found.items():
        problems += _Writer(path, keys).verify(published.get(name))
    for name in sorted(set(published) - set(found)):
        seq, _ = parse_published(published[name])
        if seq:
            detail = f"its head was published at record {seq}, and nothing of it is here"
            problems.append(Problem(kind="missing-writer", writer=name, detail=detail))
    return problems


def unknowable(
    directory: Path, published: Mapping[str, str] | None = None, keys: Collection[PublicKey] | None = None
) -> list[str]:
    """Return in sentences what `verify` with the same arguments cannot tell, however sound the ledger looks."""
    said = []
    for path in writers([directory]):
        name, head, dropped = writer_name(path), head_of(path), dropped_of(path)
        seq = head.seq if head else 0
        if name not in (published or {}):
            said.append(
                f"writer {name}: whether records after {seq} were cut off together with the head; "
                "a head published elsewhere would tell (--head)"
            )
        if head is None or head.key is None:
            said.append(f"writer {name}: who wrote it; its head is unsigned, so its files may have been made anew")
        elif keys is None:
            said.append(f"writer {name}: whose key signed it; no trusted keys were given")
        if dropped is not None:
            said.append(f"writer {name}: what {numbers(1, dropped.seq)} said; retention dropped them")
    if not published:
        said.append("whether a whole writer was removed; heads published elsewhere would tell")
    said.append("whether a fact was true when it was written")
    return said


@dataclass
class _Writer:
    """The verification of one writer; `seen` maps the numbers that signed heads name to the hash found there."""

    directory: Path
    keys: Collection[PublicKey] | None
    problems: list[Problem] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    swapped: set[str] = field(default_factory=set)

    def verify(self, published: str | None) -> list[Problem]:
        head, dropped = self._signed("head.json", Head), self._signed("dropped.json", Dropped)
        wanted = {head.seq} if head else set()
        promise = parse_published(published) if published else None
        if promise:
            wanted.add(promise[0])
        begin = Entry(0, "", "", genesis(self.name))
        if dropped:
            begin = Entry(dropped.seq, "", "", dropped.hash)
        walked = []
        for segment in segments(self.directory, after=begin.seq):
            part = inspect(segment, self.name)
            self.problems += part.problems
            self.seen |= {entry.seq: entry.stored or entry.digest for entry in part.entries if entry.seq in wanted}
            part.condense()
            walked.append(part)
        self.seen[begin.seq] = begin.digest
        self._check_names(walked)
        self._check_seals(walked)
        last = self._check_boundaries(walked, begin, head)
        self._check_head(head, last, bool(walked))
        if promise:
            self._check_published(*promise, last, dropped)
        return self.problems

    @property
    def name(self) -> str:
        return writer_name(self.directory)

    def _problem(self, kind: Kind, detail: str, segment: str | None = None, seq: int | None = None) -> None:
        if kind == "swapped-segment" and segment:
            self.swapped.add(segment)
        self.problems.append(Problem(kind=kind, writer=self.name, detail=detail, segment=segment, seq=seq))

    def _signed(self, file: str, cls: type[S]) -> S | None:
        """Read a signed record of the writer, and note what is wrong with its signature."""
        try:
            record = read(self.directory / file, cls)
        except LedgerError as broken:
            self._problem("unreadable", broken.message)
            return None
        if record is not None:
            self._check_signature(record, file)
        return record

    def _check_signature(self, record: Signed, file: str) -> None:
        found = state(record, self.keys)
        if record.writer != self.name:
            self._problem("wrong-signature", f"{file} was made for the writer {record.writer}")
        elif found == "broken":
            self._problem("wrong-signature", f"the signature of {file} does not hold")
        elif found == "unknown":
            self._problem(
                "wrong-signature", f"{file} is signed by {PublicKey.parse(record.key or '').id}, not trusted here"
            )
        elif found == "unsigned" and self.keys is not None and not (isinstance(record, Head) and not record.seq):
            self._problem("unsigned", f"{file} is not signed")

    def _check_names(self, walked: list[Inspected]) -> None:
        """Hold every segment against the name and the day that it lies under."""
        for part, after in zip_longest(walked, walked[1:]):
            if not part.entries:
                continue
            first, name = part.entries[0].seq, part.segment.name
            beyond = after is not None and first >= after.segment.first
            if first < part.segment.first or beyond:
                self._problem("swapped-segment", f"it begins with record {first}", name)
            elif first > part.segment.first:
                missing = numbers(part.segment.first, first - 1)
                if not any(p.seq == part.segment.first for p in part.problems):
                    self._problem("dropped", f"{missing} missing at its beginning", name, part.segment.first)
            elif part.elsewhere:
                self._problem("swapped-segment", f"its records were appended on {part.entries[0].at[:10]}", name)

    def _check_seals(self, walked: list[Inspected]) -> None:
        for part in walked:
            if part.seal is None or not part.entries:
                continue
            name, last = part.segment.name, part.entries[-1]
            self._check_signature(part.seal, part.segment.beside(".seal.json").relative_to(self.directory).as_posix())
            if part.seal.first != part.segment.first and name not in self.swapped:
                self._problem("swapped-segment", f"its seal is for record {part.seal.first} and following", name)
            elif part.sound and part.entries[0].seq == part.seal.first and name not in self.swapped:
                self._check_sealed_end(part.seal, part, last)

    def _check_sealed_end(self, seal: Seal, part: Inspected, last: Entry) -> None:
        if last.seq < seal.last:
            missing = numbers(last.seq + 1, seal.last)
            self._problem("dropped", f"{missing} missing at its end", part.segment.name, last.seq + 1)
        elif last.digest != seal.hash or file_digest(part.segment.path) != seal.sha256:
            detail = f"it is not the file that was sealed: {numbers(seal.first, seal.last)} were rewritten"
            self._problem("changed", detail, part.segment.name, seal.last)

    def _check_boundaries(self, walked: list[Inspected], begin: Entry, head: Head | None) -> Entry:
        """Hold each segment against the one before it; return the last record of all."""
        parts = sorted((part for part in walked if part.entries), key=lambda part: part.entries[0].seq)
        lasts = [begin, *(part.entries[-1] for part in parts)]
        broken = [n for n, part in enumerate(parts) if self._is_broken(lasts[n], part.entries[0])]
        for n, (before, part) in enumerate(zip(lasts, parts, strict=False)):
            first = part.entries[0]
            if first.seq > before.seq + 1:
                self._missing(before.seq + 1, first.seq - 1, part)
            elif first.seq <= before.seq:
                self._problem(
                    "repeated", f"record {first.seq} stands in another segment, too", part.segment.name, first.seq
                )
            elif n in broken:
                self._blame(n, parts, before, holds_on=broken[-1] == n and self._reaches(head, parts[n:]))
        return lasts[-1]

    @staticmethod
    def _is_broken(before: Entry, first: Entry) -> bool:
        return first.seq == before.seq + 1 and first.prev != (before.stored or before.digest)

    def _missing(self, first: int, last: int, part: Inspected) -> None:
        """Note a gap before a segment, where it was not noted already as missing at an end."""
        if not any(p.kind == "dropped" and p.seq == first for p in self.problems):
            self._problem("dropped", f"{numbers(first, last)} missing before it", part.segment.name, first)

    def _reaches(self, head: Head | None, rest: list[Inspected]) -> bool:
        return bool(head and all(part.sound for part in rest) and self.seen.get(head.seq) == head.hash)

    def _blame(self, n: int, parts: list[Inspected], before: Entry, *, holds_on: bool) -> None:
        """A segment does not follow the one before: its last record was changed, or this segment is another one.

        Where everything from here on leads to the signed head, this segment is the one that was written.
        """
        part, earlier = parts[n], parts[n - 1] if n else None
        if earlier is not None and earlier.segment.name in self.swapped:
            return
        if holds_on and earlier is not None and earlier.seal is None:
            detail = f"record {before.seq} does not have the hash that record {before.seq + 1} recorded"
            self._problem("changed", detail, earlier.segment.name, before.seq)
        elif part.segment.name not in self.swapped:
            self._problem("swapped-segment", f"it does not follow record {before.seq}", part.segment.name)

    def _check_head(self, head: Head | None, last: Entry, any_data: bool) -> None:
        if head is None:
            if any_data and not any(p.kind == "unreadable" and "head.json" in p.detail for p in self.problems):
                self._problem("missing-head", "there are records and no head.json")
            return
        self._hold(head.seq, head.hash, last, "its head names")

    def _check_published(self, seq: int, digest: str, last: Entry, dropped: Dropped | None) -> None:
        if dropped and seq < dropped.seq:
            kept = [read(path, Seal) for path in sorted(self.directory.glob("day=*/*.seal.json"))]
            wrong = any(seal and seal.last == seq and seal.hash != digest for seal in kept)
            if wrong:
                self._problem("changed", f"record {seq} was not the one that the published head names", seq=seq)
            return
        self._hold(seq, digest, last, "the published head names")

    def _hold(self, seq: int, digest: str, last: Entry, who: str) -> None:
        """Hold one promised record against what was found."""
        if any(problem.seq == seq for problem in self.problems):
            return
        if last.seq < seq:
            if not any(p.kind in ("unreadable", "cut-tail") for p in self.problems):
                self._problem("cut-tail", f"it ends with record {last.seq}, {who} record {seq}", seq=last.seq + 1)
        elif seq in self.seen and self.seen[seq] != digest and not self.swapped:
            detail = f"record {seq} is not the one that {who}: it, or the chain up to it, was rewritten"
            self._problem("changed", detail, seq=seq)
