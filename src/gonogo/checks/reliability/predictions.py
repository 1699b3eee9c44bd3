"""Reliability of predictions, by the lab: what callers get while the model crashes, errs or is slow."""

from __future__ import annotations

from typing import Any

from gonogo.checks.alerts import no_channel
from gonogo.checks.check import Answer, check, failed, passed
from gonogo.checks.counts import counted
from gonogo.checks.predictions import read, silent, unflaggable, unwell
from gonogo.checks.records import record_of, tells
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ChannelMessage, Declaration, Evidence

_CRASHES = ("crash", "error", "refusal", "null", "nan")
_ERRORS = ("error", "exception", "exc_info", "err", "reason", "message", "event")


@check(
    "reliability.prediction-fallback", by="lab", scenario="prediction-faults",
    needs=(Journey, Declaration, AppLog, ChannelMessage), optional=(AppLog, ChannelMessage),
)  # fmt: skip
def prediction_fallback_by_lab(
    journeys: list[Journey], declared: list[Declaration], lines: list[AppLog], alerts: list[ChannelMessage], limits: Any
) -> Answer:
    """While the model fails callers get the default, flagged; it is logged and alerted; the model comes back."""
    hit = read(journeys, declared, *_CRASHES)
    if bad := unwell(read(journeys, declared, "healthy")) or unflaggable(hit):
        return bad
    uncaught = [p for p in hit if p.uncaught]
    if len(uncaught) > limits.uncaught:
        return failed(
            f"{counted(uncaught, 'failure', 'failures')} of the model reached the caller",
            [(p.journey, f"{p.journey.case}: {p.said}") for p in uncaught],
        )
    flagged = [p for p in hit if p.accepted and p.flagged]
    if 100 * len(flagged) < limits.fallback_flagged * len(hit):
        return failed(
            f"{len(hit) - len(flagged)} of {counted(hit, 'fallback', 'fallbacks')} do not say that they are one",
            [(p.journey, f"{p.journey.case}: {p.said}") for p in hit if p not in flagged],
        )
    if stuck := [p for p in read(journeys, declared, "recovered") if not p.accepted or p.flagged]:
        return failed("the model's predictions do not come back with the model", [(p.journey, p.said) for p in stuck])
    unlogged = sorted({p.journey.case for p in hit} - {line.case for line in lines if _tells(line.text)})
    if unlogged:
        return failed(
            f"no log line has the exception and the model's version: {', '.join(unlogged)}",
            [Evidence(line.stream, None, line.text[:160]) for line in lines if line.case in unlogged][:3],
            fix="Log each failure of the model as one JSON line with the exception and the version.",
        )
    if bad := no_channel(declared):
        return bad
    if unheard := silent(hit, alerts):
        return failed(f"no alert arrived: {', '.join(unheard)}", [p.journey for p in hit if p.journey.case in unheard])
    return passed(
        f"{counted(hit, 'failure', 'failures')} of the model answered by a flagged fallback, logged and alerted"
    )


def _tells(text: str) -> bool:
    """Tell whether a line is a JSON object with an error and a version."""
    record = record_of(text) or {}
    version = any("version" in key.lower() or key.lower() == "release" for key, value in record.items() if value)
    return version and tells(record, _ERRORS)


@check("reliability.inference-timeout", by="lab", scenario="prediction-faults", needs=(Journey, Declaration))
def inference_timeout_by_lab(journeys: list[Journey], declared: list[Declaration], limits: Any) -> Answer:
    """A slow model is given up at the limit: the caller gets the default in time, and the next one is not delayed."""
    healthy, slow = read(journeys, declared, "healthy"), read(journeys, declared, "slow")
    if bad := unwell(healthy) or unflaggable(slow):
        return bad
    usual = max(p.journey.seconds for p in healthy)

    def allowed(limit_ms: float | None) -> float:
        """Seconds: the limit and a tenth, and what the service takes without the model."""
        return float(min(limit_ms or limits.timeout_ms, limits.timeout_ms)) * 1.1 / 1000 + usual

    if cut := [p for p in read(journeys, declared, "slow-inside") if not p.accepted or p.flagged]:
        return failed("a prediction well inside the limit is given up", [(p.journey, p.said) for p in cut])
    late = [p for p in slow if p.journey.seconds > allowed(p.endpoint.timeout_ms)]
    if late:
        return failed(
            f"callers wait {late[0].journey.seconds:.1f} s for a slow model, at most "
            f"{allowed(late[0].endpoint.timeout_ms):.1f} s are allowed", [(p.journey, p.said) for p in late],
        )  # fmt: skip
    if unsafe := [p for p in slow if not p.accepted or not p.flagged]:
        return failed("at the limit callers do not get the safe default", [(p.journey, p.said) for p in unsafe])
    if running := [p for p in slow if not any(s.aborted for s in p.journey.predictions)]:
        return failed("the slow prediction is not abandoned: it goes on", [(p.journey, p.said) for p in running])
    after = [p for p in read(journeys, declared, "right-after") if not p.accepted or p.flagged]
    if after:
        return failed("the request after a slow one gets no prediction", [(p.journey, p.said) for p in after])
    return passed(f"a slow model is given up after {max(p.journey.seconds for p in slow):.1f} s, with the safe default")
