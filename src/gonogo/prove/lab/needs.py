"""What a scenario needs of gonogo.yaml: where that is not declared there is nothing to play."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from gonogo.facts import System
from gonogo.facts.declaration import Deployment, Journey, PredictionEndpoint
from gonogo.facts.lab_declaration import Lab

if TYPE_CHECKING:
    from gonogo.prove.lab.scenario import Scenario

Need = Literal[
    "journey", "streaming", "service", "second-identity", "identity", "port", "retriever", "prediction", "budget",
    "tests", "shadow", "segment", "consumer", "experiment", "alerts", "security-events", "latency-objective",
    "dependencies", "services", "sessions", "quotas", "tiers", "cache", "cache-process", "long", "resume", "webhooks",
    "uploads", "owned", "install", "flags", "conversation", "metrics-latency", "metrics-errors", "pools", "context",
]  # fmt: skip
"""Something that gonogo.yaml must declare."""

STORES = ("qdrant", "chroma", "opensearch")


OF_OUR_START = frozenset({"service", "port"})
"""What a scenario needs to start the app."""


def missing(scenario: Scenario, system: System, *, runs: bool = False) -> str | None:
    """Say what the scenario needs and gonogo.yaml does not declare, and the key; None where it can be played.

    `runs` tells that the app runs already, so that the lab does not start it.
    """
    if runs and not scenario.for_running:
        return "it starts or changes the app, and this one runs already"
    needs = [need for need in scenario.needs if not (runs and need in OF_OUR_START)]
    return next((_NEEDS[need][1] for need in needs if not _NEEDS[need][0](system)), None)


def predicting(system: System) -> list[tuple[PredictionEndpoint, Journey]]:
    """Return each prediction endpoint with the journey that asks it."""
    asked = {(j.path or "").partition("?")[0]: j for j in reversed(system.journeys)}
    return [(e, asked[e.path]) for e in system.predictions if e.path in asked]


def _lab(system: System) -> Lab:
    return system.lab or Lab()


def _deployment(system: System) -> Deployment:
    return system.deployment or Deployment()


def _quotas(system: System) -> bool:
    quotas = _lab(system).quotas
    return bool(quotas and (quotas.user_requests or quotas.user_tokens or quotas.session_tokens))


def _cache_process(system: System) -> bool:
    cache = _lab(system).cache
    return cache is not None and cache.service in {s.name for s in _lab(system).services if s.port}


_NEEDS: Mapping[Need, tuple[Callable[[System], object], str]] = {
    "journey": (lambda s: s.journeys, "no journey is declared: add one under journeys: in gonogo.yaml"),
    "streaming": (lambda s: any(j.streams for j in s.journeys), "no declared journey streams its answer"),
    "service": (lambda s: s.service and s.service.start, "no service.start is declared"),
    "port": (lambda s: s.service and s.service.port, "no service.port is declared"),
    "identity": (lambda s: s.identities, "no identity is declared: add one under identities:"),
    "second-identity": (lambda s: s.identities[1:], "two identities are needed, of two users"),
    "retriever": (
        lambda s: {*_lab(s).point.values()} & {*STORES},
        "no retriever is declared under lab.point",
    ),
    "budget": (
        lambda s: s.budgets and s.budgets.daily_variable,
        "no variable sets the daily budget: budgets.daily_variable",
    ),
    "tests": (lambda s: s.tests, "no tests.command is declared: the command that runs the unit tests"),
    "install": (
        lambda s: _lab(s).install,
        "it is not declared how packages are installed, and from where: lab.install, with command and index",
    ),
    "shadow": (
        lambda s: _deployment(s).shadow,
        "it is not declared what sends copies to a new version: deployment.shadow",
    ),
    "segment": (lambda s: _deployment(s).segment, "it is not declared who gets a new version: deployment.segment"),
    "experiment": (lambda s: _deployment(s).experiment, "no experiment is declared: deployment.experiment"),
    "consumer": (
        lambda s: any(j.consumer for j in s.journeys),
        "no journeys[].consumer is declared: a command that reads a response as the program does that uses it",
    ),
    "prediction": (predicting, "no predictions[] has the path of a journey: declare the endpoint"),
    "alerts": (
        lambda s: "alerts" in _lab(s).point.values(),
        "no variable points at the lab's channel: lab: {point: {YOUR_ALERT_URL: alerts}}",
    ),
    "security-events": (
        lambda s: "security" in _lab(s).point.values(),
        "no variable points at the lab's security channel: lab: {point: {YOUR_SECURITY_URL: security}}",
    ),
    "latency-objective": (
        lambda s: any(o.name == "latency-p95" and o.unit in ("s", "ms") for o in s.objectives),
        "no objective latency-p95 is declared, in s or ms: objectives:",
    ),
    "dependencies": (lambda s: s.dependencies, "no dependency is declared: name what the app needs: dependencies:"),
    "services": (lambda s: _lab(s).services, "the service is the only process that is declared: lab.services"),
    "sessions": (lambda s: _lab(s).sessions, "it is not declared how a session is opened: lab.sessions"),
    "quotas": (_quotas, "no variable is declared that sets a quota: lab.quotas"),
    "tiers": (
        lambda s: _lab(s).tiers[1:],
        "no two tiers of models are declared, the cheapest first, with questions for each: lab.tiers",
    ),
    "cache": (lambda s: _lab(s).cache, "no journey is declared whose answers are cached: lab.cache"),
    "cache-process": (
        _cache_process,
        "no process is declared that is the cache: lab.services, and its name as lab.cache.service",
    ),
    "long": (lambda s: _lab(s).long, "no journey is declared that may take long: lab.long"),
    "resume": (lambda s: _lab(s).resume, "no stream is declared that a client can come back to: lab.resume"),
    "webhooks": (lambda s: _lab(s).webhooks, "no webhook is declared: lab.webhooks"),
    "uploads": (lambda s: _lab(s).uploads, "nothing is declared that takes files: lab.uploads"),
    "flags": (lambda s: _lab(s).flags, "where flagged inputs and outputs are queued is not declared: lab.flags"),
    "conversation": (
        lambda s: _lab(s).conversation,
        "it is not declared how a conversation goes on: lab.conversation",
    ),
    "metrics-latency": (
        lambda s: s.telemetry and s.telemetry.latency,
        "which metric tells of latency is not declared: telemetry.latency",
    ),
    "metrics-errors": (
        lambda s: s.telemetry and s.telemetry.errors,
        "which metric tells of errors is not declared: telemetry.errors",
    ),
    "pools": (lambda s: any(d.pool_size for d in s.dependencies), "no pool_size is declared: dependencies[].pool_size"),
    "context": (lambda s: _lab(s).context, "no journey has a budget of context: lab.context"),
    "owned": (lambda s: _lab(s).owned, "no object is declared that belongs to one user: lab.owned"),
}
