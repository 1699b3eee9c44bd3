"""Python that is newer than the interpreter we run on, read into the syntax tree of ours.

Where `ast.parse` refuses a text, the places that a newer Python allows are found with the ast-grep grammar and read
apart; every other character stays where it was, so that lines and columns of the tree are those of the file:

    type X[T] = list[T]         X         = list[T]
    def f[T: int](a: T): ...    def f        (a: T): ...
    except A, B:                the tuple (A, B)
    f"{d["key"]}"               the same f-string, its expressions parsed one by one
    t"{name}"                   a call of string.templatelib.Template, of whose value nothing is known
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from gonogo.prove.scan.python_strings import joined, moved

_FIELDS = re.compile(r"(?i)[rft]*[ft][rft]*['\"]")
"""The start of a string with replacement fields."""
_KINDS = ("type_alias_statement", "function_definition", "class_definition", "except_clause", "concatenated_string")
_PARAMETER = re.compile(r"\*{0,2}\s*[^\W\d]\w*\s*(.*)", re.DOTALL)


def parse(text: str) -> ast.Module:
    """Return the syntax tree of `text`; raises what `ast.parse` raises where it is no Python of any version."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        refused = error
    try:
        return _Rewriting(text).parsed()
    except SyntaxError as error:
        raise (error if error.lineno else refused) from None
    except (AttributeError, IndexError, TypeError, ValueError):  # the grammar recovers from errors in its own ways
        raise refused from None


def expression(text: str) -> ast.expr:
    """Return the expression that `text` is, placed as if it began a file; raises `SyntaxError` where it is none."""
    body = parse(f"({text}\n)").body
    value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if value is None or (isinstance(value, ast.Tuple) and not value.elts and "(" not in text):
        raise SyntaxError("an expression is missing or broken")
    return moved(value, 0, -1)


class _Rewriting:
    """The places of one text that are written anew, and the expressions behind the names that are put there."""

    def __init__(self, text: str) -> None:
        from ast_grep_py import SgRoot

        self.text = text
        self.edits: list[tuple[int, int, str]] = []
        self.standing: dict[str, ast.expr] = {}
        self._prefix = "_p"
        while self._prefix in text:
            self._prefix += "_"
        found = SgRoot(text, "python").root().find_all(any=[{"kind": kind} for kind in (*_KINDS, "string")])
        self._end = 0
        for node in sorted(found, key=lambda n: (n.range().start.index, -n.range().end.index)):
            if node.range().start.index >= self._end:  # else inside a place that is read apart as a whole
                self._look(node)

    def parsed(self) -> ast.Module:
        """Return the tree of the text with its places written anew; raises `SyntaxError` where that is no Python."""
        if not self.edits:
            raise SyntaxError("nothing in it is newer")
        pieces, position = [], 0
        for start, end, new in self.edits:
            pieces += [self.text[position:start], new]
            position = end
        module = ast.parse("".join([*pieces, self.text[position:]]))
        filling = _Filling(self.standing)
        filling.visit(module)
        if filling.left:
            raise SyntaxError("an expression stands where none may")
        return module

    def _look(self, node: Any) -> None:
        kind = node.kind()
        if kind == "type_alias_statement":
            self._alias(node)
        elif kind == "except_clause":
            self._except(node)
        elif kind in ("string", "concatenated_string"):
            self._string(node)
        else:
            for child in node.children():
                if child.kind() == "type_parameter" and _are_parameters(child):
                    self._write(child.range().start.index, child.range().end.index)

    def _alias(self, node: Any) -> None:
        left, equals = node.children()[1], node.children()[2]
        name, parameters = left.child(0) or left, None
        if name.kind() == "generic_type":
            name, parameters = name.children()
        if equals.kind() == "=" and name.kind() == "identifier" and (parameters is None or _are_parameters(parameters)):
            self._write(node.range().start.index, equals.range().start.index, name.text())

    def _except(self, node: Any) -> None:
        children = [c for c in node.children()[1:] if c.kind() not in ("*", "comment")]
        colon = next((i for i, c in enumerate(children) if c.kind() == ":"), 0)
        if any(c.kind() == "," for c in children[:colon]):
            self._stand_in(expression, children[0].range().start.index, children[colon - 1].range().end.index)

    def _string(self, node: Any) -> None:
        strings = [c for c in node.children() if c.kind() == "string"] if node.kind() != "string" else [node]
        if any(_FIELDS.match(s.text()) for s in strings) and not _readable(node.text()):
            start, end = node.range().start.index, node.range().end.index
            self._stand_in(lambda _: joined(strings, self.text, start, expression), start, end)

    def _stand_in(self, read: Callable[[str], ast.expr], start: int, end: int) -> None:
        """Let a name stand for the expression from `start` to `end`, as `read` reads it."""
        name = f"{self._prefix}{len(self.standing)}"
        column = len(self.text[:start].rpartition("\n")[2].encode())
        self.standing[name] = moved(read(self.text[start:end]), self.text.count("\n", 0, start), column)
        self._write(start, end, name)

    def _write(self, start: int, end: int, name: str = "") -> None:
        """Put `name` and blanks over a place, filling as many bytes and lines as were there."""
        rows = [len(row.encode()) for row in self.text[start:end].split("\n")]
        filled = [" " * width for width in rows]
        filled[0] = name.ljust(max(rows[0], len(name) + bool(name)))
        if "\n" in self.text[start:end]:
            filled[:-1] = [f"{row[:-1] if row.endswith(' ') else row}\\" for row in filled[:-1]]
        self.edits.append((start, end, "\n".join(filled)))
        self._end = end


class _Filling(ast.NodeTransformer):
    """Puts the expressions where their names stand; `left` are those whose name was not met as a value."""

    def __init__(self, standing: dict[str, ast.expr]) -> None:
        self.left = dict(standing)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the expression that a name stands for, or the name."""
        return self.left.pop(node.id, node) if isinstance(node.ctx, ast.Load) else node


def _readable(written: str) -> bool:
    try:
        ast.parse(f"({written}\n)")
    except SyntaxError:
        return False
    return True


def _are_parameters(node: Any) -> bool:
    """Tell whether a list in brackets is one of type parameters, with bounds and defaults or without."""
    rows = [""]
    for child in node.children()[1:-1]:
        if child.kind() == ",":
            rows.append("")
        elif child.kind() != "comment":
            rows[-1] += " " + child.text()
    if len(rows) > 1 and not rows[-1]:
        rows.pop()
    return all(_is_parameter(" ".join(row.split())) for row in rows)


def _is_parameter(row: str) -> bool:
    """Read what follows the name as an annotation and a value, which have the same form."""
    match = _PARAMETER.fullmatch(row)
    if match is None or not (match[1] == "" or match[1][0] in ":="):
        return False
    try:
        parse(f"x{match[1]}")
    except SyntaxError:
        return False
    return True
