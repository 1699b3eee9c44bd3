"""What stands at a JSON pointer."""

from __future__ import annotations

from typing import Any


def at_pointer(document: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer (RFC 6901) such as `/build/release` or `/rows/0`, None where nothing does.

    The empty pointer is the whole document; a slash at its end changes nothing.
    """
    for part in pointer.strip("/").split("/") if pointer.strip("/") else ():
        if isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        elif isinstance(document, dict):
            document = document.get(part.replace("~1", "/").replace("~0", "~"))
        else:
            return None
    return document
