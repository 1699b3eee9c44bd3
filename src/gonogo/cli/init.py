"""`gonogo init`: read the repository and write a first gonogo.yaml."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gonogo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gonogo.derive.factset import FactSet
    from gonogo.system.draft import Guess

FILE = "gonogo.yaml"


def init(
    path: Path = typer.Argument(Path(), help="The repository."),
    force: bool = typer.Option(False, "--force", help="Replace the gonogo.yaml that is there."),
    stdout: bool = typer.Option(False, "--stdout", help="Print the draft and write nothing."),
    schema: bool = typer.Option(False, "--schema", help="Print the JSON Schema of gonogo.yaml for your editor."),
) -> None:
    """Write a first gonogo.yaml.

    Reads the repository without executing anything of it, fills in what it can tell, and says where it saw that and
    what it could not tell. An existing file is never replaced without --force.
    """
    if schema:
        from gonogo.system.schema import schema_text

        sys.stdout.write(schema_text())
        return
    if not path.is_dir():
        raise UsageError(f"{path} is not a directory", mend="give the path of the repository")
    file = path / FILE
    if not stdout and not force and (file.exists() or file.is_symlink()):
        raise UsageError(f"{file} exists already", mend="gonogo init --force to replace it, or --stdout to compare")
    text, guesses, unknown = _draft(path)
    if stdout:
        sys.stdout.write(text)
        return
    _write(file, text, replace=force)
    _tell(file, guesses, unknown)


def _draft(path: Path) -> tuple[str, Sequence[Guess], Sequence[str]]:
    """Return the text of the draft, where each value was seen, and what could not be told."""
    from gonogo.facts import Run
    from gonogo.prove.subject import as_text
    from gonogo.system.draft import infer
    from gonogo.system.write import render

    facts = _scanned(path)
    declaration, notes = infer(facts, as_text(path.resolve().name))
    unread = [f"what this would have shown: {problem}" for run in facts.of(Run) for problem in run.problems]
    unknown = [*unread, *notes.unknown]
    return render(declaration.system, unknown), notes.guesses, unknown


def _scanned(path: Path) -> FactSet:
    """Scan with an empty declaration and law: a draft is made of the repository, not of a gonogo.yaml that is there."""
    from gonogo import assess
    from gonogo.catalog.control import Catalog
    from gonogo.cli.show import progress
    from gonogo.facts import Law
    from gonogo.prove.subject import subject_of

    root = path.resolve()
    with progress() as tell:
        state = assess.State(
            request=assess.Request(root=root, record=False, tell=tell),
            root=root,
            home=root,
            declaration=None,
            subject=subject_of(root, None, None),
            law=Law(origin="none", independent=False),
            declared=None,
            catalog=Catalog(controls={}, profiles={}),
        )
        return assess.collect(state, ("scan",), without=("secrets",))


def _write(file: Path, text: str, *, replace: bool) -> None:
    """Write the whole file or nothing: a reader never sees half of it, and a file that appeared meanwhile stays."""
    handle, name = tempfile.mkstemp(prefix=".gonogo-", suffix=".yaml", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).chmod(0o666 & ~_umask())
        if replace:
            Path(name).replace(file)
        else:
            _link(Path(name), file)
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _link(source: Path, file: Path) -> None:
    try:
        os.link(source, file)
    except FileExistsError:
        raise UsageError(f"{file} exists already", mend="gonogo init --force to replace it") from None
    except OSError:  # a file system without hard links
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(source.read_text(encoding="utf-8"))


def _tell(file: Path, guesses: Sequence[Guess], unknown: Sequence[str]) -> None:
    from gonogo.report.hostile import visible

    lines = [f"wrote {visible(str(file))}", ""]
    if guesses:
        lines.append("What was inferred, and where it was seen:")
        for guess in guesses:
            place = guess.path if guess.line is None else f"{guess.path}:{guess.line}"
            lines.append(f"  {visible(guess.key):<24} {visible(guess.text)}  ({visible(place or '')})")
    else:
        lines.append("Nothing could be inferred: no call of a model, route or start command was found.")
    lines += ["", "What could not be told:", *(f"  - {visible(sentence)}" for sentence in unknown)]
    lines += ["", "next: correct the file, then run: gonogo check"]
    print("\n".join(lines))
