"""Read one YAML file as untrusted text: safe types only, bounded size and depth, no aliases, a line for every place."""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import re2
import yaml

from gonogo.catalog.problems import Problem

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML was built without libyaml: slower, the same result
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 20
Key = str | int

_ALIAS = r"(?:^|[\s\[{,:-])[*&][^\s*&,\[\]{}]"
_TAG = r"(?:^|[\s\[{,:-])![^\s]*"
_TEXT, _LIST, _MAPPING = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
_BRACKET = re.compile(r"[\[\]{}]")
_DEEP = rf"^ {{{2 * MAX_DEPTH},}}|(?:[-?:] +){{{MAX_DEPTH}}}"
"""Text that could nest deeper than allowed without brackets: a deep indent, or many dashes in a row."""
_DANGEROUS = re2.compile(f"(?m){_ALIAS}|{_TAG}|{_DEEP}")


class Source:
    """One file's text, its plain value, and the line of any place in it."""

    def __init__(self, path: str, text: str) -> None:
        """Keep `text` as the content of the file shown as `path`."""
        self.path, self.text = path, text
        self._root: yaml.Node | None = None
        self._value: Any = None

    def value(self) -> Any:
        """Return lists, mappings and scalars; raises `yaml.YAMLError` or ValueError for what is not plain YAML."""
        if self._value is None and (root := self._tree()) is not None:
            self._value = _plain(root, yaml.constructor.SafeConstructor())
        return self._value

    def problem(self, place: Sequence[Key], message: str, key: str | None = None) -> Problem:
        """Make a problem at `place`, a sequence of keys and positions from the top."""
        shown = ".".join(str(part) for part in place) if key is None else key
        return Problem(self.path, self.line(place), shown, message)

    def repeated(self) -> list[Problem]:
        """Return the keys that a mapping holds twice: YAML would keep the last one and say nothing."""
        found: list[Problem] = []
        todo = [self._tree()]
        while todo:
            node = todo.pop()
            if isinstance(node, yaml.MappingNode):
                seen: set[str] = set()
                for name, entry in node.value:
                    if name.value in seen:
                        found.append(
                            Problem(self.path, name.start_mark.line + 1, str(name.value), "this key stands twice")
                        )
                    seen.add(str(name.value))
                    todo.append(entry)
            elif isinstance(node, yaml.SequenceNode):
                todo += node.value
        return found

    def line(self, place: Sequence[Key]) -> int:
        """Return the 1-based line of `place`, or of the deepest part of it that exists."""
        node, line = self._tree(), 1
        for key in place:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line

    def _tree(self) -> yaml.Node | None:
        if self._root is None:
            self._root = yaml.compose(self.text, Loader=Loader)
        return self._root


def _plain(node: yaml.Node, rest: yaml.constructor.SafeConstructor) -> Any:
    """Return the value of a node: text, lists and mappings of text keys at once, what is left by the slower PyYAML."""
    if isinstance(node, yaml.ScalarNode) and node.tag == _TEXT:
        return node.value
    if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
        return [_plain(entry, rest) for entry in node.value]
    if isinstance(node, yaml.MappingNode) and node.tag == _MAPPING and all(k.tag == _TEXT for k, _ in node.value):
        return {name.value: _plain(entry, rest) for name, entry in node.value}
    return rest.construct_document(node)


def _child(node: yaml.Node | None, key: Key) -> tuple[int, yaml.Node] | None:
    """Return the line and node of one entry: a mapping's line is that of its key."""
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        entry = node.value[key]
        return entry.start_mark.line + 1, entry
    if isinstance(node, yaml.MappingNode):
        for name, entry in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, entry
    return None


def read(path: Path, shown: str) -> tuple[Source | None, list[Problem]]:
    """Read `path`; where that is refused, return the reasons instead of a source."""
    try:
        seen = path.stat()
        if not stat.S_ISREG(seen.st_mode):
            return None, [Problem(shown, 1, "", "is not a file")]
        if seen.st_size > MAX_BYTES:
            return None, [Problem(shown, 1, "", f"{seen.st_size:,} bytes; a catalogue file may have {MAX_BYTES:,}")]
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        return None, [Problem(shown, 1, "", f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [Problem(shown, line, "", "is not UTF-8 text")]
    source = Source(shown, text)
    refused = _refused(source)
    return (None, refused) if refused else (source, [])


def _refused(source: Source) -> list[Problem]:
    """Say what keeps `source` from being used: aliases, depth, tags, broken syntax or values."""
    try:
        if found := _events(source.path, source.text):
            return found
        source.value()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return [
            Problem(source.path, mark.line + 1 if mark else 1, "", f"is not YAML that is read here: {error.problem}")
        ]
    except (yaml.YAMLError, ValueError) as error:
        return [Problem(source.path, 1, "", f"is not YAML that is read here: {str(error).splitlines()[0]}")]
    return []


def _events(shown: str, text: str) -> list[Problem]:
    """Look at the stream of events, which never expands an alias, where the text could hold something dangerous."""
    if not _brackets_deep(text) and not _DANGEROUS.search(text):
        return []
    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=Loader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return [Problem(shown, line, "", "anchors and aliases are not allowed here: write the value out")]
        if (tag := getattr(event, "tag", None)) and not tag.startswith("tag:yaml.org,2002:"):
            return [Problem(shown, line, "", f"the tag {tag} is not allowed here")]
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return [Problem(shown, line, "", f"nested deeper than {MAX_DEPTH} levels")]
    return []


def _brackets_deep(text: str) -> bool:
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
