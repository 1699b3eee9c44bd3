"""Which of several systems of one gonogo.yaml is meant, and what they share."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from gonogo.errors import UsageError
from gonogo.system.document import Node
from gonogo.system.names import text_of
from gonogo.system.problems import Problems, nearest, one, shown


class NoSuchSystemError(UsageError):
    """gonogo.yaml declares no system of the name that was asked for."""


@dataclass(frozen=True)
class Wish:
    """The system that is wanted: by its name, or by the directory that the user is in, relative to the file's.

    `strict` holds a file with one system to the name too.
    """

    name: str | None = None
    within: str | None = None
    strict: bool = False


def choose(root: Node, wish: Wish, problems: Problems) -> Node:
    """Return the system that is wanted, with the keys that all systems share as its defaults."""
    if "systems" not in root.map:
        name = text_of(root, "name")
        if wish.strict and wish.name is not None and name is not None and name != wish.name:
            raise _no_system(root, wish.name, [name])
        return root
    listed = root.map["systems"]
    for key in ("name", "path"):
        if key in root.map:
            inner = root.map[key]
            problems.add(inner.file, inner.line, key, "belongs to each of `systems`, not beside them")
    if not listed.items or not all(item.map for item in listed.items):
        raise one(listed.file, listed.line, "a list of systems is wanted, each with name and path", "systems")
    _check_systems(listed, problems)
    problems.end()
    names = [text_of(item, "name") or "" for item in listed.items]
    index = _index(root, listed, names, wish)
    shared = {k: v for k, v in root.map.items() if k not in ("systems", "name", "path")}
    own = listed.items[index]
    return replace(own, value={**shared, **own.map})


def _check_systems(listed: Node, problems: Problems) -> None:
    """Note systems without name or path, and two of one name or one directory."""
    for key in ("name", "path"):
        seen: dict[str, Node] = {}
        for index, item in enumerate(listed.items):
            value = text_of(item, key)
            place = f"systems.{index}.{key}"
            if value is None:
                if key not in item.map:
                    problems.add(item.file, item.line, place, "is missing; each of several systems has one")
                continue
            node = item.map[key]
            first = seen.setdefault(posixpath.normpath(value) if key == "path" else value, node)
            if first is not node:
                text = f"{shown(value)} stands in systems twice; the first is in line {first.line}; change one"
                problems.add(node.file, node.line, place, text)


def _index(root: Node, listed: Node, names: list[str], wish: Wish) -> int:
    if wish.name is not None:
        if wish.name in names:
            return names.index(wish.name)
        raise _no_system(root, wish.name, names)
    if len(names) == 1:
        return 0
    paths = [posixpath.normpath(text_of(item, "path") or ".") for item in listed.items]
    here = wish.within or "."
    around = [i for i, p in enumerate(paths) if p != "." and (here == p or here.startswith(p + "/"))]
    if around:
        return max(around, key=lambda i: len(paths[i]))
    raise UsageError(
        f"{root.file} declares {len(names)} systems: {', '.join(shown(n) for n in names)}",
        mend=f"name one: --system {names[0]}",
    )


def _no_system(root: Node, wanted: str, names: list[str]) -> NoSuchSystemError:
    known = ", ".join(shown(n) for n in names)
    return NoSuchSystemError(
        f"{root.file} declares no system {shown(wanted)}{nearest(wanted, names)}", mend=f"its systems are: {known}"
    )
