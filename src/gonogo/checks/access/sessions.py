"""Sessions, by the lab: they end by themselves and when somebody ends them, and no other site gets at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import apart_s, beside, of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun

_TURNED_AWAY = (301, 302, 303, 307, 401, 403)
"""How a service answers whom it does not know: refused, or sent to where one signs in."""
_ENDED = {"closed": ("close", "logged out"), "revoked": ("revoke", "revoked")}
_NOISE_S = 120
"""By how much the app's clock, which tells whole seconds and ran on meanwhile, may differ from what was aimed at."""


@check("access.session-security", by="lab", scenario="session-security", needs=(Journey, ScenarioRun))
def session_security_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """A session left alone, used too long, closed or revoked is refused; its cookie is out of reach."""
    if bad := unhealthy(journeys):
        return bad
    for case, (sent, how) in _ENDED.items():
        if gap := _ended(journeys, case, sent, how, limits.revoke_effect_s):
            return gap
    if open_to := _cookie(journeys):
        return open_to
    if cut := unplayed(runs, "idle", "absolute"):
        return cut
    idle, absolute = of(journeys, "idle"), of(journeys, "absolute")
    opening = [j for j in beside(journeys, "absolute") if j.exchange.name == "open"]
    return (
        _outlived(idle[0], idle[-1], limits.idle_min * 60, "that nobody used")
        or _outlived(opening[0], absolute[-1], limits.absolute_h * 3600, "in use")
        or passed("sessions end when idle, at their greatest age, on logging out and on revocation")
    )


def _ended(journeys: Sequence[Journey], case: str, sent: str, how: str, limit_s: float) -> Answer | None:
    """Say that a session which was ended is still accepted after so long; None where it is refused in time."""
    mine = of(journeys, case)
    ending = next((j for j in beside(journeys, case) if j.exchange.name == sent), None)
    if ending is None or not mine:
        return inconclusive(
            f"no session was {how}", fix=f"say in lab: {{sessions: {{{sent}: ...}}}} of gonogo.yaml how that is done"
        )
    if not mine[0].answered:
        return inconclusive("a new session is not accepted", [(mine[0], told(mine[0]))])
    if not ending.well_formed:
        return inconclusive(f"the request by which a session is {how} was refused", [(ending, told(ending))])
    accepted = [j for j in mine[1:] if j.answered or j.calls]
    after = accepted[-1].exchange.started_s - ending.exchange.started_s if accepted else 0.0
    if accepted and (after > limit_s or not any(_refused(j) for j in mine)):
        shown = accepted[-1]
        return failed(f"a session that was {how} is still accepted after {after:.0f} s", [(shown, told(shown))])
    if not any(_refused(j) for j in mine):
        return inconclusive(f"what became of a session that was {how} is unclear", [(mine[-1], told(mine[-1]))])
    return None


def _outlived(first: Journey, last: Journey, limit_s: float, what: str) -> Answer | None:
    """Say that a session is accepted at an age beyond its limit, or that this cannot be told; None where it is not."""
    if not first.well_formed:
        return inconclusive("a new session is not accepted", [(first, told(first))])
    age = apart_s(first, last)
    if age is None or age < _NOISE_S:
        return inconclusive(
            "the app's clock did not follow the lab's, by the Date of its answers", [(last, told(last))]
        )
    for_long = f"{age / 3600:.1f} h" if age >= 3600 else f"{age / 60:.0f} min"
    if last.answered or last.calls:
        if age <= limit_s:
            return inconclusive(f"a session {what} was tried for {for_long} only", [(last, told(last))])
        return failed(f"a session {what} for {for_long} is still accepted", [(last, told(last))])
    if not _refused(last):
        return inconclusive(f"what became of a session {what} is unclear", [(last, told(last))])
    if age > limit_s + _NOISE_S:
        return inconclusive(f"a session {what} was tried at {for_long} only, and refused", [(last, told(last))])
    return None


def _refused(journey: Journey) -> bool:
    return journey.exchange.status in _TURNED_AWAY and not journey.calls


def _cookie(journeys: Sequence[Journey]) -> Answer | None:
    """Say which protection the cookie of a session lacks; None where it has all, or none is set."""
    opening = next((j for j in journeys if j.exchange.name == "open" and "set-cookie" in j.exchange.headers), None)
    if opening is None:
        return None
    cookie = opening.exchange.headers["set-cookie"]
    has = {part.strip().partition("=")[0].lower() for part in cookie.split(";")[1:]}
    lacks = [name for name in ("Secure", "HttpOnly", "SameSite") if name.lower() not in has]
    if not lacks:
        return None
    return failed(f"the session's cookie lacks {', '.join(lacks)}", [(opening, told(opening))])
