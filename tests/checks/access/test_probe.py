"""What each answer of a service means for access: one fact changed at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo import catalog
from gonogo.catalog.limits import limits
from gonogo.checks.access import (
    admin_protected_by_probe,
    authentication_by_probe,
    cors_by_probe,
    rate_limits_by_probe,
    tls_inbound_by_probe,
)
from gonogo.facts import Declaration, Exchange, ProbeBudget, System, TlsHandshake
from gonogo.facts.declaration import Environment

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CONTROLS = catalog.load(plugins=False).controls


def given(control):
    return limits(CONTROLS[control], {}, None)


def sent(purpose, case="", status=200, route="/ask", method="GET", at=NOW, **more):
    url = more.pop("url", f"https://a.example{route}")
    return Exchange(seen_at=at, purpose=purpose, case=case, method=method, url=url, route=route, status=status, **more)


def budget(*left):
    return [ProbeBudget(seen_at=NOW, environment="staging", allowed=9, sent=1, left_out=left)]


def route(none=401, bad=401, good=200, **more):
    cases = {"none": none, "bad": bad, "good": good}
    return [sent("authentication", case, status, **more) for case, status in cases.items() if status]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (route(), "pass"),
        (route(none=403, bad=403), "pass"),
        (route(none=404, bad=404), "pass"),
        (route(none=404, bad=404, good=404), "inconclusive"),
        (route(none=422), "pass"),
        (route(none=422, bad=422), "inconclusive"),
        (route(good=422), "pass"),
        (route(good=500), "pass"),
        (route(good=401), "inconclusive"),
        (route(good=None), "inconclusive"),
        (route(none=200), "fail"),
        (route(bad=204), "fail"),
        (route(none=500), "inconclusive"),
        (route(none=302, headers={"location": "https://a.example/login"}), "pass"),
        (route(none=303, bad=307, headers={"location": "/auth/SSO"}), "pass"),
        (route(none=301, headers={"location": "https://a.example/login"}), "inconclusive"),
        (route(none=302), "inconclusive"),
        (route(none=400), "pass"),
        (route(none=415), "pass"),
        (route(none=199), "inconclusive"),
        (route(none=299), "fail"),
        (route(none=300), "inconclusive"),
        (route(none=404, bad=404, good=299), "pass"),
        (route(good=403, identity="alice"), "inconclusive"),
        ([*route(), sent("authentication", "bad", None, error="closed")], "inconclusive"),
        (route() + route(method="POST"), "pass"),
        (route() + route(none=500, method="POST"), "inconclusive"),
        (route(none=302, headers={"location": "https://a.example/welcome"}), "inconclusive"),
        ([*route(), sent("authentication", "none, whole body", 200)], "fail"),
        (route() + route(none=200, route="/other"), "fail"),
        ([], "inconclusive"),
        ([sent("authentication", "none", None, error="no connection")], "inconclusive"),
    ],
)
def test_authentication(answers, outcome, tells):
    health = [sent("health", status=200)]
    answer = authentication_by_probe(health + answers, budget(), given("access.authentication"))
    assert answer.outcome == outcome, answer.summary
    tells(answer)


@pytest.mark.parametrize(
    ("exchanges", "left"),
    [
        ([], ()),
        ([sent("health", status=None, error="closed")], ()),
        ([sent("health")], ()),
        ([sent("health")], ("routes: GET /a (more than 50 routes)", "authentication: POST /b")),
        (route(none=200) + route(bad=200, route="/b"), ()),
        (route(good=None) + route(good=None, route="/b"), ()),
    ],
)
def test_what_is_said_of_routes_that_nobody_could_ask(exchanges, left, tells):
    tells(authentication_by_probe(exchanges, budget(*left), given("access.authentication")))


def test_a_route_that_was_not_called_keeps_authentication_from_passing(tells):
    left = budget("authentication: POST /ask (POST is sent only to environments declared disposable)")
    answer = authentication_by_probe(route(), left, given("access.authentication"))
    assert answer.outcome == "inconclusive"
    tells(answer)
    assert authentication_by_probe([], left, given("access.authentication")).outcome == "inconclusive"
    assert authentication_by_probe(route(), budget("rate-limit"), given("access.authentication")).outcome == "pass"


def origin(case, name, allowed=None, credentials=None, **more):
    headers = {"access-control-allow-origin": allowed} if allowed else {}
    headers |= {"access-control-allow-credentials": credentials} if credentials else {}
    return sent("cors", case, request_headers={"origin": name}, headers=headers, environment="staging", **more)


LISTED = origin("listed", "https://app.example", "https://app.example", "true")
STRANGER = "https://stranger.example"


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([LISTED, origin("unlisted", STRANGER)], "pass"),
        ([origin("unlisted", STRANGER)], "pass"),
        ([LISTED, origin("unlisted", STRANGER, "https://app.example")], "pass"),
        ([LISTED, origin("unlisted", STRANGER, STRANGER)], "fail"),
        ([LISTED, origin("unlisted", STRANGER, STRANGER, "true")], "fail"),
        ([LISTED, origin("unlisted", STRANGER, "*")], "fail"),
        ([LISTED, origin("null", "null", "null")], "fail"),
        ([origin("listed", "https://app.example"), origin("unlisted", STRANGER)], "inconclusive"),
        ([origin("unlisted", STRANGER, status=None, error="closed")], "inconclusive"),
        ([], "not-collected"),
    ],
)
def test_cors(answers, outcome, tells):
    answer = cors_by_probe(answers, [], budget(), given("access.cors"))
    assert answer.outcome == outcome
    tells(answer)


@pytest.mark.parametrize(
    ("left", "answers", "outcome"),
    [
        (("cors",), [LISTED, origin("unlisted", STRANGER)], "inconclusive"),
        (("cors",), [LISTED, origin("unlisted", STRANGER, "*")], "fail"),
        (("rate-limit", "cors-other"), [LISTED, origin("unlisted", STRANGER)], "pass"),
    ],
)
def test_a_question_that_was_cut_short_is_no_pass(left, answers, outcome, tells):
    answer = cors_by_probe(answers, [], budget(*left), given("access.cors"))
    assert answer.outcome == outcome
    tells(answer)


@pytest.mark.parametrize(("credentials", "outcome"), [(None, "pass"), ("true", "fail")])
def test_a_declared_wildcard_is_fine_without_credentials_only(credentials, outcome, tells):
    staging = Environment(name="staging", origins=("*",))
    declared = [Declaration(seen_at=NOW, system=System(name="a", environments=(staging,)))]
    seen = [origin("unlisted", STRANGER, "*", credentials)]
    answer = cors_by_probe(seen, declared, budget(), given("access.cors"))
    assert answer.outcome == outcome
    tells(answer)


def burst(status=429, case="request 61 of 130", took=1, headers=None):
    first = sent("rate-limit", "first", 422)
    return [first, sent("rate-limit", case, status, at=NOW + timedelta(seconds=took), headers=headers or {})]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (burst(headers={"retry-after": "30"}), "pass"),
        (burst(), "fail"),
        (burst(422, "request 130 of 130"), "fail"),
        (burst(422, "request 130 of 130", took=61), "inconclusive"),
        (burst(422, "request 130 of 130", took=60), "fail"),
        (burst(422, "request 90 of 130"), "inconclusive"),
        (burst(None, "request 130 of 130"), "inconclusive"),
        ([], "not-collected"),
    ],
)
def test_rate_limits(answers, outcome, tells):
    answer = rate_limits_by_probe(answers, budget())
    assert answer.outcome == outcome
    tells(answer)


def test_a_burst_that_was_not_sent_says_why():
    assert rate_limits_by_probe([], budget("cors")).summary == "no burst was sent"
    answer = rate_limits_by_probe([], budget("rate-limit: a burst goes only to environments declared disposable"))
    assert answer.outcome == "not-collected" and "declared disposable" in answer.summary


UNKNOWN = sent("admin", "unknown-path", 404)


@pytest.mark.parametrize(
    ("answers", "left", "outcome"),
    [
        ([UNKNOWN, sent("admin", "console", 404)], (), "pass"),
        ([UNKNOWN, sent("admin", "console", 401)], (), "pass"),
        ([UNKNOWN, sent("admin", "console", 200)], (), "fail"),
        ([UNKNOWN, sent("admin", "route", 200)], (), "fail"),
        ([UNKNOWN, sent("admin", "port", None)], (), "fail"),
        ([UNKNOWN, sent("admin", "port", None, error="TimeoutError")], (), "pass"),
        ([UNKNOWN, sent("admin", "port", None, error="x"), sent("admin", "console", None, error="x")], (), "pass"),
        ([UNKNOWN, sent("admin", "console", 200), sent("admin", "port", None)], (), "fail"),
        ([sent("admin", "console", 404)], (), "inconclusive"),
        ([sent("admin", "unknown-path", None, error="x"), sent("admin", "console", 404)], (), "inconclusive"),
        ([UNKNOWN, sent("admin", "console", 404)], ("cors",), "pass"),
        ([sent("admin", "unknown-path", 200), sent("admin", "console", 200)], (), "inconclusive"),
        ([UNKNOWN], ("admin: POST /admin/users",), "inconclusive"),
        ([], (), "not-collected"),
    ],
)
def test_admin_protected(answers, left, outcome, tells):
    answer = admin_protected_by_probe(answers, budget(*left))
    assert answer.outcome == outcome
    tells(answer)


def shake(offered=None, **more):
    usual = {"accepted": True, "version": "TLSv1.3", "trusted": True, "not_after": NOW + timedelta(days=60)}
    refused = {"accepted": False, "problem": "refused"}
    fields = (usual if offered is None else refused) | more
    return TlsHandshake(seen_at=NOW, host="a.example", port=443, offered=offered, **fields)


HSTS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}


def tls(usual=None, old=None, https=None, plain=None, left=()):
    shakes = [shake(**(usual or {})), shake("TLSv1"), shake("TLSv1.1", **(old or {}))]
    seen = [
        sent("tls", "https", **({"headers": HSTS} | (https or {}))),
        sent(
            "tls",
            **({"case": "plain-http", "status": 301, "headers": {"location": "https://a.example/"}} | (plain or {})),
        ),
    ]
    return tls_inbound_by_probe(shakes, seen, budget(*left), given("access.tls-inbound"))


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "pass"),
        ({"usual": {"version": "TLSv1.2"}}, "pass"),
        ({"usual": {"version": "TLSv1.1"}}, "fail"),
        ({"usual": {"not_after": NOW + timedelta(days=21)}}, "pass"),
        ({"usual": {"not_after": NOW + timedelta(days=20)}}, "fail"),
        ({"usual": {"trusted": False, "problem": "self-signed"}}, "fail"),
        ({"usual": {"accepted": False, "trusted": None, "not_after": None}}, "inconclusive"),
        ({"old": {"accepted": True}}, "fail"),
        ({"old": {"problem": "this machine cannot offer it"}}, "inconclusive"),
        ({"old": {"problem": "no answer in time"}}, "inconclusive"),
        ({"https": {"headers": {}}}, "fail"),
        ({"https": {"headers": {"strict-transport-security": "max-age=0"}}}, "fail"),
        ({"https": {"status": None}}, "inconclusive"),
        ({"plain": {"status": 200, "headers": {}}}, "fail"),
        ({"plain": {"status": 401, "headers": {}}}, "fail"),
        ({"plain": {"status": 301, "headers": {"location": "http://a.example/x"}}}, "fail"),
        ({"plain": {"status": 404, "headers": {}}}, "pass"),
        ({"plain": {"status": None, "error": "refused"}}, "pass"),
        ({"left": ("tls",)}, "inconclusive"),
        ({"usual": {"version": "TLSv1", "trusted": False, "problem": "expired"}, "https": {"headers": {}}}, "fail"),
        ({"usual": {"version": None}}, "fail"),
        ({"usual": {"version": "SSLv3"}}, "fail"),
        ({"usual": {"accepted": False, "trusted": False, "not_after": None, "problem": "no route"}}, "inconclusive"),
        ({"plain": {"status": 308, "headers": {"location": "HTTPS://a.example/"}}}, "pass"),
        ({"plain": {"status": 400, "headers": {}}}, "pass"),
        ({"plain": {"status": 200, "headers": {"location": "https://a.example/"}}}, "fail"),
        ({"plain": {"case": "other"}}, "inconclusive"),
        ({"https": {"headers": {"strict-transport-security": 'MAX-AGE = "300"'}}}, "pass"),
        ({"left": ("tls",), "old": {"accepted": True}}, "fail"),
        ({"left": ("cors",)}, "pass"),
    ],
)
def test_tls_inbound(change, outcome, tells):
    answer = tls(**change)
    assert answer.outcome == outcome
    tells(answer)


@pytest.mark.parametrize(
    ("host", "outcome"),
    [("a.example", "fail"), ("127.0.0.1", "inconclusive"), ("localhost", "inconclusive"), ("[::1]", "inconclusive")],
)
def test_a_plain_http_address_fails_unless_it_is_this_machine(host, outcome, tells):
    seen = [sent("tls", "plain-http", url=f"http://{host}/")]
    answer = tls_inbound_by_probe([], seen, budget(), given("access.tls-inbound"))
    assert answer.outcome == outcome
    tells(answer)
    assert tls_inbound_by_probe([], [], budget(), given("access.tls-inbound")).outcome == "not-collected"
