"""Each condition answers True, False or None; what cannot be told, and a draft's silence, never show it to be false."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from gonogo.derive.conditions import EVALUATORS, evaluate
from gonogo.derive.conditions.registry import TRAITS_ONLY
from gonogo.derive.factset import FactSet
from gonogo.facts import (
    DataStore,
    Declaration,
    Dependency,
    Exchange,
    Fact,
    HttpRoute,
    ModelCallSite,
    ModelReference,
    Setting,
    SourceTree,
    StartCommand,
    System,
    ToolDefinition,
    Trait,
)
from gonogo.facts import declaration as said
from gonogo.facts.lab_declaration import Lab, LongRequest, Webhook

WHEN = datetime(2026, 6, 1, tzinfo=UTC)
TREE = SourceTree(seen_at=WHEN, files=3)
SETTINGS = {"model": Setting("gpt-4.1-mini", "literal")}


def real(**fields: Any) -> Declaration:
    return Declaration(seen_at=WHEN, system=System(name="shop", **fields))


def draft(**fields: Any) -> Declaration:
    return Declaration(seen_at=WHEN, system=System(name="shop", **fields), drafted=True)


def trait(name: str, holds: bool = True) -> Trait:
    return Trait(seen_at=WHEN, path="app.py", name=name, holds=holds)


def route(path: str, method: str = "GET", **fields: Any) -> HttpRoute:
    return HttpRoute(seen_at=WHEN, path="app.py", line=1, method=method, route=path, framework="fastapi", **fields)


def call(**fields: Any) -> ModelCallSite:
    given = {"sdk": "openai", "api": "chat", "path": "app.py", "line": 1} | fields
    return ModelCallSite(seen_at=WHEN, **given)


def answer(**headers: str) -> Exchange:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange(seen_at=WHEN, purpose="health", method="GET", url="http://127.0.0.1/", status=200, headers=named)


def store(product: str, role: str) -> DataStore:
    return DataStore(seen_at=WHEN, path="compose.yaml", product=product, role=role)


def package(name: str) -> Dependency:
    return Dependency(seen_at=WHEN, path="requirements.txt", ecosystem="pypi", name=name)


def tool(name: str, *effects: str, **fields: Any) -> ToolDefinition:
    return ToolDefinition(seen_at=WHEN, path="tools.py", name=name, framework="openai", effects=effects, **fields)


def environment(name: str = "live", **fields: Any) -> said.Environment:
    return said.Environment(name=name, **fields)


def journey(**fields: Any) -> said.Journey:
    return said.Journey(name="ask", path="/ask", **fields)


def deployed(**fields: Any) -> Declaration:
    return real(deployment=said.Deployment(**fields))


def provider(name: str = "openai", **fields: Any) -> said.Provider:
    return said.Provider(name=name, **fields)


def index(**fields: Any) -> said.Index:
    return said.Index(name="docs", **fields)


def declared_tool(name: str, *sensitivity: Any, **fields: Any) -> said.Tool:
    return said.Tool(name=name, sensitivity=sensitivity, **fields)


OFFLINE = real(environments=(environment(network=False),))
FIRST = deployed(first_release=True)
LATER = deployed(first_release=False)
OWN_SERVER = real(providers=(provider("vllm", bills_per_use=False, base_url_variable="OPENAI_BASE_URL"),))

TRUE: list[tuple[str, list[Fact]]] = [
    ("several_identities", [draft(audience="public")]),
    ("several_identities", [real(identities=(said.Identity(name="a"), said.Identity(name="b")))]),
    ("admin_surface", [route("/admin/users")]),
    ("admin_surface", [real(identities=(said.Identity(name="root", role="admin"),))]),
    ("sensitive_endpoint", [real(service=said.Service(sensitive=("/reindex",)))]),
    ("issues_sessions", [route("/api/login", "POST")]),
    ("issues_sessions", [answer(set_cookie="sid=1")]),
    ("network_reachable", [route("/ask")]),
    ("network_reachable", [answer()]),
    ("network_reachable", [draft(service=said.Service(port=8000))]),
    ("network_reachable", [real(environments=(environment(url="https://shop.example.org"),))]),
    ("outside_clients", [real(service=said.Service(openapi="openapi.json"))]),
    ("outside_users", [real(audience="customers")]),
    ("end_users", [real(audience="internal")]),
    ("user_flows", [real(audience="internal")]),
    ("feature_visible", [real(features=(said.Feature(name="search"),))]),
    ("deprecated_served", [answer(sunset="Sat, 01 Aug 2026 00:00:00 GMT")]),
    ("deprecated_served", [route("/v1/ask"), route("/v2/ask")]),
    ("multi_turn", [route("/chat-stream", "POST")]),
    ("bills_per_use", [real(providers=(provider(),))]),
    ("bills_per_use", [call()]),
    ("bills_per_use", [OWN_SERVER, call(sdk="anthropic", api="messages")]),
    ("third_party_provider", [draft(providers=(provider(),))]),
    ("provider_receives_requests", [call()]),
    ("provider_rate_limits", [call()]),
    ("outside_upstream", [call()]),
    ("outside_upstream", [real(dependencies=(said.Dependency(name="crm", host="crm.example.org:443"),))]),
    ("signatures_offered", [route("/webhooks/pay", "POST")]),
    ("signatures_offered", [real(providers=(provider("aws-bedrock"),))]),
    ("signatures_offered", [real(lab=Lab(webhooks=(Webhook(path="/in", secret_variable="KEY"),)))]),
    ("several_key_places", [real(environments=(environment("a"), environment("b")))]),
    ("several_models", [call(**SETTINGS), ModelReference(seen_at=WHEN, path=".env", model="gpt-4.1")]),
    ("sampling_parameters", [call(**SETTINGS)]),
    ("system_prompt", [real(paths={"prompts": ("prompts/*.md",)})]),
    ("cacheable_prefix", [real(budgets=said.Budgets(prompt_tokens=4000))]),
    ("carries_context", [draft(kinds=("rag",))]),
    ("carries_context", [route("/conversations/{id}", "POST")]),
    ("offline_jobs", [OFFLINE]),
    ("high_volume_task", [real(load=said.Load(requests_per_minute=60))]),
    ("internal_links", [store("postgresql", "relational")]),
    ("production_store", [store("sqlite", "relational")]),
    ("production_store", [real(data_stores=(said.DataStore(name="orders"),))]),
    ("irreplaceable_data", [real(data_stores=(said.DataStore(name="orders"),))]),
    ("service_account", [store("postgresql", "relational")]),
    ("service_account", [deployed(platform="Kubernetes")]),
    ("chooses_machines", [deployed(platform="kubernetes")]),
    ("scales_to_zero", [deployed(platform="cloud-run")]),
    ("autoscaler", [deployed(platform="lambda")]),
    ("several_instances", [trait("autoscaler")]),
    ("health_probes_used", [deployed(platform="kubernetes")]),
    ("health_probes_used", [trait("kubernetes")]),
    (
        "several_components",
        [StartCommand(seen_at=WHEN, path="Procfile", command=("a",)), store("redis", "cache")],
    ),
    ("standby", [real(environments=(environment("standby-west"),))]),
    ("compliance_regime", [real(regimes=("gdpr",))]),
    ("regulated_domain", [real(domain="health")]),
    ("cache", [store("redis", "cache")]),
    ("cache", [trait("response_cache")]),
    ("storage_tiers", [store("qdrant", "vector")]),
    ("serves_production", [LATER]),
    ("earlier_version", [LATER]),
    ("earlier_release", [LATER]),
    ("model_replaces", [trait("model_changes")]),
    ("model_or_prompt_changes", [LATER, trait("model_changes")]),
    ("trains_model", [real(datasets=(said.Dataset(name="t", path="t.csv", purpose="training"),))]),
    ("labelled_data", [real(datasets=(said.Dataset(name="h", path="h.csv", purpose="holdout"),))]),
    ("sensitive_tools", [real(tools=(declared_tool("refund", "financial"),))]),
    ("sensitive_tools", [real(tools=(declared_tool("mystery"),))]),
    ("sensitive_tools", [tool("wipe", "delete")]),
    ("sensitive_tools", [real(tools=(declared_tool("look", "read"),)), tool("unlisted", "network")]),
    ("file_tools", [tool("open_file", "filesystem")]),
    ("network_tools", [tool("fetch", "network")]),
    ("network_tools", [real(tools=(declared_tool("mail", "external-communication"),))]),
    ("code_tools", [tool("run", "shell")]),
    ("code_tools", [real(tools=(declared_tool("python", "code-execution"),))]),
    ("long_tasks", [real(journeys=(journey(deadline_s=300),))]),
    ("document_files", [package("PyPDF2")]),
    ("document_files", [real(indexes=(index(formats=("pdf",)),))]),
    ("vector_search", [store("qdrant", "vector")]),
    ("vector_search", [draft(indexes=(index(),))]),
    ("similarity_scores", [store("qdrant", "vector")]),
    ("hybrid_search", [real(indexes=(index(keyword=True),))]),
    ("reranker", [package("rerankers")]),
    ("metadata_filters", [real(indexes=(index(filters=("tenant",)),))]),
    ("changing_sources", [real(indexes=(index(max_lag_hours=24),))]),
    ("streams", [route("/ask", streams=True)]),
    ("streams", [real(journeys=(journey(streams=True),))]),
    ("streams", [answer(content_type="text/event-stream; charset=utf-8")]),
    ("streams_or_slow", [real(journeys=(journey(deadline_s=10),))]),
    ("long_requests", [real(journeys=(journey(deadline_s=60),))]),
    ("long_requests", [real(lab=Lab(long=(LongRequest(journey="ask", model_s=8),)))]),
    ("accepts_files", [route("/upload", "POST")]),
    ("model_as_judge", [package("ragas")]),
]

FALSE: list[tuple[str, list[Fact]]] = [
    ("sensitive_endpoint", [real()]),
    ("network_reachable", [OFFLINE]),
    ("outside_clients", [OFFLINE]),
    ("bills_per_use", [OWN_SERVER]),
    ("bills_per_use", [OWN_SERVER, call()]),
    ("third_party_provider", [OWN_SERVER]),
    ("provider_receives_requests", [OWN_SERVER]),
    ("signatures_offered", [real(providers=(provider(),)), TREE, route("/ask")]),
    ("several_key_places", [real(environments=(environment(),))]),
    ("sampling_parameters", [call(model=Setting("o3-mini", "literal"))]),
    ("cacheable_prefix", [real(budgets=said.Budgets(prompt_tokens=300))]),
    ("high_volume_task", [real(kinds=("llm-app",), load=said.Load(requests_per_minute=2))]),
    ("irreplaceable_data", [real(data_stores=(said.DataStore(name="cache", rebuildable=True),))]),
    ("chooses_machines", [deployed(platform="vercel")]),
    ("scales_to_zero", [deployed(platform="vm")]),
    ("compliance_regime", [real()]),
    ("regulated_domain", [real()]),
    ("regulated_domain", [real(domain="general")]),
    ("response_cache", [trait("cache", False)]),
    ("storage_tiers", [store("faiss", "vector")]),
    ("serves_production", [FIRST]),
    ("earlier_version", [FIRST]),
    ("earlier_release", [FIRST]),
    ("model_changes", [FIRST]),
    ("model_replaces", [FIRST, trait("model_changes")]),
    ("model_or_prompt_changes", [FIRST]),
    ("sensitive_tools", [real(tools=(declared_tool("look", "read"),)), tool("look", "network")]),
    ("code_tools", [real(tools=(declared_tool("look", "read"),))]),
    ("long_tasks", [real(journeys=(journey(deadline_s=20),))]),
    ("vector_search", [real(indexes=(index(vector=False, keyword=True),))]),
    ("hybrid_search", [real(indexes=(index(),))]),
    ("streams", [real(journeys=(journey(),)), route("/ask"), call()]),
    ("streams_or_slow", [real(journeys=(journey(deadline_s=2),)), route("/ask")]),
    ("long_requests", [real(journeys=(journey(deadline_s=20),))]),
]

UNKNOWN: list[tuple[str, list[Fact]]] = [
    ("several_identities", [real(identities=(said.Identity(name="a"),))]),
    ("admin_surface", [TREE, route("/ask"), route("/administer-nothing")]),
    ("sensitive_endpoint", [draft()]),
    ("network_reachable", [draft(environments=(environment(network=False),))]),
    ("bills_per_use", [draft(providers=(provider(bills_per_use=False),))]),
    ("bills_per_use", [call(in_tests=True)]),
    ("bills_per_use", [call(base_url=Setting(None, "dynamic"))]),
    ("provider_rate_limits", [OWN_SERVER]),
    ("outside_upstream", [real(dependencies=(said.Dependency(name="db", host="localhost:5432"),))]),
    ("several_key_places", [draft(environments=(environment(),))]),
    ("sampling_parameters", [call(model=Setting(None, "dynamic"))]),
    ("high_volume_task", [real(kinds=("agent",), load=said.Load(requests_per_minute=2))]),
    ("compliance_regime", [draft()]),
    ("regulated_domain", [draft()]),
    (
        "irreplaceable_data",
        [
            real(data_stores=(said.DataStore(name="cache", rebuildable=True),)),
            store("postgresql", "relational"),
            store("s3", "bucket"),
        ],
    ),
    ("chooses_machines", [draft(deployment=said.Deployment(platform="vercel"))]),
    ("serves_production", [draft(deployment=said.Deployment(first_release=True))]),
    ("earlier_release", [real()]),
    ("sensitive_tools", [TREE]),
    ("sensitive_tools", [draft(tools=(declared_tool("look", "read"),))]),
    ("file_tools", [tool("mystery")]),
    ("file_tools", [tool("fetch", "network")]),
    ("network_tools", [tool("open_file", "filesystem")]),
    ("file_tools", [tool("fetch", "network"), real(tools=(declared_tool("other", "read"),))]),
    ("code_tools", [real(tools=(declared_tool("mystery"),))]),
    ("long_tasks", [draft(journeys=(journey(deadline_s=20),))]),
    ("vector_search", [real(kinds=("rag",))]),
    ("vector_search", [draft(indexes=(index(vector=False),))]),
    ("metadata_filters", [real(indexes=(index(),))]),
    ("streams", [route("/ask")]),
    ("streams", [real(journeys=(journey(),)), route("/ask"), call(stream=Setting(None, "dynamic"))]),
    ("streams_or_slow", [draft(journeys=(journey(deadline_s=2),))]),
    ("storage_tiers", [TREE]),
]


def shown(rows: Iterable[tuple[str, list[Fact]]]) -> list[Any]:
    return [pytest.param(name, facts, id=f"{name}-{number}") for number, (name, facts) in enumerate(rows)]


@pytest.mark.parametrize(("name", "facts"), shown(TRUE))
def test_it_holds_where_it_was_seen(name: str, facts: list[Fact]) -> None:
    assert evaluate(name, FactSet(facts)) is True


@pytest.mark.parametrize(("name", "facts"), shown(FALSE))
def test_it_is_false_only_where_that_was_shown(name: str, facts: list[Fact]) -> None:
    assert evaluate(name, FactSet(facts)) is False


@pytest.mark.parametrize(("name", "facts"), shown(UNKNOWN))
def test_silence_and_drafts_show_nothing(name: str, facts: list[Fact]) -> None:
    assert evaluate(name, FactSet(facts)) is None


@pytest.mark.parametrize("name", sorted(EVALUATORS))
def test_every_condition_is_unknown_without_facts_and_after_an_empty_draft(name: str) -> None:
    assert evaluate(name, FactSet([])) is None
    assert evaluate(name, FactSet([draft(), TREE])) is None


@pytest.mark.parametrize("name", sorted(EVALUATORS))
def test_a_trait_of_its_name_decides_every_condition(name: str) -> None:
    assert evaluate(name, FactSet([trait(name)])) is True
    assert evaluate(name, FactSet([trait(name, False)])) is False
    assert evaluate(name, FactSet([trait(name, False), trait(name)])) is True


def test_every_condition_with_a_rule_of_its_own_is_tried_here() -> None:
    tried = {name for name, _ in [*TRUE, *FALSE]}
    assert tried | set(TRAITS_ONLY) == set(EVALUATORS)


def test_a_name_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        evaluate("streem", FactSet([]))
