"""Read YAML with the line of every key, without building what aliases would multiply."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from gonogo.prove.scan.tree import SourceFile

MAX_CHARACTERS = 1_000_000
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def documents(file: SourceFile) -> list[yaml.Node]:
    """Return the documents of a YAML file; a file that cannot be read is marked broken and gives none."""
    if len(file.text) > MAX_CHARACTERS:
        return []
    try:
        return [node for node in yaml.compose_all(file.text, Loader=_Loader) if node is not None]
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        template = "{{" in file.text
        where = f"line {mark.line + 1}: " if mark else ""
        file.broken = f"{where}a template that is filled in elsewhere" if template else f"{where}no valid YAML"
    except (RecursionError, ValueError):
        file.broken = "nested too deeply to parse"
    return []


def pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node, int]]:
    """Give key, value and 1-based line of a mapping's entries; nothing for other nodes."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield str(key.value), value, key.start_mark.line + 1


def child(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    """Return what stands under these keys, None where a step is missing."""
    for key in keys:
        node = next((value for name, value, _ in pairs(node) if name == key), None)
    return node


def items(node: yaml.Node | None) -> list[yaml.Node]:
    """Return the items of a list, nothing for other nodes."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def text(node: yaml.Node | None) -> str | None:
    """Return a scalar as it is written, None for other nodes."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None


def line(node: yaml.Node | None) -> int | None:
    """Return the 1-based line that a node starts on."""
    return node.start_mark.line + 1 if node is not None and node.start_mark is not None else None
