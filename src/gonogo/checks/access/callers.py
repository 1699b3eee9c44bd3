"""Who is let in, by the lab: strangers, users who want what is another's, users who want to administer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, not_collected, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import told, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Declaration, Evidence, ScenarioRun

_SIGN_IN = re.compile(r"login|signin|sign-in|/auth|oauth|sso", re.IGNORECASE)
_SEEN_PATHS = (401, 403, 404)
"""How a service refuses, or hides, what a caller may not have."""
_INVALID = (400, 415, 422)


@check(
    "access.authentication", by="lab", scenario="authentication", needs=(Journey, Declaration, ScenarioRun)
)  # fmt: skip
def authentication_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """Each route works with a good credential, and without one refuses before a model, store or tool is asked."""
    routes: dict[str, list[Journey]] = {}
    for journey in journeys:
        if journey.exchange.purpose == "authentication":
            routes.setdefault(journey.exchange.name, []).append(journey)
    if not routes:
        return failed(
            "no route is known that is not public", [Evidence("gonogo.yaml", None, "journeys, service.openapi")],
            fix="declare service.openapi or journeys: in gonogo.yaml, and no journey as public",
        )  # fmt: skip
    strangers = [j for tried in routes.values() for j in tried if j.case != "good"]
    opened = [j for j in strangers if _let_in(j)]
    asked = [j for j in strangers if j.all_calls]
    if len(opened) > limits.unauthenticated_accepted:
        many = {j.exchange.name for j in opened}
        return failed(
            f"{share(many, routes, 'route', 'answers', 'answer')} callers without a valid credential",
            [(j, f"{j.exchange.status} with {_credential(j)}{_cost(j)}") for j in opened],
        )
    if len(asked) > limits.upstream_calls_before_auth:
        return failed(
            f"{counted(asked, 'refused request', 'refused requests')} had caused a call to a model, store or tool",
            [(j, told(j)) for j in asked],
        )
    doubts = [doubt for tried in routes.values() if (doubt := _doubt(tried))]
    if doubts:
        fix = None if any(j.case == "good" for j in journeys) else "name an identity of each role under identities:"
        return inconclusive(f"{share(doubts, routes, 'route')} could not be told", doubts, fix=fix)
    if cut := runs and runs[-1].cut.get("routes"):
        return inconclusive(cut, fix="declare what anybody may call as service.public")
    kinds = sorted({j.case for j in strangers})
    return passed(f"{counted(routes, 'route', 'routes')} tried with {counted(kinds, 'kind', 'kinds')} of bad credential"
                  f" ({', '.join(kinds)}): all refused, and no model was asked")  # fmt: skip


def _let_in(journey: Journey) -> bool:
    return 200 <= (journey.exchange.status or 0) < 300


def _credential(journey: Journey) -> str:
    return "no credential" if journey.case == "none" else f"a credential that is {journey.case}"


def _cost(journey: Journey) -> str:
    return f", {counted(journey.calls, 'model call', 'model calls')}" if journey.calls else ""


def _doubt(tried: Sequence[Journey]) -> tuple[Journey, str] | None:
    """Say why one route cannot be told, None where it clearly refuses strangers and admits the known."""
    good = next((j for j in tried if j.case == "good"), None)
    for j in tried:
        e = j.exchange
        redirected = e.status in (302, 303, 307) and bool(_SIGN_IN.search(e.headers.get("location", "")))
        hidden = e.status == 404 and good is not None and _let_in(good)
        if j.case != "good" and not (e.status in (401, 403) or redirected or hidden):
            return j, f"{e.status or e.error} with {_credential(j)}: neither let in nor refused"
    if good is None:
        return tried[0], "no credential is at hand, so it is not shown that the route works for anybody"
    status = good.exchange.status
    if not (_let_in(good) or status in _INVALID or status == 404):
        return good, f"{status or good.exchange.error} with the credential of a user: the good path does not work"
    return None


@check("access.authorization", by="lab", scenario="authorization", needs=(Journey, Declaration, ScenarioRun))
def authorization_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """The owner reads and changes what is his; others get neither it nor a word of it, and it stays as it is."""
    if cut := unplayed(runs, "afterwards"):
        return cut
    own = [j for j in journeys if j.case == "owner"]
    bad = [j for j in own if not _let_in(j)]
    reads = [j for j in own if j.exchange.name.startswith("read ")]
    if bad or not reads:
        return inconclusive(
            "the owner cannot do what is his to do", [(j, f"{j.exchange.name}: {j.exchange.status}") for j in bad],
            fix="correct lab.owned in gonogo.yaml, and run gonogo lab --scenario authorization",
        )  # fmt: skip
    others = [j for j in journeys if j.case == "stranger"]
    leaked = [j for j in others if any(m.canary and m.detector == "canary" for m in j.exchange.matches)]
    if len(leaked) > limits.foreign_canaries:
        return failed(
            f"{counted(leaked, 'answer', 'answers')} to others held what belongs to the owner",
            [(j, _who(j)) for j in leaked],
        )
    through = [j for j in others if j.exchange.purpose == "object" and _on_object(j) and not _refused(j)]
    if through:
        return failed(
            f"{counted(through, 'action', 'actions')} of others on the owner's objects met no refusal",
            [(j, _who(j)) for j in through],
        )
    after = [j for j in journeys if j.case == "afterwards"]
    changed = [j for j in after if not any(m.detector == "canary" for m in j.exchange.matches)]
    if changed:
        return failed("the owner's object is not as it was", [(j, f"{j.exchange.status}") for j in changed])
    objects = {j.exchange.name for j in reads}
    return passed(
        f"{counted(objects, 'kind', 'kinds')} of object kept from {counted(others, 'attempt', 'attempts')} of others"
    )


def _on_object(journey: Journey) -> bool:
    return journey.exchange.name.startswith(("read ", "change "))


def _refused(journey: Journey) -> bool:
    return journey.exchange.status in _SEEN_PATHS


def _who(journey: Journey) -> str:
    e = journey.exchange
    return f"{e.name} by {e.identity or 'nobody'}: {e.status}"


@check(
    "access.admin-protected",
    by="lab",
    scenario="admin-actions",
    needs=(Journey, Declaration, AppLog),
    optional=(AppLog,),
)
def admin_protected_by_lab(
    journeys: list[Journey], declared: list[Declaration], lines: list[AppLog], limits: Any
) -> Answer:
    """Admin actions work for an administrator alone, and each such use is on record with who, what and how it went."""
    settings = next((d.system.lab for d in declared if d.system.lab), None)
    consoles = [j for j in journeys if j.case == "console"]
    if not consoles or _let_in(consoles[0]):
        return inconclusive("an unknown path is answered like a known one, so nothing can be told", consoles[:1])
    if opened := [j for j in consoles[1:] if _let_in(j)]:
        return failed(
            f"{counted(opened, 'console is', 'consoles are')} open to anybody",
            [(j, f"{j.exchange.name}: {j.exchange.status}") for j in opened],
        )
    if settings is None or not settings.admin:
        return not_collected("no admin action is declared", fix="add lab: {admin: [...]} to gonogo.yaml")
    used = [j for j in journeys if j.exchange.purpose == "admin" and j.case in ("nobody", "user", "admin")]
    good = [j for j in used if j.case == "admin"]
    if not good or not all(_let_in(j) for j in good):
        return inconclusive(
            "the action does not work for an administrator either",
            [(j, str(j.exchange.status)) for j in good], fix="declare an identity with role: admin, and its variable",
        )  # fmt: skip
    through = [j for j in used if j.case != "admin" and not _refused(j)]
    through += [j for j in journeys if j.case in ("nobody", "user") and _changes(journeys, j)]
    if through:
        return failed(
            f"{counted(through, 'admin action was', 'admin actions were')} done by one who is no administrator",
            [(j, f"{j.exchange.name} by {j.exchange.identity or 'nobody'}: {j.exchange.status}") for j in through],
        )
    still = [j for j in good if _reads(journeys, j) and not _changes(journeys, j)]
    if still:
        return inconclusive(
            "the administrator's action changes nothing that can be read", [(j, j.exchange.name) for j in still]
        )
    if settings.audit is None:
        return inconclusive(
            "the audit records are nowhere to be read", fix="name their file: lab: {audit: ...} in gonogo.yaml"
        )
    kept = [line for line in lines if fnmatchcase(line.stream, settings.audit)]
    unaudited = [j for j in good if len(_records(kept, j)) != 1]
    if len(unaudited) > limits.unaudited_admin_actions:
        return failed(
            f"{counted(unaudited, 'admin action has', 'admin actions have')} not exactly one audit record",
            [(j, f"{j.exchange.name} by {j.exchange.identity}: {len(_records(kept, j))} records") for j in unaudited],
        )
    return passed(f"{counted(good, 'admin action', 'admin actions')} for administrators alone, each on record once")


def _reads(journeys: Sequence[Journey], action: Journey) -> list[str]:
    """Return what could be read before and after an action in its case."""
    names = (f"{action.exchange.name}: before", f"{action.exchange.name}: after")
    return [j.exchange.body for j in journeys if j.case == action.case and j.exchange.name in names]


def _changes(journeys: Sequence[Journey], action: Journey) -> bool:
    read = _reads(journeys, action) if action.exchange.purpose == "admin" else []
    return len(read) == 2 and read[0] != read[1]


_DONE = r'(?:true|2\d\d|"(?:ok|success|succeeded|done|2\d\d)")'
_RESULT = re.compile(rf'(?i)"(?:result|outcome|status|success|ok)": ?{_DONE}')


def _records(lines: Sequence[AppLog], action: Journey) -> list[AppLog]:
    """Return the audit records of one use: they name who, the action or its path, and that it was done."""
    e = action.exchange
    mine = [line for line in lines if (e.identity or "") in line.text and _RESULT.search(line.text)]
    return [line for line in mine if e.name in line.text or e.route in line.text]
