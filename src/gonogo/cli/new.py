"""`gonogo new control`: begin a control, in gonogo's own source tree or in a team's repository."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gonogo.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Begin a control: catalogue entry, check, test and cases.")


class Way(StrEnum):
    """How the new control is proven."""

    scan = "scan"
    lab = "lab"
    probe = "probe"
    records = "records"
    eval = "eval"
    load = "load"
    drill = "drill"
    attest = "attest"


ENTRY = """\
- id: {id}
  title: "{title}"
  question: "Is it true that {words}?"
  why: "Say in one sentence what goes wrong without it."
  severity: major
  phase: build
  kinds: [llm-app, rag, agent, ml-model]
  boundary: repo
  proof:
    - method: {method}
      role: required
      how: "Say what is looked at, what must be seen, and when it is a failure."
      fix: "Say the edit or the command that closes it."
      parts: [code]
  cadence: {{every: quarterly, triggers: []}}
"""

CHECK = '''
@check("{id}", by="{method}", needs=({fact},))
def {function}(facts: list[{fact}]) -> Answer:
    """Say what passes, in one sentence."""
    return inconclusive("this check is not written yet", facts)
'''

CHECK_HEAD = '''"""{area}, by {method}."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, inconclusive
from gonogo.facts import {fact}

'''

TEST = '''"""{id} by {method}: what its recorded cases (judged in tests/checks/test_cases.py) do not show."""

from __future__ import annotations

from gonogo.checks.{area}.{module} import {function}
from gonogo.facts import {fact}


def test_{function}_does_not_pass_without_evidence() -> None:
    assert {function}.by == "{method}"
    assert {function}.needs == ({fact},)
'''

CASE = """\
# What both cases of {id} share; see tests/cases/README.md. Lay into pass/ and fail/ the files in which they differ:
# only the point at issue.
"""

FACTS = {"probe": "Exchange", "attest": "Attestation"}
"""The fact that a check of a method usually begins with; `SourceTree` for the others."""


@app.callback()
def new() -> None:
    """Begin something new."""


@app.command()
def control(
    name: str = typer.Argument(..., metavar="AREA.NAME", help="Id of the control, such as billing.invoices-signed."),
    method: Way = typer.Option(Way.scan, "--method", help="How it is proven."),
) -> None:
    """Begin a control: writes the catalogue entry and, in gonogo's own tree, the check, its test and its cases."""
    from gonogo.catalog.rules import AREAS
    from gonogo.cli.catalog import load_here

    source = Path("src/gonogo/catalog/data").is_dir()
    _refuse(name, _area(name), source, AREAS, load_here(None).controls)
    written = _in_tree(name, method.value) if source else _in_repository(name, method.value)
    for path in written:
        print(f"wrote {path}")
    for number, step in enumerate(_steps(name, method.value, source), start=1):
        print(f"{number}. {step}")


def _area(name: str) -> str:
    import re

    from gonogo.errors import UsageError

    if not re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*", name):
        mend = "use lower case, digits and hyphens, such as billing.invoices-signed"
        raise UsageError(f"{name!r} is not of the form area.name", mend=mend)
    return name.partition(".")[0]


def _refuse(name: str, area: str, source: bool, areas: tuple[str, ...], known: object) -> None:
    from gonogo.catalog.problems import nearest
    from gonogo.errors import UsageError

    if isinstance(known, dict) and name in known:
        raise _exists(name)
    if source and area not in areas:
        raise UsageError(f"there is no area {area!r}{nearest(area, areas)}", mend=f"choose one of: {', '.join(areas)}")
    if not source and area in areas:
        raise UsageError(
            f"the area {area} belongs to the built-in catalogue", mend="choose an area of your own, such as our-team"
        )


def _exists(name: str) -> UsageError:
    from gonogo.errors import UsageError

    return UsageError(f"{name} exists already", mend=f"`gonogo catalog show {name}` prints it")


def _in_tree(name: str, method: str) -> list[Path]:
    """Scaffold in gonogo's own source tree, where the check, its test and its cases have fixed places."""
    area, _, short = name.partition(".")
    data = Path("src/gonogo/catalog/data") / f"{area}.yaml"
    if f"- id: {name}\n" in data.read_text(encoding="utf-8"):
        raise _exists(name)
    package = area.replace("-", "_")
    words = {
        "id": name,
        "area": package,
        "method": method,
        "module": method,
        "function": f"{short.replace('-', '_')}_by_{method}",
        "fact": FACTS.get(method, "SourceTree"),
    }
    checks = Path("src/gonogo/checks") / package
    test = Path("tests/checks") / package / f"test_{short.replace('-', '_')}_by_{method}.py"
    cases = Path("tests/cases") / name / method
    return [
        _append(data, _entry(name, method)),
        _check(checks / f"{method}.py", words),
        _register(checks / "__init__.py", **words),
        _create(test, TEST.format(**words)),
        _create(cases / "case.yaml", CASE.format(**words)),
        *(_directory(cases / which) for which in ("pass", "fail")),
    ]


def _in_repository(name: str, method: str) -> list[Path]:
    return [_append(Path("gonogo/controls") / f"{name.partition('.')[0]}.yaml", _entry(name, method))]


def _entry(name: str, method: str) -> str:
    words = name.partition(".")[2].replace("-", " ")
    return ENTRY.format(id=name, title=words.capitalize(), words=words, method=method)


def _append(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
    return path


def _create(path: Path, text: str) -> Path:
    from gonogo.errors import UsageError

    if path.exists():
        raise UsageError(f"{path} exists already", mend="remove it, or choose another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _directory(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _register(path: Path, *, area: str, module: str, function: str, **_others: str) -> Path:
    """Import the check where the area's entry point looks for it; `ruff check --fix` puts the names in order."""
    head = f'"""The checks of the area `{area}`, a module per method of proof."""\n\n__all__ = []\n'
    text = path.read_text(encoding="utf-8") if path.exists() else head
    line = f"from gonogo.checks.{area}.{module} import {function}\n"
    top, _, rest = text.partition("__all__ = [")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{top.rstrip()}\n\n{line}\n__all__ = ["{function}", {rest}', encoding="utf-8")
    return path


def _check(path: Path, words: Mapping[str, str]) -> Path:
    """Add the check to its module, with what it imports."""
    if not path.exists():
        return _create(path, CHECK_HEAD.format(**words) + CHECK.format(**words))
    text = path.read_text(encoding="utf-8")
    mark = "from __future__ import annotations\n"
    imports = (
        f"\nfrom gonogo.checks.check import Answer, check, inconclusive\nfrom gonogo.facts import {words['fact']}\n"
    )
    path.write_text(text.replace(mark, mark + imports, 1) + "\n" + CHECK.format(**words), encoding="utf-8")
    return path


def _steps(name: str, method: str, source: bool) -> list[str]:
    """Return what is left to do, in order."""
    area = name.partition(".")[0]
    package = area.replace("-", "_")
    if source:
        return [
            f"write what it asks in src/gonogo/catalog/data/{area}.yaml",
            f"let the {method} collector see it (src/gonogo/prove/{method}), as facts, without judging",
            f"judge those facts in src/gonogo/checks/{package}/{method}.py; run ruff check --fix to order its imports",
            f"lay the smallest difference into tests/cases/{name}/{method}/pass and fail",
            "make cases docs test",
        ]
    return [
        f"write what it asks in gonogo/controls/{area}.yaml",
        f"gonogo catalog show {name}",
        f"put its check into a Python package of yours: @check({name!r}, by={method!r}, needs=(...,))",
        f'register the package: [project.entry-points."gonogo.checks"] {package} = "your_package.checks"',
    ]
