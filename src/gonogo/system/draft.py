"""A first declaration, inferred from what a scan saw: pure, and honest about what it could not tell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gonogo.derive.factset import FactSet
from gonogo.facts import (
    DataStore,
    Declaration,
    EnvironmentRead,
    HealthRoute,
    HttpRoute,
    ModelCallSite,
    ModelReference,
    Seen,
    StartCommand,
    System,
    ToolDefinition,
)
from gonogo.facts import Dependency as Package
from gonogo.facts import declaration as declared
from gonogo.system.secret_shapes import looks_secret

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RESOLVED = ("literal", "constant", "env-default")
_AGENTS = frozenset(
    {"langgraph", "crewai", "autogen", "autogen-agentchat", "openai-agents", "pydantic-ai", "smolagents", "google-adk"}
)
_LEARNED = frozenset(
    {"scikit-learn", "xgboost", "lightgbm", "catboost", "torch", "tensorflow", "keras", "onnxruntime", "mlflow"}
)
_SDK_VARIABLES = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
    "anthropic": ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"),
}
"""Variables that the official SDKs read by themselves: where they point, and their key."""
_BY_MODEL = (
    (re.compile(r"(^|/)(gpt-|o[134](-|$)|chatgpt|text-embedding-|dall-e|whisper)"), "openai"),
    (re.compile(r"(^|/)claude"), "anthropic"),
    (re.compile(r"(^|/)gemini"), "google"),
    (re.compile(r"(^|/)(mistral|codestral|ministral|magistral)"), "mistral"),
    (re.compile(r"(^|/)command-"), "cohere"),
    (re.compile(r"(^|/)deepseek"), "deepseek"),
    (re.compile(r"(^|/)grok"), "xai"),
)
_EFFECTS: dict[str, declared.Sensitivity] = {
    "delete": "delete",
    "payment": "financial",
    "message": "external-communication",
    "shell": "code-execution",
    "filesystem": "write",
}
_MOST = 12
_FEW = 6
"""How many routes are drafted as journeys where nothing tells which of them call a model."""
_ORDER = ("kinds", "service", "journeys", "providers", "data_stores", "tools")


@dataclass(frozen=True)
class Guess:
    """One inferred value: its key, what was inferred, and the place that says so (None where several do)."""

    key: str
    text: str
    path: str | None = None
    line: int | None = None


@dataclass
class Inference:
    """What was inferred of a system: the declaration's values, why, and sentences about what could not be told."""

    guesses: list[Guess] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def saw(self, key: str, text: str, fact: Seen) -> None:
        """Note where a value was inferred from."""
        self.guesses.append(Guess(key, text, fact.path, fact.line))


def draft(facts: FactSet, root_name: str) -> tuple[Declaration, tuple[str, ...]]:
    """Return the declaration that a scan's facts suggest for a repository called `root_name`, marked as drafted.

    The sentences say what could not be told. The same facts give the same answer.
    """
    declaration, inference = infer(facts, root_name)
    return declaration, tuple(inference.unknown)


def infer(facts: FactSet, root_name: str) -> tuple[Declaration, Inference]:
    """Like `draft`, with the place that each value was inferred from."""
    notes = Inference()
    calls = [c for c in facts.of(ModelCallSite) if not c.in_tests]
    stores = _stores(facts, notes)
    tools = _tools(facts, notes)
    system = System(
        name=_name(root_name),
        kinds=_kinds(facts, calls, notes),
        service=_service(facts, notes),
        journeys=_journeys(facts, notes),
        providers=_providers(facts, calls, notes),
        data_stores=stores,
        tools=tools,
    )
    notes.unknown += _never_told()
    notes.guesses.sort(key=lambda guess: _ORDER.index(guess.key.partition(".")[0]))
    seen = max((fact.seen_at for fact in facts), default=_EPOCH)
    return Declaration(seen_at=seen, system=system, drafted=True), notes


def _never_told() -> list[str]:
    return [
        "where it runs: add each environment with its url, and say which one is production and which may be broken",
        "who owns it and who may approve a release: add owners, and approvers with the key from `gonogo key new`",
        "what it may cost: add budgets.monthly_usd and budgets.daily_usd",
        "how a release is taken back: add deployment.rollback",
    ]


def _name(root_name: str) -> str:
    clean = re.sub(r"[^A-Za-z0-9._-]+", "-", root_name).strip("-.")
    return clean[:100] if clean and not looks_secret(clean) else "my-system"


def _kinds(facts: FactSet, calls: Sequence[ModelCallSite], notes: Inference) -> tuple[declared.Kind, ...]:
    kinds: list[declared.Kind] = []
    if calls:
        kinds.append("llm-app")
        notes.saw("kinds", "llm-app, for it calls a model", calls[0])
    vectors = [s for s in facts.of(DataStore) if s.role == "vector"]
    if vectors and calls:
        kinds.append("rag")
        notes.saw("kinds", f"rag, for it uses the vector store {vectors[0].product}", vectors[0])
    packages = {p.name.lower(): p for p in facts.of(Package)}
    agent: list[ToolDefinition | Package] = [
        *facts.of(ToolDefinition),
        *(packages[n] for n in sorted(_AGENTS & packages.keys())),
    ]
    if agent:
        kinds.append("agent")
        first = agent[0]
        notes.saw("kinds", f"agent, for {first.name} is {_role_of(first)}", first)
    learned = [packages[n] for n in sorted(_LEARNED & packages.keys())]
    if learned and _predicts(facts):
        kinds.append("ml-model")
        notes.saw("kinds", f"ml-model, for it uses {learned[0].name} and has a prediction route", learned[0])
    if not kinds:
        notes.unknown.append("what kind of system it is: no call of a model was found, so every kind's controls apply")
    return tuple(kinds)


def _role_of(fact: ToolDefinition | Package) -> str:
    return "a tool that a model may call" if isinstance(fact, ToolDefinition) else "a library for agents"


def _predicts(facts: FactSet) -> bool:
    return any(re.search(r"/(predict|score|infer|invocations)", r.route) for r in _routes(facts))


def _routes(facts: FactSet) -> list[HttpRoute]:
    routes = [r for r in facts.of(HttpRoute) if not r.in_tests]
    return sorted(routes, key=lambda r: (r.path, r.line or 0, r.method, r.route))


def _service(facts: FactSet, notes: Inference) -> declared.Service | None:
    health = _health(facts, ("health", "live"), "service.health", notes)
    ready = _health(facts, ("ready",), "service.ready", notes)
    start = min(facts.of(StartCommand), key=_start_rank, default=None)
    if start is None:
        notes.unknown.append("how it starts and on which port it listens: add service.start and service.port")
        if health is None and ready is None:
            return None
    else:
        notes.saw("service.start", " ".join(start.command), start)
        if start.port is None:
            notes.unknown.append("on which port it listens: add service.port")
    command = _arguments(start.command) if start else None
    port = start.port if start and start.port and 0 < start.port < 65536 else None
    return declared.Service(start=command, port=port, health=health, ready=ready)


def _arguments(command: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return a command as one item for each argument; None where it holds what looks like a secret."""
    if len(command) == 1 and " " in command[0].strip():
        try:
            command = tuple(shlex.split(command[0]))
        except ValueError:
            return None
    if len(command) == 1 and " " in command[0].strip():
        return None
    return command if command and not any(looks_secret(word) for word in command) else None


def _start_rank(start: StartCommand) -> tuple[bool, int, int, str, int]:
    """Order start commands: with a port first, then Dockerfile, Procfile, compose, others; near the root first."""
    name = start.path.rpartition("/")[2].lower()
    kinds = ("dockerfile", "procfile", "compose", "docker-compose")
    kind = next((i for i, word in enumerate(kinds) if name.startswith(word)), len(kinds))
    return (start.port is None, kind, start.path.count("/"), start.path, start.line or 0)


def _health(facts: FactSet, roles: Sequence[str], key: str, notes: Inference) -> str | None:
    usable = [h for h in facts.of(HealthRoute) if h.route.startswith("/") and not looks_secret(h.route)]
    found = [h for h in usable if h.role in roles]
    if not found:
        return None
    first = min(found, key=lambda h: (roles.index(h.role), h.path, h.line or 0))
    notes.saw(key, first.route, first)
    return first.route


def _journeys(facts: FactSet, notes: Inference) -> tuple[declared.Journey, ...]:
    posts = [r for r in _routes(facts) if r.method == "POST" and r.route.startswith("/") and not looks_secret(r.route)]
    chosen = [r for r in posts if r.calls_model] or posts
    journeys: dict[str, declared.Journey] = {}
    most = _MOST if any(r.calls_model for r in chosen) else _FEW
    for route in chosen[:most]:
        name = _slug(route.route)
        if name in journeys:
            continue
        journeys[name] = declared.Journey(name=name, path=route.route, streams=route.streams)
        notes.saw(f"journeys.{len(journeys) - 1}", f"POST {route.route}", route)
    if journeys:
        notes.unknown.append("what a request holds and where its answer stands: add body and answer to each journey")
    else:
        notes.unknown.append(
            "what users do with it: no POST route was found, so add a journey (a request or a command)"
        )
    if len(chosen) > most:
        notes.unknown.append(f"which routes matter: {len(chosen) - most} further POST routes are not in the draft")
    if any("{" in journey.path for journey in journeys.values() if journey.path):
        notes.unknown.append("which values stand for the {parts} of a path: write real ones into the journeys")
    guarded = [r for r in chosen if r.authentication]
    if guarded:
        text = f"who may call it ({guarded[0].authentication} guards {guarded[0].route}): add two users and a low role"
        notes.unknown.append(f"{text} under identities")
    return tuple(journeys.values())


def _slug(route: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"\{[^}]*\}|<[^>]*>|:\w+", "", route))
    useful = [w for w in words if not re.fullmatch(r"api|v\d+", w)]
    return "-".join(useful or words).lower()[:60] or "root"


def _providers(facts: FactSet, calls: Sequence[ModelCallSite], notes: Inference) -> tuple[declared.Provider, ...]:
    found: dict[str, list[str]] = {}
    variables = [read.name for read in facts.of(EnvironmentRead) if re.fullmatch(r"[A-Za-z_]\w*", read.name, re.ASCII)]
    for call in calls:
        model = call.model.value if call.model.origin in _RESOLVED and isinstance(call.model.value, str) else ""
        name = provider_of(model) if call.sdk not in _SDK_VARIABLES else call.sdk
        if name is None:
            continue
        if name not in found:
            notes.saw(f"providers.{name}", f"{name}, called through {call.sdk}", call)
        models = found.setdefault(name, [])
        if model.strip() and model not in models and not looks_secret(model):
            models.append(model)
    for reference in facts.of(ModelReference):
        name = provider_of(reference.model)
        known = reference.model in found.get(name or "", [reference.model])
        if name and not known and not reference.in_tests and not looks_secret(reference.model):
            found[name].append(reference.model)
    unresolved = [c for c in calls if c.model.origin in ("dynamic", "unset")]
    if unresolved:
        more = f" (and {len(unresolved) - 1} more)" if len(unresolved) > 1 else ""
        place = f"{unresolved[0].path}:{unresolved[0].line}{more}"
        notes.unknown.append(f"which model {place} calls: list the exact versions under providers")
    return tuple(_provider(name, tuple(sorted(found[name])), variables) for name in sorted(found))


def provider_of(model: str) -> str | None:
    """Return the provider that a model id tells, None where it tells none."""
    return next((name for pattern, name in _BY_MODEL if pattern.search(model)), None)


def _provider(name: str, models: tuple[str, ...], variables: Sequence[str]) -> declared.Provider:
    """Return a provider with the variables that the code reads, or that its SDK reads by itself."""
    prefix = name.upper()
    base, key = _SDK_VARIABLES.get(name, (None, None))
    for variable in sorted(set(variables)):
        if variable.startswith(prefix) and variable.endswith(("_BASE_URL", "_API_BASE", "_ENDPOINT")):
            base = variable
        if variable.startswith(prefix) and variable.endswith("_API_KEY"):
            key = variable
    return declared.Provider(name=name, base_url_variable=base, key_variable=key, models=models)


def _stores(facts: FactSet, notes: Inference) -> tuple[declared.DataStore, ...]:
    products: dict[str, DataStore] = {}
    for store in facts.of(DataStore):
        if not store.product.strip() or looks_secret(store.product):
            continue
        products.setdefault(store.product, store)
    for product in sorted(products)[:_MOST]:
        notes.saw(f"data_stores.{product}", f"{product} ({products[product].role})", products[product])
    if products:
        notes.unknown.append("what its data stores hold and for how long: add holds and retention_days")
    return tuple(declared.DataStore(name=product) for product in sorted(products)[:_MOST])


def _tools(facts: FactSet, notes: Inference) -> tuple[declared.Tool, ...]:
    tools: dict[str, declared.Tool] = {}
    for tool in facts.of(ToolDefinition):
        if tool.name in tools or not tool.name.strip() or looks_secret(tool.name) or len(tools) >= _MOST:
            continue
        effects = tuple(dict.fromkeys(_EFFECTS[e] for e in tool.effects if e in _EFFECTS))
        tools[tool.name] = declared.Tool(name=tool.name, sensitivity=effects)
        notes.saw(f"tools.{tool.name}", f"{tool.name} ({', '.join(effects) or 'unclassified'})", tool)
    unclassified = [t.name for t in tools.values() if not t.sensitivity]
    if unclassified:
        notes.unknown.append(
            f"what {len(unclassified)} of its tools can do: add sensitivity, else they count as sensitive"
        )
    return tuple(tools.values())
