"""How answers come back, how long they take, and what goes in and out with them."""

from __future__ import annotations

from gonogo.derive.conditions.seen import Answer, calls, either, promised, routes, segment, shown
from gonogo.derive.factset import FactSet
from gonogo.facts import Dependency, Exchange
from gonogo.facts.declaration import Journey

SLOW_S = 3
LONG_S = 30
UPLOAD = ("upload", "uploads", "file", "files", "attachment", "attachments", "document", "documents")
GRADERS = frozenset(("autoevals", "deepeval", "langsmith", "openevals", "promptfoo", "ragas", "trulens"))


def streams(facts: FactSet) -> Answer:
    """An endpoint streams; False where each declared journey, each route and each model call was seen not to."""
    found = [route.streams for route in routes(facts)] + [journey.streams for journey in _journeys(facts)]
    events = any("event-stream" in exchange.headers.get("content-type", "") for exchange in facts.of(Exchange))
    if events or any(found):
        return True
    plain = all(site.stream.origin == "unset" or site.stream.value is False for site in calls(facts))
    return False if plain and routes(facts) and _promised_journeys(facts) else None


def streams_or_slow(facts: FactSet) -> Answer:
    """An endpoint streams or may take longer than three seconds."""
    streaming, slow = streams(facts), _slower(facts, SLOW_S)
    return False if streaming is False and slow is False else either(shown(streaming), shown(slow))


def long_requests(facts: FactSet) -> Answer:
    """A request may take longer than half a minute, by the declared deadlines, or is declared to take long."""
    system = facts.system
    return True if system and system.lab and system.lab.long else _slower(facts, LONG_S)


def accepts_files(facts: FactSet) -> Answer:
    """An endpoint takes files."""
    return shown(any(r.method in ("POST", "PUT") and segment(r.route, UPLOAD) for r in routes(facts)))


def model_as_judge(facts: FactSet) -> Answer:
    """A model grades outputs."""
    return shown(any(package.name.lower() in GRADERS for package in facts.of(Dependency)))


def _slower(facts: FactSet, seconds: float) -> Answer:
    journeys = _promised_journeys(facts)
    return any(journey.deadline_s > seconds for journey in journeys) if journeys else None


def _journeys(facts: FactSet) -> tuple[Journey, ...]:
    return facts.system.journeys if facts.system else ()


def _promised_journeys(facts: FactSet) -> tuple[Journey, ...]:
    real = promised(facts)
    return real.journeys if real else ()
