"""`extends:`: from a path, a revision and a package; what tightens holds, what loosens is told with both places."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gonogo.errors import SystemFileError
from gonogo.system import load

KEY = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
OTHER = "ed25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

POLICY = f"""kinds: [llm-app]
regimes: [gdpr]
budgets: {{monthly_usd: 100, alert_percent: [80]}}
environments:
  - {{name: production, production: true, url: https://app.example.org, request_budget: 100, hosts: [a.example.org]}}
  - {{name: staging, disposable: false}}
journeys:
  - {{name: ask, path: /ask, deadline_s: 30}}
approvers:
  - {{name: reviewer, key: "{KEY}"}}
tools:
  - {{name: send, sensitivity: [write], approval: true}}
data_stores:
  - {{name: db, holds: confidential, encrypted: true, retention_days: 30}}
objectives:
  - {{name: latency-p95, target: 3, unit: s}}
  - {{name: availability, target: 99, unit: "%"}}
  - {{name: delight, target: 5, unit: points}}
predictions:
  - {{name: price, path: /price, output_min: 0, output_max: 10}}
policies:
  - {{environment: production, approvals: 2, max_waivers: 3, fail_on: major}}
thresholds:
  cost.daily-budget-cap: {{overshoot: 1}}
not_applicable:
  - {{control: cost.provider-spend-limit, reason: the account is prepaid without automatic top-up}}
exclude: [vendor/**]
audience: public
"""

TIGHTER = [
    "budgets: {monthly_usd: 50}",
    "budgets: {alert_percent: [50]}",
    "regimes: [hipaa]",
    "kinds: [rag]",
    "environments: [{name: production, request_budget: 10}]",
    "environments: [{name: production, hosts: []}]",
    "environments: [{name: local, disposable: true}]",
    "journeys: [{name: ask, deadline_s: 10}]",
    "journeys: [{name: ask, answer: /text}]",
    "journeys: [{name: search, path: /search}]",
    "tools: [{name: send, sensitivity: [financial]}]",
    "tools: [{name: read}]",
    "data_stores: [{name: db, holds: personal}]",
    "objectives: [{name: latency-p95, target: 2, unit: s}]",
    "objectives: [{name: availability, target: 99.9}]",
    "predictions: [{name: price, output_max: 9}]",
    "policies: [{environment: production, approvals: 3, max_waivers: 0, fail_on: minor}]",
    "thresholds: {cost.daily-budget-cap: {overshoot: 0.5}}",
    "not_applicable: [{control: cost.provider-spend-limit, reason: prepaid and without any automatic top-up}]",
    "exclude: []",
    "owners: [{name: owner}]",
    "description: another system",
]
"""What a repository may say on top of POLICY."""

LOOSER = [
    ("budgets: {monthly_usd: 200}", "budgets.monthly_usd", "may only be lowered", 3),
    ("budgets:\n", "budgets", "may not be removed", 3),
    ("regimes: []", "regimes", "may not be removed", 2),
    ("environments: []", "environments", "may not be removed", 4),
    ("environments: [{name: production, production: false}]", "environments.0.production", "fixed there", 5),
    ("environments: [{name: production, url: 'https://b.example.org'}]", "environments.0.url", "fixed there", 5),
    ("environments: [{name: production, request_budget: 101}]", "environments.0.request_budget", "lowered", 5),
    ("environments: [{name: production, hosts: [b.example.org]}]", "environments.0.hosts", "lose entries", 5),
    ("environments: [{name: staging, disposable: true}]", "environments.0.disposable", "become false", 6),
    ("journeys: []", "journeys", "may not be removed", 7),
    ("journeys: [{name: ask, deadline_s: 60}]", "journeys.0.deadline_s", "may only be lowered", 8),
    ("journeys: [{name: ask, path: /ping}]", "journeys.0.path", "fixed there", 8),
    ("approvers: []", "approvers", "may not be removed", 9),
    (f"approvers: [{{name: me, key: '{OTHER}'}}]", "approvers.0", "those of the extended file", 9),
    (f"approvers: [{{name: reviewer, key: '{OTHER}'}}]", "approvers.0.key", "is fixed there", 10),
    ("tools: [{name: send, approval: false}]", "tools.0.approval", "may only become true", 12),
    ("data_stores: [{name: db, holds: public}]", "data_stores.0.holds", "towards personal", 14),
    ("data_stores: [{name: db, encrypted: false}]", "data_stores.0.encrypted", "become true", 14),
    ("objectives: [{name: latency-p95, target: 4}]", "objectives.0.target", "fixed there", 16),
    ("objectives: [{name: availability, target: 90}]", "objectives.0.target", "fixed there", 17),
    ("objectives: [{name: delight, target: 6}]", "objectives.0.target", "fixed there", 18),
    ("predictions: [{name: price, output_max: 11}]", "predictions.0.output_max", "may only be lowered", 20),
    ("policies: [{environment: production, approvals: 1}]", "policies.0.approvals", "may only be raised", 22),
    ("policies: [{environment: production, max_waivers: 4}]", "policies.0.max_waivers", "may only be lowered", 22),
    ("policies: [{environment: production, fail_on: critical}]", "policies.0.fail_on", "towards minor", 22),
    ("policies: [{environment: production, allow_dirty: true}]", "policies.0.allow_dirty", "the default is", None),
    ("policies: [{environment: staging, fail_on: critical}]", "policies.0.fail_on", "the default is", None),
    (
        "thresholds: {cost.daily-budget-cap: {overshoot: 1.5}}",
        "thresholds.cost.daily-budget-cap.overshoot",
        "asks for less",
        24,
    ),
    (
        "thresholds: {cost.provider-spend-limit: {evidence_age_days: 400}}",
        "thresholds.cost.provider-spend-limit.evidence_age_days",
        "less than the catalogue",
        None,
    ),
    (
        "not_applicable: [{control: cost.daily-budget-cap, reason: we would rather not look at it}]",
        "not_applicable.0",
        "sign a waiver",
        None,
    ),
    ("exclude: [app/**]", "exclude", "lose entries", 27),
    ("audience: internal", "audience", "fixed there", 28),
]
"""What it may not: the text, the key, what is told, and the line of POLICY that it loosens."""


@pytest.fixture
def extend(tmp_path: Path):
    def write(text: str, policy: str = POLICY) -> Path:
        (tmp_path / "policy.yaml").write_text(policy)
        (tmp_path / "gonogo.yaml").write_text(f"name: shop\nextends: policy.yaml\n{text}\n")
        return tmp_path

    return write


@pytest.mark.parametrize("text", TIGHTER)
def test_what_tightens_holds(extend, text):
    assert load(extend(text)) is not None


@pytest.mark.parametrize(("text", "key", "told", "above"), LOOSER, ids=[row[0][:60] for row in LOOSER])
def test_what_loosens_is_refused_with_both_places(extend, text, key, told, above):
    with pytest.raises(SystemFileError) as caught:
        load(extend(text))
    found = [p for p in caught.value.problems if p.key == key and told in p.text]
    assert found, str(caught.value)
    assert (found[0].file, found[0].line) == ("gonogo.yaml", 3)
    assert "loosens what it extends" in found[0].text
    if above is not None:
        assert f"policy.yaml:{above}" in found[0].text


def test_lists_are_merged_by_name_and_values_by_key(extend):
    declared = load(extend("journeys: [{name: ask, deadline_s: 9}, {name: find, path: /find}]\nregimes: [hipaa]"))
    assert declared is not None
    system = declared.system
    assert [(j.name, j.path, j.deadline_s) for j in system.journeys] == [("ask", "/ask", 9), ("find", "/find", 130)]
    assert system.regimes == ("gdpr", "hipaa")
    assert system.budgets is not None
    assert (system.budgets.monthly_usd, system.budgets.alert_percent) == (100, (80,))
    assert system.extends == "policy.yaml"


def test_lines_are_those_of_the_file_itself_and_mistakes_name_the_file_they_are_in(extend):
    declared = load(extend("regimes: [hipaa]"))
    assert declared is not None
    assert declared.lines["regimes"] == 3
    assert "budgets.monthly_usd" not in declared.lines
    with pytest.raises(SystemFileError, match=r"policy\.yaml:1: budgts: is no key"):
        load(extend("", policy="budgts: {}\n"))


def test_where_the_extended_file_is_silent_approvers_may_be_named_and_a_stricter_threshold_set(extend):
    text = f"approvers: [{{name: me, key: '{KEY}'}}]\nthresholds: {{cost.daily-budget-cap: {{overshoot: 1}}}}"
    declared = load(extend(text, policy="kinds: [rag]\n"))
    assert declared is not None
    assert declared.system.approvers[0].name == "me"


def test_an_extended_file_may_extend_and_the_strictest_of_all_binds(tmp_path):
    (tmp_path / "a.yaml").write_text("budgets: {monthly_usd: 100}\n")
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "b.yaml").write_text("extends: ../a.yaml\nbudgets: {monthly_usd: 80}\n")
    (tmp_path / "gonogo.yaml").write_text("name: s\nextends: policy/b.yaml\nbudgets: {monthly_usd: 90}\n")
    with pytest.raises(SystemFileError, match=r"policy/b\.yaml:2 says '80'"):
        load(tmp_path)


def test_a_circle_of_files_is_told(tmp_path):
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\n")
    (tmp_path / "gonogo.yaml").write_text("name: s\nextends: a.yaml\n")
    with pytest.raises(SystemFileError, match=r"circle: gonogo\.yaml > a\.yaml > b\.yaml > a\.yaml"):
        load(tmp_path)


@pytest.mark.parametrize(("files", "right"), [(5, True), (6, False)])
def test_five_files_deep_is_the_end(tmp_path, files, right):
    (tmp_path / "gonogo.yaml").write_text("name: s\nextends: p1.yaml\n")
    for i in range(1, files):
        (tmp_path / f"p{i}.yaml").write_text(f"extends: p{i + 1}.yaml\n")
    (tmp_path / f"p{files}.yaml").write_text("regimes: [gdpr]\n")
    if right:
        assert load(tmp_path) is not None
        return
    with pytest.raises(SystemFileError, match="more than 5 files"):
        load(tmp_path)


def test_a_revision_is_read_as_it_was(repository):
    repository.write("policy/ai.yaml", "budgets: {monthly_usd: 10}\n")
    repository.commit()
    repository.git("tag", "v1")
    repository.write("policy/ai.yaml", "budgets: {monthly_usd: 1000}\n")
    repository.write("gonogo.yaml", "name: s\nextends: git:v1:policy/ai.yaml\n")
    declared = load(repository.root)
    assert declared is not None
    assert declared.system.budgets is not None
    assert declared.system.budgets.monthly_usd == 10


def test_a_package_is_read_without_being_imported(tmp_path, monkeypatch):
    site = tmp_path / "site-packages"
    (site / "our_policy").mkdir(parents=True)
    (site / "our_policy" / "__init__.py").write_text("raise SystemExit('imported')\n")
    (site / "our_policy" / "ai.yaml").write_text("budgets: {monthly_usd: 10}\n")
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "gonogo.yaml").write_text(
        "name: s\nextends: package:our_policy/ai.yaml\nbudgets: {monthly_usd: 20}\n"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    with pytest.raises(SystemFileError, match=r"package:our_policy/ai\.yaml:1 says '10'"):
        load(repository)
    assert "our_policy" not in sys.modules


def test_a_folder_of_the_repository_does_not_pass_for_an_installed_package(tmp_path, monkeypatch):
    (tmp_path / "our_policy").mkdir()
    (tmp_path / "our_policy" / "__init__.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "our_policy" / "ai.yaml").write_text("kinds: [rag]\n")
    (tmp_path / "gonogo.yaml").write_text("name: s\nextends: package:our_policy/ai.yaml\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), "", *sys.path])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemFileError, match="no package 'our_policy'"):
        load(tmp_path)


def test_an_extended_file_is_confined_to_the_repository(repository, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "policy.yaml"
    outside.write_text("kinds: [rag]\n")
    (repository.root / "policy.yaml").symlink_to(outside)
    repository.write("gonogo.yaml", "name: s\nextends: policy.yaml\n")
    with pytest.raises(SystemFileError, match="leads out of the repository"):
        load(repository.root)


def test_one_of_several_systems_may_extend_what_all_share(tmp_path):
    (tmp_path / "policy.yaml").write_text("budgets: {monthly_usd: 10}\n")
    (tmp_path / "gonogo.yaml").write_text(
        "extends: policy.yaml\nsystems:\n  - {name: a, path: a}\n  - {name: b, path: b, budgets: {monthly_usd: 11}}\n"
    )
    declared = load(tmp_path, "a")
    assert declared is not None
    assert declared.system.budgets is not None
    with pytest.raises(SystemFileError, match=r"gonogo\.yaml:4: budgets\.monthly_usd: loosens"):
        load(tmp_path, "b")
