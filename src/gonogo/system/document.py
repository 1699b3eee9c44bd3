"""YAML, read safely and with the line of everything: a small tree of nodes, never an object of the file's choice.

Read as YAML 1.2 would: only true and false are booleans (`no` and `on` are text), dates and 1_000 are text. Tags and
merge keys are refused; anchors are read, as long as they do not blow the file up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from gonogo.system.problems import Problems, one

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 50_000

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Scalar = None | bool | int | float | str


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file and its place: `line` is that of its key, or of the value itself in a list.

    `size` counts the values in it.
    """

    value: Scalar | dict[str, Node] | list[Node]
    file: str
    line: int
    size: int = 1

    @property
    def map(self) -> dict[str, Node]:
        """Its entries by key; empty where it is no mapping."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """Its items; empty where it is no list."""
        return self.value if isinstance(self.value, list) else []

    @property
    def text(self) -> str | None:
        """Itself where it is text."""
        return self.value if isinstance(self.value, str) else None

    def plain(self) -> object:
        """Return it as plain JSON values."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def walk(self, key: str = "") -> Iterator[tuple[str, Node]]:
        """Yield it and everything in it, each with its dotted key."""
        yield key, self
        inner = self.map.items() if isinstance(self.value, dict) else enumerate(self.items)
        for name, node in inner:
            yield from node.walk(f"{key}.{name}" if key else str(name))


def parse(data: bytes, file: str, problems: Problems) -> Node:
    """Read a file into nodes. `file` is its name in messages; duplicate keys, tags and the like go to `problems`.

    Raises `SystemProblemsError` where it cannot be read as one mapping of YAML.
    """
    text = _decode(data, file)
    try:
        root = _Builder(file, problems).build(text)
    except yaml.YAMLError as error:
        raise one(file, *_explain(error, text)) from None
    if root is None or root.value is None:
        raise one(file, None, "the file is empty; `gonogo init --force` writes a first draft")
    if not isinstance(root.value, dict):
        what = "a list" if isinstance(root.value, list) else "a single value"
        raise one(file, root.line, f"holds {what}; a mapping is wanted, for example `name: my-app`")
    return root


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise one(file, None, f"is larger than {MAX_BYTES:,} bytes; nothing that big is read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise one(file, line, "is not UTF-8 text; save it with the encoding UTF-8") from None
    bad = _UNPRINTABLE.search(text)
    if bad:
        code = f"U+{ord(bad[0]):04X}"
        raise one(file, text.count("\n", 0, bad.start()) + 1, f"holds the control character {code}; remove it")
    return text


def _explain(error: yaml.YAMLError, text: str) -> tuple[int | None, str]:
    """Return the line and a sentence for what the YAML parser says."""
    mark = getattr(error, "problem_mark", None)
    line = min(mark.line + 1, max(1, text.count("\n") + 1)) if mark else None
    lines = text.splitlines()
    row = lines[line - 1] if line and line <= len(lines) else ""
    if "\t" in row[: len(row) - len(row.lstrip())]:
        return line, "a tab indents this line; YAML wants spaces"
    problem = getattr(error, "problem", None) or str(error)
    if "undefined alias" in problem:
        return line, "refers to an anchor that is not defined above it"
    hint = '; text with `: ` or ` #` in it, or that begins with a sign, wants quotes: "..."'
    return line, f"is not YAML: {problem}{hint}"


@dataclass
class _Open:
    """A list or mapping that is being read."""

    node: Node
    anchor: str | None
    key: tuple[str, int] | None = None
    taken: dict[str, int] = field(default_factory=dict)
    wants_key: bool = True


class _Builder:
    """Builds nodes from the parser's events with a stack of its own: deep files do not exhaust Python's."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file, self.problems = file, problems
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.count = 0

    def build(self, text: str) -> Node | None:
        documents = 0
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise one(self.file, line, "holds a second document; one file declares one, so remove this `---`")
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event.anchor or "", line)
            elif isinstance(event, yaml.ScalarEvent):
                self._refuse_tag(event, line)
                plain = event.style is None or event.style == ""
                self._put(Node(_resolve(event.value) if plain else event.value, self.file, line), event.anchor, event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._refuse_tag(event, line)
                self._open(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                done = self.stack.pop()
                self._put(done.node, done.anchor, None)
        return self.root

    def _open(self, event: Any, line: int) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise one(self.file, line, f"is nested deeper than {MAX_DEPTH} levels")
        if self.stack and isinstance(self.stack[-1].node.value, dict) and self.stack[-1].wants_key:
            raise one(self.file, line, "has a list or mapping as a key; a key is a word")
        value: dict[str, Node] | list[Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Open(Node(value, self.file, line), event.anchor))

    def _alias(self, anchor: str, line: int) -> None:
        if anchor not in self.anchors:
            raise one(self.file, line, f"refers to the anchor *{anchor[:40]}, which is not defined above it")
        node = self.anchors[anchor]
        self._put(replace(node, line=line), None, None)

    def _put(self, node: Node, anchor: str | None, event: Any) -> None:
        """Place a finished value where it belongs: as a key, under the waiting key, in the list, or as the root."""
        node = _sized(node)
        self.count += 1
        if node.size > MAX_NODES or self.count > MAX_NODES:
            text = f"holds more than {MAX_NODES:,} values, anchors counted wherever they are used"
            raise one(self.file, node.line, text)
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top.node.value, list):
            top.node.value.append(node)
        elif top.wants_key:
            self._key(top, node, event)
        else:
            self._entry(top, node)

    def _key(self, top: _Open, node: Node, event: Any) -> None:
        if event is None and not isinstance(node.value, str):
            raise one(self.file, node.line, "has a list or mapping as a key; a key is a word")
        name = str(event.value if event is not None else node.value)
        if name == "<<":
            text = "merge keys are not read; write the keys out, or use `extends:`"
            self.problems.add(self.file, node.line, self._dotted(name), text)
        top.key, top.wants_key = (name, node.line), False

    def _entry(self, top: _Open, node: Node) -> None:
        assert top.key is not None and isinstance(top.node.value, dict)  # noqa: S101  (a value follows its key)
        (name, line), top.key, top.wants_key = top.key, None, True
        if name in top.taken:
            text = f"stands here twice; the first is in line {top.taken[name]}; keep one"
            self.problems.add(self.file, line, self._dotted(name), text)
            return
        top.taken[name] = line
        if name != "<<":
            top.node.value[name] = replace(node, line=line)

    def _dotted(self, name: str) -> str:
        parts: list[str] = []
        for outer in self.stack[:-1]:
            parts.append(outer.key[0] if outer.key else str(len(outer.node.items)))
        return ".".join([*parts, name])

    def _refuse_tag(self, event: Any, line: int) -> None:
        if event.tag and event.tag != "!":
            self.problems.add(self.file, line, "", "has a tag (`!...`); tags are not read, write the plain value")


def _resolve(text: str) -> Scalar:
    """Return what a plain, unquoted word means."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and not text.lstrip("+-").isdigit():
        return float(text)
    return text


def _sized(node: Node) -> Node:
    inner = list(node.map.values()) if isinstance(node.value, dict) else node.items
    return replace(node, size=1 + sum(n.size for n in inner)) if inner else node
