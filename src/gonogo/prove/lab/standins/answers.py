"""What the stand-in model says: as script or tape have it, as a schema asks, or an echo; to an attack, obedience."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import msgspec
import re2

from gonogo.derive.tokens import about
from gonogo.facts.traffic import ToolUse
from gonogo.prove.lab import planting
from gonogo.prove.lab.attacks.arrive import arrived
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Answer, Goal
from gonogo.prove.lab.standins.instance import instance
from gonogo.prove.lab.standins.vectors import DIMENSION, vector
from gonogo.prove.lab.tape import Take, marked
from gonogo.screen.patterns import sound
from gonogo.wire.base import ModelAnswer, ModelRequest, Tool, Usage

_ECHO = 2_000
ECHOES: dict[str, Callable[[str], str]] = {
    "": lambda text: text,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "reversed": lambda text: text[::-1],
    "spaced": lambda text: " ".join(text),
    "upper": lambda text: text.upper(),
    "start": lambda text: text[: len(text) // 3],
    "middle": lambda text: text[len(text) // 3 : 2 * len(text) // 3],
    "end": lambda text: text[2 * len(text) // 3 :],
}
"""Forms in which a model gives its system prompt away."""
_ECHO_OF = re.compile(r"\{system(?:\|([a-z0-9]+))?\}")


@dataclass(frozen=True)
class Said:
    """The newest words of each speaker, and how often the model spoke before."""

    user: str
    system: str
    turns: int
    after_tool: bool


def said(request: ModelRequest) -> Said:
    """Return what a request says."""
    users = [t for t in request.turns if t.role == "user"]
    system = "\n".join(t.text for t in request.turns if t.role in ("system", "developer"))
    spoken = sum(t.role == "assistant" for t in request.turns)
    last = request.turns[-1].role if request.turns else ""
    return Said(users[-1].text if users else "", system, spoken, last == "tool")


def answer(request: ModelRequest, room: Room, marker: str, journey: str = "") -> ModelAnswer:
    """Return the model's answer. It obeys an attack that arrives: what is to stop it is the app (see `Attack`)."""
    under_way = room.journeys.get(journey)
    take = room.tape.find(request, under_way.name if under_way and under_way.as_declared else "")
    if request.operation == "embeddings" and take is None:
        vectors = tuple(vector(text, request.dimensions or DIMENSION) for text in request.inputs)
        return ModelAnswer(model=request.model, vectors=vectors, usage=_usage(request, ModelAnswer(), room))
    words = said(request)
    made = _obeyed(request, room, words, marker) or _scripted(request, room, words, marker)
    if made is None and take is not None:
        return _recorded(request, take, marker, room)
    made = made or _by_choice(request, marker) or ModelAnswer(text=_plain(request, room, words, marker))
    finish = "tool_calls" if made.tool_uses else made.finish
    return msgspec.structs.replace(made, model=request.model, usage=_usage(request, made, room), finish=finish)


def _recorded(request: ModelRequest, take: Take, marker: str, room: Room) -> ModelAnswer:
    made = marked(take.answer, marker)
    by = made.model if request.model == take.model else request.model
    usage = (
        made.usage if made.usage.input else _usage(request, made, room)
    )  # a stream tells it only where that was asked for
    return msgspec.structs.replace(made, model=by, usage=usage)


_MESSAGE, _REPLY = 4, 3
"""Tokens that OpenAI's chat models take for each message besides its text, and to begin their own."""
_CHATS = ("openai_chat", "openai_responses")


def _usage(request: ModelRequest, made: ModelAnswer, room: Room) -> Usage:
    """Return the tokens of what was asked and said; definitions of tools are not counted."""
    asked = [t.text for t in request.turns] or list(request.inputs)
    text = made.text + "".join(u.arguments for u in made.tool_uses)
    output = room.count(text, request.model)
    if output is None:
        return Usage(input=about("".join(asked)), output=about(text))
    frame = _MESSAGE * len(request.turns) + _REPLY if request.protocol in _CHATS else 0
    return Usage(input=sum(room.count(each, request.model) or 0 for each in asked) + frame, output=output)


def _obeyed(request: ModelRequest, room: Room, words: Said, marker: str) -> ModelAnswer | None:
    attack = room.script.attack
    if attack is None or attack.benign or not arrived(attack, _read(request)):
        return None
    goal = attack.goal
    called = any(attack.canary in use.arguments for t in request.turns for use in t.tool_uses)
    if goal.tool and not called and (tool := _offered(request, goal.tool)):
        use = ToolUse(id=f"call_{marker}", name=tool.name, arguments=_filled(tool, goal.arguments, attack.canary))
        return ModelAnswer(tool_uses=(use,))
    return ModelAnswer(text=f"{marker} {_evil(goal, words, room, attack.canary)}".strip())


def _read(request: ModelRequest) -> Iterator[str]:
    """Yield what a model reads: every turn, and what the tools say of themselves."""
    yield from (t.text for t in request.turns)
    yield from (tool.description for tool in request.tools)


def _evil(goal: Goal, words: Said, room: Room, canary: str) -> str:
    parts = [goal.say or "", goal.link or ""]
    if goal.leak == "system-prompt":
        parts.append(words.system)
    elif goal.leak in ("personal-data", "credentials"):
        parts += room.planted.values()
    elif goal.leak == "context":
        parts.append(words.user)
    return " ".join(p for p in parts if p).replace("{canary}", canary) or canary


def _scripted(request: ModelRequest, room: Room, words: Said, marker: str) -> ModelAnswer | None:
    for number, rule in enumerate(room.script.answers):
        if number in room.used or not _holds(rule, request, words):
            continue
        if rule.tool is not None:
            if words.after_tool and not rule.repeat:
                continue
            tool = _offered(request, rule.tool) or (Tool(name=rule.tool) if rule.unoffered else None)
            if tool is None:
                continue
            if rule.once:
                room.used.add(number)
            filled = _numbered(rule.arguments, words.turns)
            use = ToolUse(id=f"call_{marker}", name=tool.name, arguments=_filled(tool, filled, marker))
            text = planting.filled(room, rule.text.replace("{marker}", marker)) if rule.text else ""
            return ModelAnswer(text=text, tool_uses=(use,))
        if rule.once:
            room.used.add(number)
        if rule.json is not None:
            return ModelAnswer(text=planting.filled(room, json.dumps(rule.json).replace("{marker}", marker)))
        if rule.text is not None:
            text = planting.filled(room, rule.text.replace("{marker}", marker))
            text = _ECHO_OF.sub(lambda m: ECHOES[m[1] or ""](words.system), text)
            return ModelAnswer(text=text.replace("{user}", words.user))
        if rule.echo:
            return None
    return None


def _holds(rule: Answer, request: ModelRequest, words: Said) -> bool:
    return (
        (rule.match is None or re2.search(rule.match, sound(words.user)) is not None)
        and (rule.system is None or re2.search(rule.system, sound(words.system)) is not None)
        and (not rule.models or any(fnmatchcase(request.model, glob) for glob in rule.models))
        and rule.turn in (None, words.turns)
    )


def _by_choice(request: ModelRequest, marker: str) -> ModelAnswer | None:
    """Call a tool where the request insists on one."""
    if request.tool_choice in ("auto", "none") or (request.turns and request.turns[-1].role == "tool"):
        return None
    wanted = "*" if request.tool_choice == "required" else request.tool_choice
    tool = _offered(request, wanted)
    if tool is None:
        return None
    return ModelAnswer(tool_uses=(ToolUse(id=f"call_{marker}", name=tool.name, arguments=_filled(tool, None, marker)),))


def _plain(request: ModelRequest, room: Room, words: Said, marker: str) -> str:
    if request.schema is not None:
        return json.dumps(instance(request.schema, marker) if request.schema else {"answer": marker})
    if room.script.attack is not None:
        return f"{marker} Here is a plain answer."
    return f"{marker} You said: {words.user[:_ECHO]}"


def _offered(request: ModelRequest, glob: str) -> Tool | None:
    return next((tool for tool in request.tools if fnmatchcase(tool.name, glob)), None)


def _filled(tool: Tool, given: Mapping[str, Any] | None, text: str) -> str:
    """Return arguments: those that were given where the tool has them by name, plausible ones for the others."""
    made = instance(tool.schema, text) if tool.schema else {}
    made = made if isinstance(made, dict) else {}
    return json.dumps(made | {k: _with(v, text) for k, v in (given or {}).items()})


def _with(value: Any, canary: str) -> Any:
    return value.replace("{canary}", canary) if isinstance(value, str) else value


def _numbered(given: Mapping[str, Any] | None, number: int) -> dict[str, Any] | None:
    if given is None:
        return None
    return {k: v.replace("{n}", str(number)) if isinstance(v, str) else v for k, v in given.items()}


def bent(made: ModelAnswer, fault: str, request: ModelRequest, size: int, text: str | None) -> ModelAnswer:
    """Return the answer with a fault of its content: well-formed on the wire, and not what was asked for."""
    change = msgspec.structs.replace
    offered = request.tools[0].name if request.tools else "lookup"
    match fault:
        case "no-finish":
            return change(made, finish=None)
        case "refusal":
            return change(made, text="", refusal=text or "I can't help with that.", finish="refusal", tool_uses=())
        case "content-filter":
            return change(made, text="", finish="content_filter", tool_uses=())
        case "length-cut":
            return change(made, text=made.text[: max(1, len(made.text) // 2)], finish="length")
        case "wrong-schema":
            return change(made, text=text or '{"unexpected": {"shape": [1, 2]}}')
        case "not-json":
            return change(made, text=text or "Sure! Here is what you asked for, in my own words.")
        case "broken-tool-arguments":
            uses = (ToolUse(id="call_lab", name=offered, arguments='{"value": "cut o'),)
            return change(made, text="", tool_uses=uses, finish="tool_calls")
        case "unknown-tool":
            uses = (ToolUse(id="call_lab", name="no_such_tool", arguments="{}"),)
            return change(made, text="", tool_uses=uses, finish="tool_calls")
        case "oversize":
            return change(made, text=made.text + " " + "x" * size)
        case "wrong-model":
            return change(made, model="another-model-2020-01-01")
    return made
