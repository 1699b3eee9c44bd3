from __future__ import annotations

import msgspec
import pytest

from gonogo.catalog.control import Reference
from gonogo.facts.declaration import (
    Budgets,
    DataStore,
    Dependency,
    Deployment,
    Environment,
    EnvironmentPolicy,
    Feature,
    Index,
    Journey,
    NotApplicable,
    Objective,
    PredictionEndpoint,
    Provider,
    Service,
    Tool,
)
from gonogo.gate.law import changes
from tests.gate import build

WHY = "the service has no browser clients"
BOB, CAROL = build.person("bob"), build.person("carol")
ASK = Journey(name="ask", path="/ask")


def changed(old, new, catalog=None):
    return changes(build.law(**old), build.law(**new), catalog)


def test_the_same_law_changes_nothing():
    assert changed({}, {}) == ()


def test_without_an_old_law_there_is_nothing_to_change():
    assert changes(None, build.law()) == ()
    assert changes(msgspec.structs.replace(build.law(), system=None), build.law()) == ()


def test_a_removed_law_is_a_change_unless_the_law_in_force_is_a_policy_file():
    old = build.law()
    assert changes(old, None) == ("gonogo.yaml was removed",)
    assert changes(old, msgspec.structs.replace(old, system=None)) == ("gonogo.yaml was removed",)
    assert changes(msgspec.structs.replace(old, commit=None), None) == ()


@pytest.mark.parametrize(
    ("approvers", "said"),
    [
        ((BOB,), ("approver carol was removed",)),
        ((BOB, CAROL, build.person("mallory")), ("approver mallory was added",)),
        ((BOB, build.person("carol", key=build.public("new"))), ("approver carol changed their key",)),
        ((BOB, build.person("carol", email="x@example.org")), ("approver carol changed their email",)),
        ((BOB, build.person("carol", email=None, key=None)), ("approver carol changed their email, key",)),
        ((BOB, build.person("mallory")), ("approver carol was removed", "approver mallory was added")),
        ((CAROL, BOB), ()),
        ((build.person("bob", key=build.public("new")), BOB, CAROL), ("an approver is listed more than once",)),
        ((), ("approver bob was removed", "approver carol was removed")),
    ],
)  # fmt: skip
def test_a_change_of_approvers_is_said(approvers, said):
    assert changed({}, {"approvers": approvers}) == said


CATALOG = build.catalog(
    build.control(
        threshold={
            "max_s": build.threshold(60, "<=", "s"),
            "min_cases": build.threshold(20, ">=", "cases"),
            "budget": build.threshold(Reference(key="budgets.monthly_usd"), "<=", "USD"),
        }
    )
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({}, {"max_s": 90}, "threshold cost.example.max_s was widened from the catalogue's value to 90"),
        ({}, {"max_s": 30}, "threshold cost.example.max_s was changed from the catalogue's value to 30"),
        ({"max_s": 30}, {"max_s": "50 s"}, "threshold cost.example.max_s was widened from 30 to 50 s"),
        ({"max_s": 50}, {"max_s": 30}, "threshold cost.example.max_s was changed from 50 to 30"),
        ({"max_s": 30}, {}, "threshold cost.example.max_s was widened from 30 to the catalogue's value"),
        ({"max_s": 90}, {}, "threshold cost.example.max_s was changed from 90 to the catalogue's value"),
        ({}, {"min_cases": 5}, "threshold cost.example.min_cases was widened from the catalogue's value to 5"),
        ({}, {"min_cases": 50}, "threshold cost.example.min_cases was changed from the catalogue's value to 50"),
        ({}, {"budget": 5}, "threshold cost.example.budget was widened from the catalogue's value to 5"),
        ({}, {"unknown": 5}, "threshold cost.example.unknown was changed from the catalogue's value to 5"),
        ({"max_s": "odd"}, {"max_s": 5}, "threshold cost.example.max_s was changed from odd to 5"),
    ],
)
def test_a_widened_threshold_is_said_and_any_other_change_of_one_too(old, new, said):
    before = {"thresholds": {"cost.example": old}} if old else {}
    after = {"thresholds": {"cost.example": new}} if new else {}
    assert changed(before, after, CATALOG) == (said,)


def test_thresholds_are_named_in_order_and_unchanged_ones_are_not():
    old = {"thresholds": {"a.b": {"x": 1, "y": 2}, "c.d": {"z": 3}}}
    new = {"thresholds": {"a.b": {"x": 1, "y": 5}, "e.f": {"v": 1}}}
    assert changed(old, new) == (
        "threshold a.b.y was changed from 2 to 5",
        "threshold c.d.z was changed from 3 to the catalogue's value",
        "threshold e.f.v was changed from the catalogue's value to 1",
    )


def test_an_added_not_applicable_entry_is_said_and_a_removed_one_is_not():
    entry = NotApplicable(control="access.cors", reason=WHY)
    other = NotApplicable(control="access.cors", reason=WHY + " today")
    assert changed({}, {"not_applicable": (entry,)}) == ("access.cors was declared not applicable",)
    assert changed({"not_applicable": (entry,)}, {}) == ()
    assert changed({"not_applicable": (entry,)}, {"not_applicable": (other,)}) == (
        "access.cors is declared not applicable for another reason",
    )
    more = NotApplicable(control="a.b", reason=WHY)
    assert changed({"not_applicable": (entry,)}, {"not_applicable": (entry, more)}) == (
        "a.b was declared not applicable",
    )


def test_a_removed_journey_is_said_and_an_added_one_is_not():
    other = Journey(name="search", path="/search")
    assert changed({}, {"journeys": ()}) == ("journeys: ask was removed",)
    assert changed({}, {"journeys": (ASK, other)}) == ()
    assert changed({"journeys": (ASK, other)}, {"journeys": (other, ASK)}) == ()


def test_a_changed_journey_is_said_with_the_fields():
    easier = Journey(name="ask", path="/health", deadline_s=900)
    assert changed({}, {"journeys": (easier,)}) == ("journeys: ask changed its deadline_s, path",)


def test_environment_flags_are_law():
    live = Environment(name="production", production=True, url="https://a.example.org")
    rest = Environment(name="staging")
    tame = Environment(name="production", production=False)
    assert changed({}, {"environments": (tame, rest)}) == ("environments: production changed its production",)
    wild = Environment(name="production", production=True, disposable=True)
    assert changed({}, {"environments": (wild, rest)}) == ("environments: production changed its disposable",)
    assert changed({}, {"environments": (rest,)}) == ("environments: production was removed",)
    assert changed({}, {"environments": (live, rest, Environment(name="qa"))}) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (Budgets(monthly_usd=100), Budgets(monthly_usd=101), ("budgets.monthly_usd was raised from 100 to 101",)),
        (Budgets(monthly_usd=100), Budgets(monthly_usd=99.5), ()),
        (Budgets(monthly_usd=100), Budgets(), ("budgets.monthly_usd was removed",)),
        (Budgets(monthly_usd=100), None, ("budgets.monthly_usd was removed",)),
        (None, Budgets(monthly_usd=100), ()),
        (Budgets(alert_percent=(50,)), None, ("budgets.alert_percent was removed",)),
        (Budgets(), Budgets(daily_usd=1), ()),
        (Budgets(daily_usd=1), Budgets(daily_usd=2), ("budgets.daily_usd was raised from 1 to 2",)),
        (Budgets(alert_percent=(50, 90)), Budgets(alert_percent=(90,)),
         ("budgets.alert_percent changed from [50,90] to [90]",)),
        (Budgets(alert_channel="ops"), Budgets(alert_channel="me"),
         ("budgets.alert_channel changed from ops to me",)),
    ],
)  # fmt: skip
def test_a_raised_budget_is_said_and_a_lowered_one_is_not(old, new, said):
    assert changed({"budgets": old}, {"budgets": new}) == said


def test_a_removed_regime_is_said_and_an_added_one_is_not():
    assert changed({"regimes": ("gdpr", "hipaa")}, {"regimes": ("gdpr",)}) == ("regimes: hipaa was removed",)
    assert changed({"regimes": ("gdpr",)}, {"regimes": ("gdpr", "soc2")}) == ()
    assert changed({"regimes": ("gdpr",)}, {"regimes": ()}) == ("regimes: gdpr was removed",)


def test_a_kind_fewer_is_said_and_naming_none_widens():
    assert changed({}, {"kinds": ("llm-app",)}) == ("kinds: agent was removed",)
    assert changed({}, {"kinds": ("llm-app", "agent", "rag")}) == ()
    assert changed({}, {"kinds": ()}) == ()
    assert changed({"kinds": ()}, {"kinds": ("rag", "agent")}) == ("kinds were narrowed to rag, agent",)


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("tools", Tool(name="pay", sensitivity=("financial",)), Tool(name="pay", sensitivity=("read",)),
         "tools: pay changed its sensitivity"),
        ("objectives", Objective(name="availability", target=99.9, unit="%"),
         Objective(name="availability", target=90, unit="%"), "objectives: availability changed its target"),
        ("predictions", PredictionEndpoint(name="score", path="/s", output_max=1),
         PredictionEndpoint(name="score", path="/s", output_max=9), "predictions: score changed its output_max"),
    ],
)  # fmt: skip
def test_entries_may_be_added_and_neither_changed_nor_removed(field, old, new, said):
    assert changed({field: (old,)}, {field: (new,)}) == (said,)
    assert changed({field: (old,)}, {field: ()}) == (f"{field}: {old.name} was removed",)
    assert changed({field: ()}, {field: (new,)}) == ()


def test_a_provider_that_stops_to_bill_is_said():
    pays, free = Provider(name="openai"), Provider(name="openai", bills_per_use=False)
    assert changed({"providers": (pays,)}, {"providers": (free,)}) == (
        "providers: openai is no longer said to bill per use",
    )
    assert changed({"providers": (free,)}, {"providers": (pays,)}) == ()
    assert changed({"providers": (pays,)}, {"providers": ()}) == ("providers: openai was removed",)
    assert changed({"providers": ()}, {"providers": (pays,)}) == ()
    local = Provider(name="local", bills_per_use=False)
    assert changed({"providers": (pays, local)}, {"providers": (free, local)}) == (
        "providers: openai is no longer said to bill per use",
    )


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("extends", None, "company.yaml", "extends changed from none to company.yaml"),
        ("extends", "company.yaml", None, "extends changed from company.yaml to none"),
        ("exclude", (), ("app/**",), "exclude changed from none to app/**"),
        ("exclude", ("a",), ("a", "b/**"), "exclude changed from a to a, b/**"),
        ("paths", {}, {"prompts": ("p/*",)}, 'paths changed from none to {"prompts":["p/*"]}'),
        ("audience", "public", "internal", "audience changed from public to internal"),
        ("domain", "health", None, "domain changed from health to none"),
        ("deployment", Deployment(), Deployment(first_release=True), "first_release changed from none to true"),
    ],
)
def test_any_change_of_these_keys_is_said(field, old, new, said):
    assert changed({field: old}, {field: new}) == (said,)


def test_a_change_of_the_policies_is_said():
    written = (EnvironmentPolicy(environment="production", approvals=0),)
    (said,) = changed({}, {"policies": written})
    assert said.startswith('policies changed from none to [{"allow_dirty":null,"approvals":0,')
    assert said.endswith("...") and len(said) == len("policies changed from none to ") + 80


def test_a_custom_control_edited_added_or_removed_is_said():
    old = build.law({"gonogo/controls/a.yaml": "sha256:1", "gonogo/controls/b.yaml": "sha256:2"})
    new = build.law({"gonogo/controls/a.yaml": "sha256:9", "gonogo/controls/c.yaml": "sha256:3"})
    assert changes(old, new) == (
        "custom control file gonogo/controls/a.yaml was edited",
        "custom control file gonogo/controls/b.yaml was removed",
        "custom control file gonogo/controls/c.yaml was added",
    )


def test_custom_controls_that_differ_by_digest_alone_were_edited():
    old = build.law()
    assert changes(old, msgspec.structs.replace(old, controls_digest="sha256:other")) == (
        "custom controls were edited",
    )


def test_what_is_no_law_may_change_freely():
    free = {"description": "new", "status_page": "https://s.example.org", "contacts": (build.person("dave"),)}
    assert changed({}, free) == ()


def test_a_value_of_eighty_characters_is_shown_whole():
    assert changed({}, {"domain": "x" * 80}) == (f"domain changed from none to {'x' * 80}",)
    assert changed({}, {"domain": "x" * 81}) == (f"domain changed from none to {'x' * 77}...",)


STORE = DataStore(name="history", holds="personal")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            {"data_stores": (STORE,)},
            {"data_stores": (DataStore(name="history", holds="personal", rebuildable=True),)},
            ("data_stores: history changed its rebuildable",),
        ),
        ({"data_stores": (STORE,)}, {}, ("data_stores: history was removed",)),
        ({}, {"data_stores": (STORE,)}, ()),
        ({"features": (Feature(name="answers"),)}, {}, ("features: answers was removed",)),
        ({"features": (Feature(name="answers"),)}, {"features": (Feature(name="answers", degraded_mode="none"),)}, ()),
        ({"dependencies": (Dependency(name="search"),)}, {}, ("dependencies: search was removed",)),
        (
            {"indexes": (Index(name="pages"),)},
            {"indexes": (Index(name="pages", vector=False),)},
            ("indexes: pages changed its vector",),
        ),
        ({}, {"service": Service(public=("/ask",))}, ("service.public changed from none to /ask",)),
        ({"service": Service(sensitive=("/admin",))}, {}, ("service.sensitive: /admin was removed",)),
        ({}, {"service": Service(sensitive=("/admin",))}, ()),
    ],
)
def test_what_decides_whether_a_control_applies_is_law_too(old, new, said):
    assert changed(old, new) == said
