from __future__ import annotations

import msgspec
import pytest

from gonogo.facts.declaration import Environment, EnvironmentPolicy
from gonogo.gate.policy import Policy, in_force, policy_for
from tests.gate import build


def test_production_asks_one_approver_and_the_pre_launch_profile():
    policy = policy_for("production", build.law())
    assert (policy.environment, policy.production) == ("production", True)
    assert (policy.profile, policy.approvals, policy.allow_dirty) == ("pre-launch", 1, False)
    assert (policy.max_waivers, policy.fail_on, policy.needs_law) == (None, "major", True)


def test_another_environment_asks_the_minimum_and_nobody():
    policy = policy_for("staging", build.law())
    assert (policy.environment, policy.production) == ("staging", False)
    assert (policy.profile, policy.approvals, policy.allow_dirty, policy.needs_law) == ("minimum", 0, False, True)


@pytest.mark.parametrize("name", ["production", "prod", "live", "Production"])
def test_an_environment_named_like_production_is_one_without_any_law(name):
    assert policy_for(name, None).production
    assert policy_for(name, None).approvals == 1


def test_the_judged_state_can_make_an_environment_production_and_never_the_reverse():
    says_yes = build.system(environments=(Environment(name="blue", production=True),))
    says_no = build.system(environments=(Environment(name="blue", production=False),))
    law_yes = build.law(environments=(Environment(name="blue", production=True),))
    law_no = build.law(environments=(Environment(name="blue", production=False),))
    assert policy_for("blue", law_no, says_yes).production
    assert policy_for("blue", law_yes, says_no).production
    assert not policy_for("blue", law_no, says_no).production
    assert not policy_for("green", law_yes, says_yes).production


def test_what_the_law_writes_replaces_the_defaults_for_that_environment_alone():
    written = EnvironmentPolicy(
        environment="production", profile="monthly", approvals=2, allow_dirty=True, max_waivers=0, fail_on="minor"
    )
    law = build.law(policies=(written,))
    policy = policy_for("production", law)
    assert (policy.profile, policy.approvals, policy.allow_dirty) == ("monthly", 2, True)
    assert (policy.max_waivers, policy.fail_on) == (0, "minor")
    assert policy_for("staging", law).approvals == 0
    nobody = build.law(policies=(EnvironmentPolicy(environment="production", approvals=0),))
    assert policy_for("production", nobody).approvals == 0


def test_a_policy_of_the_judged_state_itself_does_not_count():
    own = build.system(policies=(EnvironmentPolicy(environment="production", approvals=0, allow_dirty=True),))
    assert policy_for("production", build.law(), own).approvals == 1
    dependent = msgspec.structs.replace(build.law(policies=own.policies), independent=False)
    assert policy_for("production", dependent, own).approvals == 1
    assert not policy_for("production", dependent, own).allow_dirty


def test_a_look_at_the_repository_needs_a_law_only_where_something_is_declared():
    assert not policy_for(None, None).needs_law
    assert policy_for(None, None, build.system()).needs_law
    assert policy_for(None, build.law()).needs_law
    assert policy_for(None, None).profile == "minimum"
    assert policy_for(None, None).environment is None


def test_a_law_is_in_force_when_it_is_independent_and_declares_a_system():
    law = build.law()
    assert in_force(law) is law
    assert in_force(None) is None
    assert in_force(msgspec.structs.replace(law, independent=False)) is None
    assert in_force(msgspec.structs.replace(law, system=None)) is None


@pytest.mark.parametrize(
    ("fail_on", "blocking"),
    [("critical", {"critical"}), ("major", {"critical", "major"}), ("minor", {"critical", "major", "minor"})],
)
def test_fail_on_blocks_from_that_severity_up(fail_on, blocking):
    policy = Policy(fail_on=fail_on)
    assert {s for s in ("critical", "major", "minor") if policy.blocks(s)} == blocking


def test_evidence_without_a_cadence_counts_a_quarter_and_an_approval_a_month():
    assert (Policy().shelf_days, Policy().approval_days, Policy().fail_on) == (92, 31, "major")
