"""The probe against real servers: what it sends, what it never sends, and what it makes of servers that misbehave."""

import threading
from datetime import UTC, datetime

import pytest
import trustme

from gonogo import catalog
from gonogo.catalog.limits import limits
from gonogo.checks.access import (
    authentication_by_probe,
    cors_by_probe,
    rate_limits_by_probe,
    tls_inbound_by_probe,
)
from gonogo.checks.infrastructure import health_endpoints_by_probe
from gonogo.derive.factset import FactSet
from gonogo.errors import CollectError
from gonogo.facts import Exchange, HealthRoute, HttpRoute, ProbeBudget, TlsHandshake, encode
from gonogo.facts.declaration import Service
from gonogo.prove.probe.visitor import Allowance

from .servers import KEY, application, misbehaving, serving

SHORT = Allowance(request_s=0.3, total_s=3)


def of(facts, cls):
    return [f for f in facts if isinstance(f, cls)]


def asked(facts, purpose):
    return [f for f in of(facts, Exchange) if f.purpose == purpose]


def judge(check, facts):
    control = catalog.load(plugins=False).controls[check.control]
    given = [of(facts, cls) for cls in check.needs]
    return check(*given, **({"limits": limits(control, {}, None)} if check.wants_limits else {})).outcome


def test_a_good_service_passes_and_a_bad_one_fails(probe):
    for good, outcome in ((True, "pass"), (False, "fail")):
        with serving(application([], good=good)) as port:
            facts, target = probe(f"http://127.0.0.1:{port}", disposable=True)
        assert judge(authentication_by_probe, facts) == outcome
        assert judge(cors_by_probe, facts) == outcome
        assert judge(health_endpoints_by_probe, facts) == "pass"
        assert judge(rate_limits_by_probe, facts) == "fail"
        assert not target.problems


def test_production_receives_nothing_but_reading_requests(probe):
    seen = []
    with serving(application(seen, good=False)) as port:
        facts, _ = probe(f"http://127.0.0.1:{port}", production=True, disposable=True)
    assert {method for method, _ in seen} == {"GET", "OPTIONS"}
    left = of(facts, ProbeBudget)[0].left_out
    assert any(what.startswith("authentication: POST /ask") for what in left)
    assert any(what.startswith("rate-limit") for what in left)


def test_an_environment_not_declared_disposable_receives_no_unsafe_request_either(probe):
    seen = []
    with serving(application(seen)) as port:
        facts, _ = probe(f"http://127.0.0.1:{port}")
    assert ("GET", "/documents/1") in seen
    assert {method for method, _ in seen} == {"GET", "OPTIONS"}
    assert judge(authentication_by_probe, facts) == "inconclusive"


def test_the_budget_stops_it_and_the_rest_is_named(probe):
    seen = []
    with serving(application(seen)) as port:
        facts, target = probe(f"http://127.0.0.1:{port}", request_budget=7, disposable=True)
    budget = of(facts, ProbeBudget)[0]
    assert (len(seen), budget.sent, budget.allowed) == (7, 7, 7)
    assert {"authentication", "error-shape", "rate-limit"} <= set(budget.left_out)
    assert "budget of 7 requests is spent" in target.problems[0]


def test_no_burst_goes_to_a_route_that_does_its_work_with_an_empty_body(probe):
    seen = []
    app = application(seen)
    app.routes[:] = [r for r in app.routes if not r.path.startswith("/documents")]
    with serving(app) as port:
        facts, _ = probe(f"http://127.0.0.1:{port}", disposable=True)
    assert seen.count(("POST", "/ask")) < 10
    assert asked(facts, "rate-limit") == []
    assert judge(rate_limits_by_probe, facts) == "not-collected"


def test_a_redirect_to_another_port_is_not_followed_and_one_to_itself_is(probe):
    elsewhere = []
    with serving(application(elsewhere)) as other:

        def away(connection, over):
            connection.sendall(
                b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:%d/healthz\r\n\r\n" % other
            )

        with misbehaving(away) as (port, received):
            facts, _ = probe(f"http://127.0.0.1:{port}")
    assert received and elsewhere == []
    assert asked(facts, "health")[1].status == 302


def test_a_redirect_within_the_environment_is_followed_for_health(probe):
    app = application([])

    @app.get("/gonogo-probe-old-health", status_code=200)
    def old():
        from fastapi.responses import RedirectResponse

        return RedirectResponse("/healthz")

    with serving(app) as port:
        facts, _ = probe(f"http://127.0.0.1:{port}", service=Service(health="/gonogo-probe-old-health"))
    assert asked(facts, "health")[1].status == 200


def test_credentials_never_enter_a_fact_even_when_the_service_echoes_them(probe):
    with serving(application([])) as port:
        facts, _ = probe(f"http://127.0.0.1:{port}")
    echoed = [e for e in asked(facts, "authentication") if e.case == "good" and e.status == 200]
    assert echoed and "was echoed" in echoed[0].body
    assert KEY.encode() not in b"".join(encode(f) for f in facts)


def test_routes_come_from_the_scan_where_there_is_no_openapi_document(probe):
    at = datetime(2026, 6, 1, tzinfo=UTC)
    known = FactSet(
        [
            HttpRoute(seen_at=at, path="a.py", method="GET", route="/documents/<int:number>", framework="flask"),
            HttpRoute(seen_at=at, path="t.py", method="GET", route="/only-in-tests", framework="flask", in_tests=True),
            HealthRoute(seen_at=at, path="a.py", method="GET", route="/healthz", role="live"),
        ]
    )
    app = application([])
    app.openapi_url = None
    app.routes[:] = [r for r in app.routes if r.path != "/openapi.json"]
    with serving(app) as port:
        facts, _ = probe(f"http://127.0.0.1:{port}", known=known, service=Service())
    assert {e.route for e in asked(facts, "authentication")} == {"/documents/<int:number>"}
    assert [e.case for e in asked(facts, "health")] == ["unknown-path", "live"]


def test_a_service_that_answers_everything_proves_no_health(probe):
    def fine(connection, over):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    with misbehaving(fine) as (port, _):
        facts, _ = probe(f"http://127.0.0.1:{port}")
    assert judge(health_endpoints_by_probe, facts) == "inconclusive"


def hang(connection, over):
    over.wait(20)


def drip(connection, over):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not over.wait(0.05):
        connection.sendall(b"x")


def garbage(connection, over):
    connection.sendall(b"\x00\xff\x16\x03 this is no HTTP \r\n\r\n" * 20)


def endless_header(connection, over):
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000)


def shut(connection, over):
    return


@pytest.mark.parametrize("answer", [hang, drip, garbage, endless_header, shut])
def test_a_server_that_misbehaves_neither_hangs_nor_breaks_the_probe(probe, answer):
    with misbehaving(answer) as (port, received):
        facts, target = probe(f"http://127.0.0.1:{port}", allowance=SHORT)
    exchanges = of(facts, Exchange)
    assert len(exchanges) == 1 and len(received) == 1
    assert exchanges[0].status is None and exchanges[0].error
    assert "gives no answer" in target.problems[0]


def test_nobody_listening_is_said_once(probe):
    with serving(application([])) as port:
        pass
    facts, target = probe(f"http://127.0.0.1:{port}")
    assert [e.status for e in of(facts, Exchange)] == [None]
    assert "no connection" in target.problems[0]


def test_a_huge_body_is_cut(probe):
    sent = []

    def huge(connection, over):
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1000000000\r\n\r\n")
        try:
            for _ in range(2000):
                connection.sendall(b"y" * 65536)
                sent.append(65536)
        except OSError:
            pass

    with misbehaving(huge) as (port, _):
        facts, _ = probe(f"http://127.0.0.1:{port}", request_budget=1)
    seen = of(facts, Exchange)[0]
    assert seen.status == 404 and len(seen.body) == 2000 and seen.body_bytes == 1_000_000_000
    assert sum(sent) < 100_000_000


def test_the_time_of_the_whole_run_is_bounded(probe):
    def slow(connection, over):
        threading.Event().wait(0.1)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with misbehaving(slow) as (port, received):
        _, target = probe(f"http://127.0.0.1:{port}", allowance=Allowance(request_s=1, total_s=0.5))
    assert len(received) < 8
    assert "time of 0.5 s is over" in target.problems[0]


@pytest.mark.parametrize(
    "url", [None, "localhost:8000", "ftp://a.example", "http://", "http://a.example:99999", "https://u:p@a.example"]
)
def test_an_environment_without_a_usable_url_is_refused_with_a_mend(probe, url):
    with pytest.raises(CollectError) as refused:
        probe(url)
    assert refused.value.mend


@pytest.fixture
def tls(tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return tmp_path


def test_a_trusted_certificate_without_hsts_fails_only_for_hsts(probe, tls):
    with serving(application([]), tls) as port:
        facts, target = probe(f"https://127.0.0.1:{port}")
    shakes = {h.offered: h for h in of(facts, TlsHandshake)}
    assert shakes[None].trusted and shakes[None].version == "TLSv1.3" and shakes[None].not_after
    assert not shakes["TLSv1"].accepted and not shakes["TLSv1.1"].accepted
    assert not target.problems
    faults = tls_inbound_by_probe(of(facts, TlsHandshake), of(facts, Exchange), of(facts, ProbeBudget), LIMITS)
    assert [e.detail for e in faults.evidence] == ["no Strict-Transport-Security header"]


def test_old_versions_of_tls_are_seen_where_a_server_accepts_them(probe, tls):
    with serving(application([]), tls, old=True) as port:
        facts, _ = probe(f"https://127.0.0.1:{port}")
    assert {h.offered for h in of(facts, TlsHandshake) if h.accepted} == {None, "TLSv1", "TLSv1.1"}
    assert "it accepts TLSv1.1" in [
        e.detail
        for e in tls_inbound_by_probe(
            of(facts, TlsHandshake), of(facts, Exchange), of(facts, ProbeBudget), LIMITS
        ).evidence
    ]


def test_an_untrusted_certificate_is_said_and_nothing_is_sent_over_it(probe, tls, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    seen = []
    with serving(application(seen), tls) as port:
        facts, _ = probe(f"https://127.0.0.1:{port}", disposable=True)
    assert seen == []
    usual = of(facts, TlsHandshake)[0]
    assert usual.trusted is False and usual.not_after and usual.problem
    assert judge(tls_inbound_by_probe, facts) == "fail"


def test_a_plain_loopback_address_tells_nothing_about_tls(probe):
    with serving(application([])) as port:
        facts, _ = probe(f"http://127.0.0.1:{port}")
    assert judge(tls_inbound_by_probe, facts) == "inconclusive"


LIMITS = limits(catalog.load(plugins=False).controls["access.tls-inbound"], {}, None)
