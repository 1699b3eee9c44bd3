"""Load the catalogue: built-in controls, a team's YAML and installed plugins, validated whole before anyone uses it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gonogo.catalog.control import Catalog, Control, Profile
from gonogo.catalog.problems import Problem, catalog_error, nearest
from gonogo.catalog.rules import AREAS, Known, broken
from gonogo.catalog.shape import differences
from gonogo.catalog.source import Source, read
from gonogo.errors import CatalogError
from gonogo.facts import encode

DATA = Path(__file__).parent / "data"
"""The built-in YAML: a file per area, `profiles.yaml`, and `items.yaml` with the checklist items that controls cite."""

GROUP = "gonogo.catalogs"
_NOT_CONTROLS = ("profiles.yaml", "items.yaml")
R = TypeVar("R", Control, Profile)
Placed = tuple[R, Source, int]


def load(extra: Sequence[Path] = (), *, plugins: bool = True) -> Catalog:
    """Return the built-in catalogue with the YAML of `extra` (files or directories) and of installed plugins.

    Raises one `CatalogError` that lists every problem as `file:line key: what is wrong`.
    """
    found = [*extra, *(_plugin_directories() if plugins else ())]
    return _merged(_built_in(), found) if found else _built_in()


@cache
def items() -> dict[str, str]:
    """Return the checklist items that built-in controls cite, id to text."""
    source, problems = read(DATA / "items.yaml", "items.yaml")
    if source is None:
        raise catalog_error(problems)
    return dict(source.value())


@cache
def _built_in() -> Catalog:
    problems: list[Problem] = []
    files = [DATA / f"{area}.yaml" for area in AREAS]
    controls = list(_records(files, Control, problems))
    profiles = list(_records([DATA / "profiles.yaml"], Profile, problems))
    known = Known(evaluators=_evaluators(c for c, _, _ in controls))
    return _checked(Catalog(controls={}, profiles={}), controls, profiles, known, problems)


def _merged(built_in: Catalog, extra: Iterable[Path]) -> Catalog:
    problems: list[Problem] = []
    files = list(_files(extra, problems))
    controls = list(_records([f for f in files if f.name not in _NOT_CONTROLS], Control, problems))
    profiles = list(_records([f for f in files if f.name == "profiles.yaml"], Profile, problems))
    known = Known(evaluators=_evaluators(built_in.controls.values()), items=items())
    for control, source, position in controls:
        if control.area in AREAS:
            message = f"the area {control.area} belongs to the built-in catalogue; choose one of your own"
            problems.append(source.problem((position, "id"), message, f"{control.id} id"))
    return _checked(built_in, controls, profiles, known, problems)


def _evaluators(controls: Iterable[Control]) -> frozenset[str]:
    """Every evaluator is used by a built-in control (a test holds it), so these are all that exist."""
    return frozenset(c.applies_when.evaluator for c in controls if c.applies_when)


def _checked(
    start: Catalog,
    controls: Sequence[Placed[Control]],
    profiles: Sequence[Placed[Profile]],
    known: Known,
    problems: list[Problem],
) -> Catalog:
    """Add `controls` and `profiles` to `start`; raises for all problems together."""
    by_id, by_name = dict(start.controls), dict(start.profiles)
    for control, source, position in controls:
        if control.id in by_id:
            problems.append(source.problem((position, "id"), "this id exists already", f"{control.id} id"))
        by_id.setdefault(control.id, control)
        for where, message in broken(control, known):
            problems.append(source.problem((position, *where), message, _key(control.id, where)))
    for profile, source, position in profiles:
        if profile.name in by_name:
            problems.append(source.problem((position, "name"), "this profile exists already", f"{profile.name} name"))
        by_name.setdefault(profile.name, profile)
        problems += _unknown_controls(profile, by_id, source, position)
    if problems:
        raise catalog_error(problems)
    digest = hashlib.sha256(encode({"controls": by_id, "profiles": by_name})).hexdigest()
    return Catalog(controls=by_id, profiles=by_name, digest=f"sha256:{digest}")


def _unknown_controls(profile: Profile, known: dict[str, Control], source: Source, position: int) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(profile.controls):
        key = f"{profile.name} controls.{index}"
        if name not in known:
            message = f"there is no control {name!r}{nearest(name, known)}"
            yield source.problem((position, "controls", index), message, key)
        elif name in seen:
            yield source.problem((position, "controls", index), f"{name} stands here twice", key)
        seen.add(name)


def _records(files: Iterable[Path], record: type[R], problems: list[Problem]) -> Iterator[Placed[R]]:
    """Yield every record of `files` that has the right shape; what has not goes into `problems`."""
    for file in files:
        source, refused = read(file, _shown(file))
        problems += refused if source is None else source.repeated()
        entries = source.value() if source else None
        if source is None or entries is None:
            continue
        if not isinstance(entries, list):
            problems.append(
                source.problem((), f"must be a list of {record.__name__.lower()}s, each beginning with `- `")
            )
            continue
        for position, entry in enumerate(entries):
            made = _made(entry, record)
            if made is not None:
                yield made, source, position
                continue
            problems += _misshapen(entry, record, source, position)


def _misshapen(entry: Any, record: type[msgspec.Struct], source: Source, position: int) -> Iterator[Problem]:
    name = entry.get("id") or entry.get("name") if isinstance(entry, dict) else None
    # A record that cannot be made must never vanish without a word, even where we cannot say what is wrong with it.
    found = differences(entry, record) or [((), f"cannot be read as a {record.__name__.lower()}")]
    for place, message in found:
        yield source.problem((position, *place), message, _key(str(name or f"entry {position + 1}"), place))


def _made(entry: Any, record: type[R]) -> R | None:
    try:
        return msgspec.convert(entry, record)
    except msgspec.ValidationError:
        return None


def _key(name: str, place: Sequence[str | int]) -> str:
    return f"{name} {'.'.join(str(part) for part in place)}".rstrip()


def _files(extra: Iterable[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in extra:
        if path.is_dir():
            yield from sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml") and p.is_file())
        elif path.exists():
            yield path
        else:
            problems.append(Problem(_shown(path), 1, "", "there is no such file or directory"))


def _shown(path: Path) -> str:
    """Return a path as people know it: relative to the working directory or to the package where it lies in one."""
    for top in (Path.cwd(), DATA.parent.parent.parent):
        if path.is_absolute() and path.is_relative_to(top):
            return path.relative_to(top).as_posix()
    return path.as_posix()


def _plugin_directories() -> Iterator[Path]:
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.value):
        try:
            directory = Path(os.fspath(point.load()))
        except Exception as error:
            message = f"the catalogue plugin {point.name} ({point.value}) cannot be loaded: {error}"
            raise CatalogError(
                message, path=point.value, mend="update or uninstall the package that brings it"
            ) from error
        if directory != DATA:
            yield directory
