"""Things that an app lists as JSON, each with an id: calls that wait for a person, tasks that failed."""

from __future__ import annotations

import json
from typing import Any

from gonogo.derive.pointers import at_pointer


def listed(body: str | bytes, items: str, id: str) -> dict[str, Any] | None:
    """Return the entries by their ids, in order; None where the list cannot be read.

    `items` is where the list stands in the body, `id` where an entry has its id: JSON pointers.
    """
    try:
        entries = at_pointer(json.loads(body), items)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entries, list):
        return None
    named = ((at_pointer(e, id), e) for e in entries)
    return {str(id): entry for id, entry in named if id is not None}
