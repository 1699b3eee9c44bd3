"""Tools of the agent's own: notes in one directory, whatever path they are asked for."""

import os
from pathlib import Path

PLACE = Path("notes")
MOST = 20_000


def tool(name, description, *arguments):
    schema = {"type": "object", "properties": {a: {"type": "string"} for a in arguments}, "required": list(arguments)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": schema}}


OFFERS = [tool("read_note", "Read one of your notes.", "path"), tool("write_note", "Keep a note.", "path", "text")]


def act(name, arguments):
    """Read or write a note, and return what the model is told."""
    try:
        place = inside(arguments["path"])
        if name == "read_note":
            with open(place, "rb", opener=plain) as file:
                return file.read(MOST).decode(errors="replace")
        with open(place, "w", encoding="utf-8", opener=plain) as file:
            file.write(arguments["text"][:MOST])
        return "kept"
    except (KeyError, TypeError, AttributeError, ValueError, OSError):
        return "error: there is no such note, and none can be made there"


def inside(path):
    """Return where a note is; ValueError for a path that is absolute, climbs, or leads out by a link."""
    place = PLACE.resolve() / path
    if "\0" in path or Path(path).is_absolute() or not place.resolve().is_relative_to(PLACE.resolve()):
        raise ValueError("not a note")
    if place.exists() and not place.is_file():
        raise ValueError("not a file")
    PLACE.mkdir(exist_ok=True)
    return place


def plain(path, flags):
    """Open a file, never through a link that somebody laid after the look at its path."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
