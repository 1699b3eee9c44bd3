"""`gonogo catalog`: list, show and export the controls, and say which proofs are implemented."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gonogo.catalog import Catalog, Control
    from gonogo.catalog.coverage import Coverage

app = typer.Typer(no_args_is_help=True, help="List, show and export the controls.")

CONTROLS = Path("gonogo/controls")
WIDTH = 100


class Form(StrEnum):
    """How a command prints."""

    text = "text"
    json = "json"


class Standard(StrEnum):
    """What a catalogue is exported as."""

    json = "json"
    oscal = "oscal"


_MORE = typer.Option(None, "--controls", help="A YAML file or directory of further controls; may be given again.")


def load_here(more: list[Path] | None) -> Catalog:
    """Load the catalogue with the controls of this directory's `gonogo/controls` and of `more`."""
    from gonogo.catalog import load

    own = [CONTROLS] if CONTROLS.is_dir() else []
    return load([*own, *(more or [])])


@app.command("list")
def list_controls(
    area: str | None = typer.Option(None, "--area", help="Only this area."),
    severity: str | None = typer.Option(None, "--severity", help="critical, major or minor."),
    kind: str | None = typer.Option(None, "--kind", help="llm-app, rag, agent or ml-model."),
    method: str | None = typer.Option(None, "--method", help="scan, lab, probe, records, eval, load, drill or attest."),
    profile: str | None = typer.Option(None, "--profile", help="Only the controls of this profile."),
    form: Form = typer.Option(Form.text, "--format", help="text or json."),
    more: list[Path] | None = _MORE,
) -> None:
    """List the controls, one line each."""
    catalog = load_here(more)
    found = list(_chosen(catalog, area=area, severity=severity, kind=kind, method=method, profile=profile))
    if form is Form.json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    width = max((len(control.id) for control in found), default=0)
    for control in found:
        print(_clean(f"{control.id:<{width}}  {control.severity:<8}  {control.title}"))
    print(f"{len(found)} of {len(catalog.controls)} controls")


def _chosen(
    catalog: Catalog,
    *,
    area: str | None,
    severity: str | None,
    kind: str | None,
    method: str | None,
    profile: str | None,
) -> Iterator[Control]:
    """Yield the controls that every filter lets through; raises UsageError for a value that no control has."""
    _known("area", area, {control.area for control in catalog.controls.values()})
    _known("severity", severity, ("critical", "major", "minor"))
    _known("kind", kind, {kind for control in catalog.controls.values() for kind in control.kinds})
    _known("method", method, {proof.method for control in catalog.controls.values() for proof in control.proof})
    _known("profile", profile, catalog.profiles)
    members = catalog.profiles[profile].controls if profile else catalog.controls
    for name in members:
        control = catalog.controls[name]
        if area not in (None, control.area) or severity not in (None, control.severity):
            continue
        if (kind is None or kind in control.kinds) and (not method or any(p.method == method for p in control.proof)):
            yield control


def _known(name: str, value: str | None, allowed: Iterable[str]) -> None:
    from gonogo.catalog.problems import nearest
    from gonogo.errors import UsageError

    words = list(allowed)
    if value is not None and value not in words:
        near = nearest(value, words)
        raise UsageError(f"there is no {name} {value!r}{near}", mend=f"choose one of: {', '.join(sorted(words))}")


@app.command()
def show(
    control: str = typer.Argument(..., metavar="ID", help="Id of the control, such as rollout.model-pinned."),
    form: Form = typer.Option(Form.text, "--format", help="text or json."),
    more: list[Path] | None = _MORE,
) -> None:
    """Show everything about one control."""
    from gonogo.catalog import items
    from gonogo.catalog.problems import nearest
    from gonogo.errors import UsageError

    catalog = load_here(more)
    found = catalog.controls.get(control)
    if found is None:
        near = nearest(control, catalog.controls)
        raise UsageError(f"there is no control {control!r}{near}", mend="`gonogo catalog list` prints them all")
    if form is Form.json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    profiles = [name for name, profile in catalog.profiles.items() if control in profile.controls]
    for line in _described(found, profiles, items()):
        print(_clean(line))


def _described(control: Control, profiles: list[str], items: dict[str, str]) -> Iterator[str]:
    """Yield the lines of one control, wrapped, the texts of its sources last."""
    yield control.id
    yield from _wrapped(control.title)
    yield ""
    yield from _wrapped(control.question)
    yield from _wrapped(control.why)
    yield ""
    for name, value in _terms(control, profiles):
        yield from _wrapped(f"{name:<11}{value}", hang=11)
    yield from _headed("Proofs", _proofs(control))
    yield from _headed("Thresholds", _thresholds(control))
    yield from _headed("Enforced by", _wrapped(control.enforce or ""))
    yield from _headed("Note", _wrapped(control.note or ""))
    cited = (_wrapped(f"{source}  {items.get(source, '')}", hang=len(source) + 2) for source in control.sources)
    yield from _headed("Sources", (line for lines in cited for line in lines))


def _headed(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield `lines` under a heading, nothing where there are none."""
    found = [line for line in lines if line]
    if found:
        yield from ("", heading, *found)


def _terms(control: Control, profiles: list[str]) -> Iterator[tuple[str, str]]:
    every = "never by itself" if control.cadence.every == "none" else control.cadence.every
    yield "severity", f"{control.severity}{', takes no waiver' if control.non_negotiable else ''}"
    yield "phase", control.phase
    yield "kinds", ", ".join(control.kinds)
    yield "boundary", control.boundary
    if control.applies_when:
        yield "applies", f"when {control.applies_when.text}"
    yield "renewed", ", ".join([every, *control.cadence.triggers])
    yield "profiles", ", ".join(profiles) or "none"
    if control.frameworks:
        yield "frameworks", ", ".join(control.frameworks)


def _proofs(control: Control) -> Iterator[str]:
    for proof in control.proof:
        bound = f"; bound to {', '.join(proof.parts)}" if proof.parts else ""
        yield f"  {proof.method} ({proof.role}{bound})"
        yield from _wrapped(proof.how, indent=4)
        if proof.fix:
            yield from _wrapped(f"to close it: {proof.fix}", indent=4)


def _thresholds(control: Control) -> Iterator[str]:
    width = max((len(name) for name in control.threshold), default=0)
    for name, threshold in control.threshold.items():
        yield from _wrapped(f"{name:<{width}}  {threshold.in_words()}", hang=width + 2)


def _wrapped(text: str, indent: int = 2, hang: int = 0) -> list[str]:
    import textwrap

    first, rest = " " * indent, " " * (indent + hang)
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False) or [""]


def _clean(line: str) -> str:
    """Return a line without anything that could steer a terminal: a team's catalogue is somebody's text too."""
    from gonogo.report.hostile import visible

    return visible(line, lines=True)


@app.command()
def coverage(
    form: Form = typer.Option(Form.text, "--format", help="text or json."),
    more: list[Path] | None = _MORE,
) -> None:
    """Say for every control which of its proofs are implemented."""
    import json

    catalog = load_here(more)
    found = _coverage(catalog)
    if form is Form.json:
        print(json.dumps(found, indent=2))
        return
    for name, methods in found["controls"].items():
        done = [method for method, state in methods.items() if state == "implemented"]
        if done:
            print(_clean(f"{name}: {', '.join(done)}"))
    print()
    for method, (implemented, total) in found["totals"].items():
        print(f"{method:<8} {implemented:>4} of {total}")


def _coverage(catalog: Catalog) -> Coverage:
    import json
    from importlib.resources import files

    from gonogo import plugins
    from gonogo.catalog.coverage import coverage as counted

    index = files("gonogo.checks") / "cases.json"
    cases = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else {}
    return counted(catalog, ((check.control, check.by) for check in plugins.checks()), cases)


@app.command()
def export(
    standard: Standard = typer.Option(Standard.json, "--format", help="json (our own form) or oscal (a catalog, 1.1)."),
    more: list[Path] | None = _MORE,
) -> None:
    """Write the whole catalogue to standard output."""
    from datetime import UTC, datetime

    from gonogo import __version__
    from gonogo.catalog import items
    from gonogo.catalog.export import to_json, to_oscal

    catalog = load_here(more)
    if standard is Standard.json:
        print(to_json(catalog))
    else:
        print(to_oscal(catalog, items(), datetime.now(UTC), __version__))
