"""A small catalogue and an assessment that has every state a control can be in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gonogo.catalog.control import Cadence, Catalog, Control, Profile, Proof
from gonogo.facts import (
    ApprovalNote,
    Assessment,
    ControlResult,
    Decision,
    Evidence,
    Finding,
    LoadCurve,
    Run,
    Span,
    Subject,
    Timeline,
    Waited,
    WaiverNote,
)

NOW = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
FALL = date(2026, 9, 1)
SUBJECT = Subject(
    tree="sha256:" + "5d" * 32,
    commit="3f2a91c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6",
    branch="main",
    dirty=False,
    fingerprints={"code": "sha256:" + "1a" * 32, "prompts": "sha256:" + "2b" * 32},
    authors=("author@example.org",),
)


def control(id: str, title: str, severity: str = "major", methods: tuple[str, ...] = ("scan",), **more: Any) -> Control:
    return Control(
        id=id,
        title=title,
        question=f"Is it so that {title[0].lower()}{title[1:]}?",
        why=more.pop("why", "Without it one bad day becomes everybody's bad day."),
        severity=severity,  # type: ignore[arg-type]
        phase="build",
        kinds=("llm-app",),
        boundary="repo",
        proof=tuple(Proof(method=m, role="required", how=f"Looked at by {m}.", fix=f"gonogo {m}") for m in methods),  # type: ignore[arg-type]
        cadence=Cadence(every="quarterly"),
        **more,
    )


CONTROLS = [
    control("reliability.timeouts", "Every model call has a timeout", why="A hung call holds a worker for good."),
    control("security-input.secrets", "No secret stands in the repository", "critical", frameworks=("LLM02",)),
    control("access.authentication", "Every endpoint requires authentication", "critical", ("lab", "probe")),
    control("rollout.rollback", "One command rolls back", "critical", ("drill",)),
    control("rollout.model-pinned", "The model version is pinned", "minor"),
    control("cost.budget", "A budget stops spending", "major", ("attest",)),
    control("readiness.runbook", "A runbook exists and is fresh", "major", ("scan", "attest")),
    control("observability.health", "The service tells its health", "major", ("scan", "probe")),
    control("retrieval.filters", "Queries filter by tenant", "major", ("lab",)),
    control("quality.evals", "Answers are measured against a baseline", "minor", ("eval",)),
    control("cost.output-limit", "Every model call limits its output", "major"),
    control("observability.logs", "Logs are kept for 90 days"),
    control("performance.load", "The service bears its load", "minor", ("load",)),
]


def finding(
    control: str, method: str, outcome: str, severity: str, summary: str, *places: Evidence, **more: Any
) -> Finding:
    return Finding(
        control=control,
        method=method,  # type: ignore[arg-type]
        outcome=outcome,  # type: ignore[arg-type]
        severity=severity,  # type: ignore[arg-type]
        summary=summary,
        evidence=places,
        seen_at=None if outcome == "not-collected" else NOW - timedelta(hours=3),
        **more,
    )


FINDINGS = [
    finding(
        "security-input.secrets",
        "scan",
        "fail",
        "critical",
        "1 secret stands in the tree",
        Evidence("app/settings.py", 12, "openai key sk-…9f2c"),
        fix="Revoke the key, then read it from OPENAI_API_KEY.",
    ),
    finding(
        "reliability.timeouts",
        "scan",
        "fail",
        "major",
        "5 of 6 call sites set no timeout",
        *(Evidence("app/llm.py", line, "the SDK waits 600 s") for line in (41, 88, 120, 131)),
        Evidence("app/rag.py", 9, "client made without timeout"),
        fix="Give the client timeout=60 where it is made.",
    ),
    finding(
        "access.authentication",
        "lab",
        "inconclusive",
        "critical",
        "the good credentials were refused too",
        Evidence("GET http://127.0.0.1:8000/answer?q=1", None, "401 with good credentials", "j1"),
    ),
    finding("access.authentication", "probe", "not-collected", "critical", "nobody probed the deployed endpoint"),
    finding(
        "rollout.rollback",
        "drill",
        "not-collected",
        "critical",
        "no rollback drill was met",
        fix="gonogo drill rollback",
    ),
    finding(
        "rollout.model-pinned",
        "scan",
        "fail",
        "minor",
        "gpt-4o is an alias",
        Evidence("app/llm.py", 41, "model=gpt-4o"),
    ),
    finding("cost.budget", "attest", "not-collected", "major", "nobody stated it", fix="gonogo attest cost.budget"),
    finding(
        "readiness.runbook",
        "scan",
        "pass",
        "major",
        "docs/runbook.md has all five sections",
        Evidence("docs/runbook.md", 1),
    ),
    finding("readiness.runbook", "attest", "not-collected", "major", "nobody signed it"),
    finding(
        "observability.health",
        "scan",
        "pass",
        "major",
        "GET /health answers",
        Evidence("app/main.py", 17, "GET /health"),
    ),
    finding("observability.health", "probe", "error", "major", "the check broke: division by zero"),
    finding("retrieval.filters", "lab", "not-applicable", "major", "there is one tenant"),
    finding(
        "quality.evals", "eval", "pass", "minor", "baseline 0.81, now 0.84", sample="n = 40, 95 % interval 0.79 to 0.89"
    ),
    finding("cost.output-limit", "scan", "pass", "major", "6 of 6 call sites limit their output"),
    finding("observability.logs", "scan", "pass", "major", "retention is 120 days", Evidence("infra/logs.tf", 8)),
    finding("rollout.rollback", "scan", "pass", "critical", "deploy.sh can roll back", Evidence("deploy.sh", 31)),
    finding("performance.load", "load", "not-collected", "minor", "no load was driven", fix="gonogo load"),
]

LOADS = (
    LoadCurve(
        scenario="overload-recovery", stage="normal", arrival="poisson", rate=4.0, seconds=30.0, sent=120, good=120,
        table=(Waited(50.0, 0.2, 0.19, 0.21), Waited(95.0, 0.4, 0.35, 0.5), Waited(99.0, 0.9, 0.5, None)),
        curve=((0.0, 0.1), (50.0, 0.2), (90.0, 0.3), (99.0, 0.9)), slices=((0.0, 15.0, 0.4), (15.0, 30.0, None)),
    ),
    LoadCurve(
        scenario="overload-recovery", stage="overload", arrival="poisson", rate=40.0, seconds=30.0, sent=1200, good=900,
        late_share=0.012, errors={"status-429": 290, "reset": 10}, table=(Waited(95.0, 2.0, 1.9, 2.2),),
        curve=((0.0, 0.1), (90.0, 1.9), (99.9, 2.4)), slices=((30.0, 45.0, 1.8), (45.0, 60.0, 2.1)),
    ),
    LoadCurve(
        scenario="concurrency-stress", stage="held-300", arrival="held", rate=0.0, seconds=20.0, sent=300, good=0,
        concurrent=300, errors={"refused": 300},
    ),
)  # fmt: skip

TIMELINE = Timeline(
    journey="j1",
    name="ask",
    scenario="primary-outage",
    case="silent",
    replay="gonogo lab --scenario primary-outage --case silent --journey ask",
    seconds=9.62,
    length_s=12.4,
    spans=(
        Span(label="POST /ask", track="edge", end_s=9.62, status=200, note="14 parts streamed, longest gap 3.1 s"),
        Span(label="query handbook", track="retrieval", start_s=0.04, end_s=0.11, status=200, note="4 documents"),
        Span(
            label="gpt-4o-2024-11-20", track="model", start_s=0.15, end_s=3.15, fault="hang-before-headers",
            aborted=True, note="attempt 1 of 3, the app hung up, stream",
        ),
        Span(
            label="gpt-4o-2024-11-20", track="model", start_s=3.7, end_s=3.72, fault="status", status=503,
            note="attempt 2 of 3, stream",
        ),
        Span(
            label="gpt-4o-mini-2024-07-18", track="model", start_s=4.8, end_s=7.9, status=200, reached=True,
            note="attempt 3 of 3, stream, 1,204 in, 220 out, $0.0003",
        ),
        Span(label="create_ticket", track="tool", start_s=8.0, end_s=8.9, status=200, note="an error result"),
        Span(label="risk-score v3", track="prediction", start_s=9.0, fault="hang-before-headers", note="1 row"),
    ),
    left_out=2,
    told=(
        "3 attempts at one request (gpt-4o-2024-11-20, then gpt-4o-mini-2024-07-18), 0.6, 1.1 s apart",
        "the lab broke 3 of 6 calls",
        "3 model calls, $0.0003, for one action of a user",
    ),
    ending="status 200 with the answer of gpt-4o-mini-2024-07-18 after 9.6 s, 3 model calls",
    got="You can change your address under Settings. Your ticket could not be made: please call us.",
)  # fmt: skip

STATES: dict[str, dict[str, Any]] = {
    "security-input.secrets": {"blocking": True},
    "reliability.timeouts": {"blocking": True},
    "access.authentication": {"blocking": True, "close": "gonogo lab"},
    "rollout.rollback": {"blocking": True, "close": "gonogo drill rollback"},
    "cost.budget": {"blocking": True, "close": "gonogo attest cost.budget"},
    "rollout.model-pinned": {"waived": True},
    "observability.health": {"outcome": "error", "blocking": True, "summary": "a proof could not be judged"},
    "performance.load": {"close": "gonogo load"},
    "observability.logs": {
        "outcome": "not-collected",
        "blocking": True,
        "summary": "the evidence no longer counts",
        "stale": "evidence of 2025-11-02 is older than 90 days",
        "close": "gonogo scan",
    },
    "quality.evals": {"expires": NOW + timedelta(days=20)},
}


def result(control: Control) -> ControlResult:
    own = tuple(f for f in FINDINGS if f.control == control.id)
    state = {"outcome": own[0].outcome, "summary": own[0].summary, **STATES.get(control.id, {})}
    return ControlResult(control=control.id, title=control.title, severity=control.severity, findings=own, **state)


def decision(verdict: str = "NO-GO", **more: Any) -> Decision:
    results = tuple(result(c) for c in CONTROLS)
    return Decision(**{
        "verdict": verdict,
        "system": "support-bot",
        "subject": SUBJECT,
        "profile": "pre-launch",
        "environment": "staging",
        "decided_at": NOW,
        "expires": None,
        "blockers": tuple(r.control for r in results if r.blocking),
        "reasons": ("the law changed in this commit (approvers) and no approver of the old law signed it",),
        "waived": ("rollout.model-pinned",),
        "not_collected": tuple(r.control for r in results if r.outcome == "not-collected"),
        "waivers": (
            WaiverNote(
                control="rollout.model-pinned", owner="alice@example.org", expires=date(2026, 3, 20), state="expiring",
                detail="the provider retires the alias in May; answers are compared every night",
            ),
            WaiverNote(control="cost.output-limit", owner="bob@example.org", expires=FALL, state="unneeded"),
        ),
        "results": results,
        "notes": ("2 attestations were countersigned by the same person",),
        "approvals": (
            ApprovalNote(signer="carol@example.org", covers="evidence", state="accepted", expires=NOW),
            ApprovalNote(signer="SHA256:abc", covers="law", state="refused", detail="the key is not in the old law"),
        ),
        "approvals_needed": 2,
        "law_origin": "main~1",
        "law": "sha256:" + "a1" * 32,
        "evidence": "sha256:" + "b2" * 32,
        "heads": {"writer=laptop/day=2026-03-14": "sha256:" + "c3" * 32},
        "catalog": "sha256:" + "d4" * 32,
        "gonogo": "0.1.0",
        **more,
    })  # fmt: skip


def an_assessment(**more: Any) -> Assessment:
    return Assessment(**{
        "system": "support-bot",
        "subject": SUBJECT,
        "profile": "pre-launch",
        "environment": "staging",
        "findings": tuple(FINDINGS),
        "facts": {"model_call_site": 6, "source_tree": 1},
        "runs": (Run(seen_at=NOW, run="r1", method="scan", collector="scan", subject=SUBJECT, started_at=NOW),),
        "decision": decision(),
        "problems": ("app/legacy.py could not be parsed (line 3)",),
        "timelines": (TIMELINE,),
        "loads": LOADS,
        **more,
    })  # fmt: skip


def poisoned(value: Any, attack: str) -> Any:
    """Return a record with `attack` in every text that is not one of a closed set, however deep."""
    if isinstance(value, msgspec.Struct):
        closed = {
            "outcome",
            "severity",
            "method",
            "state",
            "verdict",
            "kind",
            "phase",
            "boundary",
            "role",
            "every",
            "covers",
            "track",
        }
        names = [f for f in value.__struct_fields__ if f not in closed]
        return msgspec.structs.replace(value, **{f: _text(getattr(value, f), attack, f) for f in names})
    if isinstance(value, tuple):
        return tuple(poisoned(v, attack) for v in value)
    if isinstance(value, dict):
        return {attack + str(k): poisoned(v, attack) for k, v in value.items()}
    return attack + value if isinstance(value, str) else value


def _text(value: Any, attack: str, field: str) -> Any:
    # Ids stay apart from one another and stay joined to what they name: the attack stands behind them.
    if field == "control" and isinstance(value, str):
        return value + attack
    if value is None and field in ("fix", "sample", "close", "stale", "compared_with", "note", "enforce", "fault"):
        return attack
    return poisoned(value, attack)


def attacks() -> list[str]:
    """Read the corpus: each line is the inside of a Python string; lines that start with `# ` say what follows.

    The last two are made here: they are too long for a line, or hold everything at once."""
    lines = (Path(__file__).parent / "hostile.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("# ")]
    each = [line.encode("ascii").decode("unicode_escape") for line in wanted]
    return [*each, "".join(each), "<b>&`|@a #1 " * 20_000]


def attacked(attack: str) -> tuple[Assessment, Catalog]:
    assessment = poisoned(an_assessment(drafted=True, compared_with="main"), attack)
    assessment = msgspec.structs.replace(assessment, new=(("reliability.timeouts" + attack, "scan"),))
    controls = {c.id + attack: poisoned(msgspec.structs.replace(c, id=c.id), attack) for c in CONTROLS}
    controls = {key: msgspec.structs.replace(c, id=key) for key, c in controls.items()}
    return assessment, Catalog(controls=controls, profiles={})


@pytest.fixture
def catalog() -> Catalog:
    controls = {c.id: c for c in CONTROLS}
    profile = Profile(name="pre-launch", title="Before launch", about="What must hold.", controls=tuple(controls))
    return Catalog(controls=controls, profiles={"pre-launch": profile})


@pytest.fixture
def assessment() -> Assessment:
    return an_assessment()


@pytest.fixture
def make() -> Callable[..., Assessment]:
    """Make an assessment with some fields of its own."""
    return an_assessment


@pytest.fixture
def decide() -> Callable[..., Decision]:
    """Make a decision with some fields of its own."""
    return decision


@pytest.fixture
def corpus() -> list[tuple[str, Assessment, Catalog]]:
    """Every attack, with an assessment and a catalogue that hold it in every text."""
    return [(attack, *attacked(attack)) for attack in attacks()]
