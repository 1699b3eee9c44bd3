"""Evidence that travels: several ledgers, each verified, read as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from gonogo.errors import LedgerError, VerificationError
from gonogo.ledger.head import head_of
from gonogo.ledger.layout import writer_name, writers
from gonogo.ledger.reading import longest
from gonogo.ledger.signature import PublicKey
from gonogo.ledger.verification import verify

IN_REPOSITORY = Path(".gonogo", "ledger")


def locate(path: Path) -> Path:
    """Return the ledger at `path`: a ledger, a `.gonogo` directory, or a repository; raises `LedgerError` for none."""
    for place in (path, path / "ledger", path / IN_REPOSITORY):
        if any(place.glob("writer=*")):
            return place
    raise LedgerError(f"there is no ledger at {path}", mend="name a directory that holds `writer=...` directories")


def join(
    paths: Sequence[Path], published: Mapping[str, str] | None = None, keys: Collection[PublicKey] | None = None
) -> list[Path]:
    """Verify every ledger at `paths` and return their directories, to be given to `read` or `query`.

    A writer may stand in several of them where one copy is older; copies that differ are refused. Raises
    `VerificationError` with the first problems, `LedgerError` for what is no ledger.
    """
    found = list(dict.fromkeys(locate(path) for path in paths))
    here = {writer_name(path) for path in writers(found)}
    problems = [
        str(problem) for name in sorted(set(published or {}) - here) for problem in [f"writer {name} is missing"]
    ]
    for ledger in found:
        mine = {writer_name(path) for path in writers([ledger])}
        held = {name: head for name, head in (published or {}).items() if name in mine}
        problems += [f"{ledger}: {problem}" for problem in verify(ledger, held, keys)]
    problems += _forks(found, keys)
    if problems:
        more = f"\nand {len(problems) - 10} more" if len(problems) > 10 else ""
        raise VerificationError("\n".join(problems[:10]) + more, mend="ask for the ledger again, or leave it out")
    return found


def _forks(found: list[Path], keys: Collection[PublicKey] | None) -> list[str]:
    """Hold the head of every shorter copy of a writer against the longest one."""
    best, said = longest(found), []
    for copy in writers(found):
        name, head = writer_name(copy), head_of(copy)
        if copy != best[name] and head is not None:
            wrong = verify(best[name].parent, {name: head.text}, keys)
            said += [f"{copy} and {best[name]} are different histories of one writer"] if wrong else []
    return said
