"""Performance, by load: what users waited for while so many came."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.loads import errors, interval, length, objective, sampled, told, too_short, unfit
from gonogo.checks.performance.recovery import recovered_after, refusals_s, served_share
from gonogo.derive.latency import Estimate, Stage, merged, percentile, quantile, share, stages, trend
from gonogo.facts import Declaration, LoadRun

KEPT = 0.9
"""The share of a planned rate that must really have been sent."""


@check("performance.load-peak", by="load", scenario="load-peak", needs=(LoadRun, Declaration))
def load_peak_by_load(runs: list[LoadRun], declared: list[Declaration], limits: Any) -> Answer:
    """At the expected and then at the peak rate errors stay rare and percentiles within the declared objectives."""
    played = stages(runs)
    if bad := unfit(played, "expected", "peak"):
        return bad
    expected, peak = played["expected"], played["peak"]
    if peak.rate < limits.peak * expected.rate * NEAR:
        return inconclusive(f"the peak was played at {peak.rate:.3g}/s, and {limits.peak:g} times the expected is more")
    figures: list[str] = []
    wrong: list[str] = []
    unsure: list[str] = []
    for stage in (expected, peak):
        found = errors(stage)
        figures.append(interval(f"{stage.name}: errors", found, "%"))
        _judged(f"{stage.name}: {found.value:.1%} errors", found, limits.error_rate / 100, wrong, unsure)
        for q in (95, 99):
            target, seen = objective(declared, f"latency-p{q}"), percentile(stage.latency, q)
            if target is not None and seen is not None:
                figures.append(interval(f"{stage.name}: p{q}", seen))
                _judged(
                    f"{stage.name}: p{q} {seen.value:.3g} s, the objective is {target:g} s", seen, target, wrong, unsure
                )
    shown = [(stage.runs[0], told(stage)) for stage in (expected, peak)]
    if wrong:
        return sampled(failed(f"under load: {'; '.join(wrong)}", shown), figures)
    for stage in (expected, peak):
        if short := too_short(stage, 60 * limits.duration_min, "gonogo load load-peak"):
            return sampled(short, figures)
    if unsure:
        return sampled(inconclusive(f"the sample cannot decide: {'; '.join(unsure)}", shown, _LONGER), figures)
    return sampled(passed(f"{peak.good} of {peak.sent} answered well at {peak.rate:.3g}/s", shown), figures)


NEAR = 0.999
"""For comparing planned rates, which are rounded."""
_LONGER = "send more requests: a longer stage, or a higher rate under load: in gonogo.yaml"


def _judged(said: str, found: Estimate, limit: float, wrong: list[str], unsure: list[str]) -> None:
    """Put a figure among those that are surely above their limit, or among those of which that cannot be told."""
    if found.low > limit:
        wrong.append(said)
    elif found.high is None or found.high > limit:
        unsure.append(f"{said} (n = {found.n})")


@check("performance.latency-slo", by="load", scenario="load-peak", needs=(LoadRun, Declaration))
def latency_slo_by_load(runs: list[LoadRun], declared: list[Declaration], limits: Any) -> Answer:
    """p95, p99 and the time to the first token of each route are within their targets at the expected load."""
    if bad := unfit(stages(runs), "expected"):
        return bad
    p95 = objective(declared, "latency-p95") or limits.p95_s
    p99 = objective(declared, "latency-p99") or p95 * limits.p99
    first = objective(declared, "time-to-first-token") or limits.ttft_s
    routes = [r for r in runs if r.stage == "expected" and r.journey] or [r for r in runs if r.stage == "expected"]
    figures: list[str] = []
    wrong: list[tuple[LoadRun, str]] = []
    unsure: list[str] = []
    for run in routes:
        name = run.journey or "all"
        asked = [("p95", merged([run.latency]), 95, p95), ("p99", merged([run.latency]), 99, p99)]
        if run.first_token:
            asked.append(("first token p95", merged([run.first_token]), 95, first))
        for word, histogram, q, target in asked:
            seen = percentile(histogram, q)
            if seen is None:
                wrong.append((run, f"{name}: none of {run.sent} requests was answered well"))
                break
            figures.append(interval(f"{name}: {word}", seen))
            above: list[str] = []
            _judged(f"{name}: {word} {seen.value:.3g} s, the target is {target:g} s", seen, target, above, unsure)
            wrong += [(run, said) for said in above]
    if wrong:
        return sampled(failed(wrong[0][1], wrong), figures)
    if unsure:
        return sampled(inconclusive(f"the sample cannot decide: {'; '.join(unsure)}", routes, _LONGER), figures)
    shown = [(r, f"{r.journey or 'all'}: {r.good} of {r.sent} answered well at {r.achieved:.3g}/s") for r in routes]
    return sampled(passed(f"p95 within {p95:g} s and p99 within {p99:g} s on each route", shown), figures)


@check("performance.soak", by="load", scenario="soak", needs=(LoadRun,))
def soak_by_load(runs: list[LoadRun], limits: Any) -> Answer:
    """In a long run memory, open files, connections and p95 do not grow, and the processor has headroom."""
    played = stages(runs)
    if bad := unfit(played, "soak"):
        return bad
    soak = played["soak"]
    memory = soak.samples("memory_mb")
    if not memory:
        return inconclusive("nothing is known of the app's processes: they do not run on this machine", soak.runs[:1])
    figures: list[str] = []
    wrong: list[str] = []
    unsure: list[str] = []
    for name, series, limit in _grown(soak, limits.memory_slope):
        found = trend(series)
        if found is None:
            unsure.append(f"there are too few samples of {name}")
            continue
        figures.append(interval(f"{name} grows by", found, "%/h"))
        _judged(f"{name} grows by {found.value:.3g} %/h", found, limit, wrong, unsure)
    failing = errors(soak)
    figures.append(interval("errors", failing, "%"))
    if failing.low > STEP_ERRORS:
        wrong.append(f"{failing.value:.1%} of the requests fail")
    cpu = quantile([v for _, v in soak.samples("cpu")], 0.95)
    if cpu is not None and cpu > limits.cpu_p95:
        wrong.append(f"the processor is used to {cpu:.0f} % of a core at p95, the limit is {limits.cpu_p95:g} %")
    shown = [(soak.runs[-1], told(soak))]
    short = too_short(soak, 3600 * limits.duration_h, "gonogo load soak")
    if wrong and (short is None or soak.seconds >= SETTLED * 3600 * limits.duration_h):
        return sampled(failed(f"in {length(soak.seconds)} {'; '.join(wrong)}", shown), figures)
    if short:
        return sampled(short, figures)
    if unsure:
        return sampled(inconclusive(f"the sample cannot decide: {'; '.join(unsure)}", shown), figures)
    return sampled(passed(f"memory, files, connections and p95 were stable for {length(soak.seconds)}", shown), figures)


SETTLED = 0.5
"""From this share of the whole length on growth counts: before it an app may still be filling its caches."""


def _grown(soak: Stage, memory_slope: float) -> list[tuple[str, list[tuple[float, float]], float]]:
    """Return what may grow: its name, its series in percent of its own middle by the hour, and its limit.

    A tenth of the run is left out at its begin, where an app warms up.
    """
    p95 = [(r.begun_s, found.value) for r in soak.runs if (found := percentile(merged([r.latency]), 95))]
    grown = []
    for name, series, limit in (
        ("memory", soak.samples("memory_mb"), memory_slope),
        ("the number of open files", soak.samples("files"), memory_slope),
        ("the number of sockets", soak.samples("connections"), memory_slope),
        ("p95", p95, 100 * SLOWER / max(soak.seconds / 3600, 1e-9)),
    ):
        warm = [(at, value) for at, value in series if at >= soak.seconds / 10]
        middle = quantile([v for _, v in warm], 0.5) or 1.0
        grown.append((name, [(at / 3600, 100 * value / middle) for at, value in warm], limit))
    return grown


SLOWER = 0.5
"""By how much p95 may grow over the whole run: slices are small, and noise moves their p95 by tenths."""


@check("performance.overload-recovery", by="load", scenario="overload-recovery", needs=(LoadRun, Declaration))
def overload_recovery_by_load(runs: list[LoadRun], declared: list[Declaration], limits: Any) -> Answer:
    """Under five times the peak the rest is refused quickly, goodput holds, and afterwards service is soon normal."""
    played = stages(runs)
    if bad := unfit(played, "normal", "overload", "after"):
        return bad
    normal, overload, after = (played[name] for name in ("normal", "overload", "after"))
    shown = [(stage.runs[0], told(stage)) for stage in (normal, overload, after)]
    if not normal.good:
        return inconclusive("no request was answered well before the overload", shown)
    goodput = served_share(normal, overload)
    unshed = share(overload.bad - overload.errors["status-429"] - overload.errors["status-503"], overload.sent)
    refused = refusals_s(overload)
    back = recovered_after(normal, after, objective(declared, "latency-p95"))
    assert unshed is not None  # noqa: S101  (a fit stage sent something)
    figures = [f"goodput {goodput:.0%} of capacity (n = {overload.sent})", interval("not shed", unshed, "%")]
    wrong = []
    if goodput < limits.goodput / 100:
        wrong.append(f"only {goodput:.0%} of what it can serve was served")
    if unshed.low > UNSHED:
        wrong.append(f"{unshed.value:.0%} of the requests were neither served nor refused with 429 or 503")
    if refused is not None:
        figures.append(interval("refusal p95", refused))
        if refused.low > REFUSED_S:
            wrong.append(f"a refusal took {refused.value:.3g} s at p95")
    if back is None and after.seconds >= limits.recovery_s:
        wrong.append(f"service was still not normal {length(after.seconds)} after the overload")
    elif back is not None and back > limits.recovery_s:
        wrong.append(f"service was normal only {back:.0f} s after the overload")
    if wrong:
        return sampled(failed("; ".join(wrong), shown), figures)
    for stage, seconds in ((overload, OVERLOAD * limits.recovery_s), (after, limits.recovery_s)):
        if short := too_short(stage, seconds, "gonogo load overload-recovery"):
            return sampled(short, figures)
    if back is None:
        return sampled(inconclusive("service was not normal again before the traffic ended", shown), figures)
    return sampled(passed(f"{goodput:.0%} of capacity was served, and normal again after {back:.0f} s", shown), figures)


UNSHED, REFUSED_S, OVERLOAD = 0.01, 1.0, 2
"""What may be neither served nor refused; what counts as a quick refusal; how long the overload lasts, in times of what
recovery may take: two minutes to one."""


@check("performance.concurrency-stress", by="load", scenario="concurrency-stress", needs=(LoadRun, Declaration))
def concurrency_stress_by_load(runs: list[LoadRun], declared: list[Declaration], limits: Any) -> Answer:
    """So many requests at once are answered within the objective; the highest step that holds is told."""
    steps = sorted((s for s in stages(runs).values() if s.sent), key=lambda s: s.concurrent)
    load = next((d.system.load for d in declared if d.system.load), None)
    users = load.concurrent_users if load else None
    wanted = min(limits.required_peak_factor * users, limits.steps[-1]) if users else limits.required
    if users and users > limits.steps[0]:
        wanted = max(wanted, min(limits.steps[-1], users))
    target = objective(declared, "latency-p95")
    holding = [s for s in steps if _holds(s, target)]
    broken = [s for s in steps if s not in holding]
    shown = [(s.runs[0], told(s)) for s in steps]
    highest = max((s.concurrent for s in holding), default=0)
    figures = [interval(f"{s.concurrent} at once: errors", errors(s), "%") for s in steps]
    below = [s for s in broken if s.concurrent <= wanted or not highest]
    if below:
        return sampled(
            failed(
                f"{highest} requests at once were answered, {below[0].concurrent} were not: {told(below[0])}", shown
            ),
            figures,
        )
    if highest < wanted:
        return sampled(inconclusive(f"{highest} at once were played and {wanted:.0f} are asked for", shown), figures)
    limit = f", {broken[0].concurrent} were not" if broken else ""
    return sampled(passed(f"{highest} requests at once were answered{limit}", shown), figures)


def _holds(step: Stage, target: float | None) -> bool:
    """Whether a step stays within the objective: errors are rare, and p95 meets its target where one is declared."""
    seen = percentile(step.latency, 95)
    return errors(step).value <= STEP_ERRORS and seen is not None and (target is None or seen.low <= target)


STEP_ERRORS = 0.01
"""The share of errors that a step and a long run may have: that of performance.load-peak."""
