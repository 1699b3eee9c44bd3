"""Reliability, by the lab: what users got while the model failed."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, not_collected, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import beside, of, seconds, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey, gaps, growing
from gonogo.facts import Declaration, ModelCall, ScenarioRun

SLACK_S = 0.5
"""What is allowed on top of a limit for the measurement itself: two processes on a busy machine."""

INSIDES = re.compile(
    r"Traceback \(most recent|\bat [\w.$<>]+ ?\([^()]*:\d+|site-packages|node_modules|openai\.com|sk-lab"
)


@check("reliability.timeouts-configured", by="lab", scenario="silent-provider", needs=(Journey, ScenarioRun))
def timeouts_configured_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """A silent, a dripping and an unreachable provider each end in an answer or an error before the user's deadline."""
    if bad := unhealthy(journeys):
        return bad
    if cut := unplayed(runs, "hang", "drip", "black-hole"):
        return cut
    tried = [j for j in of(journeys, "hang", "drip", "black-hole") if j.hit or j.case == "black-hole"]
    if not tried:
        return inconclusive("the silence of the provider reached no journey", of(journeys, "hang"))
    late = [j for j in tried if not j.ended_within(limits.edge_deadline_s + SLACK_S)]
    cut_short = [j for j in late if j.exchange.ended == "timeout" and j.seconds < limits.edge_deadline_s]
    given_up = [j for j in cut_short if _held(j) < limits.read_s[1] and _declared_wait(j) is None]
    if late and given_up == late:
        return inconclusive(
            f"{counted(late, 'journey was', 'journeys were')} not awaited to the limit of {limits.edge_deadline_s:g} s",
            [(j, f"{j.case}: {told(j)}") for j in late],
            fix="gonogo lab --scenario silent-provider, without --quick",
        )
    if late:
        return failed(
            f"{share(late, tried, 'journey')} got nothing while the provider was silent",
            [(j, f"{j.case}: {told(j)}") for j in late],
        )
    slow = [j for j in beside(journeys, "hang") if not j.ended_within(limits.connect_s)]
    if slow:
        return failed("a healthy request was held up by the hanging ones", [(j, told(j)) for j in slow])
    longest = max(j.seconds for j in tried)
    return passed(
        f"{counted(tried, 'journey', 'journeys')} ended within {longest:.1f} s", [(j, told(j)) for j in tried]
    )


def _held(journey: Journey) -> float:
    """The longest that one call was left open, in seconds."""
    return max((c.ended_s or 0.0 for c in journey.calls), default=0.0)


def _declared_wait(journey: Journey) -> float | None:
    """The time-out that an official SDK says it has."""
    return max((c.timeout_s for c in journey.calls if c.timeout_s is not None), default=None)


@check("reliability.retry-policy-bounded", by="lab", scenario="retry-policy-bounded", needs=(Journey, ScenarioRun))
def retry_policy_bounded_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """On a dead provider each call is tried a few times, with growing gaps, and Retry-After is obeyed."""
    if bad := unhealthy(journeys):
        return bad
    tried = [j for j in of(journeys, "unavailable") if j.hit]
    if not tried:
        return inconclusive("the outage reached no journey", of(journeys, "unavailable"))
    if cut := unplayed(runs, "unavailable", "asks-to-wait"):
        return cut
    for journey in tried:
        for model, attempts in _by_model(journey).items():
            if len(attempts) > limits.max_retries + 1:
                return failed(
                    f"one user action made {counted(journey.calls, 'call', 'calls')} to a dead provider, "
                    f"{len(attempts)} of them to {model}",
                    [(j, told(j)) for j in tried],
                )
            waits = gaps(attempts)
            if any(w > limits.max_delay_s for w in waits):
                return failed(f"a retry waits {max(waits):.0f} s", [(journey, seconds(waits))])
            if len(waits) > 1 and not growing(waits, limits.backoff_multiplier):
                return failed(f"the gaps between retries do not grow: {seconds(waits)}", [(journey, seconds(waits))])
    hasty = [j for j in of(journeys, "asks-to-wait") if _hasty(j)]
    if hasty:
        return failed("a retry came before the time that Retry-After asked for", [(j, told(j)) for j in hasty])
    most = max(len(a) for j in tried for a in _by_model(j).values())
    return passed(f"at most {counted(most, 'attempt', 'attempts')} for each call", [(j, told(j)) for j in tried])


def _by_model(journey: Journey) -> dict[str, list[ModelCall]]:
    """The attempts at the same thing, apart for each model: a fallback is no retry."""
    found: dict[str, list[ModelCall]] = {}
    for attempts in journey.attempts:
        for call in attempts:
            found.setdefault(call.model, []).append(call)
    return found


def _hasty(journey: Journey) -> bool:
    asked = [c for c in journey.calls if c.fault == "status"]
    after = [c for c in journey.calls if asked and c.order > asked[-1].order and c.model == asked[-1].model]
    if not asked or not after:
        return False
    return after[0].started_s - asked[-1].started_s - (asked[-1].ended_s or 0.0) < 0.9


@check("reliability.retry-classification", by="lab", scenario="retry-classification", needs=(Journey, ScenarioRun))
def retry_classification_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Passing errors are tried again and end well; lasting ones are not tried again."""
    if bad := unhealthy(journeys):
        return bad
    wrong = []
    for status in limits.retry:
        for journey in (j for j in of(journeys, str(status)) if j.hit):
            if not journey.answered:
                wrong.append((journey, f"{status} once, and then all well: {told(journey)}"))
    for status in limits.no_retry:
        for journey in (j for j in of(journeys, str(status)) if j.hit):
            again = [a for a in _by_model(journey).values() if len(a) > 1]
            if again:
                wrong.append((journey, f"{status} was tried {len(again[0])} times"))
    if wrong:
        return failed(f"{counted(wrong, 'journey treats', 'journeys treat')} an error as what it is not", wrong)
    if cut := unplayed(runs, *map(str, (*limits.retry, *limits.no_retry))):
        return cut
    return passed(f"{len(limits.retry)} passing errors were tried again, {len(limits.no_retry)} lasting ones were not")


@check("reliability.fallback-model", by="lab", scenario="primary-outage", needs=(Journey, ScenarioRun))
def fallback_model_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """With the primary model away, users get the answer of another; once it is back, they get its own again."""
    if bad := unhealthy(journeys):
        return bad
    if cut := unplayed(runs, "errors", "refused", "silent", "recovered"):
        return cut
    hit = of(journeys, "errors", "refused", "silent")
    if not any(j.hit for j in hit):
        return not_collected("no outage of the primary model was met", fix="gonogo lab --scenario primary-outage")
    first = next((j.calls[0].model for j in of(journeys, "healthy") if j.calls), "")
    lost = [j for j in hit if not _by_another(j, first)]
    if len(lost) * 100 > len(hit) * (100 - limits.fallback_success_rate):
        masked = sum(j.masked for j in lost)
        how = f", {masked} of them behind an answer that looks well" if masked else ""
        return failed(
            f"{len(lost)} of {len(hit)} users got no answer of another model{how}",
            [(j, f"{j.case}: {told(j)}") for j in lost],
        )
    healthy = min((j.seconds for j in of(journeys, "healthy")), default=0.0)
    slow = [j for j in hit if j.seconds - healthy > limits.added_latency_p95_s]
    if len(slow) * 20 > len(hit):
        return failed(f"falling back adds more than {limits.added_latency_p95_s:g} s", [(j, told(j)) for j in slow])
    stuck = [j for j in of(journeys, "recovered") if j.calls and j.calls[0].model != first]
    if stuck:
        return failed(f"after the recovery {first} is not used again", [(j, told(j)) for j in stuck])
    return passed(f"{share(hit, hit, 'user')} got the answer of another model", [(j, told(j)) for j in hit])


def _by_another(journey: Journey, first: str) -> bool:
    """The user got the answer of another model than the first, after a failure or without asking it at all."""
    by = journey.answered_by
    return journey.answered and (journey.fell_back or (by is not None and by.model != first))


@check("reliability.degraded-mode", by="lab", scenario="all-providers-down", needs=(Journey, ScenarioRun, Declaration))
def degraded_mode_by_lab(
    journeys: list[Journey], runs: list[ScenarioRun], declared: list[Declaration], limits: Any
) -> Answer:
    """With every model away the rest stays up, and users get the declared message, without the insides."""
    if bad := unhealthy(journeys):
        return bad
    if cut := unplayed(runs, "refused", "errors"):
        return cut
    hit = [j for j in of(journeys, "refused", "errors") if j.hit]
    if not hit:
        return inconclusive("the outage reached no journey", of(journeys, "refused"))
    bare = [j for j in hit if j.exchange.error or j.exchange.ended == "timeout"]
    if bare:
        return failed(f"{share(bare, hit, 'user')} got no answer at all", [(j, told(j)) for j in bare])
    leaking = [j for j in hit if INSIDES.search(j.exchange.body)]
    if leaking:
        return failed("the answer shows the insides of the service", [(j, j.exchange.body[:120]) for j in leaking])
    down = [j for j in beside(journeys, "refused", "errors") if not j.well_formed]
    if len(down) * 100 > len(beside(journeys, "refused", "errors")) * limits.non_ai_error_rate:
        return failed("routes without a model fail with it", [(j, told(j)) for j in down])
    messages = [f.degraded_mode for d in declared for f in d.system.features if f.degraded_mode]
    masked = [j for j in hit if j.masked and not says(messages, j)]
    if masked:
        return failed(
            f"{share(masked, hit, 'user')} got an answer that looks well, while every model was away",
            [(j, f"masked outage: {j.exchange.answer[:80]!r}") for j in masked],
        )
    unsaid = [j for j in hit if messages and not says(messages, j)]
    if unsaid:
        return failed(
            f"{share(unsaid, hit, 'user')} did not get the declared message",
            [(j, j.exchange.body[:120]) for j in unsaid],
        )
    return passed(f"{share(hit, hit, 'user')} got the degraded answer", [(j, told(j)) for j in hit])


def says(messages: list[str], journey: Journey) -> bool:
    """The declared message, or a good half of its words, is in what the user got."""
    body = journey.exchange.body.lower()
    return any(sum(w in body for w in words) * 2 > len(words) for m in messages if (words := m.lower().split()))


@check(
    "reliability.malformed-model-response", by="lab", scenario="malformed-model-response", needs=(Journey, ScenarioRun)
)
def malformed_model_response_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Whatever the model's answer looks like, the user gets a repaired answer or a documented error."""
    if bad := unhealthy(journeys):
        return bad
    hit = [j for j in journeys if j.hit]
    if not hit:
        return inconclusive("no broken answer reached a journey")
    broken = [(j, f"{j.case}: {fault}") for j in hit if (fault := _unhandled(j))]
    if len(broken) > limits.unhandled_exceptions:
        return failed(f"{share(broken, hit, 'journey')} ended in an unhandled error", broken)
    cases = {j.case for j in hit}
    return passed(f"{counted(cases, 'broken form', 'broken forms')} of an answer were survived")


def _unhandled(journey: Journey) -> str | None:
    """Say how a journey shows that nobody handled the broken answer; None where somebody did."""
    e = journey.exchange
    if INSIDES.search(e.body):
        return "the answer shows the insides of the service"
    if e.status == 500 or (e.exit_code and "Traceback" in e.body):
        return told(journey)
    if e.error:
        return told(journey)
    if journey.masked and not e.answer.strip():
        return "an empty answer that looks well"
    return None


@check("reliability.circuit-breaker", by="lab", scenario="provider-flapping", needs=(Journey, ScenarioRun))
def circuit_breaker_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Past the threshold nobody waits for a dead provider: no calls while it cools, quick answers, then a probe."""
    if bad := unhealthy(journeys):
        return bad
    if cut := unplayed(runs, "single-error", "outage", "cooldown"):
        return cut
    shut = [j for j in of(journeys, "single-error") if not j.answered]
    if shut:
        return failed("a single error keeps users from an answer", [(j, told(j)) for j in shut])
    failures = [c for j in of(journeys, "outage") for c in j.calls if c.fault]
    if len(failures) < limits.failure_threshold:
        return inconclusive(f"only {counted(failures, 'call', 'calls')} failed, too few to open a breaker")
    cooling = of(journeys, "cooldown")
    probes = [c for j in cooling for c in j.calls if c.fault]
    if len(probes) > limits.half_open_probes * len({c.model for c in failures}):
        return failed(
            f"after {len(failures)} failed calls the dead provider was still asked {len(probes)} times",
            [(j, told(j)) for j in cooling if j.calls],
        )
    waits = _waits([*of(journeys, "outage", "cooldown")])
    if waits and min(waits) < limits.cooldown_s:
        return failed(f"the dead provider is asked again after {min(waits):.1f} s", [(j, told(j)) for j in cooling])
    late = [j for j in cooling if not j.ended_within(limits.cooldown_s)]
    if late:
        return failed("callers wait while the breaker is open", [(j, told(j)) for j in late])
    if cut := unplayed(runs, "recovered"):
        return cut
    back = [j for j in of(journeys, "recovered") if not j.answered]
    if len(back) > 1:
        return failed("after the recovery users get no answer", [(j, told(j)) for j in back])
    return passed("calls stopped while the provider was dead, and came back with it", [(j, told(j)) for j in cooling])


def _waits(journeys: list[Journey]) -> list[float]:
    """The seconds between the last call before journeys without any, and the first call after them, for each model."""
    calls = [c for j in journeys for c in j.calls]
    quiet = [j.exchange.started_s for j in journeys if not j.calls]
    found = []
    for model in {c.model for c in calls}:
        mine = sorted((c for c in calls if c.model == model), key=lambda c: c.started_s)
        for before, after in pairwise(mine):
            if any(before.started_s < at < after.started_s for at in quiet):
                found.append(after.started_s - before.started_s)
    return found


@check("reliability.streaming-works", by="lab", scenario="streaming-works", needs=(Journey,))
def streaming_works_by_lab(journeys: list[Journey], limits: Any) -> Answer:
    """The first words reach the user long before the last are made."""
    if bad := unhealthy(journeys):
        return bad
    streamed = [j for j in of(journeys, "healthy") if any(c.stream for c in j.calls)]
    if not streamed:
        return inconclusive("no model call was streamed", of(journeys, "healthy"))
    late = [j for j in streamed if _held_back(j) > limits.first_chunk_delay_s or _at_once(j)]
    if late:
        return failed(
            f"{share(late, streamed, 'stream')} came all at once",
            [(j, f"first bytes after {(j.exchange.first_byte_ms or 0) / 1000:.1f} of {j.seconds:.1f} s") for j in late],
        )
    return passed(f"{counted(streamed, 'stream', 'streams')} came as they were made", [(j, told(j)) for j in streamed])


def _held_back(journey: Journey) -> float:
    """The seconds between the model's first bytes and the first that the user got."""
    first = min((c.started_s + (c.first_byte_s or 0.0) for c in journey.calls), default=0.0)
    return journey.exchange.started_s + (journey.exchange.first_byte_ms or 0) / 1000 - first


def _at_once(journey: Journey) -> bool:
    """The first bytes came in the second half of the time, or there were no pieces."""
    return (journey.exchange.first_byte_ms or 0) / 1000 * 2 > journey.seconds or journey.exchange.events < 3


@check("reliability.stream-interruption", by="lab", scenario="stream-interruption", needs=(Journey, ScenarioRun))
def stream_interruption_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """A stream that breaks is said to have broken; a client that leaves frees the provider."""
    if bad := unhealthy(journeys):
        return bad
    if cut := unplayed(runs, "cut", "stall", "client-leaves"):
        return cut
    hit = [j for j in of(journeys, "cut", "no-finish") if j.hit]
    silent = [j for j in hit if not _broken_off(j)]
    if silent:
        return failed(
            f"{share(silent, hit, 'interrupted stream')} ended as if it were whole",
            [(j, f"{j.case}: {j.exchange.body[-120:]!r}") for j in silent],
        )
    stalled = [j for j in of(journeys, "stall") if j.hit and not j.ended_within(limits.idle_timeout_s + SLACK_S)]
    if stalled:
        return failed("a stalled stream is not ended", [(j, told(j)) for j in stalled])
    open_ = [
        (j, f"the model went on for {(c.ended_s or 0) - j.seconds:.1f} s")
        for j in of(journeys, "client-leaves")
        for c in j.calls
        if not c.aborted
        or (c.started_s + (c.ended_s or 0)) - (j.exchange.started_s + j.seconds) > limits.upstream_cancel_s
    ]
    if open_:
        return failed("the model goes on after its reader has left", open_)
    return passed(f"{counted(hit, 'interruption was', 'interruptions were')} told to the user")


_ERROR = re.compile(r"error|interrupt|incomplete|abort|failed|unavailable|truncat|try again|retry", re.IGNORECASE)


def _broken_off(journey: Journey) -> bool:
    """The user can tell: an error event, a connection cut, an error status; or another model went on."""
    e = journey.exchange
    return e.ended == "cut" or journey.refused or journey.fell_back or bool(_ERROR.search(e.body[-600:]))
