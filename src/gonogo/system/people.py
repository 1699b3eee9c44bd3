"""The people of gonogo.yaml: an approver has a key of their own, and nobody stands for two."""

from __future__ import annotations

import base64
import binascii

from gonogo.system.document import Node
from gonogo.system.names import entries, text_of
from gonogo.system.problems import Problems

_SHAPE = "is no public key; `gonogo key list` prints yours: ed25519: and the base64 of 32 bytes"


def key_right(text: str) -> bool:
    """Tell whether a text has the shape `ed25519:<base64 of 32 bytes>`."""
    kind, _, rest = text.partition(":")
    if kind != "ed25519":
        return False
    try:
        return len(base64.b64decode(rest, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def check_people(root: Node, problems: Problems) -> None:
    """Note keys that are none, approvers without one, and two approvers who are one person."""
    for name in ("owners", "approvers", "rota", "contacts"):
        for key, person in entries(root, name):
            node = person.map.get("key")
            if node and node.text is not None and not key_right(node.text):
                problems.add(node.file, node.line, f"{key}.key", _SHAPE)
    for key, person in entries(root, "approvers"):
        node = person.map.get("key")
        if person.map and (node is None or node.value is None):
            problems.add(person.file, person.line, f"{key}.key", "is missing; `gonogo key list` prints it")
    for field in ("key", "email"):
        _one_each(root, field, problems)


def _one_each(root: Node, field: str, problems: Problems) -> None:
    seen: dict[str, Node] = {}
    for key, person in entries(root, "approvers"):
        value = text_of(person, field)
        if value is None:
            continue
        node = person.map[field]
        first = seen.setdefault(value.strip().lower() if field == "email" else value.strip(), node)
        if first is not node:
            text = f"is that of the approver in line {first.line} too; each approver is one person with one key"
            problems.add(node.file, node.line, f"{key}.{field}", text)
