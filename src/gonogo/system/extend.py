"""`extends:`: what a system stands on, found, read and merged; whoever extends may tighten it and not loosen it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from gonogo.catalog.control import Catalog
from gonogo.system import git
from gonogo.system.document import Node, parse
from gonogo.system.problems import Problems, one, shown
from gonogo.system.secret_shapes import looks_secret
from gonogo.system.source import Revision, Source, Tree, package_directory
from gonogo.system.tighten import merge
from gonogo.system.values import inside_problem

MAX_DEPTH = 5
_PACKAGE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass
class Reading:
    """One reading of a file and of all that it extends. `repository` confines it; `files` are those read so far."""

    repository: Path
    problems: Problems
    catalog: Catalog | None = None
    files: list[str] = field(default_factory=list)


def read_file(source: Source, path: str, reading: Reading) -> Node | None:
    """Return the nodes of one file, None where it is not there."""
    data = source.read(path)
    if data is None:
        return None
    label = source.label(path)
    reading.files.append(label)
    return parse(data, label, reading.problems)


def extended(root: Node, source: Source, path: str, reading: Reading, above: tuple[str, ...] = ()) -> Node:
    """Return `root` merged with what it extends, and that with what it extends.

    `above` are the files on the way here. Cycles, more than 5 levels and files that are not there raise
    `SystemFileError`; what `root` loosens goes to the problems.
    """
    wanted = root.map.get("extends")
    if wanted is None or wanted.text is None or looks_secret(wanted.text):
        return root
    trail = (*above, source.label(path))
    found, where = _target(wanted, source, path, reading)
    label = found.label(where)
    if label in trail:
        raise one(wanted.file, wanted.line, f"goes in a circle: {' > '.join([*trail, label])}", "extends")
    if len(trail) > MAX_DEPTH:
        raise one(wanted.file, wanted.line, f"goes through more than {MAX_DEPTH} files", "extends")
    parent = read_file(found, where, reading)
    if parent is None:
        raise one(wanted.file, wanted.line, f"there is no file {label}", "extends")
    if "systems" in parent.map:
        text = f"{label} holds several systems; extend a file that holds one, or only what they share"
        raise one(wanted.file, wanted.line, text, "extends")
    parent = extended(parent, found, where, reading, trail)
    own = dict(parent.map)
    own.pop("extends", None)
    return merge(replace(parent, value=own), root, reading.catalog, reading.problems)


def _target(wanted: Node, source: Source, path: str, reading: Reading) -> tuple[Source, str]:
    """Return the source and the path in it that `extends` names."""
    text = wanted.text or ""
    kind, _, rest = text.partition(":")
    if kind == "git":
        return _git_target(wanted, rest, reading)
    if kind == "package":
        return _package_target(wanted, rest, reading)
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), text))
    if text.startswith(("/", "~")) or "\\" in text or joined.startswith("../") or joined in (".", ".."):
        mend = "name a file in the repository, git:REVISION:PATH or package:NAME/PATH"
        raise one(wanted.file, wanted.line, f"{shown(text)} is no path in the repository; {mend}", "extends")
    return source, joined


def _git_target(wanted: Node, rest: str, reading: Reading) -> tuple[Source, str]:
    name, _, path = rest.partition(":")
    if not name or not path or inside_problem(path):
        raise one(
            wanted.file, wanted.line, "git:REVISION:PATH is wanted, with a path from the repository's top", "extends"
        )
    top, commit = git.toplevel(reading.repository), git.commit_of(reading.repository, name)
    if top is None or commit is None:
        text = f"there is no git revision {shown(name)} here; git fetch it, or name another"
        raise one(wanted.file, wanted.line, text, "extends")
    return Revision(top, commit), posixpath.normpath(path)


def _package_target(wanted: Node, rest: str, reading: Reading) -> tuple[Source, str]:
    name, _, path = rest.partition("/")
    if not _PACKAGE.fullmatch(name) or not path or inside_problem(path):
        raise one(wanted.file, wanted.line, "package:NAME/PATH is wanted, NAME being an import name", "extends")
    directory = package_directory(name, reading.repository)
    if directory is None:
        text = f"no package {shown(name)} is installed beside gonogo; install it there"
        raise one(wanted.file, wanted.line, text, "extends")
    return Tree(directory, prefix=f"package:{name}"), posixpath.normpath(path)
