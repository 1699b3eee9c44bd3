"""The first draft: what is inferred from a scan's facts, and the file that is written of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonogo.derive.factset import FactSet
from gonogo.facts import (
    DataStore,
    EnvironmentRead,
    Fact,
    HealthRoute,
    HttpRoute,
    ModelCallSite,
    ModelReference,
    Setting,
    SourceTree,
    StartCommand,
    System,
    ToolDefinition,
)
from gonogo.facts import Dependency as Package
from gonogo.system import draft, load
from gonogo.system.draft import infer, provider_of
from gonogo.system.write import BLOCKS, render, scalar

AT = datetime(2026, 1, 2, tzinfo=UTC)


def call(model: Setting | None = None, *, sdk: str = "openai", in_tests: bool = False, line: int = 3) -> ModelCallSite:
    model = model or Setting(value="gpt-4o-mini", origin="literal")
    return ModelCallSite(
        seen_at=AT, path="app/model.py", line=line, sdk=sdk, api="chat", model=model, in_tests=in_tests
    )


def route(method: str, path: str, *, calls_model: bool | None = None, in_tests: bool = False) -> HttpRoute:
    return HttpRoute(
        seen_at=AT, path="app/main.py", line=9, method=method, route=path, framework="fastapi", calls_model=calls_model,
        in_tests=in_tests,
    )  # fmt: skip


def drafted(*facts: Fact) -> System:
    return draft(FactSet(facts), "my app")[0].system


def test_a_draft_is_marked_and_named_after_the_directory():
    declaration, unknown = draft(FactSet([SourceTree(seen_at=AT, files=0)]), "my app!")
    assert declaration.drafted
    assert declaration.seen_at == AT
    assert declaration.system.name == "my-app"
    assert any("what kind of system it is" in sentence for sentence in unknown)


def test_of_nothing_a_draft_says_nothing_and_asks_for_everything():
    declaration, unknown = draft(FactSet([]), "")
    assert declaration.system == System(name="my-system")
    for word in ("kind of system", "starts", "users do", "where it runs", "owns it", "may cost", "taken back"):
        assert any(word in sentence for sentence in unknown), word


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ([call()], ("llm-app",)),
        ([call(in_tests=True)], ()),
        ([call(), DataStore(seen_at=AT, path="a.py", product="qdrant", role="vector")], ("llm-app", "rag")),
        ([call(), DataStore(seen_at=AT, path="a.py", product="redis", role="cache")], ("llm-app",)),
        ([call(), ToolDefinition(seen_at=AT, path="a.py", name="send", framework="openai")], ("llm-app", "agent")),
        ([Package(seen_at=AT, path="p", ecosystem="pypi", name="langgraph")], ("agent",)),
        ([Package(seen_at=AT, path="p", ecosystem="pypi", name="xgboost"), route("POST", "/predict")], ("ml-model",)),
        ([Package(seen_at=AT, path="p", ecosystem="pypi", name="xgboost")], ()),
    ],
)
def test_the_kinds_follow_from_what_the_code_uses(facts, kinds):
    assert drafted(*facts).kinds == kinds


def test_routes_that_call_a_model_become_journeys_before_all_others():
    system = drafted(route("POST", "/api/v1/chat", calls_model=True), route("POST", "/login"), route("GET", "/"))
    assert [(j.name, j.method, j.path) for j in system.journeys] == [("chat", "POST", "/api/v1/chat")]


def test_where_nothing_tells_which_route_calls_a_model_every_post_is_a_journey():
    system = drafted(route("POST", "/b"), route("POST", "/a"), route("POST", "/t", in_tests=True))
    assert [j.path for j in system.journeys] == ["/a", "/b"]


def test_of_many_routes_that_nothing_tells_apart_a_few_are_drafted_and_the_rest_counted():
    facts = FactSet([route("POST", f"/r{i}") for i in range(9)])
    declaration, unknown = draft(facts, "a")
    assert len(declaration.system.journeys) == 6
    assert any("3 further POST routes" in sentence for sentence in unknown)


def test_a_path_with_parts_asks_for_their_values():
    _, unknown = draft(FactSet([route("POST", "/chat/{id}")]), "a")
    assert any("which values stand for the {parts}" in sentence for sentence in unknown)


def test_providers_hold_the_models_and_variables_that_were_seen():
    system = drafted(
        call(),
        call(Setting(value="claude-3-5-haiku", origin="constant"), sdk="litellm"),
        ModelReference(seen_at=AT, path=".env", model="gpt-4o"),
        ModelReference(seen_at=AT, path="tests/a.py", model="gpt-3.5-turbo", in_tests=True),
        EnvironmentRead(seen_at=AT, path="a.py", name="OPENAI_API_BASE"),
    )
    anthropic, openai = system.providers
    assert (anthropic.name, anthropic.models) == ("anthropic", ("claude-3-5-haiku",))
    assert (openai.name, openai.models) == ("openai", ("gpt-4o", "gpt-4o-mini"))
    assert (openai.base_url_variable, openai.key_variable) == ("OPENAI_API_BASE", "OPENAI_API_KEY")


def test_a_model_that_cannot_be_resolved_is_asked_for_with_its_place():
    _, unknown = draft(FactSet([call(Setting(origin="dynamic"), line=42)]), "a")
    assert any("which model app/model.py:42 calls" in sentence for sentence in unknown)


@pytest.mark.parametrize(
    ("model", "provider"),
    [("gpt-4o", "openai"), ("o3-mini", "openai"), ("claude-3", "anthropic"), ("vertex_ai/gemini-2.0", "google"),
     ("mistral-large", "mistral"), ("my-own", None), ("", None)],
)  # fmt: skip
def test_a_model_id_tells_its_provider(model, provider):
    assert provider_of(model) == provider


def test_the_start_command_of_the_container_comes_first_and_health_routes_are_named():
    system = drafted(
        StartCommand(seen_at=AT, path="Procfile", command=("web",), port=None),
        StartCommand(seen_at=AT, path="Dockerfile", line=7, command=("uvicorn", "a:b"), port=8000),
        HealthRoute(seen_at=AT, path="a.py", method="GET", route="/livez", role="live"),
        HealthRoute(seen_at=AT, path="a.py", method="GET", route="/healthz", role="health"),
        HealthRoute(seen_at=AT, path="a.py", method="GET", route="/readyz", role="ready"),
    )
    service = system.service
    assert service is not None
    assert (service.start, service.port, service.health, service.ready) == (
        ("uvicorn", "a:b"), 8000, "/healthz", "/readyz",
    )  # fmt: skip


def test_tools_are_classified_by_what_their_body_does():
    system = drafted(
        ToolDefinition(seen_at=AT, path="t.py", name="wipe", framework="mcp", effects=("delete", "filesystem")),
        ToolDefinition(seen_at=AT, path="t.py", name="ask", framework="mcp", effects=("network",)),
    )
    assert [(t.name, t.sensitivity) for t in system.tools] == [("wipe", ("delete", "write")), ("ask", ())]


def test_every_guess_names_its_place():
    _, notes = infer(FactSet([call(), route("POST", "/chat", calls_model=True)]), "a")
    assert [g.key for g in notes.guesses] == ["kinds", "journeys.0", "providers.openai"]
    assert {(g.key, g.path, g.line) for g in notes.guesses} == {
        ("kinds", "app/model.py", 3), ("providers.openai", "app/model.py", 3), ("journeys.0", "app/main.py", 9),
    }  # fmt: skip


FULL = (
    call(),
    route("POST", "/chat", calls_model=True),
    DataStore(seen_at=AT, path="a.py", product="qdrant", role="vector"),
    ToolDefinition(seen_at=AT, path="t.py", name="send mail", framework="mcp", effects=("message",)),
    StartCommand(seen_at=AT, path="Dockerfile", command=("python", "-m", "app", "--flag=a: b #c"), port=8000),
)


def test_the_file_of_a_draft_loads_and_declares_what_was_drafted(declare):
    declaration, unknown = draft(FactSet(FULL), "shop")
    text = render(declaration.system, unknown)
    loaded = load(declare(text))
    assert loaded is not None
    assert loaded.system == declaration.system
    assert text == render(draft(FactSet(FULL), "shop")[0].system, unknown)
    assert text.endswith("how a release is taken back: add deployment.rollback\n")
    assert "/work" not in text


def test_every_example_in_the_file_is_right_once_its_mark_is_taken_away(declare):
    for key, why, example in BLOCKS:
        document = yaml.safe_load(example)
        assert next(iter(document)) == key
        assert why
        if key == "owners":
            example = example.replace("ed25519:...", "ed25519:" + "A" * 43 + "=")
        assert load(declare(f"name: a\n{example}\n")) is not None, key


@pytest.mark.parametrize(
    "value",
    ["no", "on", "1", "1.5", "~", "null", "a: b", "#x", "", " ", "-", "é", "a\nb", "\x1b", "\u2028", "🦉", "{x}", '"'],
)
def test_any_text_is_written_so_that_it_is_read_back(declare, value):
    loaded = load(declare(f"name: a\ndescription: {scalar(value)}\n"))
    assert loaded is not None
    assert loaded.system.description == value


_hostile = st.text(max_size=20) | st.sampled_from(["/a\nb: c", "/{id}", "- x", "*a", "sk-" + "a1" * 20, "\ud800", "<<"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_hostile, min_size=6, max_size=6), command=st.lists(_hostile, max_size=3), port=st.integers())
def test_whatever_the_repository_says_the_file_loads(declare, texts, command, port):
    name, path, tool, product, model, variable = texts
    facts = FactSet([
        call(Setting(value=model, origin="literal"), sdk="litellm"), call(Setting(value=model, origin="literal")),
        route("POST", "/" + path), route("POST", path),
        HealthRoute(seen_at=AT, path="a.py", method="GET", route="/" + path, role="health"),
        ToolDefinition(seen_at=AT, path="a.py", name=tool, framework=path),
        DataStore(seen_at=AT, path="a.py", product=product, role="vector"),
        EnvironmentRead(seen_at=AT, path="a.py", name="OPENAI_" + variable + "_API_KEY"),
        ModelReference(seen_at=AT, path="a.py", model="gpt-" + model),
        StartCommand(seen_at=AT, path="a", command=tuple(command), port=port),
    ])  # fmt: skip
    declaration, unknown = draft(facts, name)
    assert load(declare(render(declaration.system, unknown).encode("utf-8", "replace"))) is not None
