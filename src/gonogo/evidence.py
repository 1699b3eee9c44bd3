"""The evidence of a repository: where it is kept, how it is read back, and which of it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gonogo import ledger
from gonogo.derive.newest import newest_runs, of_runs
from gonogo.errors import KeyStoreError, LedgerError, UsageError
from gonogo.facts import Declaration, Fact, Run
from gonogo.ledger.signature import KeyStore, SigningKey

RECORD = Path(".gonogo") / "ledger"
"""Where the evidence of a repository is kept, relative to the directory of its gonogo.yaml."""

BODIES = Path(".gonogo") / "bodies"
"""Where bodies of requests and answers are kept, encrypted for their subject."""

Keep = Callable[[Sequence[Fact]], None]
"""Keeps facts as they are collected."""


def heads(directories: Iterable[Path]) -> dict[str, str]:
    """Return the heads of all writers of the ledgers, `<seq>:<hash>` by writer."""
    return {writer: head for directory in directories for writer, head in ledger.heads(directory).items()}


def ledgers(home: Path, named: Sequence[Path] = ()) -> list[Path]:
    """Return the ledgers that evidence is read from: the one of the repository at `home`, and those that were named."""
    for directory in named:
        if not directory.is_dir():
            raise UsageError(
                f"{directory} is no ledger", mend="give the directory that holds its writer=... directories"
            )
    return [d for d in (home / RECORD, *named) if d.is_dir()]


def one_system(directories: Sequence[Path], named: str | None) -> str | None:
    """Return the name of the system that the ledgers tell of; `UsageError` for one of none, or where there are several.

    None where no run on record had a declaration.
    """
    names = {
        fact.system.name for fact in ledger.read(directories, kinds=("declaration",)) if isinstance(fact, Declaration)
    }
    listed = ", ".join(sorted(names)) or "no system"
    if named is not None and named not in names:
        raise UsageError(f"there is no evidence of {named!r} on record; there is of {listed}", mend="--system NAME")
    if named is None and len(names) > 1:
        raise UsageError(f"the evidence is of several systems: {listed}", mend="--system NAME")
    return named or next(iter(names), None)


def recall(
    directories: Iterable[Path],
    system: str | None,
    environment: str | None,
    without: Iterable[str],
    problems: list[str],
) -> list[Fact]:
    """Return the newest evidence on record of `system`, of every method but those in `without`.

    With an `environment`, evidence from another one does not count. A ledger that does not hold is not used, and
    `problems` says so.
    """
    directories = [directory for directory in directories if _holds(directory, problems)]
    if not directories:
        return []
    skipped = {*without}
    seen = list(ledger.read(directories, kinds=("run", "declaration")))
    # Every run on record carries the declaration that it was made under: another system's evidence is none of ours.
    systems = {fact.run: fact.system.name for fact in seen if isinstance(fact, Declaration)}
    runs = [r for r in seen if isinstance(r, Run) and r.method not in skipped and systems.get(r.run, system) == system]
    chosen = newest_runs(runs, environment)
    return of_runs(ledger.read(directories, runs=tuple(r.run for r in chosen)), chosen) if chosen else []


def _holds(directory: Path, problems: list[str]) -> bool:
    broken = ledger.verify(directory)
    if broken:
        more = f" (and {len(broken) - 1} more; `gonogo verify` lists them)" if broken[1:] else ""
        problems.append(f"the ledger {directory} does not hold, so nothing of it was used: {broken[0]}{more}")
    return not broken


@contextmanager
def recorder(home: Path | None, problems: list[str]) -> Iterator[Keep]:
    """Give a function that keeps facts in the ledger of the repository at `home`.

    Without a home it does nothing; where keeping fails, the assessment goes on and a problem says so.
    """
    if home is None:
        yield lambda _: None
        return
    opened: ledger.Ledger | None = None
    try:
        _make_home(home)
        opened = ledger.Ledger.open(home / RECORD, key=_any_key())
    except (LedgerError, OSError) as error:
        problems.append(f"what was seen is not kept: {error}")

    def keep(facts: Sequence[Fact]) -> None:
        try:
            if opened is not None:
                opened.extend(facts)
        except LedgerError as error:
            problems.append(f"what was seen is not kept: {error}")

    try:
        yield keep
    finally:
        if opened is not None:
            try:
                opened.close()
            except LedgerError as error:
                problems.append(f"what was seen is not kept: {error}")


def _make_home(home: Path) -> None:
    """Make `.gonogo`, which ignores itself in git: evidence travels by `--evidence`, never by commits."""
    directory = home / RECORD.parts[0]
    directory.mkdir(exist_ok=True)
    ignore = directory / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")


def _any_key() -> SigningKey | None:
    """Return the key that signs the ledger's heads: the only one there is, else none and the heads say so."""
    try:
        return KeyStore().get(None)
    except KeyStoreError:
        return None
