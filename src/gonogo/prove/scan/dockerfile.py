"""Read the syntax of a Dockerfile: instructions with lines, continuations, here-documents, build arguments, stages."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_ESCAPE = re.compile(r"^#\s*escape\s*=\s*([\\`])\s*$", re.I)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?:(:?[-+])([^}]*))?\}|(\w+))")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its name in capitals, the rest of it on one line, and the 1-based line that it starts on."""

    name: str
    rest: str
    line: int


@dataclass
class Stage:
    """One build stage. `image` is None where it hangs on a build argument without a default."""

    line: int
    image: str | None
    name: str | None = None
    parent: Stage | None = None
    instructions: list[Instruction] = field(default_factory=list)

    @property
    def root(self) -> Stage:
        """The stage whose image this one rests on."""
        return self.parent.root if self.parent else self

    def last(self, name: str) -> Instruction | None:
        """Return the last instruction of that name, also from the stages it is built on."""
        own = [i for i in self.instructions if i.name == name]
        return own[-1] if own else self.parent.last(name) if self.parent else None

    def all(self, name: str) -> list[Instruction]:
        """Return the instructions of that name, those of the stages it is built on first."""
        return (self.parent.all(name) if self.parent else []) + [i for i in self.instructions if i.name == name]


def instructions(text: str) -> Iterator[Instruction]:
    """Give the instructions of a Dockerfile in order."""
    lines = text.splitlines()
    escape = next((m.group(1) for m in map(_ESCAPE.match, lines[:3]) if m), "\\")
    at = 0
    while at < len(lines):
        start, joined = at, ""
        while at < len(lines):
            line = lines[at].strip()
            at += 1
            if line.startswith("#") or (not line and joined):
                start = start if joined else at
                continue  # comments and empty lines may stand inside an instruction
            if line.endswith(escape):
                joined += line[:-1] + " "
                continue
            joined += line
            break
        name, _, rest = joined.strip().partition(" ")
        if name.upper() in ("RUN", "COPY", "ADD"):
            at, rest = _heredocs(lines, at, rest)
        if name:
            yield Instruction(name.upper(), rest.strip(), start + 1)


def _heredocs(lines: list[str], at: int, rest: str) -> tuple[int, str]:
    for _, word in _HEREDOC.findall(rest):
        body = []
        while at < len(lines) and lines[at].strip() != word:
            body.append(lines[at])
            at += 1
        at += 1
        rest += "\n" + "\n".join(body)
    return at, rest


def stages(text: str) -> list[Stage]:
    """Return the build stages in order, with build arguments replaced by their defaults."""
    found: list[Stage] = []
    arguments: dict[str, str] = {}
    for step in instructions(text):
        if step.name == "ARG" and not found:
            key, given, value = step.rest.partition("=")
            if given:
                arguments[key.strip()] = expand(value.strip().strip("\"'"), arguments) or ""
        elif step.name == "FROM":
            found.append(_stage(step, arguments, found))
        elif found:
            found[-1].instructions.append(step)
    return found


def _stage(step: Instruction, arguments: Mapping[str, str], earlier: list[Stage]) -> Stage:
    words = [w for w in step.rest.split() if not w.startswith("--")]
    image = expand(words[0], arguments) if words else None
    name = words[2].lower() if len(words) > 2 and words[1].lower() == "as" else None
    parent = next((s for s in reversed(earlier) if image and s.name == image.lower()), None)
    return Stage(step.line, image, name, parent)


def expand(text: str, arguments: Mapping[str, str]) -> str | None:
    """Replace `$NAME` and `${NAME:-default}`; None where a name has no value."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name, operator, other, plain = match.groups()
        known = arguments.get(name or plain)
        if operator and operator.endswith("+"):
            return (other or "") if known is not None else ""
        if known is None and operator is None:
            missing = True
        return known if known is not None else (other or "")

    expanded = _VARIABLE.sub(value, text)
    return None if missing else expanded


def words(rest: str) -> tuple[str, ...]:
    """Return a command's words, from its JSON form or its shell form."""
    if rest.lstrip().startswith("["):
        try:
            parsed = json.loads(rest)
            return tuple(str(word) for word in parsed) if isinstance(parsed, list) else ()
        except ValueError:
            pass
    try:
        return tuple(shlex.split(rest))
    except ValueError:
        return tuple(rest.split())
