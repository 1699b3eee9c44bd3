"""From facts to findings: exactly one per proof, whatever happened, and no pass over what was not looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gonogo.catalog.control import Catalog, Condition, Control, Proof, Threshold
from gonogo.checks.check import Answer, Check, check, failed, inconclusive, not_applicable, not_collected, passed
from gonogo.checks.judge import judge
from gonogo.derive.factset import FactSet
from gonogo.facts import (
    Attestation,
    Declaration,
    Document,
    Evidence,
    Exchange,
    Fact,
    Finding,
    LockFile,
    Run,
    ScenarioRun,
    SecretScan,
    SourceTree,
    Subject,
    System,
)
from gonogo.facts.declaration import Environment

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
PRINTS = {"code": "sha256:c", "prompts": "sha256:p"}
THRESHOLD = Threshold(value=3, compare="<=", unit="s", origin="default", read_by=("scan",))


def control(*proofs: Proof, **given: Any) -> Control:
    made: dict[str, Any] = {
        "id": "cost.example", "title": "t", "question": "q", "why": "w", "severity": "major", "phase": "build",
        "kinds": ("rag", "agent"), "boundary": "repo", "proof": proofs or (SCAN,), "threshold": {"wait_s": THRESHOLD},
    }  # fmt: skip
    return Control(**(made | given))


SCAN = Proof(method="scan", role="required", how="by reading", fix="set it")
PROBE = Proof(method="probe", role="required", how="by asking", fix="gonogo check --env NAME")


def run(name: str = "r", method: Any = "scan", **given: Any) -> Run:
    subject = Subject(tree=f"sha256:tree-{name}", fingerprints=PRINTS)
    made: dict[str, Any] = {"seen_at": NOW, "subject": subject, "started_at": NOW, "collector": method}
    return Run(run=name, method=method, **(made | given))


def tree(of: str = "r", at: datetime = NOW) -> SourceTree:
    return SourceTree(seen_at=at, run=of, files=1)


@check("cost.example", by="scan", needs=(SourceTree, LockFile), optional=(LockFile,))
def reads(trees: list[SourceTree], locks: list[LockFile]) -> Answer:
    return passed("nothing bad was seen", [Evidence("a.py", 1, "x")])


def answering(answer: Any, *needs: type[Fact], by: Any = "scan") -> Check:
    def judged(*facts: Any) -> Answer:
        if isinstance(answer, Exception):
            raise answer
        result: Answer = answer
        return result

    return check("cost.example", by=by, needs=needs or (SourceTree,))(judged)


def findings(*facts: Fact, of: Control | None = None, by: Any = (reads,), overrides: Any = None) -> list[Finding]:
    catalog = Catalog(controls={"cost.example": of or control()}, profiles={})
    return judge(FactSet(facts), catalog, ["cost.example"], by, overrides)


def one(*facts: Fact, **given: Any) -> Finding:
    (finding,) = findings(*facts, **given)
    return finding


def test_a_finding_names_its_evidence_its_age_and_what_it_is_bound_to() -> None:
    finding = one(run(seen_at=LATER), tree(at=LATER), LockFile(seen_at=NOW, run="r", path="l", ecosystem="pypi"))
    assert (finding.control, finding.method, finding.severity) == ("cost.example", "scan", "major")
    assert (finding.outcome, finding.summary, finding.fix) == ("pass", "nothing bad was seen", None)
    assert finding.evidence == (Evidence("a.py", 1, "x"),)
    assert finding.seen_at == NOW
    assert finding.fingerprints == PRINTS | {"tree": "sha256:tree-r"}
    assert finding.facts == ("r",)
    assert not finding.planned


def test_a_proof_that_names_parts_is_bound_to_these_and_one_by_probe_not_to_the_tree() -> None:
    narrow = control(Proof(method="probe", role="required", how="h", parts=("code", "index")))
    by = [answering(passed("x"), Exchange, by="probe")]
    asked = Exchange(seen_at=NOW, run="p", purpose="health", method="GET", url="http://a.example/")
    finding = one(run("p", "probe", environment="staging"), asked, of=narrow, by=by)
    assert finding.fingerprints == {"code": "sha256:c"}
    assert finding.environment == "staging"


def test_every_proof_of_the_control_gives_one_finding_in_the_order_of_the_catalogue() -> None:
    found = findings(run(), tree(), of=control(PROBE, SCAN, SCAN))
    assert [(f.method, f.outcome, f.planned) for f in found] == [
        ("probe", "not-collected", True),
        ("scan", "pass", False),
    ]
    assert found[0].fix == "gonogo check --env NAME"
    assert "no probe for it yet" in found[0].summary
    assert found[0].seen_at is None and found[0].facts == () and found[0].fingerprints == {}


def test_only_the_runs_of_the_facts_that_were_asked_for_count() -> None:
    other = Document(seen_at=NOW - timedelta(days=9), run="old", path="d.md", role="readme")
    finding = one(run("old", seen_at=NOW - timedelta(days=9)), other, run(), tree())
    assert (finding.facts, finding.seen_at) == (("r",), NOW)


def test_a_check_of_the_declaration_rests_on_the_run_that_read_the_repository() -> None:
    by = [answering(passed("declared"), Declaration)]
    finding = one(run(), Declaration(seen_at=NOW, run="elsewhere", system=System(name="a")), by=by)
    assert (finding.facts, finding.seen_at) == (("r",), NOW)


def test_without_a_required_fact_nobody_looked_and_the_mend_is_that_of_the_catalogue() -> None:
    finding = one(run())
    assert (finding.outcome, finding.summary, finding.fix) == ("not-collected", "no scan has looked at it", "set it")


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (passed("x"), None),
        (not_applicable("x"), None),
        (failed("x", []), "set it"),
        (failed("x", [], "set it to 5"), "set it to 5"),
        (inconclusive("x"), "set it"),
        (not_collected("x", "look"), "look"),
    ],
)
def test_the_mend_of_the_check_comes_before_that_of_the_catalogue(answer: Answer, fix: str | None) -> None:
    finding = one(run(), tree(), by=[answering(answer)])
    assert (finding.outcome, finding.fix) == (answer.outcome, fix)


def test_a_check_that_breaks_is_an_error_and_says_how() -> None:
    finding = one(run(), tree(), by=[answering(ValueError("no such thing"))])
    assert (finding.outcome, finding.summary) == ("error", "the check broke: ValueError: no such thing")


def test_a_check_may_tell_the_age_of_what_it_rests_on_and_its_sample() -> None:
    old = NOW - timedelta(days=30)
    finding = one(run(), tree(), by=[answering(Answer(outcome="pass", summary="x", seen_at=old, sample="n=3"))])
    assert (finding.seen_at, finding.sample) == (old, "n=3")


def test_a_check_reads_its_thresholds_with_the_overrides_of_its_control() -> None:
    @check("cost.example", by="scan", needs=(SourceTree,))
    def waits(trees: list[SourceTree], limits: Any) -> Answer:
        return passed(f"waits {limits.wait_s}")

    assert one(run(), tree(), by=[waits]).summary == "waits 3"
    overrides = {"cost.example": {"wait_s": 9}, "cost.other": {"wait_s": 1}}
    assert one(run(), tree(), by=[waits], overrides=overrides).summary == "waits 9"


@pytest.mark.parametrize(
    ("kinds", "drafted", "outcome"),
    [
        (("rag",), False, "pass"),
        (("ml-model",), False, "not-applicable"),
        (("ml-model", "agent"), False, "pass"),
        (("ml-model",), True, "pass"),
        ((), False, "pass"),
    ],
)
def test_a_control_of_other_kinds_of_systems_does_not_apply(kinds: Any, drafted: bool, outcome: str) -> None:
    declared = Declaration(seen_at=NOW, system=System(name="a", kinds=kinds), drafted=drafted)
    finding = one(run(), tree(), declared)
    assert finding.outcome == outcome
    if outcome == "not-applicable":
        assert finding.summary == "it concerns rag, agent; this system is declared as ml-model"


@pytest.mark.parametrize(("network", "outcome"), [(False, "not-applicable"), (True, "pass")])
def test_a_control_whose_condition_was_shown_to_be_false_does_not_apply(network: bool, outcome: str) -> None:
    reachable = control(applies_when=Condition(text="it can be reached", evaluator="network_reachable"))
    places = (Environment(name="batch", network=network),)
    declared = Declaration(seen_at=NOW, system=System(name="a", environments=places))
    finding = one(run(), tree(), declared, of=reachable)
    assert finding.outcome == outcome
    assert one(run(), tree(), of=reachable).outcome == "pass"
    if outcome == "not-applicable":
        assert finding.summary == "it applies when it can be reached, and that was shown not to be so"


STOPPED, SECRETS = "the scanner for cors stopped: TypeError: x", "secrets: 2 files were not searched"
SEARCH = SecretScan(seen_at=NOW, run="r", files=1)
STATED = Attestation(seen_at=NOW, run="r", control="cost.example")


@pytest.mark.parametrize(
    ("answer", "needs", "problem", "outcome"),
    [
        (passed("x"), SourceTree, STOPPED, "inconclusive"),
        (passed("x"), SourceTree, SECRETS, "pass"),
        (passed("x"), SecretScan, SECRETS, "inconclusive"),
        (passed("x"), SecretScan, "the scanner for secrets stopped: x", "inconclusive"),
        (passed("x"), SecretScan, STOPPED, "pass"),
        (passed("x"), Attestation, STOPPED, "pass"),
        (failed("x", []), SourceTree, STOPPED, "fail"),
        (not_applicable("x"), SourceTree, STOPPED, "not-applicable"),
    ],
)
def test_a_reading_that_stopped_early_gives_no_pass(answer: Any, needs: Any, problem: str, outcome: str) -> None:
    broken = run(complete=False, problems=(problem,))
    finding = one(broken, tree(), SEARCH, STATED, by=[answering(answer, needs)])
    assert finding.outcome == outcome
    if outcome == "inconclusive":
        assert finding.summary == f"x, but not everything was looked at: {problem}"
        assert finding.fix is not None and "exclude:" in finding.fix


def test_what_the_reading_showed_stays_as_evidence_when_its_pass_is_taken_back() -> None:
    finding = one(run(complete=False, problems=(STOPPED,)), tree())
    assert finding.evidence == (Evidence("a.py", 1, "x"),)


def test_evidence_of_an_answer_names_the_place_or_the_request() -> None:
    asked = Exchange(seen_at=NOW, purpose="p", method="GET", url="http://a.example/x")
    lock = LockFile(seen_at=NOW, path="uv.lock", line=3, ecosystem="pypi")
    declared = Declaration(seen_at=NOW, system=System(name="a"))
    shown = [lock, (lock, "d"), asked, (asked, "200"), Evidence("p", 1, "e"), declared, (tree(), "t")]
    places = [Evidence("uv.lock", 3, ""), Evidence("uv.lock", 3, "d"), Evidence("GET http://a.example/x", None, "")]
    places += [Evidence("GET http://a.example/x", None, "200"), Evidence("p", 1, "e")]
    places += [Evidence("gonogo.yaml", None, ""), Evidence(None, None, "t")]
    for answer in (passed("s", shown), failed("s", shown), inconclusive("s", shown), not_applicable("s", shown)):
        assert list(answer.evidence) == places
        assert answer.summary == "s"
    assert passed("s").evidence == inconclusive("s").evidence == not_applicable("s").evidence == ()


def test_a_check_is_what_its_declaration_says_and_calls_its_function() -> None:
    assert (reads.control, reads.by, reads.needs) == ("cost.example", "scan", (SourceTree, LockFile))
    assert reads.optional == {LockFile} and not reads.wants_limits
    assert reads([], []).outcome == "pass"


def test_what_the_lab_sent_is_no_answer_to_a_probe():
    asks = answering(passed("all well"), Exchange, by="probe")
    sent = Exchange(seen_at=NOW, run="r", purpose="health", method="GET", url="http://x/", status=503)
    seen = msgspec.structs.replace(sent, scenario="health-routes")
    of = control(PROBE)
    assert one(run(method="lab"), seen, of=of, by=(asks,)).outcome == "not-collected"
    assert one(run(method="probe"), sent, of=of, by=(asks,)).outcome == "pass"


def test_a_scenario_that_was_left_out_says_which_key_it_needs():
    looks = check("cost.example", by="lab", scenario="tale", needs=(ScenarioRun,))(lambda runs: passed("well"))
    of = control(Proof(method="lab", role="required", how="by playing", fix="play it"))
    left = ScenarioRun(seen_at=NOW, run="r", scenario="tale", left_out="nothing takes files: lab.uploads")
    found = one(run(method="lab"), left, of=of, by=(looks,))
    assert found.outcome == "not-collected"
    assert found.summary == "the scenario tale was left out: nothing takes files: lab.uploads"
