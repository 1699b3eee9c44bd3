"""Reliability, by reading: timeouts and retries of every model call."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.calls import Calls, Verdict, explicitly_none, number, of_calls, told
from gonogo.checks.check import Answer, check, failed, not_collected, passed
from gonogo.checks.counts import share
from gonogo.derive.defaults import retries, wait
from gonogo.facts import Declaration, Evidence, ModelCallSite


@of_calls("reliability.timeouts-configured")
def timeouts_configured_by_scan(calls: Calls, limits: Limits) -> Answer:
    """Every model call sets a read timeout within the range; none relies on a default of minutes or on none."""
    low, high = limits.read_s
    expected = _expected_s(calls.declarations)

    def judge(site: ModelCallSite) -> Verdict:
        connect = number(site.connect_timeout)
        if connect is not None and connect > limits.connect_s:
            return "bad", f"waits {connect:g} s for a connection, more than {limits.connect_s:g} s"
        return _timeout(site, low, high, expected)

    hang = f"can hang: no timeout, or one of more than {high:g} s"
    return calls.weigh(
        judge,
        good=(f"sets a timeout of at most {high:g} s", f"set a timeout of at most {high:g} s"),
        bad=(hang, hang),
        unknown=("has a timeout that reading cannot judge", "have timeouts that reading cannot judge"),
    )


def _timeout(site: ModelCallSite, low: float, high: float, expected: float | None) -> Verdict:
    seconds = number(site.timeout)
    if site.timeout.origin == "unset":
        return _without(site, high)
    if explicitly_none(site.timeout):
        return "bad", "timeout=None: it waits for ever"
    if seconds is None:
        return "unknown", f"its timeout is {told(site.timeout)}"
    if seconds > high:
        return "bad", f"waits {seconds:g} s, more than {high:g} s"
    if seconds >= low or (expected is not None and expected <= seconds):
        return "good", f"timeout {seconds:g} s"
    if expected is not None:
        return "unknown", f"timeout {seconds:g} s is shorter than the declared response time of {expected:g} s"
    return "unknown", f"timeout {seconds:g} s is short; declare a latency objective that it fits"


def _without(site: ModelCallSite, high: float) -> Verdict:
    own = wait(site.sdk, site.client)
    if own.seconds is not None:
        return "good" if own.seconds <= high else "bad", own.words
    return ("bad", f"no timeout is set: {own.words}") if own.known else ("unknown", own.words)


def _expected_s(declarations: Sequence[Declaration]) -> float | None:
    """Return the slowest response time that the team declares as an objective, in seconds."""
    objectives = [o for d in declarations if not d.drafted for o in d.system.objectives if o.name.startswith("latency")]
    seconds = [o.target / 1000 if o.unit == "ms" else o.target for o in objectives if o.unit in ("s", "ms")]
    return max(seconds, default=None)


@of_calls("reliability.retry-policy-bounded")
def retry_policy_bounded_by_scan(calls: Calls, limits: Limits) -> Answer:
    """Retries of the SDK, times those of a decorator around it, stay within the limit and wait longer each time."""
    most = limits.max_retries
    bad = f"more than {most:g} times, or without growing random delays"
    return calls.weigh(
        lambda site: _retries(site, most),
        good=(f"retries at most {most:g} times", f"retry at most {most:g} times"),
        bad=(f"retries {bad}", f"retry {bad}"),
        unknown=("has retries that reading cannot count", "have retries that reading cannot count"),
    )


def _retries(site: ModelCallSite, most: float) -> Verdict:
    own = number(site.retries)
    by = ""
    if site.retries.origin == "unset":
        own = retries(site.sdk, site.client)
        by = f", the default of {(site.client or site.sdk).rpartition('.')[2]}"
    if explicitly_none(site.attempts):
        return "bad", "the decorator or loop that repeats it never stops"
    around = 1.0 if site.attempts.origin == "unset" else number(site.attempts)
    if own is not None and own > most:
        return "bad", f"{own:g} retries{by}"
    if around is not None and around - 1 > most:
        return "bad", f"{around:g} attempts by a decorator or loop around it"
    if own is None or around is None:
        return "unknown", f"its retries are {told(site.retries if own is None else site.attempts)}"
    total = (own + 1) * around - 1
    if total > most:
        return "bad", f"{own:g} retries of the SDK in each of {around:g} attempts around it make {total:g} retries"
    return _waits(site, total)


_DELAYS = {"none": "at once", "fixed": "with the same delay each time", "random": "with random delays"}


def _waits(site: ModelCallSite, total: float) -> Verdict:
    if site.attempts.origin == "unset" or site.waits == "exponential-jitter":
        return "good", f"{total:g} retries"
    if not site.waits:
        return "unknown", "how long it waits before it repeats cannot be told"
    if site.waits == "exponential":
        return "bad", "it repeats without jitter in its delays"
    return "bad", f"it repeats {_DELAYS.get(site.waits, site.waits)}, not with growing delays"


@check("reliability.degraded-mode", by="scan", needs=(Declaration,))
def degraded_mode_by_scan(declarations: Sequence[Declaration]) -> Answer:
    """Every declared feature says what users get when the model is away."""
    declared = declarations[-1]
    features = declared.system.features
    if declared.drafted or not features:
        return not_collected("no feature is declared", fix="list the AI features under `features:` in gonogo.yaml")
    line = declared.lines.get("features")
    lacking = [f for f in features if not (f.degraded_mode or "").strip()]
    if lacking:
        found = [Evidence(declared.path, line, f"{f.name} has no degraded_mode") for f in lacking]
        return failed(share(lacking, features, "feature", "declares", "declare") + " no degraded mode", found)
    shown = [Evidence(declared.path, line, f"{f.name}: {f.degraded_mode}") for f in features]
    said = share(features, features, "feature", "declares", "declare")
    return passed(f"{said} what happens without the model", shown)
