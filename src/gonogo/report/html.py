"""The assessment as one HTML page that stands alone: no request, no script, readable on paper.

Jinja escapes every text, after `hostile.visible` took the tricks out of it; the page's own policy forbids what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment
from gonogo.report import curves, timeline
from gonogo.report.hostile import visible
from gonogo.report.view import (
    WORDS,
    View,
    age,
    approval_words,
    command_words,
    day,
    is_command,
    place,
    plural,
    remarks,
    subject_line,
    view,
    waiver_state,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""Content Security Policy of the page: even text that escaped all care could not run or fetch anything."""


def render(
    assessment: Assessment,
    catalog: Catalog,
    *,
    commands: Sequence[tuple[str, int]] = (),
    verify: Sequence[str] = ("gonogo verify DECISION --key PUBLIC-KEY",),
) -> str:
    """Return the page. `commands` would close most; `verify` are the commands that check this decision."""
    told = view(assessment, catalog)
    profile = catalog.profiles.get(assessment.profile)
    return _template().render(
        a=assessment,
        d=assessment.decision,
        told=told,
        loads=curves.played(assessment.loads),
        bar=_bar(told),
        profile=profile,
        commands=[(command_words(command, n), n) for command, n in commands],
        verify=list(verify),
        policy=POLICY,
        subject=subject_line(assessment),
        remarks=remarks(assessment),
        blocking_missing=sum(e.result.blocking for e in told.missing),
    )


def _bar(told: View) -> list[tuple[str, str, int, float]]:
    """Return the parts of the tally: class, word, count, share in percent of the controls that apply."""
    bad = (*told.blockers, *told.others)
    counts = [
        ("pass", "pass", len(told.passed) + sum(e.outcome == "pass" and not e.stale for e in bad)),
        ("fail", "fail", sum(e.outcome == "fail" for e in bad)),
        ("error", "could not be judged", sum(e.outcome == "error" for e in bad)),
        ("inconclusive", "cannot be told", sum(e.outcome == "inconclusive" for e in bad)),
        ("stale", "only stale evidence", sum(e.stale for e in bad)),
        ("missing", "not looked at", len(told.missing)),
        ("waived", "waived", len(told.waived)),
    ]
    whole = max(told.applying, 1)
    return [(kind, word, n, round(100 * n / whole, 3)) for kind, word, n in counts if n]


def _shown(value: Any) -> Any:
    """Clean what the template prints; markup that the template made itself stays."""
    if isinstance(value, Markup):
        return value
    if value is None:
        raise ValueError("the template printed a value that is missing")
    return visible(value) if isinstance(value, str) else value


@cache
def _template() -> Template:
    made = Environment(
        loader=PackageLoader("gonogo.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": day,
        "place": place,
        "plural": plural,
        "waiver_state": waiver_state,
        "approval_words": approval_words,
        "date": _date,
        "sentence": _sentence,
    }
    made.tests["command"] = is_command
    made.globals |= {"age": age, "words": WORDS, "bars": timeline.bars, "marks": timeline.marks}
    made.globals |= {"plot": curves, "length": timeline.length}
    return made.get_template("report.html.j2")


def _date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
