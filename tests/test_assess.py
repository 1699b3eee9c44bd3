"""The public Python API on real repositories: what it judges, compares and keeps, and what it leaves alone."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from gonogo import assess, evidence, ledger
from gonogo.catalog import load
from gonogo.derive.newest import newest_runs
from gonogo.errors import UsageError
from gonogo.facts import Assessment, Run, Subject
from gonogo.ledger.signature import SigningKey
from gonogo.report import json as documents
from gonogo.verification import open_decision
from tests.cli.runs import APP, Ran, committed, git, lay, within

TWO_SYSTEMS = """\
systems:
  - name: front
    path: front
    kinds: [llm-app]
  - name: back
    path: back
    kinds: [ml-model]
"""
FLOATING = APP.replace("gpt-4o-2024-11-20", "gpt-4o")
NO_LIMIT = APP.replace("max_tokens=300, ", "")


@pytest.fixture(scope="module", autouse=True)
def plain_git() -> Iterator[None]:
    """Point git at nobody's configuration for the repositories that a module shares."""
    before = os.environ.get("GIT_CONFIG_GLOBAL")
    os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
    yield
    os.environ.pop("GIT_CONFIG_GLOBAL")
    if before is not None:
        os.environ["GIT_CONFIG_GLOBAL"] = before


def everything(root: Path) -> dict[str, bytes]:
    """Return the content of every file below a directory, git's own included."""
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def outcome(result: Assessment, control: str, method: str = "scan") -> str:
    return next(f.outcome for f in result.findings if (f.control, f.method) == (control, method))


def runs(directory: Path) -> list[Run]:
    return [fact for fact in ledger.read([directory], kinds=("run",)) if isinstance(fact, Run)]


# Without a gonogo.yaml.


def test_a_draft_is_judged_in_memory_and_nothing_is_written(tmp_path: Path) -> None:
    root = committed(tmp_path / "desk", {"app.py": FLOATING})
    before = everything(root)
    result = assess.check(assess.Request(root=root))
    assert result.drafted and result.system == "desk"
    assert outcome(result, "rollout.model-pinned") == "fail"
    assert everything(root) == before
    assert result.decision.heads == {}


def test_the_gate_needs_a_declaration(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no gonogo\.yaml"):
        assess.gate(assess.Request(root=committed(tmp_path / "desk", {"app.py": APP})))


# What is kept.


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assessment]:
    """A repository that was checked once, and the result."""
    root = committed(tmp_path_factory.mktemp("checked") / "desk")
    return root, assess.check(assess.Request(root=root))


def test_what_was_seen_is_kept_and_named_in_the_decision(checked: tuple[Path, Assessment]) -> None:
    root, result = checked
    directory = root / evidence.RECORD
    assert {run.run for run in runs(directory)} == {run.run for run in result.runs} == set(result.decision.runs)
    assert result.decision.heads == ledger.heads(directory)
    assert ledger.verify(directory, result.decision.heads) == []
    assert not result.drafted and result.problems == ()


def test_the_record_ignores_itself_in_git(checked: tuple[Path, Assessment]) -> None:
    root, _ = checked
    assert (root / ".gonogo" / ".gitignore").read_text() == "*\n"
    assert git(root, "status", "--porcelain", "--untracked-files=all") == ""


def test_nothing_is_kept_where_that_was_asked(tmp_path: Path) -> None:
    root = committed(tmp_path / "desk")
    before = everything(root)
    assess.check(assess.Request(root=root, record=False))
    assert everything(root) == before


def test_the_gate_judges_the_record_and_looks_at_nothing_anew(checked: tuple[Path, Assessment]) -> None:
    root, result = checked
    decided = assess.gate(assess.Request(root=root))
    assert {run.method for run in runs(root / evidence.RECORD) if run.run in decided.decision.runs} == {
        "scan",
        "attest",
    }
    scans = [run.run for run in decided.runs if run.method == "scan"]
    assert scans == [run.run for run in result.runs if run.method == "scan"]
    assert outcome(decided, "rollout.model-pinned") == outcome(result, "rollout.model-pinned") == "pass"


def test_a_signed_decision_reads_back_whole(checked: tuple[Path, Assessment]) -> None:
    root, result = checked
    key = SigningKey.generate("gate")
    decision, held, signer = open_decision(assess.sign(result, key), {"gate": key.public})
    assert decision == result.decision and held.holds and signer == key.id
    assert root.name == decision.system


def test_the_same_facts_give_the_same_decision(checked: tuple[Path, Assessment]) -> None:
    root, _ = checked
    at = datetime(2027, 1, 1, tzinfo=UTC)
    state = assess.look(assess.Request(root=root, now=lambda: at))
    facts = assess.collect(state)
    assert assess.decide(state, facts).decision == assess.decide(state, facts).decision


def test_evidence_of_another_ledger_counts_beside_the_own(tmp_path: Path, checked: tuple[Path, Assessment]) -> None:
    root, _ = checked
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", f"file://{root}", str(clone))
    without = assess.gate(assess.Request(root=clone))
    assert outcome(without, "rollout.model-pinned") == "not-collected"
    with_it = assess.gate(assess.Request(root=clone, evidence=(root / evidence.RECORD,)))
    assert outcome(with_it, "rollout.model-pinned") == "pass"
    with pytest.raises(UsageError, match="is no ledger"):
        assess.gate(assess.Request(root=clone, evidence=(tmp_path / "nothing",)))


def test_a_ledger_that_does_not_hold_is_said_and_not_used(tmp_path: Path, checked: tuple[Path, Assessment]) -> None:
    root, _ = checked
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", f"file://{root}", str(clone))
    damaged = tmp_path / "ledger"
    subprocess.run(["cp", "-r", str(root / evidence.RECORD), str(damaged)], check=True)
    (segment,) = damaged.rglob("*.ndjson")
    segment.write_bytes(segment.read_bytes().replace(b"gpt-4o-2024-11-20", b"gpt-4o-2024-08-06"))
    result = assess.gate(assess.Request(root=clone, evidence=(damaged,)))
    assert outcome(result, "rollout.model-pinned") == "not-collected"
    assert any(str(damaged) in problem and "does not hold" in problem for problem in result.problems)


def test_a_run_against_another_environment_is_no_evidence_for_this_one(tmp_path: Path) -> None:
    root = committed(tmp_path / "desk")
    file = root / "gonogo.yaml"
    file.write_text(file.read_text() + "  - {name: staging, url: 'http://127.0.0.1:9'}\n")
    committed(root, {})
    now = datetime.now(UTC)
    with ledger.Ledger.open(root / evidence.RECORD) as opened:
        for number, environment in enumerate(("local", "staging", None)):
            at = now + timedelta(seconds=number)
            opened.append(
                Run(seen_at=at, run=f"run-{environment}", method="probe", collector="probe", started_at=at,
                    subject=Subject(tree="sha256:0"), environment=environment)
            )  # fmt: skip
    ledgers = evidence.ledgers(root)
    for wanted in ("local", "staging", None):
        assert {f.run for f in evidence.recall(ledgers, "desk", wanted, (), [])} == {"run-None"}
    for wanted in ("local", "staging"):
        chosen = [run for run in runs(root / evidence.RECORD) if run.environment]
        assert [run.environment for run in newest_runs(chosen, wanted)] == [wanted]


# Several systems in one repository.


@pytest.fixture(scope="module")
def monorepo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {"gonogo.yaml": TWO_SYSTEMS, "front/app.py": FLOATING, "back/app.py": APP}
    return committed(tmp_path_factory.mktemp("monorepo") / "both", files)


def test_each_system_of_a_monorepo_is_judged_by_its_own_directory(monorepo: Path) -> None:
    front = assess.check(assess.Request(root=monorepo, system="front"))
    back = assess.check(assess.Request(root=monorepo, system="back"))
    assert (front.system, back.system) == ("front", "back")
    assert (outcome(front, "rollout.model-pinned"), outcome(back, "rollout.model-pinned")) == ("fail", "pass")
    assert front.subject.tree != back.subject.tree
    assert (monorepo / ".gonogo").is_dir() and not (monorepo / "front" / ".gonogo").exists()


def test_the_directory_of_a_system_names_it(monorepo: Path) -> None:
    assert assess.look(assess.Request(root=monorepo / "back")).root == monorepo / "back"


def test_one_of_several_systems_must_be_named(monorepo: Path) -> None:
    with pytest.raises(UsageError, match="front"):
        assess.look(assess.Request(root=monorepo))


def test_one_systems_evidence_is_not_anothers(monorepo: Path) -> None:
    assess.check(assess.Request(root=monorepo, system="back"))
    assess.check(assess.Request(root=monorepo, system="front"))
    assert outcome(assess.gate(assess.Request(root=monorepo, system="back")), "rollout.model-pinned") == "pass"
    assert outcome(assess.gate(assess.Request(root=monorepo, system="front")), "rollout.model-pinned") == "fail"


# Comparing.


@pytest.fixture(scope="module")
def branched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On `main` a floating model; on `worse` a call without a limit besides; on `same` an unrelated file."""
    root = committed(tmp_path_factory.mktemp("branched") / "desk", {"app.py": FLOATING})
    git(root, "switch", "-qc", "same")
    committed(root, {"README.md": "# Desk\n"})
    git(root, "switch", "-qc", "worse", "main")
    committed(root, {"app.py": NO_LIMIT.replace("gpt-4o-2024-11-20", "gpt-4o")})
    return root


def quarterly(root: Path, *arguments: str) -> Ran:
    return within("check", "--profile", "monthly", *arguments, cwd=root).calm()


def test_what_is_new_since_a_revision_is_marked_and_what_stayed_is_not(branched: Path) -> None:
    git(branched, "switch", "-q", "worse")
    before = everything(branched)
    request = assess.Request(root=branched, profile="monthly")
    result = assess.compare(assess.check(request), "main", request)
    assert result.new == (("cost.max-tokens-set", "scan"),)
    assert result.compared_with == "main"
    pinned = dataclass_request(request, "quarterly")
    assert assess.compare(assess.check(pinned), "main", pinned).new == ()
    assert everything(branched) == before


def dataclass_request(request: assess.Request, profile: str) -> assess.Request:
    import dataclasses

    return dataclasses.replace(request, profile=profile)


def test_only_new_failures_fail_where_that_was_asked(branched: Path) -> None:
    git(branched, "switch", "-q", "worse")
    assert quarterly(branched, "--compare", "main", "--fail-on", "new").code == 1
    git(branched, "switch", "-q", "same")
    ran = quarterly(branched, "--compare", "main", "--fail-on", "new")
    assert ran.code == 0
    assert "NO-GO" in ran.output
    assert "GO" not in ran.output.replace("NO-GO", "").replace("gonogo", "")
    assert quarterly(branched, "--compare", "main").code == 1


def test_a_saved_result_compares_like_the_revision_that_it_was_made_of(branched: Path, tmp_path: Path) -> None:
    git(branched, "switch", "-q", "main")
    saved = tmp_path / "main.json"
    assert quarterly(branched, "-f", "json", "-o", str(saved)).code == 1
    assert json.loads(saved.read_text())["schema"] == documents.SCHEMA
    git(branched, "switch", "-q", "worse")
    request = assess.Request(root=branched, profile="monthly")
    assert assess.compare(assess.check(request), str(saved), request).new == (("cost.max-tokens-set", "scan"),)
    for text in ("{", '{"schema": "other"}', "[]", '{"schema": "gonogo/assessment/1", "findings": [3]}'):
        saved.write_text(text)
        ran = quarterly(branched, "--compare", str(saved))
        assert ran.code == 2 and "main.json" in ran.errors


def test_fail_on_new_without_a_comparison_never_passes(branched: Path) -> None:
    ran = quarterly(branched, "--fail-on", "new")
    assert ran.code in (1, 2)


# Names that are not there.


def test_names_that_are_not_there_are_refused_with_those_that_are(checked: tuple[Path, Assessment]) -> None:
    root, _ = checked
    with pytest.raises(UsageError, match="local"):
        assess.check(assess.Request(root=root, environment="nowhere"))
    with pytest.raises(UsageError, match="pre-launch") as refused:
        _ = assess.look(assess.Request(root=root, profile="nothing")).profile
    assert "minimum" in str(refused.value)
    with pytest.raises(UsageError, match="is not a directory"):
        assess.look(assess.Request(root=root / "app.py"))


def test_a_collector_that_breaks_is_said_and_costs_only_its_own_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gonogo.errors import CollectError
    from gonogo.prove.scan import Scan

    def broken(self: Scan, target: object) -> Iterator[object]:
        raise CollectError("the disk is gone")
        yield

    monkeypatch.setattr(Scan, "collect", broken)
    result = assess.check(assess.Request(root=lay(tmp_path)))
    assert any("the disk is gone" in problem for problem in result.problems)
    assert outcome(result, "rollout.model-pinned") == "not-collected"
    assert next(run for run in result.runs if run.method == "scan").complete is False


def test_every_control_of_a_profile_gets_its_findings(checked: tuple[Path, Assessment]) -> None:
    _, result = checked
    known = load()
    proofs = {(c, p.method) for c in known.profiles["minimum"].controls for p in known.controls[c].proof}
    assert {(f.control, f.method) for f in result.findings} == proofs
    assert msgspec.json.decode(msgspec.json.encode(result), type=Assessment) == result


def test_a_secret_that_the_base_had_in_its_history_is_not_new(tmp_path: Path) -> None:
    token = "ghp_" + "".join(chr(ord("a") + (i * 7) % 26) + str(i % 10) for i in range(18))
    root = committed(tmp_path / "desk", {"app.py": APP + f'\nTOKEN = "{token}"\n'})
    committed(root, {"app.py": APP})
    git(root, "branch", "before")
    committed(root, {"notes.md": "a word more"})
    request = assess.Request(root=root, profile="pre-launch", record=False)
    result = assess.check(request)
    assert outcome(result, "access.no-hardcoded-secrets") == "fail"
    compared = assess.compare(result, "before", request)
    assert ("access.no-hardcoded-secrets", "scan") not in (compared.new or ())
