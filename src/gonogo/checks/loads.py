"""Reading load runs: did the generator keep its time, did the stage last, how sure are the figures."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.checks.check import Answer, inconclusive
from gonogo.derive.latency import Estimate, Stage, percentile, quantile, share
from gonogo.facts import Declaration

LATE = 0.01
"""The share of requests that may leave more than 10 ms after they were due before nothing is concluded."""
NEARLY = 0.99
"""What counts as the whole length of a stage: its last request is due a little before its end."""
_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0}


def unfit(stages: dict[str, Stage], *names: str) -> Answer | None:
    """Say why nothing can be concluded from these stages: not played, nothing sent, or the generator was late."""
    for name in names:
        stage = stages.get(name)
        if stage is None or not stage.sent:
            return inconclusive(f"the stage {name} was not played")
        if stage.late_share > LATE:
            return inconclusive(
                f"the generator fell behind in the stage {name}: {stage.late_share:.1%} of its requests left late, "
                f"at worst by {stage.late_ms:.0f} ms",
                [(run, told(stage)) for run in stage.runs[:1]],
                fix="run it where the generator has a processor for itself",
            )
    return None


def too_short(stage: Stage, seconds: float, command: str) -> Answer | None:
    """Say that a stage was shorter than its threshold; None where it was long enough."""
    if stage.seconds >= NEARLY * seconds:
        return None
    return inconclusive(
        f"the stage {stage.name} lasted {length(stage.seconds)} of the {length(seconds)} that it needs: {told(stage)}",
        [(run, told(stage)) for run in stage.runs[:1]],
        fix=f"{command}, without --quick",
    )


def length(seconds: float) -> str:
    """Return a duration in words."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.3g} min" if seconds < 7200 else f"{seconds / 3600:.3g} h"


def errors(stage: Stage) -> Estimate:
    """Return the share of requests without a good answer."""
    found = share(stage.bad, stage.bad + stage.good)
    return found or Estimate(1.0, 0.0, 1.0, 0)


def objective(declarations: Sequence[Declaration], name: str) -> float | None:
    """Return a declared objective in seconds, or as a share where it is in %; None where there is none to read."""
    for declaration in declarations:
        for each in declaration.system.objectives:
            if each.name == name:
                scale = 0.01 if each.unit == "%" else _UNITS.get(each.unit)
                return each.target * scale if scale else None
    return None


def told(stage: Stage) -> str:
    """Say what a stage showed: rate, errors by class, percentiles, and what the app's processes used."""
    rate = stage.good / stage.seconds if stage.seconds else 0.0
    said = [f"{stage.name}: {stage.good} of {stage.sent} answered well, {rate:.3g}/s for {length(stage.seconds)}"]
    said += [f"{count} {name}" for name, count in stage.errors.most_common(4)]
    said += [f"p{q} {found.value:.3g} s" for q in (50, 95, 99) if (found := percentile(stage.latency, q))]
    return ", ".join([*said, *resources(stage)])


def resources(stage: Stage) -> list[str]:
    """Say what the app's processes used at most: processor in percent of one core, memory, files, connections."""
    said = []
    if (cpu := quantile([v for _, v in stage.samples("cpu")], 0.95)) is not None:
        said.append(f"processor p95 {cpu:.0f} % of a core")
    for name, words in (
        ("memory_mb", "memory {:.0f} MB"),
        ("files", "{:.0f} files"),
        ("connections", "{:.0f} sockets"),
    ):
        if values := [v for _, v in stage.samples(name)]:
            said.append(f"at most {words.format(max(values))}")
    return said


def interval(name: str, found: Estimate, unit: str = "s") -> str:
    """Return a figure with its interval and n, as `sample` states it."""
    scale = 100 if unit == "%" else 1
    high = "unknown" if found.high is None else f"{scale * found.high:.3g}"
    return f"{name} {scale * found.value:.3g} {unit} (95 % interval {scale * found.low:.3g} to {high}, n = {found.n})"


def sampled(answer: Answer, figures: Sequence[str]) -> Answer:
    """Return an answer that states its figures with n and interval."""
    return msgspec.structs.replace(answer, sample="; ".join(figures))
