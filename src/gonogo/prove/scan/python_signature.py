"""Small questions about Python syntax: parameters, defaults, annotations, names."""

from __future__ import annotations

import ast

from gonogo.prove.scan.python_module import FunctionNode


def is_property(function: FunctionNode) -> bool:
    """Tell whether reading the attribute calls the function."""
    names = {last_name(d) for d in function.decorator_list}
    return bool(names & {"property", "cached_property", "computed_field"})


def parameters(function: FunctionNode) -> list[str]:
    """Return the names of all parameters in order, star ones last."""
    a = function.args
    named = [p.arg for p in [*a.posonlyargs, *a.args, *a.kwonlyargs]]
    return named + [p.arg for p in (a.vararg, a.kwarg) if p]


def default_of(function: FunctionNode, name: str) -> ast.expr | None:
    """Return the default of a parameter."""
    a = function.args
    plain = [*a.posonlyargs, *a.args]
    pairs = list(zip(reversed(plain), reversed(a.defaults), strict=False))
    pairs += [(p, d) for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None]
    return next((d for p, d in pairs if p.arg == name), None)


def raw_annotation(function: FunctionNode, name: str) -> ast.expr | None:
    """Return the annotation of a parameter as it is written."""
    a = function.args
    return next((p.annotation for p in [*a.posonlyargs, *a.args, *a.kwonlyargs] if p.arg == name), None)


def annotation_of(function: FunctionNode, name: str) -> ast.expr | None:
    """Return the class that a parameter is annotated with; `X | None`, `Optional[X]`, `Annotated[X, ...]` give X."""
    return plain_annotation(raw_annotation(function, name))


def plain_annotation(annotation: ast.expr | None) -> ast.expr | None:
    """Return the class in an annotation, without its wrappers."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            return None
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return plain_annotation(annotation.left)
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) in ("Optional", "Annotated", "Union"):
        first = annotation.slice.elts[0] if isinstance(annotation.slice, ast.Tuple) else annotation.slice
        return plain_annotation(first)
    return annotation if isinstance(annotation, ast.Name | ast.Attribute) else None


def last_name(expr: ast.expr) -> str:
    """Return the last part of a dotted name, of a call the last part of what it calls, else an empty text."""
    if isinstance(expr, ast.Call):
        return last_name(expr.func)
    return expr.attr if isinstance(expr, ast.Attribute) else expr.id if isinstance(expr, ast.Name) else ""


def is_none(expr: ast.expr | None) -> bool:
    """Tell whether `expr` is the literal None."""
    return isinstance(expr, ast.Constant) and expr.value is None
