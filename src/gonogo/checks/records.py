"""Reading an app's own records: lines of a log that are JSON objects, and the names that logs give to their fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gonogo.facts import AppLog, ChannelMessage

Record = dict[str, Any]

TIME = ("time", "timestamp", "ts", "@timestamp", "asctime", "datetime", "date")
LEVEL = ("level", "severity", "levelname", "lvl", "log.level", "severity_text")
SERVICE = ("service", "service.name", "service_name", "app", "application", "component", "logger")
STATUS = ("status", "status_code", "code", "http_status", "response_code")
USER = ("user", "user_id", "user.id", "enduser.id", "identity", "account", "actor", "principal", "subject")
MARKER = "marker"
"""The id of the harmless word that the lab plants beside private values, to see that logging is on."""


def record_of(text: str) -> Record | None:
    """Return a line that is a JSON object, None where it is anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def records(lines: Iterable[AppLog]) -> list[tuple[AppLog, Record]]:
    """Return the lines that are JSON objects, each with its object."""
    return [(line, record) for line in lines if (record := record_of(line.text)) is not None]


def tells(record: Record, names: Iterable[str]) -> bool:
    """Tell whether a record has a field by one of these names, in whatever case, with something in it."""
    said = {key.lower() for key, value in record.items() if value not in (None, "")}
    return any(name in said for name in names)


def lacking(record: Record, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what a record does not tell, of what is wanted: by words, the names of its field."""
    keys = {key.lower() for key in record}
    return [what for what, names in wanted.items() if not keys & set(names)]


def planted(line: AppLog | ChannelMessage) -> list[str]:
    """Return the ids of the private values that the lab planted and that can be read in a line or a message."""
    return sorted({m.canary for m in line.matches if m.canary and m.detector == "canary" and m.canary != MARKER})


def marked(line: AppLog) -> bool:
    """Tell whether the harmless word stands in a line."""
    return any(m.canary == MARKER for m in line.matches)


def leaves(value: Any) -> Iterator[Any]:
    """Yield everything that stands in a record, however deep, but for nothing."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    elif value is not None:
        yield value


def keys(value: Any) -> Iterator[str]:
    """Yield the names of all fields in a record, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)
