"""Infrastructure, by probe."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.answers import cut_short, json_body, sent_for, unanswered
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import share
from gonogo.derive.pointers import at_pointer
from gonogo.facts import Declaration, Exchange, ProbeBudget

RELEASE_KEYS = frozenset(
    {
        "version",
        "release",
        "release_id",
        "releaseid",
        "commit",
        "revision",
        "sha",
        "git_sha",
        "build",
        "image",
        "digest",
    }
)
"""Keys of a JSON body, and headers with `x-` before them, under which services usually name their release."""
_UNSAID = ("", "unknown", "none", "null", "dev", "latest")


@check(
    "infrastructure.health-endpoints", by="probe", needs=(Exchange, Declaration, ProbeBudget),
    optional=(Declaration, ProbeBudget),
)  # fmt: skip
def health_endpoints_by_probe(
    exchanges: list[Exchange], declarations: list[Declaration], budgets: list[ProbeBudget], limits: Limits
) -> Answer:
    """Every health route answers 200 in time with the release id, and an unknown path does not."""
    if silent := unanswered(exchanges, "health"):
        return silent
    seen = sent_for(exchanges, "health")
    unknown = [e for e in seen if e.case == "unknown-path"]
    if any(e.status and 200 <= e.status < 300 for e in unknown):
        return inconclusive(
            "an unknown path is answered with 200 too, so a healthy answer proves nothing",
            [(e, str(e.status)) for e in unknown],
            fix="answer unknown paths with 404",
        )
    routes = [e for e in seen if e not in unknown and not (e.case == "guess" and e.status != 200)]
    if not routes:
        tried = [e for e in seen if e.case == "guess"]
        return failed("no health route answers", [(e, str(e.status or e.error)) for e in tried], fix=_DECLARE)
    header = _version_header(declarations)
    faults = [(e, fault) for e in routes if (fault := _fault(e, header, limits.answer_ms))]
    if faults:
        return failed(f"{share(faults, routes, 'health route')}: {faults[0][1]}", faults)
    if cut := cut_short(budgets, "health"):
        return cut
    shown = [(e, f"{e.status}") for e in routes]
    return passed(share(routes, routes, "health route", "answers", "answer") + " 200 with the release id", shown)


_DECLARE = "add a health route and declare it as `service.health` in gonogo.yaml"


def _version_header(declarations: Sequence[Declaration]) -> str | None:
    deployment = declarations[-1].system.deployment if declarations else None
    return deployment.version_header if deployment else None


def _fault(e: Exchange, header: str | None, answer_ms: float) -> str | None:
    if e.status != 200:
        return f"answers {e.status or e.error}"
    if e.elapsed_ms > answer_ms:
        return f"took {e.elapsed_ms:.6g} ms, more than {answer_ms:g}"
    return None if _names_release(e, header) else f"names no release ({header or 'a version field in its JSON'})"


def _names_release(e: Exchange, header: str | None) -> bool:
    body = json_body(e)
    if header:
        named = at_pointer(body, header) if header.startswith("/") else e.headers.get(header.lower())
        return _said(named)
    keys = body.items() if isinstance(body, dict) else ()
    return any(str(k).lower().replace("-", "_") in RELEASE_KEYS and _said(v) for k, v in keys)


def _said(value: object) -> bool:
    return isinstance(value, str | int | float) and str(value).strip().lower() not in _UNSAID
