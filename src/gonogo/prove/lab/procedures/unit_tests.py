"""The declared tests run in the box, and the coverage that they leave is read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gonogo.facts.declaration import Suite
from gonogo.facts.lab import SuiteRun
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.script import Script

CASE = "suite"
_LIMIT_S = 900.0
_REPORT_BYTES = 32 << 20


async def play(play: Play) -> None:
    """Run the tests once."""
    suite = play.system.tests
    assert suite is not None  # noqa: S101  (the scenario needs it)
    await run_suite(play, suite)


async def run_suite(play: Play, suite: Suite) -> None:
    """Run tests with what gonogo.yaml sets for the app, but nothing that points at the lab, and keep how they ended."""
    session, room = play.session, play.session.room
    room.play(play.scenario.scenario, CASE, Script())
    service = play.system.service
    given = {**(service.environment if service else {}), **session.settings.environment}
    ran = await session.box.run(suite.command, environment=given, timeout_s=_LIMIT_S)
    covered, problem = _coverage(session.box.copy, suite.coverage)
    core = _matching(session.box.copy, suite.core) if suite.core else set(covered)
    said = (ran.stdout + b"\n" + ran.stderr).decode(errors="replace").strip()[-2_000:]
    room.see(
        SuiteRun,
        case=CASE,
        command=tuple(suite.command),
        exit_code=ran.exit_code,
        seconds=round(ran.seconds, 2),
        said=screened(room, said, "tests")[0],
        covered={module: covered[module] for module in sorted(core & covered.keys())},
        unmeasured=tuple(sorted(core - covered.keys())),
        problem=problem,
    )
    play.done.append(CASE)


def _coverage(copy: Path, report: str | None) -> tuple[dict[str, tuple[int, int]], str | None]:
    """Return by file how many of its lines ran, and how many there are; with the reason where that is not known."""
    if report is None:
        return {}, "no tests.coverage is declared"
    place = copy / report
    if not place.resolve().is_relative_to(copy.resolve()) or not place.is_file():
        return {}, f"the tests left no {report}"
    with place.open("rb") as file:
        found = lcov(file.read(_REPORT_BYTES).decode("utf-8", "replace").splitlines())
    inside = {_relative(copy, name): lines for name, lines in found.items()}
    return inside, None if inside else f"{report} has no record of the LCOV format"


def lcov(lines: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return by source file how many of its lines ran, and how many there are, from a report in the LCOV format.

    A file may have several records: a line ran where one of them says so.
    """
    ran: dict[str, dict[str, bool]] = {}
    current: dict[str, bool] = {}
    for line in lines:
        kind, _, value = line.strip().partition(":")
        if kind == "SF":
            current = ran.setdefault(value, {})
        elif kind == "DA":
            number, count, *_ = [*value.split(","), "0"]
            current[number] = current.get(number, False) or count.strip() not in ("0", "")
    return {name: (sum(each.values()), len(each)) for name, each in ran.items() if each}


def _relative(copy: Path, name: str) -> str:
    """Return a file of the report as it is named from the app's directory: reports name files in several ways."""
    parts = Path(name).parts
    tails = (Path(*parts[start:]) for start in range(len(parts)))
    return next((tail.as_posix() for tail in tails if not tail.is_absolute() and (copy / tail).is_file()), name)


def _matching(copy: Path, globs: Iterable[str]) -> set[str]:
    return {p.relative_to(copy).as_posix() for glob in globs for p in copy.glob(glob) if p.is_file()}
