"""Masks personal data on its way to tools and records, but for what a tool is there to receive."""

import re

KINDS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "credit-card": re.compile(r"\b\d(?:[ -]?\d){12,18}\b"),
    "ssn": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "phone": re.compile(r"\+?\d[\d ()-]{7,}\d"),
}
RECEIVES = {("send_email", "to"): ("email",)}


def masked(value, allowed=()):
    """Return a value, or whatever is in it, without personal data of the kinds that are not allowed."""
    if isinstance(value, dict):
        return {name: masked(inner, allowed) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, allowed) for inner in value]
    if isinstance(value, str):
        for kind, pattern in KINDS.items():
            value = value if kind in allowed else pattern.sub(f"[{kind}]", value)
    return value


def cleared(tool, arguments):
    """Return the arguments that a tool gets, and which exceptions were made: argument and kind."""
    given = arguments if isinstance(arguments, dict) else {}
    rules = {name: RECEIVES.get((tool, name), ()) for name in given}
    passed = [(name, kind) for name, kinds in rules.items() for kind in kinds if KINDS[kind].search(str(given[name]))]
    return {name: masked(inner, rules[name]) for name, inner in given.items()}, passed
