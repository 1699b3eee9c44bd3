"""When a signed statement counts, and what each control asks of it: one thing changed at a time."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from gonogo import catalog
from gonogo.catalog.limits import limits
from gonogo.checks.access import encryption_at_rest_by_attest, key_scopes_valid_by_attest
from gonogo.checks.cost.attest import monthly_cost_review_by_attest, provider_spend_limit_by_attest
from gonogo.checks.rollout.attest import team_notified_by_attest
from gonogo.checks.security_input.attest import red_team_done_by_attest
from gonogo.checks.stated import day_of, moment_of, number_of, words_of
from gonogo.facts import ArtifactCheck, Attestation, Declaration, Signer, System
from gonogo.facts.declaration import Budgets, DataStore, Person, Provider

SIGNED = datetime(2026, 6, 1, 9, tzinfo=UTC)
AUTHOR, REVIEWER = Signer("SHA256:a", "author", True), Signer("SHA256:b", "reviewer", True)
CONTROLS = catalog.load(plugins=False).controls
SYSTEM = System(
    name="a",
    providers=(
        Provider(name="OpenAI", account="org-1", key_variable="OPENAI_API_KEY"),
        Provider(name="local", bills_per_use=False),
    ),
    budgets=Budgets(monthly_usd=500),
    data_stores=(DataStore(name="main", holds="personal"), DataStore(name="site", holds="public")),
    owners=(Person(name="author", roles=("product",)),),
    rota=(Person(name="pager", channel="#on-call"),),
    contacts=(Person(name="desk", email="support@example.org", roles=("support",)),),
)
FIELDS = {
    provider_spend_limit_by_attest: {"account": "org-1", "limit_usd": "500", "date": "2026-05-30"},
    monthly_cost_review_by_attest: {"date": "2026-05-30", "decision": "shorten the system prompt"},
    team_notified_by_attest: {
        "recipients": "Author, #on-call, support@example.org",
        "sent_at": "2026-05-31T08:00:00Z",
        "start_at": "2026-06-01T08:00:00Z",
    },
    red_team_done_by_attest: {"release": "1", "date": "2026-05-30"},
    encryption_at_rest_by_attest: {"stores": "Main", "date": "2026-05-30"},
    key_scopes_valid_by_attest: {"keys": "openai_api_key", "date": "2026-05-30"},
}
ALL = pytest.mark.parametrize("check", FIELDS, ids=lambda c: c.control)


def statement(check, **changes):
    fields = FIELDS[check] | changes.pop("fields", {})
    made = Attestation(
        seen_at=SIGNED,
        control=check.control,
        fields=fields,
        signers=(AUTHOR, REVIEWER),
        path="gonogo/statements/s.json",
    )
    return msgspec.structs.replace(made, **changes)


def judge(check, *statements, system=SYSTEM):
    facts = {Attestation: list(statements), Declaration: [Declaration(seen_at=SIGNED, system=system)]}
    named = {"limits": limits(CONTROLS[check.control], {}, system)} if check.wants_limits else {}
    return check(*(facts[cls] for cls in check.needs), **named)


@ALL
def test_a_whole_statement_passes_and_names_who_stands_behind_it(check, tells):
    answer = judge(check, statement(check))
    assert answer.outcome == "pass", answer.summary
    assert "signed by author and reviewer" in answer.evidence[0].detail
    tells(answer)


@ALL
def test_without_a_statement_nothing_was_collected(check, tells):
    answer = judge(check, msgspec.structs.replace(statement(check), control="access.cors"))
    assert answer.outcome == "not-collected"
    tells(answer)


@ALL
@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"signers": ()}, "inconclusive"),
        ({"signers": (Signer("SHA256:x", None, False),)}, "inconclusive"),
        ({"signers": (Signer("SHA256:x", None, False), REVIEWER)}, "inconclusive"),
        ({"signers": (Signer("SHA256:a", "author", False), REVIEWER)}, "fail"),
        ({"intact": False}, "fail"),
        ({"checks": (ArtifactCheck("file-type", False, "it is text"),)}, "fail"),
        ({"checks": (ArtifactCheck("file-type", True),)}, "pass"),
    ],
)
def test_a_statement_that_does_not_count(check, change, outcome, tells):
    answer = judge(check, statement(check, **change))
    assert answer.outcome == outcome
    tells(answer)


SECOND = [provider_spend_limit_by_attest, red_team_done_by_attest, encryption_at_rest_by_attest]


@pytest.mark.parametrize(
    "alone",
    [
        (AUTHOR,),
        (AUTHOR, AUTHOR),
        (AUTHOR, Signer("SHA256:c", "author", True)),
        (AUTHOR, Signer("SHA256:b", "reviewer", False)),
        (AUTHOR, Signer("SHA256:x", None, False)),
    ],
)
@ALL
def test_a_second_person_is_wanted_where_the_control_wants_one(check, alone, tells):
    answer = judge(check, statement(check, signers=alone))
    assert answer.outcome == ("inconclusive" if check in SECOND else "pass")
    tells(answer)
    if check in SECOND:
        assert answer.fix == "another person: gonogo attest --countersign gonogo/statements/s.json"


@ALL
def test_the_newest_statement_counts(check):
    older = statement(check, seen_at=SIGNED - timedelta(days=1), path="a.json")
    newer = statement(check, intact=False, path="b.json")
    assert judge(check, older, newer).outcome == judge(check, newer, older).outcome == "fail"


def test_the_age_of_the_evidence_is_that_of_what_was_looked_at():
    answer = judge(red_team_done_by_attest, statement(red_team_done_by_attest))
    assert answer.seen_at == datetime(2026, 5, 30, tzinfo=UTC)
    assert judge(team_notified_by_attest, statement(team_notified_by_attest)).seen_at == SIGNED


@pytest.mark.parametrize(
    ("check", "fields", "outcome"),
    [
        (provider_spend_limit_by_attest, {"account": "org-2"}, "fail"),
        (provider_spend_limit_by_attest, {"account": ""}, "fail"),
        (provider_spend_limit_by_attest, {"limit_usd": "500.01"}, "fail"),
        (provider_spend_limit_by_attest, {"limit_usd": "$1,000"}, "fail"),
        (provider_spend_limit_by_attest, {"limit_usd": "0"}, "fail"),
        (provider_spend_limit_by_attest, {"limit_usd": "none"}, "fail"),
        (provider_spend_limit_by_attest, {"openai.limit_usd": "400"}, "pass"),
        (provider_spend_limit_by_attest, {"openai.limit_usd": "600"}, "fail"),
        (provider_spend_limit_by_attest, {"date": "2026-03-03"}, "pass"),
        (provider_spend_limit_by_attest, {"date": "2026-03-02"}, "fail"),
        (provider_spend_limit_by_attest, {"date": "lately"}, "fail"),
        (monthly_cost_review_by_attest, {"date": "2026-05-01"}, "pass"),
        (monthly_cost_review_by_attest, {"date": "2026-04-30"}, "fail"),
        (monthly_cost_review_by_attest, {"decision": "no action"}, "fail"),
        (monthly_cost_review_by_attest, {"decision": "No action: spending fell by half"}, "pass"),
        (monthly_cost_review_by_attest, {"decision": ""}, "fail"),
        (team_notified_by_attest, {"recipients": "author, #on-call"}, "fail"),
        (team_notified_by_attest, {"recipients": "author, support@example.org"}, "fail"),
        (team_notified_by_attest, {"recipients": "#on-call, support@example.org"}, "fail"),
        (team_notified_by_attest, {"sent_at": "2026-05-31T08:00:01Z"}, "fail"),
        (team_notified_by_attest, {"sent_at": "2026-05-31T08:00:01Z", "emergency": "yes"}, "pass"),
        (team_notified_by_attest, {"sent_at": "2026-05-31T08:00:01Z", "emergency": "no"}, "fail"),
        (team_notified_by_attest, {"sent_at": "2026-06-01T08:00:01Z", "emergency": "yes"}, "fail"),
        (team_notified_by_attest, {"sent_at": "2026-06-01T10:00:00Z", "start_at": "2026-06-09T10:00:00Z"}, "fail"),
        (team_notified_by_attest, {"sent_at": "2026-05-31T08:00:00"}, "fail"),
        (team_notified_by_attest, {"start_at": "tomorrow"}, "fail"),
        (red_team_done_by_attest, {"date": "2026-03-03"}, "pass"),
        (red_team_done_by_attest, {"date": "2026-03-02"}, "fail"),
        (encryption_at_rest_by_attest, {"stores": "other"}, "fail"),
        (encryption_at_rest_by_attest, {"date": "2026-03-02"}, "fail"),
        (key_scopes_valid_by_attest, {"keys": "OTHER_KEY"}, "fail"),
    ],
)
def test_what_a_statement_has_to_give(check, fields, outcome, tells):
    answer = judge(check, statement(check, fields=fields))
    assert answer.outcome == outcome, answer.summary
    tells(answer)


@pytest.mark.parametrize(
    "check",
    [provider_spend_limit_by_attest, team_notified_by_attest, encryption_at_rest_by_attest, key_scopes_valid_by_attest],
)
def test_where_gonogo_yaml_declares_nothing_to_compare_with_it_cannot_be_told(check, tells):
    answer = judge(check, statement(check), system=System(name="empty"))
    assert answer.outcome == "inconclusive" and "gonogo.yaml" in (answer.fix or "")
    tells(answer)


LARGE = System(
    name="b",
    providers=(
        Provider(name="openai", account="org-1", key_variable="A_KEY"),
        Provider(name="other", account="acct", key_variable="B_KEY"),
    ),
    budgets=Budgets(monthly_usd=500),
    data_stores=(DataStore(name="main", holds="personal"), DataStore(name="Cache")),
    owners=(Person(name="author", roles=("product",)), Person(name="second", roles=("product", "on-call"))),
    rota=(Person(name="pager", channel="#on-call"),),
    contacts=(Person(name="desk", email="support@example.org", roles=("support",)),),
)
COVERED = {
    provider_spend_limit_by_attest: {
        f"{name}.{key}": value
        for name, account in (("openai", "ORG-1"), ("other", "acct"))
        for key, value in (("account", account), ("limit_usd", "9"), ("date", "2026-05-30"))
    },
    monthly_cost_review_by_attest: {},
    team_notified_by_attest: {"recipients": "author, second, #on-call, support@example.org"},
    red_team_done_by_attest: {"release": "7", "date": "2026-05-29"},
    encryption_at_rest_by_attest: {"stores": "cache, main"},
    key_scopes_valid_by_attest: {"keys": "a_key, b_key"},
}


@ALL
@pytest.mark.parametrize("covered", [True, False])
def test_everything_that_is_declared_has_to_be_covered(check, covered, tells):
    answer = judge(check, statement(check, fields=COVERED[check] if covered else {}), system=LARGE)
    compares = check not in (monthly_cost_review_by_attest, red_team_done_by_attest)
    assert answer.outcome == ("pass" if covered or not compares else "fail")
    tells(answer)


@ALL
def test_the_newest_declaration_counts_and_without_one_there_is_nothing_to_compare_with(check):
    facts = {Attestation: [statement(check)], Declaration: []}
    named = {"limits": limits(CONTROLS[check.control], {}, SYSTEM)} if check.wants_limits else {}

    def judged(*systems):
        facts[Declaration] = [Declaration(seen_at=SIGNED, system=s) for s in systems]
        return check(*(facts[cls] for cls in check.needs), **named).outcome

    assert judged(System(name="empty"), SYSTEM) == "pass"
    if check is monthly_cost_review_by_attest:
        assert judged() == "fail"
    elif check is not red_team_done_by_attest:
        assert judged() == judged(SYSTEM, System(name="empty")) == "inconclusive"


@ALL
def test_a_field_that_is_missing_is_not_given(check):
    assert judge(check, msgspec.structs.replace(statement(check), fields={})).outcome == "fail"


def test_without_a_budget_a_spending_limit_cannot_be_told(tells):
    system = System(name="a", providers=SYSTEM.providers)
    answer = judge(provider_spend_limit_by_attest, statement(provider_spend_limit_by_attest), system=system)
    assert answer.outcome == "inconclusive" and "budget" in answer.summary
    tells(answer)


def test_a_cost_review_is_signed_by_an_owner(tells):
    check = monthly_cost_review_by_attest
    answer = judge(check, statement(check, signers=(REVIEWER,)))
    assert answer.outcome == "fail"
    tells(answer)


@pytest.mark.parametrize(
    ("text", "value"), [("500", 500), ("$1,200.50", 1200.5), ("30 USD", 30), ("", None), ("nan", None), ("inf", None)]
)
def test_amounts(text, value):
    assert number_of(text) == value


def test_dates_moments_and_lists():
    assert day_of(" 2026-05-30T10:00Z") == date(2026, 5, 30) and day_of("30.5.2026") is None
    assert moment_of("2026-05-30T10:00:00+00:00") and moment_of("2026-05-30T10:00:00") is None
    assert words_of(" A, b ,,") == {"a", "b"}
