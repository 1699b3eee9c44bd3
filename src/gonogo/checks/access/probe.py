"""Access, by probe: what a deployment answers to callers, browsers and attackers at its own edge."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.access.transport import tls_inbound_by_probe
from gonogo.checks.answers import cut_short, sent_for, unanswered
from gonogo.checks.check import Answer, check, failed, inconclusive, not_collected, passed
from gonogo.checks.counts import counted, share
from gonogo.facts import Declaration, Exchange, ProbeBudget

__all__ = [
    "admin_protected_by_probe",
    "authentication_by_probe",
    "cors_by_probe",
    "rate_limits_by_probe",
    "tls_inbound_by_probe",
]

REFUSED = (401, 403)
_SIGN_IN = re.compile(r"login|signin|sign-in|/auth|oauth|sso", re.IGNORECASE)
Seen = list[tuple[Exchange, str]]


@check("access.authentication", by="probe", needs=(Exchange, ProbeBudget), optional=(ProbeBudget,))
def authentication_by_probe(exchanges: list[Exchange], budgets: list[ProbeBudget], limits: Limits) -> Answer:
    """Every route that is not public refuses callers without a valid credential, and works with one."""
    seen = sent_for(exchanges, "authentication")
    uncalled = [what for b in budgets for what in b.left_out if what.startswith(("authentication", "routes:"))]
    if not seen and uncalled:
        return _not_called(uncalled)
    if not seen and any(e.status for e in exchanges):
        return inconclusive("no route is known that is not public", fix=_ROUTES_FIX)
    if silent := unanswered(exchanges, "authentication"):
        return silent
    routes: dict[tuple[str, str], list[Exchange]] = {}
    for e in seen:
        routes.setdefault((e.method, e.route), []).append(e)
    opened = [(e, f"{e.status} with {_credential(e)}") for e in seen if e.case != "good" and _let_in(e)]
    if len(opened) > limits.unauthenticated_accepted:
        many = {(e.method, e.route) for e, _ in opened}
        said = share(many, routes, "route", "answers", "answer")
        return failed(f"{said} callers without a valid credential", opened)
    doubts = [doubt for answers in routes.values() if (doubt := _doubt(answers))]
    if doubts:
        fix = None if any(e.case == "good" for e in seen) else _IDENTITY_FIX
        return inconclusive(f"{share(doubts, routes, 'route')} could not be told", doubts, fix=fix)
    if uncalled:
        return _not_called(uncalled)
    return passed(
        share(routes, routes, "route", "refuses", "refuse") + " callers without a valid credential",
        [(a[0], f"{a[0].status} without a credential") for a in routes.values()],
    )


_IDENTITY_FIX = "name an identity and the variable of its credential under `identities:` in gonogo.yaml, and set it"
_ROUTES_FIX = "declare `service.openapi` or `journeys:` in gonogo.yaml"
_DISPOSABLE_FIX = "probe an environment with the same build that is declared `disposable: true`"


def _not_called(uncalled: list[str]) -> Answer:
    many = counted(uncalled, "route was", "routes were")
    return inconclusive(f"{many} not called: {uncalled[0]}", fix=_DISPOSABLE_FIX)


def _credential(e: Exchange) -> str:
    return "a wrong credential" if e.case == "bad" else "no credential"


def _let_in(e: Exchange) -> bool:
    return e.status is not None and 200 <= e.status < 300


def _refused(e: Exchange, good: Exchange | None) -> bool:
    hidden = e.status == 404 and good is not None and _let_in(good)
    redirected = e.status in (302, 303, 307) and bool(_SIGN_IN.search(e.headers.get("location", "")))
    return e.status in REFUSED or redirected or hidden


def _doubt(answers: list[Exchange]) -> tuple[Exchange, str] | None:
    """Say why one route cannot be told, None where it clearly refuses strangers and admits the known."""
    good = next((e for e in answers if e.case == "good"), None)
    strangers = [e for e in answers if e.case != "good"]
    bad_refused = any(e.case == "bad" and _refused(e, good) for e in strangers)
    for e in strangers:
        invalid = e.status in (400, 415, 422) and bad_refused
        if not _refused(e, good) and not invalid:
            return e, f"{e.status or e.error} with {_credential(e)}: neither let in nor refused"
    if good is None:
        return strangers[0], "no credential is at hand, so it is not shown that the route works for anybody"
    if good.status is None or good.status in REFUSED:
        return good, f"{good.status or good.error} with the credential of {good.identity}: the good path does not work"
    return None


@check("access.cors", by="probe", needs=(Exchange, Declaration, ProbeBudget), optional=(Declaration, ProbeBudget))
def cors_by_probe(
    exchanges: list[Exchange], declarations: list[Declaration], budgets: list[ProbeBudget], limits: Limits
) -> Answer:
    """Only listed origins are allowed; a listed one is, or the question did not arrive."""
    if silent := unanswered(exchanges, "cors"):
        return silent
    seen = [e for e in sent_for(exchanges, "cors") if e.status is not None]
    named = _declares_any_origin(declarations, seen[0].environment)
    risky = [e for e in seen if _allows(e) and _with_credentials(e) and _stranger(e)]
    if len(risky) > limits.wildcard_with_credentials:
        return failed("strangers' pages may call it with the user's credentials", [(e, _granted(e)) for e in risky])
    strangers = [e for e in seen if _stranger(e) and _allows(e)]
    if strangers and not named:
        origins = sorted({e.request_headers.get("origin", "") for e in strangers})
        return failed(
            f"origins that are not listed may call it: {', '.join(origins)}", [(e, _granted(e)) for e in strangers]
        )
    if cut := cut_short(budgets, "cors"):
        return cut
    listed = [e for e in seen if e.case == "listed"]
    if listed and not any(_allows(e) for e in listed):
        return inconclusive(
            "no listed origin is allowed either, so refusing strangers proves nothing",
            [(e, "a listed origin, not allowed") for e in listed],
            fix="correct `origins:` of the environment in gonogo.yaml, or the service's list",
        )
    return passed("only listed origins may call it" if listed else "no origin may call it", [(e, e.case) for e in seen])


def _declares_any_origin(declarations: Sequence[Declaration], name: str | None) -> bool:
    system = declarations[-1].system if declarations else None
    return any("*" in e.origins for e in (system.environments if system else ()) if e.name == name)


def _stranger(e: Exchange) -> bool:
    return e.case != "listed"


def _allows(e: Exchange) -> bool:
    return e.headers.get("access-control-allow-origin", "").strip() in ("*", e.request_headers.get("origin"))


def _with_credentials(e: Exchange) -> bool:
    return e.headers.get("access-control-allow-credentials", "").strip().lower() == "true"


def _granted(e: Exchange) -> str:
    granted = e.headers.get("access-control-allow-origin", "")
    return f"{e.case} origin {e.request_headers.get('origin')} gets Access-Control-Allow-Origin: {granted}"


@check("access.rate-limits", by="probe", needs=(Exchange, ProbeBudget), optional=(ProbeBudget,))
def rate_limits_by_probe(exchanges: list[Exchange], budgets: list[ProbeBudget]) -> Answer:
    """A short burst meets a 429 that says when to come back."""
    seen = sent_for(exchanges, "rate-limit")
    why = [what for b in budgets for what in b.left_out if what.startswith("rate-limit")]
    if not seen:
        return not_collected(why[0] if why else "no burst was sent", fix=_DISPOSABLE_FIX)
    if silent := unanswered(exchanges, "rate-limit"):
        return silent
    first, last = seen[0], seen[-1]
    if last.status == 429:
        if "retry-after" not in last.headers:
            return failed("the limit answers 429 without Retry-After", [(last, last.case)])
        return passed("a burst meets a 429 with Retry-After", [(last, f"{last.case}: 429")])
    count, _, wanted = last.case.removeprefix("request ").partition(" of ")
    took = (last.seen_at - first.seen_at).total_seconds()
    if last.status is None or count != wanted or took > 60:
        return inconclusive(
            f"the burst ended after {count} of {wanted} requests in {took:.0f} s without meeting a limit",
            [(last, last.error or "")],
            fix="raise `request_budget:` of the environment, or probe from nearer by",
        )
    said = f"{count} requests within {math.ceil(took) or 1} s met no limit"
    return failed(said, [(last, f"{last.case}: {last.status}")])


@check("access.admin-protected", by="probe", needs=(Exchange, ProbeBudget), optional=(ProbeBudget,))
def admin_protected_by_probe(exchanges: list[Exchange], budgets: list[ProbeBudget]) -> Answer:
    """No console, debug page, admin route or admin port answers a caller without a credential."""
    if silent := unanswered(exchanges, "admin"):
        return silent
    seen = sent_for(exchanges, "admin")
    unknown = next((e for e in seen if e.case == "unknown-path"), None)
    if unknown is None or unknown.status is None or _let_in(unknown):
        return inconclusive(
            "an unknown path is answered like a known one, so nothing can be told from an answer",
            [(unknown, str(unknown.status))] if unknown else (),
            fix="answer unknown paths with 404",
        )
    reached = [e for e in seen if e.case != "unknown-path" and (_let_in(e) or (e.case == "port" and e.error is None))]
    if reached:
        return failed(
            f"{counted(reached, 'admin path or port is', 'admin paths or ports are')} open to anybody",
            [(e, f"{e.status} without a credential" if e.status else "the port is open") for e in reached],
        )
    if any(what.startswith("admin") for b in budgets for what in b.left_out):
        return inconclusive("some admin routes were not tried", fix=_DISPOSABLE_FIX)
    ports = [e for e in seen if e.case == "port"]
    paths = counted(len(seen) - 1 - len(ports), "path", "paths")
    tried = f"{paths} and {counted(ports, 'port', 'ports')} tried" if ports else f"{paths} tried, and no port"
    return passed(f"no admin surface answers a stranger ({tried})", [(unknown, f"control: {unknown.status}")])
