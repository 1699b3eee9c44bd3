"""Strings with replacement fields, read piece by piece from the ast-grep grammar into the standard syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Read = Callable[[str], ast.expr]
"""Reads the text of an expression, placed as if it began a file."""

_ESCAPE = re.compile(r"\\(?:\r?\n|N\{[^}]*\}|x..|u....|U........|[0-7]{1,3}|.)", re.DOTALL)
_FIELD_ENDS = ("=", "type_conversion", "format_specifier", "}")


def moved(node: ast.expr, lines: int, columns: int) -> ast.expr:
    """Shift a tree that begins a file: all of it by `lines`, what stands in its first line by `columns` (in bytes)."""
    for each in ast.walk(node):
        if isinstance(each, ast.expr | ast.keyword | ast.arg):
            each.col_offset += columns if each.lineno == 1 else 0
            each.end_col_offset = (each.end_col_offset or 0) + (columns if each.end_lineno == 1 else 0)
            each.lineno += lines
            each.end_lineno = (each.end_lineno or 1) + lines
    return node


def joined(strings: Sequence[Any], text: str, start: int, read: Read) -> ast.expr:
    """Return what strings side by side are together, placed as if they began a file; they begin at `start` of `text`.

    Raises `SyntaxError` for a field without an expression, and for bytes among them.
    """
    values: list[ast.expr] = []
    template = False
    for node in strings:
        prefix = node.child(0).text().rstrip("'\"").lower() if node.child(0) else ""
        template |= "t" in prefix
        if "f" in prefix or "t" in prefix:
            values += _values(node, text, start, "r" in prefix, read)
        else:
            values.append(ast.Constant(_plain(node.text())))
    whole: ast.expr = _template(values) if template else ast.JoinedStr(list(_merged(values)))
    for each in ast.walk(whole):
        if isinstance(each, ast.expr) and not hasattr(each, "lineno"):
            each.lineno, each.col_offset, each.end_lineno, each.end_col_offset = 1, 0, 1, 0
    return whole


def _plain(written: str) -> str:
    value = ast.literal_eval(written)
    if not isinstance(value, str):
        raise SyntaxError("bytes and text cannot be joined")
    return value


def _template(values: list[ast.expr]) -> ast.expr:
    """A template is no text: a call of which no scanner knows the value, but sees the arguments."""
    module = ast.Attribute(ast.Name("string", ast.Load()), "templatelib", ast.Load())
    return ast.Call(ast.Attribute(module, "Template", ast.Load()), values, [])


def _merged(values: list[ast.expr]) -> Iterator[ast.expr]:
    """Join constants that stand side by side, as the parser does."""
    text = ""
    for value in values:
        if isinstance(value, ast.Constant):
            text += str(value.value)
            continue
        if text:
            yield ast.Constant(text)
        text = ""
        yield value
    if text:
        yield ast.Constant(text)


def _values(node: Any, text: str, start: int, raw: bool, read: Read) -> Iterator[ast.expr]:
    """Give the literal parts and the fields of a string, or of a format specifier, in order."""
    children = node.children()
    position, end = children[0].range().end.index, node.range().end.index
    if children[-1].kind() == "string_end":
        end = children[-1].range().start.index
    for field in children:
        if field.kind() not in ("interpolation", "format_expression"):
            continue
        yield from _literal(text[position : field.range().start.index], raw)
        yield from _field(field, text, start, raw, read)
        position = field.range().end.index
    yield from _literal(text[position:end], raw)


def _literal(piece: str, raw: bool) -> Iterator[ast.expr]:
    if piece:
        piece = piece.replace("{{", "{").replace("}}", "}")
        yield ast.Constant(piece if raw else _ESCAPE.sub(_unescaped, piece))


def _unescaped(match: re.Match[str]) -> str:
    escape = match[0]
    if escape[-1] == "\n":
        return ""
    return str(ast.literal_eval(f'"{escape}"'))


def _field(node: Any, text: str, start: int, raw: bool, read: Read) -> Iterator[ast.expr]:
    children = node.children()
    ends = [c for c in children if c.kind() in _FIELD_ENDS]
    first, last = children[0].range().end.index, ends[0].range().start.index
    inner = children[1]
    if inner.kind() == "named_expression":  # {a:=3} is the value of a, written in the format =3
        last = inner.child(0).range().end.index
    before = text[start:first]
    column = len(before.rpartition("\n")[2].encode())
    value = moved(read(text[first:last]), before.count("\n"), column)
    kinds = {c.kind(): c for c in ends}
    conversion = ord(kinds["type_conversion"].text()[-1]) if "type_conversion" in kinds else -1
    written = kinds.get("format_specifier")
    spec = ast.JoinedStr(list(_merged(list(_values(written, text, start, raw, read))))) if written else None
    if "=" in kinds:
        yield ast.Constant(text[first : (kinds.get("type_conversion") or written or ends[-1]).range().start.index])
        conversion = ord("r") if conversion == -1 and spec is None else conversion
    yield ast.FormattedValue(value, conversion, spec)
