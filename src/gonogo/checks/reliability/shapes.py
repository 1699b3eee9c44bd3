"""The shape of an error's body: its keys and their types; and what no error may show."""

from __future__ import annotations

import re

INSIDES = re.compile(
    r"Traceback \(most recent call last\)|File \\?\"[^\"]+\", line \d+|site-packages"
    r"|node_modules|\bat [\w.$<>]+ ?\([^()]*:\d+"
    r"|goroutine \d+ \[|DEBUG = True|Werkzeug|Exception in thread|java\.lang\.|panicked at|[Ss]tack ?trace",
)
"""What only a traceback, a debug page or a library of the service says."""
Shape = dict[str, str]


def shape_of(body: object) -> Shape:
    """Return the keys of a body, each with the type of its value."""
    return {str(k): _type(v) for k, v in body.items()} if isinstance(body, dict) else {"": _type(body)}


def _type(value: object) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "null")


def agree(one: Shape, other: Shape) -> bool:
    """Tell whether a client can read both with the same code: they share keys, and those have the same types."""
    shared = one.keys() & other.keys()
    return bool(shared) and all(one[k] == other[k] or "null" in (one[k], other[k]) for k in shared)


def in_words(shape: Shape) -> str:
    """Return a shape in words."""
    return ", ".join(f"{k or 'the body'} is {t}" for k, t in sorted(shape.items())) or "an empty object"
