"""The law of a commit is read where that commit cannot write."""

from __future__ import annotations

import subprocess

import msgspec
import pytest

from gonogo import catalog
from gonogo.errors import SystemFileError, UsageError
from gonogo.facts import Law, law_digest, law_parts
from gonogo.system import law_of, law_of_tree, load_at

KEY = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
OTHER = "ed25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
OLD = f"name: shop\napprovers: [{{name: reviewer, key: '{KEY}'}}]\njourneys: [{{name: ask, path: /ask}}]\n"
NEW = f"name: shop\napprovers: [{{name: author, key: '{OTHER}'}}]\n"


def names(law: Law) -> list[str]:
    return [p.name for p in law.system.approvers] if law.system else []


def test_a_revision_is_read_with_what_it_extended_then(repository):
    repository.write("policy.yaml", "budgets: {monthly_usd: 10}\n")
    repository.write("gonogo.yaml", "name: shop\nextends: policy.yaml\n")
    first = repository.commit()
    repository.write("policy.yaml", "budgets: {monthly_usd: 1000}\n")
    repository.write("gonogo.yaml", "name: shop\nextends: policy.yaml\nregimes: [gdpr]\n")
    then = load_at(repository.root, first)
    assert then is not None
    assert then.system.budgets is not None
    assert (then.system.budgets.monthly_usd, then.system.regimes) == (10, ())
    assert then.path == f"{first[:12]}:gonogo.yaml"
    repository.commit()
    assert law_of(repository.root, first).files == (then.path, f"{first[:12]}:policy.yaml")


def test_an_exception_for_a_custom_control_of_the_base_holds_where_the_tree_has_dropped_it(repository):
    control = """- id: own.tidy
  title: The desk is tidy
  question: Is the desk tidy?
  why: Things get lost.
  severity: minor
  phase: build
  kinds: [llm-app]
  boundary: process
  proof: [{method: attest, role: required, how: Somebody looks., fix: gonogo attest own.tidy}]
"""
    reason = "not_applicable: [{control: own.tidy, reason: there is no desk to be tidied}]\n"
    repository.write("gonogo/controls/own.yaml", control)
    repository.write("gonogo.yaml", OLD + reason)
    repository.commit()
    (repository.root / "gonogo/controls/own.yaml").unlink()
    repository.write("gonogo.yaml", OLD)
    repository.commit()
    law = law_of(repository.root, catalog=catalog.load())
    assert law.system is not None
    assert law.system.not_applicable[0].control == "own.tidy"


def test_a_revision_without_the_file_declares_nothing(repository):
    first = repository.commit()
    assert load_at(repository.root, first) is None


@pytest.mark.parametrize("revision", ["no-such", "--output=x", "HEAD:gonogo.yaml", "a..b", "-h", "HEAD\n", ""])
def test_a_revision_that_is_none_is_told(repository, revision):
    repository.commit()
    with pytest.raises(UsageError, match="no git revision"):
        load_at(repository.root, revision)


def test_what_is_wrong_at_a_revision_names_the_revision(repository):
    repository.write("gonogo.yaml", "nam: shop\n")
    first = repository.commit()
    with pytest.raises(SystemFileError, match=f"{first[:12]}:gonogo.yaml:1: nam"):
        load_at(repository.root, first)


def test_a_link_at_a_revision_is_refused(repository):
    (repository.root / "gonogo.yaml").symlink_to("/etc/hostname")
    first = repository.commit()
    with pytest.raises(SystemFileError, match="is a link"):
        load_at(repository.root, first)


def test_on_a_branch_the_law_is_that_of_where_it_left_the_default_branch(repository):
    repository.write("gonogo.yaml", OLD)
    base = repository.commit()
    repository.git("checkout", "-q", "-b", "feature")
    repository.write("gonogo.yaml", NEW)
    repository.commit()
    repository.write("gonogo.yaml", NEW + "regimes: [gdpr]\n")
    repository.commit()
    law = law_of(repository.root)
    assert (names(law), law.commit, law.independent) == (["reviewer"], base, True)
    assert law.origin == f"base {base[:12]}"


def test_a_default_branch_that_went_on_does_not_change_the_base(repository):
    repository.write("gonogo.yaml", OLD)
    base = repository.commit()
    repository.git("checkout", "-q", "-b", "feature")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.write("gonogo.yaml", NEW)
    repository.commit()
    repository.git("checkout", "-q", "feature")
    assert law_of(repository.root).commit == base


def test_on_the_default_branch_the_law_is_that_of_the_first_parent(repository):
    repository.write("gonogo.yaml", OLD)
    first = repository.commit()
    repository.write("gonogo.yaml", NEW)
    repository.commit()
    assert law_of(repository.root).commit == first


def test_of_a_merge_on_the_default_branch_the_first_parent_counts(repository):
    repository.write("gonogo.yaml", OLD)
    repository.commit()
    repository.git("checkout", "-q", "-b", "feature")
    repository.write("gonogo.yaml", NEW)
    repository.commit()
    repository.git("checkout", "-q", "main")
    before = repository.commit()
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "feature")
    law = law_of(repository.root)
    assert (law.commit, names(law)) == (before, ["reviewer"])


def test_the_remote_default_branch_comes_before_a_local_one(repository):
    repository.write("gonogo.yaml", OLD)
    base = repository.commit()
    repository.git("update-ref", "refs/remotes/origin/trunk", base)
    repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    repository.write("gonogo.yaml", NEW)
    repository.commit()
    repository.commit()
    assert law_of(repository.root).commit == base


def test_a_named_base_and_a_policy_come_before_the_default(repository, tmp_path_factory):
    repository.write("gonogo.yaml", OLD)
    first = repository.commit()
    repository.write("gonogo.yaml", NEW)
    repository.commit()
    repository.commit()
    assert names(law_of(repository.root)) == ["author"]
    assert names(law_of(repository.root, first)) == ["reviewer"]
    policy = tmp_path_factory.mktemp("law") / "policy.yaml"
    policy.write_text(OLD.replace("reviewer", "officer"))
    law = law_of(repository.root, policy=policy)
    assert (names(law), law.origin, law.independent) == (["officer"], f"--policy {policy}", True)


def test_a_replaced_object_does_not_change_the_law(repository):
    repository.write("gonogo.yaml", OLD)
    base = repository.commit()
    honest = repository.git("rev-parse", "HEAD:gonogo.yaml")
    forged = repository.write("forged", NEW)
    other = repository.git("hash-object", "-w", str(forged))
    forged.unlink()
    repository.git("replace", honest, other)
    repository.commit()
    assert names(law_of(repository.root, base)) == ["reviewer"]


def test_git_variables_of_the_environment_do_not_point_elsewhere(repository, tmp_path_factory, monkeypatch):
    repository.write("gonogo.yaml", OLD)
    first = repository.commit()
    other = type(repository)(tmp_path_factory.mktemp("other"))
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    assert load_at(repository.root, first) is not None


@pytest.mark.parametrize("commits", [0, 1])
def test_without_a_base_the_law_is_the_working_tree_s_and_binds_nobody(repository, commits):
    repository.write("gonogo.yaml", OLD)
    for _ in range(commits):
        repository.commit()
    law = law_of(repository.root)
    assert not law.independent
    assert law.origin == f"working tree (no base: {'the first commit' if commits else 'no commit yet'})"
    assert names(law) == ["reviewer"]


def test_without_git_there_is_no_base(declare):
    assert law_of(declare(OLD)).origin == "working tree (no base: no git)"


def test_a_shallow_clone_says_that_its_history_is_wanted(repository, tmp_path_factory):
    repository.write("gonogo.yaml", OLD)
    repository.commit()
    repository.commit()
    clone = tmp_path_factory.mktemp("clone")
    repository.git("clone", "-q", "--depth", "1", repository.root.as_uri(), str(clone))
    law = law_of(clone)
    assert (law.independent, law.origin) == (False, "working tree (no base: a shallow clone, fetch its history)")


def test_a_system_that_is_new_since_the_base_has_no_older_law(repository):
    repository.write("gonogo.yaml", "systems:\n  - {name: a, path: a}\n")
    repository.commit()
    repository.write("gonogo.yaml", "systems:\n  - {name: a, path: a}\n  - {name: b, path: b}\n")
    repository.commit()
    assert law_of(repository.root, name="b").system is None
    assert law_of(repository.root, name="a").system is not None


def test_a_renamed_system_does_not_shake_off_its_law(repository):
    repository.write("gonogo.yaml", OLD)
    repository.commit()
    repository.write("gonogo.yaml", NEW.replace("shop", "store"))
    repository.commit()
    assert names(law_of(repository.root, name="store")) == ["reviewer"]


def test_custom_controls_are_part_of_the_law(repository):
    repository.write("gonogo.yaml", OLD)
    repository.write("gonogo/controls/own.yaml", "[]\n")
    repository.commit()
    repository.write("gonogo/controls/own.yaml", "[] # looser\n")
    repository.write("gonogo/controls/README.md", "no control\n")
    repository.commit()
    then, now = law_of(repository.root), law_of_tree(repository.root)
    assert list(then.controls) == list(now.controls) == ["own.yaml"]
    assert then.controls_digest != now.controls_digest
    assert then.digest != now.digest


def test_a_file_in_a_subdirectory_has_its_law_and_controls_there(repository):
    repository.write("app/gonogo.yaml", OLD)
    repository.write("app/gonogo/controls/own.yaml", "[]\n")
    repository.commit()
    repository.commit()
    law = law_of(repository.root / "app")
    assert names(law) == ["reviewer"]
    assert list(law.controls) == ["own.yaml"]


def test_comments_and_the_order_of_keys_do_not_change_the_digest_and_each_part_of_the_law_does(declare):
    base = law_of_tree(declare(OLD))
    rows = OLD.splitlines()
    assert law_of_tree(declare("# said\n" + "\n".join([rows[2], rows[1], rows[0]]))).digest == base.digest
    assert law_of_tree(declare(OLD + "owners: [{name: o}]\n")).digest == base.digest
    for change in (
        "regimes: [gdpr]", "budgets: {monthly_usd: 1}", "kinds: [rag]", "exclude: [a/**]", "audience: internal",
        "thresholds: {cost.daily-budget-cap: {overshoot: 1}}", "environments: [{name: p, production: true}]",
        "not_applicable: [{control: cost.daily-budget-cap, reason: it runs on our own machines}]",
        "tools: [{name: t}]", "providers: [{name: p, bills_per_use: false}]", "paths: {code: [a]}", "domain: health",
        "policies: []\ndeployment: {first_release: true}", "objectives: [{name: o, target: 1, unit: s}]",
    ):  # fmt: skip
        assert law_of_tree(declare(f"{OLD}{change}\n")).digest != base.digest, change


def test_a_law_travels_as_json(declare):
    law = law_of_tree(declare(OLD))
    again = msgspec.json.decode(msgspec.json.encode(law), type=Law)
    assert again == law
    assert law_digest(again.system, again.controls) == law.digest
    assert again.parts == law_parts(law.system)


CONTROL = """
- id: house.example
  title: {title}
  question: Is there an example?
  why: Examples help.
  severity: major
  phase: build
  kinds: [llm-app]
  boundary: repo
  proof:
    - {{method: scan, role: required, how: "The repository is read for an example, line by line.", fix: Add one.}}
  cadence: {{every: none}}
"""


def test_custom_controls_are_those_of_the_law_in_force_whatever_the_judged_commit_makes_of_them(tmp_path):
    from gonogo import catalog, system

    def git(*args):
        who = ["-c", "user.name=author", "-c", "user.email=author@example.org"]
        subprocess.run(["git", *who, *args], cwd=tmp_path, check=True, capture_output=True)

    def write(title):
        (tmp_path / "gonogo" / "controls").mkdir(parents=True, exist_ok=True)
        (tmp_path / "gonogo" / "controls" / "house.yaml").write_text(CONTROL.format(title=title))

    git("init", "-q", "-b", "main")
    (tmp_path / "gonogo.yaml").write_text("name: example\nkinds: [llm-app]\n")
    write("There is a strict example")
    git("add", "-A")
    git("commit", "-qm", "one")
    write("Anything goes")
    git("commit", "-qam", "two")
    tree = catalog.load([tmp_path / "gonogo" / "controls" / "house.yaml"])
    law = system.law_of(tmp_path)
    in_force = system.catalog_in_force(tmp_path, law, system.law_of_tree(tmp_path), None, tree)
    assert tree.controls["house.example"].title == "Anything goes"
    assert in_force.controls["house.example"].title == "There is a strict example"
    same = system.law_of_tree(tmp_path)
    assert system.catalog_in_force(tmp_path, same, same, None, tree) is tree


def test_the_judged_commit_named_as_its_own_base_binds_nothing(repository):
    repository.write("gonogo.yaml", "name: shop\n")
    head = repository.commit()
    for name in ("HEAD", head):
        law = law_of(repository.root, name)
        assert not law.independent
        assert "the judged commit itself" in law.origin
