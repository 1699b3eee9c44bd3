"""What gonogo.yaml says about controls: overrides and exceptions, held against the catalogue that holds for it."""

from __future__ import annotations

import posixpath
import tempfile
from pathlib import Path

from gonogo.catalog.control import Catalog
from gonogo.system.document import Node
from gonogo.system.names import text_of
from gonogo.system.problems import Problems, nearest, shown
from gonogo.system.source import Revision, Source, Tree

CONTROLS = "gonogo/controls"
"""Where a repository keeps controls of its own."""


def asks_catalog(root: Node) -> bool:
    """Tell whether anything in the file names controls; only then is the catalogue read."""
    nodes = [root, *(root.map["systems"].items if "systems" in root.map else ())]
    return any(key in node.map for node in nodes for key in ("thresholds", "not_applicable", "extends"))


def catalog_of(source: Source, directory: str, known: Catalog | None = None) -> Catalog:
    """Return the catalogue with the controls that the same source holds; `known` where it holds none of its own."""
    from gonogo import catalog

    where = posixpath.join(directory, CONTROLS)
    names = [n for n in source.names(where) if n.endswith((".yaml", ".yml"))]
    if not names:
        return known or catalog.load()
    if isinstance(source, Revision):
        with tempfile.TemporaryDirectory(prefix="gonogo-law-") as scratch:
            for name in names:
                (Path(scratch) / posixpath.basename(name)).write_bytes(source.read(name) or b"")
            return catalog.load([Path(scratch)])
    return catalog.load([source.root / where] if isinstance(source, Tree) else [])


def check_overrides(root: Node, catalog: Catalog | None, problems: Problems) -> None:
    """Note overrides and exceptions for controls that do not exist, wrong values, and reasons that are none."""
    entries = root.map.get("not_applicable")
    for index, item in enumerate(entries.items if entries else ()):
        reason = text_of(item, "reason")
        if reason is not None and len(reason.strip()) < 20:
            node = item.map["reason"]
            problems.add(
                node.file, node.line, f"not_applicable.{index}.reason", "is too short; say why in 20 characters"
            )
        control = text_of(item, "control")
        if control is not None and catalog is not None and control not in catalog.controls:
            node = item.map["control"]
            text = f"there is no control {shown(control)}{nearest(control, catalog.controls)}"
            problems.add(node.file, node.line, f"not_applicable.{index}.control", text)
    if catalog is not None:
        _check_thresholds(root, catalog, problems)


def _check_thresholds(root: Node, catalog: Catalog, problems: Problems) -> None:
    from gonogo.catalog import limits

    top = root.map.get("thresholds")
    for control, node in top.map.items() if top else ():
        values = {name: inner.plain() for name, inner in node.map.items()}
        for (_, name), text in limits.problems(catalog, {control: values}).items():
            place = node.map.get(name, node)
            key = ".".join(part for part in ("thresholds", control, name) if part)
            problems.add(place.file, place.line, key, text.removeprefix(f"{control}.{name}: "))
