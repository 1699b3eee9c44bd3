from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.gate.combine import combine, command_in
from gonogo.gate.freshness import Aged
from tests.gate import build
from tests.gate.build import NOW

OUTCOMES = ("pass", "fail", "inconclusive", "not-collected", "not-applicable", "error")
P, F, U, N, X, E = OUTCOMES


def aged(method, outcome, *, expires=None, stale=None, **given):
    seen = "pass" if stale else outcome
    return Aged(
        finding=build.finding(outcome=seen, method=method, **given), outcome=outcome, stale=stale, expires=expires
    )


def outcome(roles, **seen):
    """The result for proofs by method and role, with one outcome by method."""
    control = build.control("cost.example", *(build.proof(m, r) for m, r in roles))
    return combine(control, [aged(m, o) for m, o in seen.items()]).outcome


ONE = (("scan", "required"),)
BOTH = (("scan", "required"), ("probe", "required"))
EITHER = (("probe", "alternative"), ("attest", "alternative"))
MIXED = (("scan", "required"), ("probe", "alternative"), ("attest", "alternative"))
BACKED = (("lab", "required"), ("scan", "support"))


@pytest.mark.parametrize(
    ("roles", "seen", "wanted"),
    [
        (ONE, {"scan": P}, P),
        (ONE, {"scan": F}, F),
        (ONE, {"scan": U}, U),
        (ONE, {"scan": N}, N),
        (ONE, {"scan": X}, X),
        (ONE, {"scan": E}, E),
        (ONE, {}, N),
        (BOTH, {"scan": P, "probe": P}, P),
        (BOTH, {"scan": P}, N),
        (BOTH, {"scan": P, "probe": F}, F),
        (BOTH, {"scan": E, "probe": F}, F),
        (BOTH, {"scan": P, "probe": U}, U),
        (BOTH, {"scan": P, "probe": E}, E),
        (BOTH, {"scan": E, "probe": U}, E),
        (BOTH, {"scan": N, "probe": U}, U),
        (BOTH, {"scan": X, "probe": P}, P),
        (BOTH, {"scan": X, "probe": N}, N),
        (BOTH, {"scan": X}, N),
        (BOTH, {"scan": X, "probe": X}, X),
        (EITHER, {"probe": P}, P),
        (EITHER, {"attest": P}, P),
        (EITHER, {"probe": N, "attest": P}, P),
        (EITHER, {"probe": E, "attest": P}, P),
        (EITHER, {"probe": U, "attest": P}, P),
        (EITHER, {"probe": F, "attest": P}, F),
        (EITHER, {"probe": U}, U),
        (EITHER, {"probe": N, "attest": E}, E),
        (EITHER, {"probe": X, "attest": N}, N),
        (EITHER, {"probe": X, "attest": P}, P),
        (EITHER, {"probe": X, "attest": X}, X),
        (EITHER, {}, N),
        (MIXED, {"scan": P, "attest": P}, P),
        (MIXED, {"scan": P}, N),
        (MIXED, {"probe": P, "attest": P}, N),
        (MIXED, {"scan": P, "probe": E}, E),
        (MIXED, {"scan": U, "probe": P}, U),
        (MIXED, {"scan": N, "probe": P, "attest": E}, N),
        (MIXED, {"scan": P, "probe": X, "attest": X}, P),
        (MIXED, {"scan": X, "probe": P}, P),
        (MIXED, {"scan": X, "probe": X, "attest": X}, X),
        (BACKED, {"lab": P}, P),
        (BACKED, {"lab": P, "scan": P}, P),
        (BACKED, {"scan": P}, N),
        (BACKED, {"lab": P, "scan": F}, F),
        (BACKED, {"lab": P, "scan": E}, P),
        (BACKED, {"lab": P, "scan": U}, P),
        (BACKED, {"lab": U, "scan": P}, U),
        (BACKED, {"lab": X, "scan": P}, X),
        (BACKED, {"scan": X}, N),
        ((("scan", "support"),), {"scan": P}, N),
        ((("scan", "support"),), {"scan": X}, X),
        ((("scan", "support"),), {}, N),
        (ONE, {"scan": P, "probe": F}, F),
        (ONE, {"probe": P}, N),
        (ONE, {"scan": P, "probe": N}, P),
    ],
)
def test_the_gate_alone_combines(roles, seen, wanted):
    assert outcome(roles, **seen) == wanted


def test_two_findings_of_one_method_are_one_answer():
    control = build.control("cost.example", build.proof("probe"))

    def both(a, b):
        return combine(control, [aged("probe", a, summary="a"), aged("probe", b, summary="b")]).outcome

    assert both(P, F) == F
    assert both(P, E) == E
    assert both(E, U) == E
    assert both(P, U) == U
    assert both(P, N) == P
    assert both(X, N) == N
    assert both(X, P) == P


def test_two_proofs_of_one_method_take_the_strictest_role():
    proofs = (build.proof("records", "support"), build.proof("records", "required"), build.proof("lab", "support"))
    control = build.control("cost.example", *proofs)
    assert combine(control, [aged("records", P)]).outcome == P
    assert combine(control, [aged("records", N), aged("lab", P)]).outcome == N
    control = build.control("cost.example", build.proof("records", "alternative"), build.proof("records", "support"))
    assert combine(control, [aged("records", P)]).outcome == P


def test_a_fresh_pass_replaces_a_stale_one_of_the_same_method():
    stale = aged("scan", N, stale="the scan read another state of the files")
    result = combine(build.control(), [stale, aged("scan", P, expires=NOW)])
    assert (result.outcome, result.stale, result.expires) == (P, None, NOW)


def test_the_result_carries_the_control_and_every_finding_unchanged():
    control = build.control("cost.example", *(build.proof(m, r) for m, r in BACKED), severity="minor")
    given_ = [aged("scan", F, severity="critical"), aged("lab", P)]
    result = combine(control, given_)
    assert (result.control, result.title, result.severity) == ("cost.example", "cost.example holds", "minor")
    assert {f.method for f in result.findings} == {"scan", "lab"}
    assert all(f in [a.finding for a in given_] for f in result.findings)
    assert (result.blocking, result.waived, result.declared) == (False, False, None)


def test_the_summary_tells_what_made_the_outcome():
    control = build.control("cost.example", *(build.proof(m, r) for m, r in MIXED))

    def said(**seen):
        return combine(control, [aged(m, o) for m, o in seen.items()]).summary

    assert said(scan=P, probe=F, attest=F) == "probe says fail; attest says fail"
    assert said(scan=P, probe=P) == "scan says pass; probe says pass"
    assert said(scan=P, probe=E, attest=N) == "probe says error"
    assert said(scan=P) == "no probe or attest has looked at it"
    assert said(probe=P) == "no scan has looked at it"
    assert (
        said(scan=X, probe=X, attest=X)
        == "scan says not-applicable; probe says not-applicable; attest says not-applicable"
    )


def test_a_repeated_summary_is_said_once():
    control = build.control("cost.example", *(build.proof(m, r) for m, r in BOTH))
    assert combine(control, [aged("scan", F, summary="bad"), aged("probe", F, summary="bad")]).summary == "bad"


def test_a_support_alone_says_that_nobody_looked():
    control = build.control("cost.example", build.proof("scan", "support"))
    assert combine(control, [aged("scan", P)]).summary == "nothing has looked at it"


def test_stale_evidence_is_named_with_what_renews_it():
    control = build.control("cost.example", build.proof("scan", fix="pin the model"), build.proof("probe"))
    stale = aged("scan", N, stale="the scan is old")
    result = combine(control, [stale, aged("probe", P)])
    assert (result.outcome, result.stale, result.summary) == (N, "the scan is old", "the evidence no longer counts")
    assert result.close == "gonogo check"
    both = combine(control, [stale, aged("probe", N, stale="the probe is old")])
    assert both.stale == "the scan is old; the probe is old"


def test_stale_evidence_of_a_settled_alternative_is_not_named():
    control = build.control("cost.example", *(build.proof(m, r) for m, r in MIXED))
    result = combine(control, [aged("probe", P), aged("attest", N, stale="old")])
    assert (result.outcome, result.stale, result.summary) == (N, None, "no scan has looked at it")


@pytest.mark.parametrize(
    ("method", "command"),
    [
        ("scan", "gonogo check"),
        ("probe", "gonogo check --env NAME"),
        ("lab", "gonogo lab"),
        ("load", "gonogo load"),
        ("drill", "gonogo drill"),
        ("eval", "gonogo eval"),
        ("attest", "gonogo attest cost.example --artifact FILE"),
        ("records", None),
    ],
)
def test_what_nobody_looked_at_is_closed_by_looking(method, command):
    assert combine(build.control("cost.example", build.proof(method)), []).close == command


def test_the_fix_of_the_finding_comes_before_the_catalogues():
    control = build.control("cost.example", build.proof(fix="pin the model"))
    assert combine(control, [aged("scan", F, fix="pin it in app.py:3")]).close == "pin it in app.py:3"
    assert combine(control, [aged("scan", F)]).close == "pin the model"
    assert combine(build.control(), [aged("scan", F)]).close is None
    assert combine(control, []).close == "gonogo check"


def test_a_command_comes_before_an_edit():
    control = build.control(
        "cost.example", build.proof("scan", fix="edit it"), build.proof("lab", fix="gonogo lab --x")
    )
    assert combine(control, [aged("scan", F), aged("lab", F)]).close == "gonogo lab --x"
    assert combine(control, [aged("scan", F), aged("lab", P)]).close == "edit it"


@pytest.mark.parametrize(
    ("fix", "command"),
    [
        ("gonogo lab", "gonogo lab"),
        ("gonogo init, then `gonogo lab`", "gonogo init, then `gonogo lab`"),
        ("run `gonogo init` and then `gonogo lab --scenario x`.", "gonogo lab --scenario x"),
        ("run `make gonogo lab`", None),
        ("pin it", None),
    ],
)
def test_the_command_within_a_fix_is_its_last(fix, command):
    assert command_in(fix) == command


def test_where_nobody_looked_the_command_within_a_fix_closes_it_and_a_failure_needs_the_edit():
    fix = "Encrypt it as `gonogo init` said; then run `gonogo check --env NAME`."
    control = build.control("cost.example", build.proof(fix=fix))
    assert combine(control, []).close == "gonogo check --env NAME"
    assert (
        combine(control, [aged("scan", N, fix="run `gonogo attest cost.example`")]).close
        == "gonogo attest cost.example"
    )
    assert combine(control, [aged("scan", F)]).close == fix
    assert combine(control, [aged("scan", U, fix="look at it")]).close == "look at it"
    records = build.control("cost.example", build.proof("records", fix="Keep a record."))
    assert combine(records, []).close == "Keep a record."


@pytest.mark.parametrize("settled", [P, X])
def test_what_passes_or_does_not_apply_needs_no_closing(settled):
    assert (
        combine(build.control("cost.example", build.proof(fix="edit")), [aged("scan", settled, fix="x")]).close is None
    )


def test_the_result_expires_with_its_first_required_proof():
    control = build.control("cost.example", *(build.proof(m, r) for m, r in BOTH))
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=9)
    assert combine(control, [aged("scan", P, expires=late), aged("probe", P, expires=soon)]).expires == soon
    assert combine(control, [aged("scan", P, expires=late), aged("probe", X)]).expires == late
    assert combine(control, [aged("scan", P, expires=late)]).expires is None
    assert combine(control, [aged("scan", P), aged("probe", P)]).expires is None
    assert combine(control, [aged("scan", P), aged("probe", P, expires=late)]).expires == late


def test_alternatives_expire_with_the_last_of_them_and_support_never():
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=9)
    control = build.control("cost.example", *(build.proof(m, r) for m, r in EITHER))
    assert combine(control, [aged("probe", P, expires=soon), aged("attest", P, expires=late)]).expires == late
    assert combine(control, [aged("probe", P, expires=soon), aged("attest", N)]).expires == soon
    assert combine(control, [aged("probe", P), aged("attest", P, expires=late)]).expires is None
    mixed = build.control("cost.example", *(build.proof(m, r) for m, r in MIXED))
    three = [aged("scan", P, expires=soon), aged("probe", P, expires=soon), aged("attest", P, expires=late)]
    assert combine(mixed, three).expires == soon
    backed = build.control("cost.example", *(build.proof(m, r) for m, r in BACKED))
    assert combine(backed, [aged("lab", P, expires=late), aged("scan", P, expires=soon)]).expires == late


def test_one_method_expires_with_its_last_passing_finding():
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=9)
    two = [aged("scan", P, expires=soon, summary="a"), aged("scan", P, expires=late, summary="b")]
    assert combine(build.control(), two).expires == late
    assert combine(build.control(), [*two, aged("scan", N, expires=None, stale="old")]).expires == late
    assert combine(build.control(), [*two, aged("scan", P)]).expires is None


METHODS = ("scan", "probe", "lab", "attest")
SEEN = st.lists(st.tuples(st.sampled_from(METHODS), st.sampled_from(OUTCOMES)), max_size=6)
ROLES = st.dictionaries(st.sampled_from(METHODS), st.sampled_from(("required", "alternative", "support")), min_size=1)


def _control(roles):
    return build.control("cost.example", *(build.proof(m, r) for m, r in roles.items()))


@given(ROLES, SEEN)
def test_a_pass_has_no_fail_and_every_required_proof(roles, seen):
    result = combine(_control(roles), [aged(m, o) for m, o in seen])
    if result.outcome != "pass":
        return
    by_method = {m: {o for n, o in seen if n == m} for m in METHODS}
    assert all(o != "fail" for _, o in seen)
    assert all(by_method[m] & {"pass", "not-applicable"} for m, r in roles.items() if r == "required")
    assert any("pass" in by_method[m] for m, r in roles.items() if r != "support")


@given(ROLES, SEEN, st.sampled_from(METHODS))
def test_one_more_fail_always_fails(roles, seen, method):
    assert combine(_control(roles), [aged(m, o) for m, o in [*seen, (method, "fail")]]).outcome == "fail"


@given(ROLES, SEEN, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(roles, seen, random):
    items = [aged(m, o, summary=f"{i}") for i, (m, o) in enumerate(seen)]
    shuffled = list(items)
    random.shuffle(shuffled)
    assert combine(_control(roles), items) == combine(_control(roles), shuffled)


@pytest.mark.parametrize(
    ("roles", "findings", "planned"),
    [
        ({"lab": "required"}, [("lab", "not-collected", True)], True),
        ({"lab": "required"}, [("lab", "not-collected", False)], False),
        ({"lab": "required"}, [], False),
        ({"lab": "required", "scan": "support"}, [("lab", "not-collected", True), ("scan", "pass", False)], True),
        (
            {"probe": "alternative", "attest": "alternative"},
            [("probe", "not-collected", True), ("attest", "not-collected", False)],
            False,
        ),
        ({"lab": "required"}, [("lab", "fail", True)], False),
    ],
)  # fmt: skip
def test_a_control_is_planned_where_only_proofs_are_missing_that_cannot_be_made_yet(roles, findings, planned):
    control = build.control(proof=tuple(build.proof(method, role) for method, role in roles.items()))
    aged = [
        Aged(finding=build.finding(method=method, outcome=outcome, planned=later), outcome=outcome)
        for method, outcome, later in findings
    ]
    assert combine(control, aged).planned is planned


def test_a_proof_that_can_be_made_today_is_named_before_a_planned_one():
    proofs = (build.proof("probe", "alternative"), build.proof("attest", "alternative"))
    aged = [
        Aged(finding=build.finding(method="probe", outcome="not-collected", planned=True), outcome="not-collected"),
        Aged(finding=build.finding(method="attest", outcome="not-collected"), outcome="not-collected"),
    ]
    assert (combine(build.control(proof=proofs), aged).close or "").startswith("gonogo attest")
