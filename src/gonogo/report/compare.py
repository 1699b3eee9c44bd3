"""What changed between two assessments: new trouble, mended trouble, trouble that stayed.

Trouble is told apart by control, method and place. A place is a path and what was seen there without its figures, so
that code that moves up or down in a file is not new, and a second place of the same kind in that file is.
"""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from gonogo.facts import Assessment, Finding, Method
from gonogo.report.view import BAD

Pair = tuple[str, Method]
_FIGURES = re.compile(r"\d+")


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs of control and method, each list in the order of the findings.

    `lost` passed in the base, and nobody looked now: no new failure, and no pass either.
    """

    new: tuple[Pair, ...] = ()
    fixed: tuple[Pair, ...] = ()
    still: tuple[Pair, ...] = ()
    lost: tuple[Pair, ...] = ()


def places(finding: Finding) -> Counter[tuple[str, str]]:
    """Return where a finding saw trouble, without line numbers and figures, and how often at each."""
    return Counter((e.path or "", _FIGURES.sub("#", e.detail)) for e in finding.evidence)


def is_new(now: Finding, before: Finding | None) -> bool:
    """Tell whether trouble was not there before: none was seen, it was only suspected, or it is seen in more places."""
    if now.outcome not in BAD:
        return False
    if before is None or before.outcome not in BAD:
        return True
    if now.outcome != "fail":
        return False
    return before.outcome != "fail" or bool(places(now) - places(before))


def compare(current: Assessment, base: Assessment) -> Comparison:
    """Return what is new in `current`, what of `base` is mended, and what stayed."""
    now, before = _by_pair(current), _by_pair(base)
    new = tuple(p for p, f in now.items() if is_new(f, before.get(p)))
    still = tuple(p for p, f in now.items() if f.outcome in BAD and p not in new)
    was = [p for p, f in before.items() if f.outcome in BAD]
    mended = ("pass", "not-applicable")
    return Comparison(
        new=new,
        fixed=tuple(p for p in was if p in now and now[p].outcome in mended),
        still=still,
        lost=tuple(
            p for p, f in before.items() if f.outcome == "pass" and (p not in now or now[p].outcome == "not-collected")
        ),
    )


def compared(current: Assessment, base: Assessment, name: str) -> Assessment:
    """Return `current` marked with what is new since `base`, which reports call `name`."""
    return msgspec.structs.replace(current, compared_with=name, new=compare(current, base).new)


def _by_pair(assessment: Assessment) -> dict[Pair, Finding]:
    """Index findings; of several by one method, the worst stands for the pair."""
    found: dict[Pair, Finding] = {}
    for finding in assessment.findings:
        pair = (finding.control, finding.method)
        held = found.get(pair)
        if held is None:
            found[pair] = finding
        elif held.outcome not in BAD or (held.outcome != "fail" and finding.outcome == "fail"):
            found[pair] = finding if finding.outcome in BAD else held
        elif held.outcome == finding.outcome:
            found[pair] = msgspec.structs.replace(held, evidence=held.evidence + finding.evidence)
    return found
