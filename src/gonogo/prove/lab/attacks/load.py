"""Attack sets: YAML files with a version, ours in `data/`, a team's own in `gonogo/attacks/`.

Files of garak and promptfoo in that directory are sets as well, named by their file (`importers.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec

from gonogo.errors import UsageError
from gonogo.facts.lab_declaration import STRICT
from gonogo.prove.lab.attacks.importers import imported, is_foreign
from gonogo.prove.lab.script import Attack
from gonogo.screen import canaries
from gonogo.system.document import Node, parse
from gonogo.system.problems import Problems, nearest, one
from gonogo.system.shape import validate

BUILT_IN = Path(__file__).parent / "data"
OWN = Path("gonogo") / "attacks"
"""Where a team keeps attacks of its own, beside gonogo.yaml."""
ENDINGS = (".yaml", ".yml", ".json", ".jsonl", ".txt")


@dataclass(frozen=True, kw_only=True)
class AttackSet:
    """A set of attacks."""

    __pydantic_config__ = STRICT
    set: str
    """Its name."""
    version: int
    """Raised when an attack is added or changed."""
    about: str
    """One sentence about it."""
    licence: str = "Apache-2.0"
    """Licence of its texts."""
    attacks: tuple[Attack, ...]
    """The attacks."""

    @property
    def digest(self) -> str:
        """SHA-256 over what it holds: equal where the same attacks are played, whatever the file looks like."""
        return hashlib.sha256(msgspec.json.encode(asdict(self), order="sorted")).hexdigest()


def sets(home: Path | None = None) -> dict[str, AttackSet]:
    """Return every set by name, ours and those of the team at `home`; raises `SystemFileError` for a wrong file."""
    found: dict[str, AttackSet] = {}
    for place in [*_files(BUILT_IN), *(_files(home / OWN) if home else [])]:
        name = place.name if place.parent == BUILT_IN else (OWN / place.name).as_posix()
        made = load(place, name)
        if made.set in found:
            raise one(name, None, f"there is a set {made.set!r} already; give this one another name", "set")
        found[made.set] = made
    return found


def _files(place: Path) -> list[Path]:
    return sorted(p for p in place.glob("*") if p.suffix in ENDINGS) if place.is_dir() else []


def load(path: Path, name: str | None = None) -> AttackSet:
    """Return the set in one file; `name` is what messages call it. Raises `SystemFileError`, with the line."""
    shown = name or str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise one(shown, None, f"cannot be read: {error.strerror}") from None
    if is_foreign(data, path):
        return AttackSet(
            set=path.stem,
            version=1,
            about=f"Imported from {path.name}.",
            licence="",
            attacks=imported(data, path, shown),
        )
    problems = Problems()
    root = parse(data, shown, problems)
    made = validate(root, problems, AttackSet)
    if made is not None:
        _consistent(made, root, problems)
    problems.end()
    assert made is not None  # noqa: S101  (a set that is none has problems)
    return made


def _consistent(made: AttackSet, root: Node, problems: Problems) -> None:
    """Note what the shape does not say: ids are unique, an attack wants something, a look-alike nothing."""
    seen: dict[str, int] = {}
    for number, (attack, node) in enumerate(zip(made.attacks, root.map["attacks"].items, strict=True)):
        goal, key = attack.goal, f"attacks.{number}"
        if attack.id in seen:
            problems.add(node.file, node.line, f"{key}.id", f"{attack.id!r} stands in line {seen[attack.id]} already")
        seen.setdefault(attack.id, node.line)
        if "{canary}" not in attack.text and not attack.canary:
            problems.add(node.file, node.line, f"{key}.text", "holds no {canary}, so nobody could see that it arrived")
        if attack.benign == bool(goal.say or goal.leak or goal.tool or goal.link):
            wanted = (
                "a look-alike wants nothing" if attack.benign else "an attack wants something: say, leak, tool, link"
            )
            problems.add(node.file, node.line, f"{key}.goal", wanted)


def attacks(names: Sequence[str], home: Path | None = None) -> list[Attack]:
    """Return the attacks of the named sets, each with its canary filled in; raises `UsageError` for an unknown set."""
    known = sets(home)
    for name in names:
        if name not in known:
            raise UsageError(f"there is no attack set {name!r}{nearest(name, known)}", mend="gonogo lab --list")
    return [armed(attack, name) for name in names for attack in known[name].attacks]


def armed(attack: Attack, name: str) -> Attack:
    """Return the attack with a canary of its own in its text: a word that stands in no other text."""
    canary = attack.canary or canaries.make(f"{name}/{attack.id}")
    return replace(attack, canary=canary, text=attack.text.replace("{canary}", canary))
