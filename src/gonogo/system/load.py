"""gonogo.yaml, found, read, merged with what it extends, and validated whole: every error at once, with its place."""

from __future__ import annotations

import os
import posixpath
from datetime import UTC, datetime
from pathlib import Path

from gonogo.catalog.control import Catalog
from gonogo.errors import UsageError
from gonogo.facts.declaration import Declaration, System
from gonogo.system import git
from gonogo.system.choose import Wish, choose
from gonogo.system.extend import Reading, extended, read_file
from gonogo.system.names import check_names, text_of
from gonogo.system.overrides import asks_catalog, catalog_of, check_overrides
from gonogo.system.people import check_people
from gonogo.system.problems import Problems, one
from gonogo.system.secrets import refuse_secrets
from gonogo.system.shape import validate
from gonogo.system.source import FILE, Revision, Source, Tree, revision
from gonogo.system.values import check_values


def find(root: Path) -> tuple[Path, str] | None:
    """Return the top of the repository and the path of the gonogo.yaml that holds for `root`, None where there is none.

    It is looked for in `root` and above it, up to the root of the git work tree and never further.
    """
    here = root.resolve()
    top = git.toplevel(here) or here
    for directory in [here, *here.parents] if here.is_relative_to(top) else [here]:
        if os.path.lexists(directory / FILE):  # whatever it is: what is no file is refused when it is read
            return top, (directory / FILE).relative_to(top).as_posix()
        if directory == top:
            break
    return None


def load(root: Path, name: str | None = None, *, catalog: Catalog | None = None) -> Declaration | None:
    """Return what gonogo.yaml declares for the system `name`, None where there is no such file.

    `name` may be left out where there is one system, or where `root` lies in the directory of one. Raises
    `SystemFileError` with all that is wrong, and `UsageError` for a name that is not there.
    """
    found = find(root)
    if found is None:
        return None
    top, path = found
    return _declared(
        Tree(top, start=root.resolve()), path, Wish(name, _within(root, top, path), strict=True), top, catalog
    )


def load_file(path: Path, name: str | None = None, *, catalog: Catalog | None = None) -> Declaration:
    """Return what a file declares that the user named on the command line; it may stand outside the repository."""
    if not path.is_file():
        raise UsageError(f"there is no file {path}", mend="give the path of a gonogo.yaml")
    top = git.toplevel(path.resolve().parent) or path.resolve().parent
    where = path.resolve().relative_to(top).as_posix()
    declared = _declared(Tree(top, start=Path.cwd()), where, Wish(name, None), top, catalog)
    if declared is None:
        raise one(str(path), None, "cannot be read")
    return declared


def load_at(
    root: Path, name_of_revision: str, name: str | None = None, *, catalog: Catalog | None = None
) -> Declaration | None:
    """Return what gonogo.yaml declared at a git revision, with what it extended there; None where there was none.

    Raises `UsageError` where there is no such revision, `SystemFileError` where the file is wrong there.
    """
    source = revision(root, name_of_revision)
    here = root.resolve()
    for directory in [here, *here.parents]:
        if not directory.is_relative_to(source.root):
            break
        path = (directory / FILE).relative_to(source.root).as_posix()
        if git.mode_of(source.root, source.commit, path) is not None:
            return _declared(source, path, Wish(name, _within(root, source.root, path)), source.root, catalog)
    return None


def _within(root: Path, top: Path, path: str) -> str | None:
    directory = (top / path).parent
    return root.resolve().relative_to(directory.resolve()).as_posix() if root.resolve() != directory else None


def _declared(source: Source, path: str, wish: Wish, top: Path, catalog: Catalog | None) -> Declaration | None:
    reading = Reading(repository=top, problems=Problems(), catalog=catalog)
    root = read_file(source, path, reading)
    if root is None:
        return None
    if asks_catalog(root) and (catalog is None or isinstance(source, Revision)):
        reading.catalog = catalog_of(source, posixpath.dirname(path), catalog)
    chosen = choose(root, wish, reading.problems)
    whole = extended(chosen, source, path, reading)
    system = validate(whole, reading.problems, System)
    refuse_secrets(whole, reading.problems)
    check_names(whole, reading.problems)
    check_values(whole, reading.problems)
    check_people(whole, reading.problems)
    check_overrides(whole, reading.catalog, reading.problems)
    _hide_secrets(reading.problems)
    reading.problems.end()
    if system is None:  # pragma: no cover  (a system that is none has problems)
        return None
    label = source.label(path)
    lines = {key: node.line for key, node in whole.walk() if key and node.file == label}
    further = tuple(file for file in reading.files if file != label)
    return Declaration(seen_at=datetime.now(UTC), system=system, path=label, lines=lines, extended=further)


def _hide_secrets(problems: Problems) -> None:
    """Leave out what else is wrong at a place that holds a secret: the message could show it."""
    secret = {(p.file, p.line) for p in problems.found if "looks like a secret" in p.text}
    problems.found[:] = [p for p in problems.found if (p.file, p.line) not in secret or "looks like a secret" in p.text]


def systems(root: Path) -> tuple[str, ...]:
    """Return the names of the systems that gonogo.yaml declares, in file order; empty where there is no file."""
    found = find(root)
    if found is None:
        return ()
    top, path = found
    problems = Problems()
    node = read_file(Tree(top, start=root.resolve()), path, Reading(repository=top, problems=problems))
    if node is None:
        return ()
    each = node.map["systems"].items if "systems" in node.map else [node]
    return tuple(name for item in each if (name := text_of(item, "name")) is not None)
