"""The judged commit does not write its own law (DESIGN rule 4, docs/decisions/0002-the-old-law.md).

`changes` holds the law in force against the one of the judged state and says in sentences what the latter takes back.
What only adds a duty (a further journey, a regime, a lower budget) is no change in this sense: it can wait for the next
judgement. Every sentence keeps the decision from GO until an approver of the law in force has signed the new law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from gonogo.catalog.control import Catalog, Threshold
from gonogo.catalog.limits import loosens, parse
from gonogo.errors import UsageError
from gonogo.facts.law import Law

NO_LAW = (
    "no law is in force: nobody has approved a gonogo.yaml before this state; commit one to the base branch with its "
    "approvers, or name one with --policy PATH"
)
Entry = Mapping[str, Any]


def changes(old: Law | None, new: Law | None, catalog: Catalog | None = None) -> tuple[str, ...]:
    """Return what the new law changes in its own favour, in sentences; none where there is no old law to change.

    A state without gonogo.yaml changes nothing where the law in force is a policy file and not of a commit. `catalog`
    tells which way a threshold loosens; without it every changed threshold is said to be changed.
    """
    if old is None or old.system is None:
        return ()
    if new is None or new.system is None:
        return ("gonogo.yaml was removed",) if old.commit else ()
    before, after = old.parts, new.parts
    said: list[str] = []
    for key in dict.fromkeys([*before, *after]):
        was: Any = before.get(key)
        now: Any = after.get(key)
        if was == now:
            continue
        if key == "thresholds":
            said += _thresholds(was or {}, now or {}, catalog)
        else:
            said += _EXPLAIN.get(key, _whole)(key, was, now)
    said += _controls(old, new)
    return tuple(dict.fromkeys(said))


def _whole(key: str, was: Any, now: Any) -> Iterator[str]:
    """Explain a key of which any change counts."""
    yield f"{key} changed from {_shown(was)} to {_shown(now)}"


def _shrinks(key: str, was: Any, now: Any) -> Iterator[str]:
    """Explain a list that may grow."""
    for gone in was or ():
        if gone not in (now or ()):
            yield f"{key}: {_shown(gone)} was removed"


def _kinds(key: str, was: Any, now: Any) -> Iterator[str]:
    """Explain the kinds: none declared means that every kind's controls apply, so that naming some narrows it."""
    if not was and now:
        yield f"kinds were narrowed to {', '.join(now)}"
    elif now:
        yield from _shrinks(key, was, now)


def _entries(key: str, was: Any, now: Any) -> Iterator[str]:
    """Explain a list of named entries that may grow: those that went or are no longer the same."""
    after = {entry["name"]: entry for entry in now or ()}
    for entry in was or ():
        name = entry["name"]
        if name not in after:
            yield f"{key}: {name} was removed"
        elif after[name] != entry:
            yield f"{key}: {name} changed its {_fields(entry, after[name])}"


def _named(key: str, was: Any, now: Any) -> Iterator[str]:
    """Explain a list whose entries may change and grow: those that went."""
    left = {entry["name"] for entry in now or ()}
    for entry in was or ():
        if entry["name"] not in left:
            yield f"{key}: {entry['name']} was removed"


def _providers(key: str, was: Any, now: Any) -> Iterator[str]:
    for name, bills in (was or {}).items():
        if name not in (now or {}):
            yield f"{key}: {name} was removed"
        elif bills and not now[name]:
            yield f"{key}: {name} is no longer said to bill per use"


def _approvers(key: str, was: Any, now: Any) -> Iterator[str]:
    before = {p["name"]: p for p in was or ()}
    after = {p["name"]: p for p in now or ()}
    for name in sorted(before.keys() - after.keys()):
        yield f"approver {name} was removed"
    for name in sorted(after.keys() - before.keys()):
        yield f"approver {name} was added"
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield f"approver {name} changed their {_fields(before[name], after[name])}"
    if before == after and len(was or ()) != len(now or ()):
        yield "an approver is listed more than once"


def _not_applicable(key: str, was: Any, now: Any) -> Iterator[str]:
    before = {entry["control"]: entry for entry in was or ()}
    for entry in now or ():
        control = entry["control"]
        if control not in before:
            yield f"{control} was declared not applicable"
        elif before[control] != entry:
            yield f"{control} is declared not applicable for another reason"


def _budgets(key: str, was: Any, now: Any) -> Iterator[str]:
    after = now or {}
    for name, old in (was or {}).items():
        new = after.get(name)
        if new == old or old in (None, [], {}):
            continue
        if new is None:
            yield f"budgets.{name} was removed"
        elif not isinstance(old, (int, float)) or not isinstance(new, (int, float)):
            yield f"budgets.{name} changed from {_shown(old)} to {_shown(new)}"
        elif new > old:
            yield f"budgets.{name} was raised from {_shown(old)} to {_shown(new)}"


def _thresholds(was: Entry, now: Entry, catalog: Catalog | None) -> Iterator[str]:
    pairs = {(control, name) for given in (was, now) for control, values in given.items() for name in values}
    for control, name in sorted(pairs):
        old, new = was.get(control, {}).get(name), now.get(control, {}).get(name)
        if old == new:
            continue
        known = catalog.controls.get(control) if catalog else None
        threshold = known.threshold.get(name) if known else None
        verb = "widened" if threshold and _widens(threshold, old, new) else "changed"
        yield f"threshold {control}.{name} was {verb} from {_given(old)} to {_given(new)}"


def _widens(threshold: Threshold, old: object, new: object) -> bool:
    """Tell whether `new` asks for less than `old`; None stands for the catalogue's own value."""
    try:
        before = threshold
        if old is not None:
            value: Any = parse(threshold, old, "the override")
            before = msgspec.structs.replace(threshold, value=value)
        return loosens(before, threshold.value if new is None else new)
    except UsageError:
        return False


def _given(value: object) -> str:
    return "the catalogue's value" if value is None else _shown(value)


def _controls(old: Law, new: Law) -> Iterator[str]:
    names = sorted({*old.controls, *new.controls})
    for name in names:
        was, now = old.controls.get(name), new.controls.get(name)
        if was != now:
            verb = "was added" if was is None else "was removed" if now is None else "was edited"
            yield f"custom control file {name} {verb}"
    if old.controls == new.controls and old.controls_digest != new.controls_digest:
        yield "custom controls were edited"


def _fields(was: Entry, now: Entry) -> str:
    return ", ".join(sorted(name for name in {*was, *now} if was.get(name) != now.get(name)))


def _shown(value: object) -> str:
    """Return a value in a sentence's length."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, Sequence) and all(isinstance(v, str) for v in value):
        text = ", ".join(value) or "none"
    else:
        text = "none" if value in (None, {}) else msgspec.json.encode(value, order="deterministic").decode()
    return text if len(text) <= 80 else f"{text[:77]}..."


_EXPLAIN: dict[str, Callable[[str, Any, Any], Iterator[str]]] = {
    "approvers": _approvers,
    "budgets": _budgets,
    "data_stores": _entries,
    "dependencies": _named,
    "environments": _entries,
    "journeys": _entries,
    "features": _named,
    "indexes": _entries,
    "kinds": _kinds,
    "not_applicable": _not_applicable,
    "objectives": _entries,
    "predictions": _entries,
    "providers": _providers,
    "regimes": _shrinks,
    "service.sensitive": _shrinks,
    "tools": _entries,
}
