"""What a journey sends: the declared request or command, with another text, identity or header where a case says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gonogo.facts.declaration import Journey

_SPEAKING = ("text", "question", "message", "prompt", "query", "input", "content", "q", "user_input", "msg")
"""Names under which apps take what the user says."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request to the app, ready to be sent: HTTP with `method` and `path`, or a `command`.

    `id` is the journey's id (32 hexadecimal digits, its trace id), `name` the declared name. `said` is what the user
    says where that is not what is declared, and no attack.
    """

    id: str
    name: str
    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    command: tuple[str, ...] = ()
    answer: str | None = None
    streams: bool = False
    identity: str | None = None
    deadline_s: float = 130.0
    leave_after_s: float | None = None
    attack: str = ""
    said: str = ""

    @property
    def as_declared(self) -> bool:
        """Whether the user says what is declared."""
        return not (self.said or self.attack)

    @property
    def traceparent(self) -> str:
        """The header that joins the calls of the app to this journey (W3C Trace Context)."""
        return f"00-{self.id}-{self.id[:16]}-01"


def ask(
    journey: Journey,
    id: str,
    *,
    text: str | None = None,
    headers: Mapping[str, str] | None = None,
    identity: str | None = None,
    deadline_s: float | None = None,
    leave_after_s: float | None = None,
    attack: str = "",
) -> Ask:
    """Return the request that a declared journey makes; `text` replaces what the user says in it."""
    body = journey.body if text is None else with_text(journey.body, text)
    command = journey.command or ()
    if text is not None and command:
        command = _said(command, text)
    own = dict(journey.headers) | dict(headers or {})
    if body is not None and not isinstance(body, str) and not any(k.lower() == "content-type" for k in own):
        own["Content-Type"] = "application/json"
    path = journey.path or "/"
    if text is not None and body is None and "?" in path:
        path = _in_query(path, text)
    return Ask(
        id=id,
        name=journey.name,
        method=journey.method.upper(),
        path=path,
        headers=own,
        body=encoded(body),
        command=command,
        answer=journey.answer,
        streams=journey.streams,
        identity=identity or journey.identity,
        deadline_s=deadline_s or journey.deadline_s,
        leave_after_s=leave_after_s,
        attack=attack,
        said=text if text is not None and not attack else "",
    )


def filled(body: Any, **values: Any) -> Any:
    """Return a body with values in the places that are named after them: `{id}` alone, or within a text."""
    if isinstance(body, dict):
        return {key: filled(inner, **values) for key, inner in body.items()}
    if isinstance(body, list):
        return [filled(inner, **values) for inner in body]
    if not isinstance(body, str):
        return body
    for name, value in values.items():
        if body == f"{{{name}}}":
            return value
        body = body.replace(f"{{{name}}}", str(value))
    return body


def encoded(body: Any) -> bytes | None:
    """Return a body as bytes: text as it is, anything else as JSON."""
    if body is None:
        return None
    return (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode("utf-8", "surrogatepass")


def with_text(body: Any, text: str) -> Any:
    """Return `body` with `text` where the user speaks: under a name that apps use for it, else its longest text."""
    if isinstance(body, str):
        return text
    place = _speaking(body)
    return _replaced(body, place, text) if place is not None else body


def _speaking(body: Any) -> tuple[str | int, ...] | None:
    found: list[tuple[bool, int, tuple[str | int, ...]]] = []

    def walk(value: Any, place: tuple[str | int, ...]) -> None:
        if isinstance(value, str):
            named = (
                bool(place) and str(next((p for p in reversed(place) if isinstance(p, str)), "")).lower() in _SPEAKING
            )
            found.append((named, len(value), place))
        elif isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, (*place, key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, (*place, index))

    walk(body, ())
    return max(found)[2] if found else None


def _replaced(value: Any, place: tuple[str | int, ...], text: str) -> Any:
    if not place:
        return text
    if isinstance(value, dict):
        return {k: _replaced(v, place[1:], text) if k == place[0] else v for k, v in value.items()}
    return [_replaced(v, place[1:], text) if i == place[0] else v for i, v in enumerate(value)]


def _said(command: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Put the text in the place of the command's longest argument of several words; where there is none, at its end."""
    spoken = [(len(word), index) for index, word in enumerate(command) if index and " " in word]
    if not spoken:
        return (*command, text)
    at = max(spoken)[1]
    return (*command[:at], text, *command[at + 1 :])


def _in_query(path: str, text: str) -> str:
    from urllib.parse import parse_qsl, urlencode

    where, _, query = path.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    if not pairs:
        return path
    longest = max(range(len(pairs)), key=lambda i: (pairs[i][0].lower() in _SPEAKING, len(pairs[i][1])))
    return f"{where}?{urlencode([(k, text if i == longest else v) for i, (k, v) in enumerate(pairs)])}"
