from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from gonogo.facts import Approval, Signer
from gonogo.facts.declaration import EnvironmentPolicy, Journey, NotApplicable
from gonogo.gate import decide, policy_for
from gonogo.gate.law import NO_LAW
from gonogo.gate.policy import Policy
from tests.gate import build
from tests.gate.build import NOW

WHY = "the service has no browser clients"
RULES = ("critical-all-pass", "non-negotiable", "second-person", "waivers-justified", "rerun-on-change")
CONTROLS = (
    build.control("cost.example"),
    build.control("cost.major", severity="major"),
    build.control("cost.minor", severity="minor"),
    build.control("access.example"),
    build.control("agent-safety.example", kinds=("agent",)),
    *(build.rule(name) for name in RULES),
)
CATALOG = build.catalog(*CONTROLS)
EASY = build.policy(approvals=0)


def judge(*findings, controls=("cost.example",), **given):
    values = {
        "subject": build.subject(),
        "law_old": build.law(),
        "law_new": build.law(),
        "policy": EASY,
        "now": NOW,
        "system": "shop",
    }
    return decide(findings or [build.finding()], CATALOG, build.profile(*controls), **{**values, **given})


def one(decision, name="cost.example"):
    return next(r for r in decision.results if r.control == name)


def test_a_go_says_all_that_an_auditor_needs():
    decision = judge(heads={"laptop": "sha256:1"}, gonogo="0.1.0")
    assert (decision.verdict, decision.blockers, decision.reasons, decision.notes) == ("GO", (), (), ())
    assert (decision.system, decision.profile, decision.environment) == ("shop", "pre-launch", "production")
    assert (decision.decided_at, decision.subject) == (NOW, build.subject())
    assert decision.expires == NOW - timedelta(hours=1) + timedelta(days=92)
    assert (decision.law, decision.law_origin) == (build.law().digest, "base 1a2b3c4d5e6f")
    assert decision.evidence.startswith("sha256:")
    assert (decision.catalog, decision.gonogo, decision.heads) == ("sha256:catalog", "0.1.0", {"laptop": "sha256:1"})
    assert (decision.waived, decision.not_collected, decision.waivers, decision.approvals) == ((), (), (), ())
    assert one(decision).outcome == "pass" and not one(decision).blocking


@pytest.mark.parametrize("outcome", ["fail", "error", "inconclusive", "not-collected"])
@pytest.mark.parametrize(("name", "blocks"), [("cost.example", True), ("cost.major", True), ("cost.minor", False)])
def test_open_critical_and_major_controls_block_and_minor_ones_are_listed(outcome, name, blocks):
    held = build.finding("access.example")
    decision = judge(held, build.finding(name, outcome), controls=(name, "access.example"))
    assert decision.verdict == ("NO-GO" if blocks else "GO")
    assert decision.blockers == ((name,) if blocks else ())
    assert one(decision, name).blocking is blocks
    assert decision.not_collected == ((name,) if outcome == "not-collected" else ())
    assert decision.notes == (() if blocks else ("1 open control does not block under this policy",))
    assert (decision.expires is None) is blocks


def test_the_policy_says_from_which_severity_open_controls_block():
    found = [build.finding(), build.finding("cost.major", "fail"), build.finding("cost.minor", "fail")]
    names = ("cost.example", "cost.major", "cost.minor")
    strict = judge(*found, controls=names, policy=build.policy(approvals=0, fail_on="minor"))
    assert strict.blockers == ("cost.major", "cost.minor")
    lenient = judge(*found, controls=names, policy=build.policy(approvals=0, fail_on="critical"))
    assert lenient.verdict == "GO"
    assert lenient.notes == ("2 open controls do not block under this policy",)


def test_the_catalogues_severity_counts_and_not_the_findings():
    assert judge(build.finding(outcome="fail", severity="minor")).blockers == ("cost.example",)


def test_nobody_looked_is_no_go():
    decision = judge(build.finding("cost.other"))
    assert (decision.verdict, decision.blockers, decision.not_collected) == (
        "NO-GO",
        ("cost.example",),
        ("cost.example",),
    )
    assert one(decision).close == "gonogo check"


def test_the_results_stand_in_the_profiles_order():
    names = ("decision.waivers-justified", "cost.minor", "cost.example")
    decision = judge(build.finding(), build.finding("cost.minor"), controls=names)
    assert tuple(r.control for r in decision.results) == names


def test_nothing_shown_to_hold_is_no_go():
    away = build.finding(outcome="not-applicable")
    decision = judge(away, controls=("cost.example", "decision.waivers-justified"))
    assert decision.blockers == ()
    assert (decision.verdict, decision.reasons) == ("NO-GO", ("no control of the profile was shown to hold",))
    assert judge(away, build.finding("cost.minor"), controls=("cost.example", "cost.minor")).verdict == "GO"


def test_a_profile_that_names_what_the_catalogue_lacks_is_no_go():
    decision = judge(controls=("cost.example", "cost.gone"))
    assert decision.verdict == "NO-GO"
    assert decision.reasons == ("the profile names cost.gone, which the catalogue does not have",)


def test_findings_of_controls_outside_the_profile_do_not_count():
    assert judge(build.finding(), build.finding("cost.major", "fail"), build.finding("x.y", "fail")).verdict == "GO"


def test_now_must_have_a_zone():
    with pytest.raises(ValueError, match="now must have a time zone"):
        judge(now=datetime(2026, 3, 10))
    assert judge(now=NOW.astimezone(timezone(timedelta(hours=-5)))).decided_at.tzinfo is UTC


# A GO decays.


def test_a_go_decays_to_no_go_by_itself_and_names_what_expired():
    end = judge().expires
    assert judge(now=end - timedelta(seconds=1)).verdict == "GO"
    decision = judge(now=end)
    assert (decision.verdict, decision.blockers, decision.not_collected) == (
        "NO-GO",
        ("cost.example",),
        ("cost.example",),
    )
    assert one(decision).stale == "the scan of 2026-03-10 11:00 UTC expired at 2026-06-10 11:00 UTC"
    assert one(decision).findings == (build.finding(),)


def test_a_go_expires_with_the_first_that_ends_and_a_control_that_cannot_block_ends_nothing():
    old = NOW - timedelta(days=30)
    names = ("cost.example", "cost.major", "cost.minor")
    both = judge(build.finding(), build.finding("cost.major", seen_at=old), controls=names[:2])
    assert both.expires == old + timedelta(days=92)
    assert judge(build.finding(), build.finding("cost.minor", seen_at=old), controls=names[::2]).expires > both.expires


def test_evidence_of_another_state_does_not_count():
    decision = judge(subject=build.subject(tree="sha256:other"))
    assert decision.not_collected == ("cost.example",)
    assert one(decision).stale == "the scan read another state of the files"


# The subject.


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (build.subject(dirty=True), "there are uncommitted changes"),
        (build.subject(dirty=True, commit=None), "the files are under no version control"),
    ],
)
def test_a_dirty_state_gets_a_go_only_where_the_policy_allows_it(subject, said):
    decision = judge(subject=subject)
    assert (decision.verdict, decision.notes) == ("NO-GO", ())
    assert decision.reasons == (f"{said}; commit them, or allow it in the policy of this environment",)
    allowed = judge(subject=subject, policy=build.policy(approvals=0, allow_dirty=True))
    assert (allowed.verdict, allowed.reasons) == ("GO", ())
    assert allowed.notes == (f"dirty: {said}; the policy allows it",)
    assert allowed.subject.dirty


def test_a_clean_state_is_not_said_to_be_dirty():
    assert judge(policy=build.policy(approvals=0, allow_dirty=True)).notes == ()


# What does not apply.


def test_a_control_of_other_kinds_does_not_apply():
    names = ("cost.example", "agent-safety.example")
    chat = build.law(kinds=("llm-app",))
    decision = judge(controls=names, law_old=chat, law_new=chat)
    result = one(decision, "agent-safety.example")
    assert (decision.verdict, result.outcome) == ("GO", "not-applicable")
    assert result.summary == "it concerns agent; this system is declared as llm-app"
    assert (result.close, result.stale, result.expires) == (None, None, None)


def test_kinds_of_the_law_in_force_and_of_the_judged_state_both_count():
    names, chat, agent = ("cost.example", "agent-safety.example"), build.law(kinds=("llm-app",)), build.law()
    for old, new in [(chat, agent), (agent, chat), (agent, agent)]:
        assert judge(controls=names, law_old=old, law_new=new).not_collected == ("agent-safety.example",)


def test_undeclared_kinds_are_every_kind():
    names, chat, none = ("cost.example", "agent-safety.example"), build.law(kinds=("llm-app",)), build.law(kinds=())
    assert judge(controls=names, law_old=chat, law_new=none).not_collected == ("agent-safety.example",)
    assert judge(controls=names, law_old=none, law_new=none).not_collected == ("agent-safety.example",)
    lawless = judge(controls=names, law_old=None, law_new=None, policy=Policy(needs_law=False))
    assert lawless.not_collected == ("agent-safety.example",)


def test_a_failure_shows_that_a_control_of_other_kinds_applies_after_all():
    chat = build.law(kinds=("llm-app",))
    found = [build.finding(), build.finding("agent-safety.example", "fail")]
    decision = judge(*found, controls=("cost.example", "agent-safety.example"), law_old=chat, law_new=chat)
    assert decision.blockers == ("agent-safety.example",)


def test_the_law_declares_not_applicable_with_the_reason_beside():
    law = build.law(not_applicable=(NotApplicable(control="cost.major", reason=WHY),))
    found = [build.finding(), build.finding("cost.major", "fail")]
    decision = judge(*found, controls=("cost.example", "cost.major"), law_old=law, law_new=law)
    result = one(decision, "cost.major")
    assert (decision.verdict, result.outcome, result.declared) == ("GO", "not-applicable", WHY)
    assert result.findings[0].outcome == "fail"


def test_a_safeguard_is_not_declared_away_and_that_is_said():
    law = build.law(not_applicable=(NotApplicable(control="access.example", reason=WHY),))
    found = [build.finding(), build.finding("access.example", "fail")]
    decision = judge(*found, controls=("cost.example", "access.example"), law_old=law, law_new=law)
    assert decision.blockers == ("access.example",)
    assert decision.notes == (
        "access.example is declared not applicable, and that is refused: the safeguard is non-negotiable: "
        "only a condition that is shown to be false takes it away",
    )


# Rule 4: the judged commit does not write its own law.


def test_added_not_applicable_in_the_judged_commit_does_not_count_and_blocks():
    new = build.law(not_applicable=(NotApplicable(control="cost.example", reason=WHY),))
    decision = judge(build.finding(outcome="fail"), law_new=new)
    assert decision.blockers == ("cost.example",)
    assert decision.reasons[0] == (
        "the law changed and no approver of the law in force has signed it: cost.example was declared not applicable"
    )


def test_self_made_second_key_does_not_approve_and_blocks():
    mallory = build.person("mallory", email="m@example.org")
    new = build.law(approvers=(build.person("bob"), build.person("carol"), mallory))
    signed = build.approval(build.finding(), by="mallory", law=new.digest)
    decision = judge(law_new=new, approvals=[signed], policy=build.policy(approvals=1))
    assert decision.verdict == "NO-GO"
    assert decision.reasons == (
        "the law changed and no approver of the law in force has signed it: approver mallory was added",
        "0 of 1 needed people have approved this evidence",
    )
    assert {n.state for n in decision.approvals} == {"refused"}


def test_self_waiver_is_refused():
    own = build.waiver("cost.example", build.signer("alice"), build.signer("alice-two"))
    new = build.law(approvers=(build.person("bob"), build.person("carol"), build.person("alice-two")))
    decision = judge(build.finding(outcome="fail"), waivers=[own], law_new=new)
    assert (decision.blockers, decision.waived) == (("cost.example",), ())
    assert decision.waivers[0].state == "refused"
    as_approver = build.waiver("cost.example", build.signer("bob"), build.signer("bob"), owner="bob")
    assert judge(build.finding(outcome="fail"), waivers=[as_approver]).waivers[0].state == "refused"


def test_an_author_of_the_commit_waives_nothing_even_as_an_approver():
    decision = judge(
        build.finding(outcome="fail"), waivers=[build.waiver()], subject=build.subject(authors=("bob@example.org",))
    )
    assert decision.waivers[0].detail == "bob wrote the change and cannot approve it"
    assert decision.blockers == ("cost.example",)


def test_widened_threshold_blocks_and_the_old_one_counts():
    catalog = build.catalog(build.control(threshold={"age_days": build.threshold(10)}))
    old = build.finding(seen_at=NOW - timedelta(days=20))
    new = build.law(thresholds={"cost.example": {"age_days": 60}})
    given = {"subject": build.subject(), "policy": EASY, "now": NOW}
    decision = decide([old], catalog, build.profile("cost.example"), law_old=build.law(), law_new=new, **given)
    assert decision.blockers == ("cost.example",)
    assert decision.reasons[0].endswith(
        ": threshold cost.example.age_days was widened from the catalogue's value to 60"
    )
    accepted = decide([old], catalog, build.profile("cost.example"), law_old=new, law_new=new, **given)
    assert (accepted.verdict, accepted.expires) == ("GO", NOW + timedelta(days=40))


def test_removed_journey_blocks():
    decision = judge(law_new=build.law(journeys=()))
    assert (decision.verdict, decision.blockers) == ("NO-GO", ())
    assert decision.reasons == (
        "the law changed and no approver of the law in force has signed it: journeys: ask was removed",
    )
    assert judge(law_new=build.law(journeys=(Journey(name="ask", path="/ask"), Journey(name="b")))).verdict == "GO"


def test_custom_control_edited_blocks():
    old, new = build.law({"gonogo/controls/a.yaml": "sha256:1"}), build.law({"gonogo/controls/a.yaml": "sha256:2"})
    decision = judge(law_old=old, law_new=new)
    assert decision.reasons[0].endswith(": custom control file gonogo/controls/a.yaml was edited")


def test_policy_edited_in_the_judged_commit_blocks_and_does_not_count():
    new = build.law(policies=(EnvironmentPolicy(environment="production", approvals=0),))
    decision = judge(law_new=new, policy=policy_for("production", build.law(), new.system))
    assert decision.approvals_needed == 1
    assert decision.reasons[0].startswith("the law changed and no approver of the law in force has signed it: policies")


def law_signature(new, by="bob", **given):
    return Approval(**{"seen_at": NOW, "subject": "", "law": new.digest, "signers": (build.signer(by),), **given})


@pytest.mark.parametrize(
    ("signature", "verdict"),
    [
        (lambda new: law_signature(new), "GO"),
        (lambda new: law_signature(new, "alice"), "NO-GO"),
        (lambda new: law_signature(new, "mallory"), "NO-GO"),
        (lambda new: law_signature(new, signers=(build.signer("bob", valid=False),)), "NO-GO"),
        (lambda new: law_signature(build.law()), "NO-GO"),
        (lambda new: law_signature(new, signers=(Signer(key=build.key("x"), name="bob", valid=True),)), "NO-GO"),
    ],
)
def test_a_changed_law_waits_for_an_approver_of_the_old_one(signature, verdict):
    new = build.law(journeys=())
    assert judge(law_new=new, approvals=[signature(new)]).verdict == verdict


def test_the_author_of_a_changed_law_cannot_sign_it():
    new = build.law(journeys=())
    own = build.subject(authors=("bob@example.org",))
    assert judge(law_new=new, approvals=[law_signature(new)], subject=own).verdict == "NO-GO"
    assert judge(law_new=new, approvals=[law_signature(new, "carol")], subject=own).verdict == "GO"


def test_a_signed_law_counts_from_the_next_judgement_on():
    new = build.law(not_applicable=(NotApplicable(control="cost.example", reason=WHY),))
    signed = [law_signature(new)]
    found = build.finding(outcome="fail")
    assert judge(found, law_new=new, approvals=signed).blockers == ("cost.example",)
    assert judge(found, law_old=new, law_new=new, controls=("cost.example",)).blockers == ()


def test_without_an_old_law_it_is_no_go_and_says_how_to_begin():
    decision = judge(law_old=None)
    assert (decision.verdict, decision.reasons) == ("NO-GO", (NO_LAW,))
    assert "--policy PATH" in NO_LAW
    assert (decision.law, decision.law_origin) == ("", "")


def test_a_law_of_the_judged_state_itself_is_no_law():
    own = msgspec.structs.replace(build.law(), independent=False)
    assert judge(law_old=own).reasons == (NO_LAW,)
    waived = judge(build.finding(outcome="fail"), law_old=own, waivers=[build.waiver()])
    assert waived.waivers[0].state == "refused"


def test_a_policy_file_is_a_law_from_elsewhere():
    given = msgspec.structs.replace(build.law(), origin="--policy company.yaml", commit=None)
    assert judge(law_old=given, law_new=None).verdict == "GO"
    assert judge(law_old=given, law_new=build.law(journeys=())).verdict == "NO-GO"


def test_where_nothing_is_declared_a_look_needs_no_law():
    assert judge(law_old=None, law_new=None, policy=policy_for(None, None)).verdict == "GO"
    assert judge(law_old=None, law_new=None, policy=policy_for("production", None)).verdict == "NO-GO"


# Waivers.


def test_a_waived_failure_stays_a_failure_and_does_not_block():
    found = [build.finding("cost.major", "fail"), build.finding("access.example")]
    given = {"controls": ("cost.major", "access.example"), "waivers": [build.waiver("cost.major")]}
    decision = judge(*found, **given)
    result = one(decision, "cost.major")
    assert (decision.verdict, decision.waived, decision.blockers) == ("GO", ("cost.major",), ())
    assert (result.outcome, result.waived, result.blocking) == ("fail", True, False)
    assert result.findings == (found[0],)
    assert decision.expires == datetime(2026, 5, 1, tzinfo=UTC)
    later = judge(*found, **given, now=datetime(2026, 5, 1, tzinfo=UTC))
    assert (later.verdict, later.blockers, later.waivers[0].state) == ("NO-GO", ("cost.major",), "expired")


def test_the_policy_limits_how_many_waivers_are_in_use():
    found = [build.finding("cost.major", "fail"), build.finding("access.example")]
    given = {"controls": ("cost.major", "access.example"), "waivers": [build.waiver("cost.major")]}
    assert judge(*found, **given, policy=build.policy(approvals=0, max_waivers=1)).verdict == "GO"
    decision = judge(*found, **given, policy=build.policy(approvals=0, max_waivers=0))
    assert decision.reasons == ("1 waivers are in use, the policy allows 0",)
    assert judge(build.finding("access.example"), policy=build.policy(approvals=0, max_waivers=0),
                 controls=("access.example",), waivers=[build.waiver()]).verdict == "GO"  # fmt: skip


def test_a_rule_of_the_gate_cannot_be_waived():
    names = ("cost.example", "decision.second-person")
    decision = judge(controls=names, waivers=[build.waiver("decision.second-person")])
    assert decision.blockers == ("decision.second-person",)
    assert decision.waivers[0].detail == "it is a rule of the gate itself"


# Sign-off.


def test_production_needs_one_approval_of_exactly_this_evidence():
    strict = build.policy(approvals=1)
    assert judge(policy=strict).reasons == ("0 of 1 needed people have approved this evidence",)
    decision = judge(policy=strict, approvals=[build.approval(build.finding())])
    assert (decision.verdict, decision.approvals_needed) == ("GO", 1)
    assert decision.expires == NOW - timedelta(minutes=10) + timedelta(days=31)
    other = judge(build.finding(summary="x"), policy=strict, approvals=[build.approval(build.finding())])
    assert other.approvals[0].detail == "it is over other evidence (another hash)"
    assert other.verdict == "NO-GO"


def test_an_approval_expires_with_its_policy():
    given = {"approvals": [build.approval(build.finding())], "policy": build.policy(approvals=1, approval_days=2)}
    end = NOW - timedelta(minutes=10) + timedelta(days=2)
    assert judge(**given).expires == end
    assert judge(**given, now=end).verdict == "NO-GO"


def test_who_decides_cannot_approve():
    given = {"approvals": [build.approval(build.finding())], "policy": build.policy(approvals=1)}
    assert judge(**given, deciders=("bob@example.org",)).verdict == "NO-GO"
    assert judge(**given, deciders=("carol",)).verdict == "GO"


def test_two_needed_people_are_two_people():
    strict = build.policy(approvals=2)
    by_bob, by_carol = build.approval(build.finding()), build.approval(build.finding(), by="carol")
    assert judge(policy=strict, approvals=[by_bob, by_bob]).reasons == (
        "1 of 2 needed people have approved this evidence",
    )
    assert judge(policy=strict, approvals=[by_bob, by_carol]).verdict == "GO"


def test_a_profile_with_the_second_person_needs_one_whatever_the_policy_says():
    names = ("cost.example", "decision.second-person")
    decision = judge(controls=names)
    assert (decision.blockers, decision.approvals_needed) == (("decision.second-person",), 1)
    approved = judge(controls=names, approvals=[build.approval(build.finding())])
    assert approved.verdict == "GO"
    assert approved.expires == NOW - timedelta(minutes=10) + timedelta(days=31)
    assert one(approved, "decision.second-person").summary == "approved by bob"
    three = judge(controls=names, policy=build.policy(approvals=3))
    assert three.approvals_needed == 3


def test_an_approval_nobody_needs_ends_nothing():
    end = judge().expires
    assert judge(approvals=[build.approval(build.finding())]).expires == end


# The gate's own rules.


ALL = tuple(c.id for c in CONTROLS)
FOUND = tuple(build.finding(name) for name in ALL[:5])


def test_all_rules_pass_over_a_whole_profile():
    decision = judge(*FOUND, controls=ALL, approvals=[build.approval(*FOUND)])
    assert (decision.verdict, decision.blockers) == ("GO", ())
    assert {r.outcome for r in decision.results} == {"pass"}
    assert one(decision, "decision.rerun-on-change").findings[0].seen_at == NOW


def test_a_foreign_finding_never_answers_for_a_rule_of_the_gate():
    forged = build.finding("decision.second-person", method="records")
    decision = judge(build.finding(), forged, controls=("cost.example", "decision.second-person"))
    assert decision.blockers == ("decision.second-person",)
    failing = build.finding("decision.waivers-justified", "fail", method="records")
    assert judge(build.finding(), failing, controls=("cost.example", "decision.waivers-justified")).verdict == "GO"


def test_a_rule_with_a_further_proof_waits_for_it():
    catalog = build.catalog(
        build.control(), build.control("decision.waivers-justified", build.proof("records"), build.proof("lab"))
    )
    profile = build.profile("cost.example", "decision.waivers-justified")
    given = {"subject": build.subject(), "law_old": build.law(), "law_new": build.law(), "policy": EASY, "now": NOW}
    lab = build.finding("decision.waivers-justified", method="lab", fingerprints={})
    assert decide([build.finding()], catalog, profile, **given).blockers == ("decision.waivers-justified",)
    assert decide([build.finding(), lab], catalog, profile, **given).verdict == "GO"


def test_one_failing_critical_control_fails_the_rule_over_all():
    found = (build.finding(outcome="fail"), *FOUND[1:])
    decision = judge(*found, controls=ALL, approvals=[build.approval(*found)])
    assert decision.blockers == ("cost.example", "decision.critical-all-pass")


def test_a_changed_tree_fails_the_rule_about_changes():
    decision = judge(*FOUND, controls=ALL, subject=build.subject(tree="sha256:new"))
    assert one(decision, "decision.rerun-on-change").outcome == "fail"
    assert one(decision, "decision.rerun-on-change").summary == "5 controls must run again after a change"


def test_a_declaration_over_a_safeguard_fails_the_rule():
    law = build.law(not_applicable=(NotApplicable(control="access.example", reason=WHY),))
    decision = judge(*FOUND, controls=ALL, law_old=law, law_new=law, approvals=[build.approval(*FOUND)])
    assert decision.blockers == ("decision.non-negotiable",)


def test_an_expired_waiver_fails_the_rule_about_waivers():
    found = (FOUND[0], build.finding("cost.major", "fail"), *FOUND[2:])
    past = build.waiver("cost.major", seen_at=NOW - timedelta(days=40), expires=(NOW - timedelta(days=1)).date())
    decision = judge(*found, controls=ALL, waivers=[past], approvals=[build.approval(*found)])
    assert decision.blockers == ("cost.major", "decision.waivers-justified")


def test_a_waiver_over_a_minor_control_ends_a_go_where_every_waiver_must_hold():
    names = ("cost.example", "cost.minor", "decision.waivers-justified")
    found = [build.finding(), build.finding("cost.minor", "fail")]
    waiver = build.waiver("cost.minor")
    end = datetime(2026, 5, 1, tzinfo=UTC)
    assert judge(*found, controls=names, waivers=[waiver]).expires == end
    assert judge(*found, controls=names, waivers=[waiver], now=end).blockers == ("decision.waivers-justified",)
    assert judge(*found, controls=names[:2], waivers=[waiver]).expires > end


def test_who_runs_the_gate_does_not_choose_a_weaker_profile_than_the_policy_asks_for():
    strict = build.profile("cost.example", "cost.minor")
    catalog = build.catalog(*CONTROLS, profiles={"pre-launch": strict})
    given = {"subject": build.subject(), "law_old": build.law(), "law_new": build.law(), "now": NOW}
    found = [build.finding(), build.finding("cost.minor"), build.finding("cost.major")]

    def judged(*controls, name="minimum", **policy):
        profile = build.profile(*controls, name=name)
        return decide(found, catalog, profile, policy=build.policy(approvals=0, **policy), **given)

    weaker = judged("cost.example")
    assert (weaker.verdict, weaker.blockers) == ("NO-GO", ())
    assert weaker.reasons == (
        "the policy of production asks for the profile pre-launch: 1 of its controls were not judged",
    )
    assert judged("cost.example", "cost.minor", "cost.major", name="own").verdict == "GO"
    assert judged("cost.example", name="pre-launch").verdict == "GO"
    assert judged("cost.example", environment=None).verdict == "GO"
    unknown = judged("cost.example", profile="gone")
    assert unknown.reasons == ("the policy of production asks for the profile gone: the catalogue does not have it",)
