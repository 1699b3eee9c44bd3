"""`gonogo verify`: hold a decision and a ledger against what was signed and published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gonogo.ledger.signature import PublicKey
    from gonogo.verification import Held


def verify(
    decision: Path | None = typer.Argument(None, help="A signed decision; without one the ledger alone is verified."),
    evidence: list[Path] = typer.Option([], "--evidence", help="A ledger; default .gonogo/ledger here."),
    key: list[str] = typer.Option([], "--key", help="A public key, or a file that holds one, that may have signed."),
    head: list[str] = typer.Option([], "--head", help="A published head: WRITER=SEQ:HASH."),
    controls: list[Path] = typer.Option(
        [], "--controls", help="The team's own controls (gonogo/controls), where the decision rests on some."
    ),
    ledger_key: list[str] = typer.Option([], "--ledger-key", help="A public key that must have signed the ledger."),
) -> None:
    """Hold evidence against what was signed, offline.

    The decision's own heads count as published: a ledger that was changed, cut or swapped since is found out. The facts
    are judged and decided again, and must give the same answer. What cannot be known from what was given is said.
    """
    from gonogo.verification import decision_claims, ledger_claims, open_decision

    held: list[Held] = []
    published = dict(_head(text) for text in head)
    ledgers = _ledgers(evidence, needed=decision is None)
    found = signer = None
    if decision is not None:
        found, signed, signer = open_decision(_data(decision), _trusted(key))
        held.append(signed)
        published |= found.heads
    keys = [_public(text) for text in ledger_key] or None
    for directory in ledgers:
        held += ledger_claims(directory, _of(published, directory, alone=len(ledgers) == 1), keys)
    if found is not None:
        from gonogo import catalog
        from gonogo.prove.base import utc_now

        held += decision_claims(found, signer, ledgers, utc_now(), catalog.load(controls))
    _print(held, found.verdict if found else None)
    raise typer.Exit(0 if all(h.holds is not False for h in held) else 1)


def _print(held: list[Held], verdict: str | None) -> None:
    from rich.console import Console
    from rich.text import Text

    from gonogo.report.hostile import visible

    out = Console(highlight=False)
    words = {True: ("holds", "green"), False: ("DOES NOT HOLD", "bold red"), None: ("unknown", "yellow")}
    for one in held:
        word, style = words[one.holds]
        line = Text(f"{word:>13}  ", style=style)
        line.append(visible(one.claim), style="default")
        if one.detail:
            line.append(f": {visible(one.detail, 4_000)}", style="dim")
        out.print(line)
    broken = sum(one.holds is False for one in held)
    said = f"The decision is {verdict}. " if verdict else ""
    out.print(f"\n{said}" + (f"{broken} of its claims do not hold." if broken else "Nothing contradicts it."))


def _data(path: Path) -> bytes:
    from gonogo.errors import UsageError

    if not path.is_file():
        raise UsageError(f"there is no file {path}", mend="give the decision that `gonogo gate --out` wrote")
    if path.stat().st_size > 64 << 20:
        raise UsageError(f"{path} is larger than any decision", mend="give the decision that `gonogo gate --out` wrote")
    return path.read_bytes()


def _ledgers(given: list[Path], needed: bool) -> list[Path]:
    from gonogo.errors import UsageError
    from gonogo.evidence import RECORD

    here = [RECORD] if not given and RECORD.is_dir() else given
    missing = [path for path in here if not path.is_dir()]
    if missing or (needed and not here):
        raise UsageError(f"{missing[0] if missing else RECORD} is no ledger", mend="--evidence LEDGER")
    return here


def _of(published: dict[str, str], directory: Path, alone: bool) -> dict[str, str]:
    """Return the heads of the writers of one of several ledgers; a writer that is in none is missed by the only one."""
    from gonogo.ledger.layout import writer_name, writers

    names = {writer_name(path) for path in writers([directory])}
    return {name: text for name, text in published.items() if alone or name in names}


def _head(text: str) -> tuple[str, str]:
    from gonogo.errors import UsageError

    writer, equals, rest = text.partition("=")
    if not equals or ":" not in rest:
        raise UsageError(f"{text!r} is no head", mend="--head WRITER=SEQ:HASH, as the decision names it")
    return writer, rest


def _public(text: str) -> PublicKey:
    from gonogo.ledger.signature import PublicKey

    path = Path(text)
    return PublicKey.parse(path.read_text().strip() if not text.startswith("ed25519:") and path.is_file() else text)


def _trusted(given: list[str]) -> dict[str, PublicKey]:
    """Return the keys that may have signed: those given, else those that this user trusts and owns."""
    from gonogo.ledger.signature import KeyStore

    if given:
        return {f"key {n} of those given": _public(text) for n, text in enumerate(given, 1)}
    store = KeyStore()
    return {key.name: key.public for key in store.list()} | store.trusted()
