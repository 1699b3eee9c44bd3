"""What must hold for every input: order does not matter, and neither less evidence, a further failure nor a later now
ever turns a NO-GO into a GO."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.gate import decide
from gonogo.gate.statement import read, write
from tests.gate import build
from tests.gate.build import NOW

CONTROLS = (
    build.control("cost.a", build.proof("scan"), build.proof("lab", "support")),
    build.control(
        "cost.b", build.proof("probe", "alternative"), build.proof("attest", "alternative"), severity="major"
    ),
    build.control("cost.c", build.proof("drill", parts=("code",)), severity="minor"),
    build.rule("critical-all-pass"),
    build.rule("waivers-justified"),
    build.rule("rerun-on-change"),
)
CATALOG = build.catalog(*CONTROLS)
PROFILE = build.profile(*(c.id for c in CONTROLS))
OUTCOMES = ("pass", "pass", "pass", "fail", "inconclusive", "not-collected", "not-applicable", "error")
METHODS = {"cost.a": ("scan", "lab"), "cost.b": ("probe", "attest"), "cost.c": ("drill",)}
GOOD = [build.finding(name, method=method) for name, methods in METHODS.items() for method in methods]


@st.composite
def _finding(draw):
    name = draw(st.sampled_from(sorted(METHODS)))
    method = draw(st.sampled_from(METHODS[name]))
    return build.finding(
        name,
        draw(st.sampled_from(OUTCOMES)),
        method,
        seen_at=NOW - timedelta(days=draw(st.integers(0, 120))),
        environment=draw(st.sampled_from((None, "production", "staging"))),
    )


@st.composite
def _inputs(draw):
    """Inputs near a GO: mostly good evidence, with something drawn on top."""
    findings = [f for f in GOOD if draw(st.integers(0, 9))] + draw(st.lists(_finding(), max_size=3))
    waived = draw(st.lists(st.sampled_from(sorted(METHODS)), max_size=2))
    waivers = [build.waiver(name, expires=(NOW + timedelta(days=draw(st.integers(0, 80)))).date()) for name in waived]
    approvals = [build.approval(*findings, by=draw(st.sampled_from(("bob", "carol"))))] if draw(st.booleans()) else []
    return findings, waivers, approvals, draw(st.integers(0, 1))


def judge(findings, waivers, approvals, needed, now=NOW):
    return decide(
        findings,
        CATALOG,
        PROFILE,
        subject=build.subject(),
        law_old=build.law(),
        law_new=build.law(),
        policy=build.policy(approvals=needed),
        now=now,
        waivers=waivers,
        approvals=approvals,
        system="shop",
    )


def test_the_inputs_below_reach_both_verdicts():
    assert judge(GOOD, [], [], 0).verdict == "GO"
    assert judge(GOOD, [], [build.approval(*GOOD)], 1).verdict == "GO"
    assert judge(GOOD, [], [], 1).verdict == "NO-GO"


@given(_inputs(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_same_inputs_in_any_order_give_the_same_bytes(inputs, random):
    findings, waivers, approvals, needed = inputs
    shuffled = [list(findings), list(waivers), list(approvals)]
    for items in shuffled:
        random.shuffle(items)
    once, again = judge(findings, waivers, approvals, needed), judge(*shuffled, needed)
    assert write(once) == write(again)
    assert read(write(once)) == once


@given(_inputs(), _finding(), st.sampled_from(["fail"]))
@settings(max_examples=80, deadline=None)
def test_a_further_failure_never_turns_no_go_into_go(inputs, finding, outcome):
    findings, waivers, approvals, needed = inputs
    worse = build.finding(finding.control, outcome, finding.method, seen_at=finding.seen_at)
    if judge(findings, waivers, approvals, needed).verdict == "NO-GO":
        fresh = [build.approval(*findings, worse)] if approvals else []
        assert judge([*findings, worse], waivers, fresh, needed).verdict == "NO-GO"


@given(_inputs(), st.data())
@settings(max_examples=80, deadline=None)
def test_less_evidence_never_turns_no_go_into_go(inputs, data):
    """Only what speaks well of the system is taken away: that a failure is dropped, the ledger's chain notices."""
    findings, waivers, approvals, needed = inputs
    kept = [f for f in findings if f.outcome not in ("pass", "not-applicable") or data.draw(st.integers(0, 3))]
    if judge(findings, waivers, approvals, needed).verdict == "NO-GO":
        fresh = [build.approval(*kept)] if approvals else []
        assert judge(kept, waivers, fresh, needed).verdict == "NO-GO"


@given(_inputs(), st.integers(0, 200 * 24))
@settings(max_examples=80, deadline=None)
def test_a_later_now_never_turns_no_go_into_go(inputs, hours):
    early, late = judge(*inputs), judge(*inputs, now=NOW + timedelta(hours=hours))
    if early.verdict == "NO-GO":
        assert late.verdict == "NO-GO"


@given(_inputs(), st.integers(-1, 1))
@settings(max_examples=80, deadline=None)
def test_a_go_holds_until_exactly_the_moment_it_names(inputs, seconds):
    decision = judge(*inputs)
    if decision.verdict == "GO" and decision.expires is not None:
        moment = max(NOW, decision.expires + timedelta(seconds=seconds))
        assert judge(*inputs, now=moment).verdict == ("GO" if seconds < 0 else "NO-GO")


@given(_inputs(), st.sampled_from(("code", "prompts", "tree")))
@settings(max_examples=60, deadline=None)
def test_a_change_never_turns_no_go_into_go(inputs, part):
    findings, waivers, approvals, needed = inputs
    prints = {**build.PRINTS, part: "sha256:changed"} if part != "tree" else build.PRINTS
    subject = build.subject(fingerprints=prints, tree="sha256:changed")
    law, policy = build.law(), build.policy(approvals=needed)
    given_ = {"law_old": law, "law_new": law, "policy": policy, "now": NOW, "waivers": waivers, "approvals": approvals}
    before = decide(findings, CATALOG, PROFILE, subject=build.subject(), **given_)
    after = decide(findings, CATALOG, PROFILE, subject=subject, **given_)
    if before.verdict == "NO-GO":
        assert after.verdict == "NO-GO"
