from __future__ import annotations

from datetime import date

import pytest

from gonogo.facts import ApprovalNote, WaiverNote
from gonogo.gate import rules
from gonogo.gate.combine import combine
from gonogo.gate.freshness import Aged, Scope
from gonogo.gate.policy import Policy
from gonogo.gate.rules import Record, evaluate
from tests.gate import build
from tests.gate.build import NOW

SAFE = build.control("access.example")
FREE = build.control("cost.example")


def result(name="cost.example", outcome="pass", severity="critical", **given):
    import msgspec

    control = build.control(name, severity=severity)
    made = combine(control, [Aged(finding=build.finding(name, outcome, fix=given.pop("fix", None)), outcome=outcome)])
    return msgspec.structs.replace(made, **given)


def record(*results, **given):
    scope = Scope(subject=build.subject(), now=NOW, policy=Policy())
    values = {"catalog": build.catalog(SAFE, FREE), "scope": scope, "results": {r.control: r for r in results}}
    return Record(**{**values, **given})


def note(state, control="cost.example", detail="because"):
    return WaiverNote(control=control, owner="alice", expires=date(2026, 4, 1), state=state, detail=detail)


def found(name, given):
    return evaluate(build.rule(name), given)


def shown(finding):
    return [e.detail for e in finding.evidence]


def test_a_rule_answers_with_a_finding_of_records_seen_now():
    finding = found("critical-all-pass", record(result()))
    assert (finding.control, finding.method, finding.severity) == ("decision.critical-all-pass", "records", "critical")
    assert (finding.seen_at, finding.fingerprints) == (NOW, {})
    minor = evaluate(build.rule("critical-all-pass", severity="minor"), record(result()))
    assert minor.severity == "minor"


@pytest.mark.parametrize("outcome", ["fail", "error", "inconclusive", "not-collected"])
def test_one_open_critical_control_fails_the_rule(outcome):
    open_ = result("cost.open", outcome, fix="gonogo lab")
    finding = found("critical-all-pass", record(result(), open_))
    assert (finding.outcome, finding.summary) == ("fail", "1 of 2 critical controls are open")
    assert shown(finding) == [f"cost.open: {outcome}"]
    assert finding.fix == open_.close != ""


def test_the_rule_offers_the_first_fix_there_is():
    finding = found("critical-all-pass", record(result("a.a", "fail"), result("b.b", "fail", fix="edit b")))
    assert finding.fix == "edit b"
    assert found("critical-all-pass", record(result("a.a", "fail"))).fix is None


def test_passing_waived_and_inapplicable_critical_controls_and_open_lesser_ones_fail_nothing():
    rest = [
        result("a.waived", "fail", waived=True),
        result("a.away", "not-applicable"),
        result("a.major", "fail", severity="major"),
    ]
    finding = found("critical-all-pass", record(result(), *rest))
    assert (finding.outcome, finding.summary) == ("pass", "none of 3 critical controls is open, 1 waived")
    assert found("critical-all-pass", record(result())).summary == "none of 1 critical controls is open"
    assert shown(finding) == [] and finding.fix is None


def test_without_critical_controls_the_rule_has_nothing_to_say():
    finding = found("critical-all-pass", record(result(severity="major")))
    assert (finding.outcome, finding.summary) == ("not-collected", "the profile has no other critical control")


def test_a_trial_waiver_of_every_safeguard_is_made_and_refused():
    finding = found("non-negotiable", record())
    assert finding.outcome == "pass"
    assert finding.summary == "a waiver and a declaration were tried on each of 1 safeguards and refused"


def test_the_trial_would_notice_a_gate_that_grants_it(monkeypatch):
    monkeypatch.setattr(rules, "refused", lambda waiver, court: None)
    finding = found("non-negotiable", record())
    assert (finding.outcome, finding.summary) == ("fail", "a safeguard could be waived or declared away")
    assert shown(finding) == ["access.example"]


def test_the_trial_would_notice_a_gate_that_accepts_a_declaration(monkeypatch):
    monkeypatch.setattr(rules.declared, "refused", lambda control, reason: None)
    assert found("non-negotiable", record()).outcome == "fail"


def test_a_trial_that_would_be_refused_anyway_proves_nothing(monkeypatch):
    monkeypatch.setattr(rules, "refused", lambda waiver, court: "always")
    finding = found("non-negotiable", record())
    assert finding.outcome == "inconclusive"
    assert finding.summary == "the trial waiver was refused for a control that may be waived as well"


def test_the_trial_waiver_is_good_for_a_control_that_may_be_waived():
    given = record()
    court = rules._trial_court(given)
    assert rules.refused(rules._trial(FREE, court), court) is None
    assert rules.refused(rules._trial(SAFE, court), court) == "the safeguard is non-negotiable"
    assert len({p.name for p in court.roster.approvers}) == 2


def test_a_catalogue_of_safeguards_alone_is_tried_as_well():
    assert found("non-negotiable", record(catalog=build.catalog(SAFE, build.rule("second-person")))).outcome == "pass"


def test_without_safeguards_there_is_nothing_to_try():
    finding = found("non-negotiable", record(catalog=build.catalog(FREE)))
    assert (finding.outcome, finding.summary) == ("not-collected", "the catalogue marks no control as non-negotiable")


def test_a_waiver_or_declaration_that_touches_a_safeguard_fails_the_rule():
    touched = record(
        waivers=(note("refused", "access.example"), note("active")),
        declared={"access.example": "why not", "cost.example": "why not"},
    )
    finding = found("non-negotiable", touched)
    assert (finding.outcome, finding.summary) == ("fail", "safeguards are waived or declared away")
    assert shown(finding) == ["a waiver of access.example by alice", "access.example is declared not applicable"]
    assert finding.fix == "remove these entries"


def approved(signer, state="accepted", covers="evidence", detail=""):
    return ApprovalNote(signer=signer, covers=covers, state=state, detail=detail)


def test_a_second_person_passes_and_refusals_are_said():
    given = record(approvals=(approved("carol"), approved("bob"), approved("dave", "refused", detail="too old")))
    finding = found("second-person", given)
    assert (finding.outcome, finding.summary) == ("pass", "approved by bob, carol")
    assert shown(finding) == ["dave: too old"]


@pytest.mark.parametrize("approvals", [(), (approved("bob", "refused"),), (approved("bob", covers="law"),)])
def test_without_a_second_person_nobody_approved(approvals):
    finding = found("second-person", record(approvals=approvals))
    assert (finding.outcome, finding.summary) == ("not-collected", "no second person has approved this evidence")
    assert shown(finding) == ["bob: " for a in approvals if a.state == "refused"]


@pytest.mark.parametrize("state", ["refused", "expired"])
def test_a_waiver_that_does_not_hold_fails_the_rule(state):
    finding = found("waivers-justified", record(waivers=(note(state), note("active"))))
    assert (finding.outcome, finding.summary) == ("fail", "1 of 2 waivers do not hold")
    assert shown(finding) == [f"cost.example (alice): {state}, because"]
    assert finding.fix == "renew or remove them"


def test_waivers_that_hold_pass_and_those_about_to_end_are_said():
    finding = found("waivers-justified", record(waivers=(note("active"), note("expiring"), note("unneeded"))))
    assert (finding.outcome, finding.summary, finding.fix) == ("pass", "all 3 waivers hold", None)
    assert shown(finding) == ["cost.example: because"]
    assert found("waivers-justified", record()).summary == "there are no waivers"


def aged(name="cost.example", *, parts=(), outcome="pass", stale=None):
    counts = "not-collected" if parts else outcome
    return Aged(finding=build.finding(name, outcome), outcome=counts, parts=parts, stale=stale)


def test_evidence_of_another_state_fails_the_rule_and_says_what_to_run():
    stale = aged(parts=("code",), stale="the scan saw another state of: code")
    given = record(result(outcome="not-collected"), result("a.b"), aged=(stale, stale, aged("a.b")))
    finding = found("rerun-on-change", given)
    assert (finding.outcome, finding.summary) == ("fail", "1 controls must run again after a change")
    assert shown(finding) == ["cost.example: the scan saw another state of: code"]
    assert finding.fix == "gonogo check"


def test_evidence_of_the_judged_state_passes_and_old_evidence_that_was_renewed_fails_nothing():
    given = record(result(), aged=(aged(), aged(parts=("code",), stale="old"), aged(outcome="fail")))
    finding = found("rerun-on-change", given)
    assert (finding.outcome, finding.summary) == ("pass", "2 passing findings are of the judged state")


def test_evidence_that_only_expired_is_no_change():
    expired = Aged(finding=build.finding(), outcome="not-collected", stale="expired")
    assert found("rerun-on-change", record(result(outcome="not-collected"), aged=(expired,))).outcome == "pass"


@pytest.mark.parametrize("given", [(), (aged(outcome="fail"),)])
def test_without_passing_evidence_there_is_nothing_to_hold_against_the_state(given):
    finding = found("rerun-on-change", record(result(), aged=given))
    assert finding.outcome == "not-collected"
    assert finding.summary == "there is no passing evidence that could be of another state"
