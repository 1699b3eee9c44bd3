"""The journeys that findings name, told as timelines: the app's request, each call with its fault, the answer."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from gonogo.derive.factset import FactSet
from gonogo.derive.journeys import Journey, gaps
from gonogo.facts import Exchange, Finding, Method, ModelCall, Prediction, Retrieval, ToolCall, Traffic
from gonogo.facts.timeline import Span, Timeline, Track

SHOWN = ("fail", "inconclusive")
PER_FINDING, WHOLE, SPANS, EXCERPT = 3, 60, 40, 400
"""Journeys of one finding, journeys in all, spans of one journey, and characters of what the user got, at most."""


def timelines(facts: FactSet, findings: Iterable[Finding]) -> tuple[Timeline, ...]:
    """Return the journeys that findings of the lab and of drills name where they do not pass, each once, in order.

    Of journeys that one command plays again alike, the first of a finding stands for the others.
    """
    wrong = [f for f in findings if f.method in ("lab", "drill") and f.outcome in SHOWN]
    if not any(e.journey for f in wrong for e in f.evidence):
        return ()
    known: dict[str, Journey] = {j.exchange.journey: j for j in facts.needed(Journey)}
    chosen: dict[str, Timeline] = {}
    for finding in wrong:
        alike: dict[str, Journey] = {}
        for name in (e.journey for e in finding.evidence if e.journey in known):
            alike.setdefault(replay(known[name].exchange, finding.method), known[name])
        for command, journey in [*alike.items()][:PER_FINDING]:
            chosen.setdefault(journey.exchange.journey, timeline(journey, command))
    return tuple(chosen.values())[:WHOLE]


def played(facts: FactSet, scenarios: Iterable[str], case: str | None, name: str | None) -> tuple[Timeline, ...]:
    """Return the journeys that a narrowed run of the lab played, those that one command plays again alike once."""
    wanted = {*scenarios}
    chosen: dict[str, Journey] = {}
    for journey in facts.needed(Journey):
        if journey.scenario in wanted and case in (None, journey.case) and name in (None, journey.exchange.name):
            chosen.setdefault(replay(journey.exchange), journey)
    return tuple(timeline(journey, command) for command, journey in chosen.items())[:WHOLE]


def timeline(journey: Journey, command: str) -> Timeline:
    """Tell one journey, which `command` plays again."""
    calls = sorted(journey.all_calls, key=lambda c: (c.started_s, c.order))
    began = journey.exchange.started_s
    spans = [_request(journey.exchange), *_spans(journey, calls, began)]
    return Timeline(
        journey=journey.exchange.journey,
        name=journey.exchange.name,
        scenario=journey.scenario,
        case=journey.case,
        replay=command,
        seconds=round(journey.seconds, 3),
        length_s=max(round(journey.seconds, 3), *(s.end_s or s.start_s for s in spans)),
        spans=tuple(spans[:SPANS]),
        left_out=max(0, len(spans) - SPANS),
        told=tuple(_sentences(journey, calls)),
        ending=told(journey),
        got=(journey.exchange.answer or journey.exchange.body)[:EXCERPT],
    )


def replay(exchange: Exchange, method: Method = "lab") -> str:
    """Return the command that plays the case of a journey again, and that journey alone; a drill is done as a whole."""
    if method == "drill":
        return shlex.join(["gonogo", "drill", exchange.scenario])
    words = ["gonogo", "lab", "--scenario", exchange.scenario, "--case", exchange.case]
    if exchange.purpose in ("journey", "attack"):
        words += ["--journey", exchange.name]
    return shlex.join(words)


def told(journey: Journey) -> str:
    """Say in a few words what the user got."""
    e = journey.exchange
    if e.ended == "timeout":
        return f"no answer within {journey.seconds:.1f} s"
    if e.error:
        return f"{e.error}, after {journey.seconds:.1f} s"
    what = f"exit code {e.exit_code}" if e.exit_code is not None else f"status {e.status}"
    by = journey.answered_by
    whose = (
        f"the answer of {by.model}" if by and by.model else "an answer" if journey.answered else "no answer of a model"
    )
    return f"{what} with {whose} after {journey.seconds:.1f} s, {_plural(len(journey.calls), 'model call')}"


def _request(exchange: Exchange) -> Span:
    what = exchange.url if exchange.method == "COMMAND" else f"{exchange.method} {exchange.route or exchange.url}"
    stream = f"{_plural(exchange.events, 'part')} streamed" if exchange.events > 1 else ""
    gap = f"longest gap {exchange.longest_gap_ms / 1000:.1f} s" if stream and exchange.longest_gap_ms else ""
    ended = {"cut": "the app closed early", "timeout": "given up", "left": "the user left"}.get(exchange.ended, "")
    exit_code = f"exit code {exchange.exit_code}" if exchange.exit_code is not None else ""
    return Span(
        label=what[:200],
        track="edge",
        end_s=round(exchange.elapsed_ms / 1000, 3),
        status=exchange.status,
        note=_note(ended, exit_code, stream, gap),
    )


def _spans(journey: Journey, calls: Sequence[Traffic], began: float) -> Iterator[Span]:
    attempt = {id(c): (n, len(group)) for group in journey.attempts for n, c in enumerate(group, 1)}
    answer = journey.answered_by
    for call in calls:
        track, label, note = _what(call)
        start = max(0.0, call.started_s - began)
        number, of = attempt.get(id(call), (1, 1))
        yield Span(
            label=label[:200],
            track=track,
            start_s=round(start, 3),
            end_s=None if call.ended_s is None else round(start + max(0.0, call.ended_s), 3),
            fault=call.fault,
            status=call.status,
            aborted=call.aborted,
            reached=call is answer,
            note=_note(f"attempt {number} of {of}" if of > 1 else "", "the app hung up" if call.aborted else "", note),
        )


def _what(call: Traffic) -> tuple[Track, str, str]:
    match call:
        case ModelCall():
            label = call.model if call.operation == "chat" else f"{call.operation} {call.model}".rstrip()
            used = call.input_tokens or call.output_tokens
            tokens = f"{call.input_tokens:,} in, {call.output_tokens:,} out" if used else ""
            return "model", label or call.protocol, _note("stream" if call.stream else "", tokens, _usd(call.usd))
        case ToolCall():
            return "tool", call.tool, "an error result" if call.failed else ""
        case Retrieval():
            hits = _plural(len(call.documents), "document") if call.operation == "query" else ""
            return "retrieval", f"{call.operation} {call.index or call.store}".rstrip(), hits
        case Prediction():
            return "prediction", f"{call.model} {call.version}".strip() or call.endpoint, _plural(call.rows, "row")
    raise TypeError(type(call).__name__)


def _sentences(journey: Journey, calls: Sequence[Traffic]) -> Iterator[str]:
    for group in journey.attempts:
        if len(group) > 1:
            models = list(dict.fromkeys(c.model for c in group if c.model))
            waits = [f"{gap:.1f}" for gap in gaps(group)[:8]] + ["..."] * (len(group) > 9)
            yield f"{len(group)} attempts at one request ({', then '.join(models)}), {', '.join(waits)} s apart"
    hit = [c for c in calls if c.fault]
    if hit:
        yield f"the lab broke {len(hit)} of {len(calls)} calls" if len(calls) > 1 else "the lab broke its one call"
    if journey.usd:
        yield f"{_plural(len(journey.calls), 'model call')}, {_usd(journey.usd)}, for one action of a user"
    if not calls:
        yield "no call of it reached the lab's model, tools or stores"


def _note(*parts: str) -> str:
    return ", ".join(p for p in parts if p)


def _usd(usd: float | None) -> str:
    return "" if not usd else f"${usd:.2f}" if usd >= 1 else f"${usd:.4f}" if usd >= 0.0001 else "below $0.0001"


def _plural(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
