"""The checks of repository facts where the recorded cases leave off: what cannot be told, and the limits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gonogo.catalog.limits import Limits
from gonogo.checks.access.scan import cors_by_scan, no_hardcoded_secrets_by_scan, tls_outbound_by_scan
from gonogo.checks.cost.scan import budget_alerts_by_scan
from gonogo.checks.infrastructure.scan import pinned_dependencies_by_scan
from gonogo.checks.readiness.scan import SCENARIOS, SECTIONS, incident_runbook_by_scan
from gonogo.checks.reliability.scan import degraded_mode_by_scan
from gonogo.checks.rollout.scan import one_command_rollback_by_scan
from gonogo.checks.security_input.scan import request_validation_by_scan
from gonogo.facts import (
    Command,
    ContainerBase,
    CorsPolicy,
    Declaration,
    Dependency,
    Document,
    HardcodedSecret,
    HttpRoute,
    InsecureTransport,
    LockFile,
    SecretScan,
    SourceTree,
    System,
    UnreadableFile,
)
from gonogo.facts.declaration import Budgets, Deployment, Feature

NOW = datetime(2026, 6, 1, tzinfo=UTC)
AT: dict[str, Any] = {"seen_at": NOW, "path": "a", "line": 1}
TREE = SourceTree(seen_at=NOW, files=2, languages={"python": 2})


def limits(**values: Any) -> Limits:
    return Limits("c", values)


def searched(**changed: Any) -> SecretScan:
    return SecretScan(
        seen_at=NOW, **({"files": 3, "commits": 2, "history": "full", "canaries": {"tree": True}} | changed)
    )


def secret(**changed: Any) -> HardcodedSecret:
    return HardcodedSecret(**(AT | {"rule": "r", "digest": "d", "shown": "s…"} | changed))


@pytest.mark.parametrize(
    ("scan", "secrets", "outcome", "says"),
    [
        (searched(), [], "pass", "3 files and 2 commits"),
        (searched(), [secret()], "fail", "1 secret in"),
        (searched(history="none"), [secret(commit="c" * 40)], "fail", "1 secret in"),
        (searched(), [secret(in_tests=True)], "inconclusive", "1 string looks"),
        (searched(history="none"), [], "inconclusive", "no git history"),
        (searched(history="shallow"), [], "inconclusive", "shallow"),
        (searched(history="partial"), [], "inconclusive", "too long"),
        (searched(canaries={"tree": False, "notebook": True, "history": False}), [], "inconclusive", "history, tree"),
        (searched(), [secret(in_tests=True), secret(rule="q")], "fail", "1 secret in"),
        (searched(canaries={}), [], "inconclusive", "every place"),
    ],
)
def test_secrets(scan: SecretScan, secrets: list[HardcodedSecret], outcome: str, says: str, tells: Any) -> None:
    answer = no_hardcoded_secrets_by_scan([scan], secrets, limits(open_findings=0))
    assert (answer.outcome, says in answer.summary) == (outcome, True), answer
    tells(answer)


@pytest.mark.parametrize("origin", ["*", "null", ".*", "https://*", "http://*", "*://*"])
def test_every_way_to_write_any_origin_is_known(origin: str) -> None:
    none = limits(wildcard_with_credentials=0)
    assert cors_by_scan([TREE], [policy(("https://a", origin))], [], [], none).outcome == "fail"
    assert cors_by_scan([TREE], [policy((f"https://a/{origin}",))], [], [], none).outcome == "pass"


def test_a_secret_of_history_is_shown_with_its_commit() -> None:
    answer = no_hardcoded_secrets_by_scan([searched()], [secret(commit="c" * 40)], limits(open_findings=0))
    assert "added in cccccccccccc and since removed" in answer.evidence[0].detail


def test_a_shallow_clone_is_mended_by_fetching_the_rest() -> None:
    answer = no_hardcoded_secrets_by_scan([searched(history="shallow")], [], limits(open_findings=0))
    assert answer.fix == "git fetch --unshallow"


def policy(origins: tuple[str, ...] | None, credentials: bool | None = False) -> CorsPolicy:
    return CorsPolicy(**AT, framework="f", origins=origins, credentials=credentials)


ROUTE = HttpRoute(**AT, method="POST", route="/r", framework="fastapi")
IN_TESTS = HttpRoute(**AT, method="POST", route="/r", framework="fastapi", in_tests=True)


@pytest.mark.parametrize(
    ("policies", "routes", "outcome", "says"),
    [
        ([policy(("*",), True)], [], "fail", "credentials"),
        ([policy(("*",))], [], "fail", "any site call"),
        ([policy(("null",))], [], "fail", "any site"),
        ([policy(("https://a",)), policy(None)], [], "inconclusive", "1 of 2"),
        ([policy(("https://a",), True)], [], "pass", "the one CORS policy lists"),
        ([policy(()), policy(("https://a", "https://b"))], [], "pass", "all 2"),
        ([policy(("https://a",)), policy(("https://b", "https://*"), True), policy(("*",))], [], "fail", "1 of 3"),
        ([policy(("https://a",)), policy((".*",)), policy(None)], [], "fail", "1 of 3"),
        ([], [IN_TESTS], "inconclusive", "no route"),
        ([], [IN_TESTS, ROUTE], "pass", "no CORS policy"),
        ([], [ROUTE], "pass", "no CORS policy"),
        ([], [], "inconclusive", "no route"),
    ],
)
def test_cors(policies: list[CorsPolicy], routes: list[HttpRoute], outcome: str, says: str, tells: Any) -> None:
    answer = cors_by_scan([TREE], policies, routes, [], limits(wildcard_with_credentials=0))
    assert (answer.outcome, says in answer.summary) == (outcome, True), answer
    tells(answer)


OPENED = InsecureTransport(**AT, what="verify=False")
GUESS = InsecureTransport(**(AT | {"confidence": "guess"}), what="verify=settings.verify")
MIXED = SourceTree(seen_at=NOW, files=9, languages={"python": 2, "javascript": 1, "typescript": 1, "tsx": 1, "go": 4})
GO = SourceTree(seen_at=NOW, files=1, languages={"go": 1})


def unread(path: str, **more: Any) -> UnreadableFile:
    return UnreadableFile(**(AT | {"path": path}), reason="line 3: no Python", **more)


@pytest.mark.parametrize(
    ("trees", "found", "broken", "outcome"),
    [
        ([TREE], [], [], "pass"),
        ([GO, MIXED], [], [], "pass"),
        ([SourceTree(seen_at=NOW, files=1, languages={"tsx": 1})], [], [], "pass"),
        ([TREE], [OPENED, OPENED], [], "fail"),
        ([TREE], [OPENED, GUESS], [], "fail"),
        ([TREE], [GUESS], [], "inconclusive"),
        ([TREE], [], [unread("a.py"), unread("b.ts")], "inconclusive"),
        ([TREE], [], [unread("a.yaml")], "pass"),
        ([TREE], [], [unread("notebooks/a.ipynb", in_tests=True)], "pass"),
        ([GO], [], [], "inconclusive"),
    ],
)
def test_outbound_transport(trees: Any, found: Any, broken: Any, outcome: str, tells: Any) -> None:
    answer = tls_outbound_by_scan(trees, found, broken, limits(insecure_calls=0))
    assert answer.outcome == outcome
    tells(answer)


def lock(path: str = "uv.lock", hashed: bool = True, covers: str | None = "pyproject.toml") -> LockFile:
    return LockFile(**(AT | {"path": path}), ecosystem="pypi", packages=3, hashed=hashed, covers=covers)


def needs(
    path: str = "pyproject.toml", ecosystem: str = "pypi", version: str = ">=1", pinned: bool = False
) -> Dependency:
    return Dependency(**(AT | {"path": path}), ecosystem=ecosystem, name="x", version=version, pinned=pinned)


def base(image: str | None, tag: str | None = None, digest: str | None = None) -> ContainerBase:
    return ContainerBase(**AT, image=image, tag=tag, digest=digest)


GOOD = base("python", "3.11.9-slim")


def test_a_team_may_ask_for_less_exact_runtimes_or_bear_some_loose_parts() -> None:
    minor, loose = base("python", "3.11-slim"), base("python", "3")
    asked = {"unpinned": 0, "runtime": "minor"}
    assert pinned_dependencies_by_scan([TREE], [], [], [minor], [], limits(**asked)).outcome == "pass"
    assert pinned_dependencies_by_scan([TREE], [], [], [loose], [], limits(**asked)).outcome == "fail"
    bearing = limits(unpinned=1, runtime="patch")
    assert pinned_dependencies_by_scan([TREE], [], [], [minor], [], bearing).outcome == "pass"
    assert pinned_dependencies_by_scan([TREE], [], [], [minor, loose], [], bearing).outcome == "fail"


@pytest.mark.parametrize(
    ("locks", "dependencies", "bases", "outcome"),
    [
        ([lock()], [needs()], [GOOD], "pass"),
        ([lock()], [needs("api/pyproject.toml")], [GOOD], "pass"),
        ([lock("api/uv.lock", covers=None)], [needs("api/pyproject.toml")], [GOOD], "pass"),
        ([lock("api/uv.lock", covers=None)], [needs("api2/pyproject.toml")], [GOOD], "fail"),
        ([lock(covers=None)], [needs("package.json", "npm")], [GOOD], "fail"),
        ([lock()], [needs("web/package.json", "npm"), needs("api/go.mod", "go", "v1", True)], [GOOD], "fail"),
        ([], [needs(version="==1", pinned=True), needs(version="")], [GOOD], "fail"),
        ([lock("api/uv.lock", covers="api/pyproject.toml")], [needs("web/pyproject.toml")], [GOOD], "fail"),
        ([lock(hashed=False)], [needs()], [GOOD], "fail"),
        ([], [needs(version="==1", pinned=True)], [GOOD], "fail"),
        ([lock()], [needs(), needs(ecosystem="apt", version="")], [GOOD], "fail"),
        ([lock()], [needs(), needs(ecosystem="runtime", version="3.11")], [], "fail"),
        ([lock()], [needs(), needs(ecosystem="runtime", version="3.11.9", pinned=True)], [], "pass"),
        ([lock()], [needs()], [], "inconclusive"),
        ([lock()], [needs()], [base(None)], "inconclusive"),
        ([], [], [], "inconclusive"),
        ([], [], [base("python", "3.11-slim")], "fail"),
        ([], [], [base("python")], "fail"),
        ([], [], [base("python", "3.11-slim", "sha256:0")], "pass"),
        ([], [], [base("postgres", "16.3")], "pass"),
        ([], [], [base("library/postgres", "16.3-alpine")], "pass"),
        ([], [], [base("postgres", "16")], "fail"),
        ([], [], [base("python", "v3.11.9"), base("python", "3.11.9")], "pass"),
        ([], [], [base("app", "0123456789ab")], "pass"),
        ([], [], [base("app", "abcdef01234")], "fail"),
        ([], [], [base(None), base("python")], "fail"),
        ([], [], [base("ubuntu", "jammy-20240111")], "pass"),
        ([], [], [base("ubuntu", "22.04")], "fail"),
        ([], [], [base("minio/minio", "RELEASE.2023-03-20T20-16-18Z")], "pass"),
        ([], [], [base("scratch")], "pass"),
    ],
)
def test_pinning(locks: Any, dependencies: Any, bases: Any, outcome: str, tells: Any) -> None:
    answer = pinned_dependencies_by_scan([TREE], locks, dependencies, bases, [], limits(unpinned=0, runtime="patch"))
    assert answer.outcome == outcome, answer
    tells(answer)


def declared(drafted: bool = False, **system: Any) -> Declaration:
    return Declaration(seen_at=NOW, system=System(name="s", **system), drafted=drafted)


def book(**changed: Any) -> Document:
    return Document(
        **(AT | {"role": "runbook", "title": "t", "commands": (Command("./x --rollback now", 7),)} | changed)
    )


ROLLBACK = {"deployment": Deployment(rollback=("./x", "--rollback", "now"))}


@pytest.mark.parametrize(
    ("declarations", "documents", "outcome"),
    [
        ([declared(**ROLLBACK)], [book(commands=()), book()], "pass"),
        ([declared(), declared(**ROLLBACK)], [book(role="operations")], "pass"),
        ([declared(**ROLLBACK)], [book(role="incident")], "pass"),
        ([declared(**ROLLBACK)], [book(commands=(Command("./x --rollback", 3),))], "fail"),
        ([declared(**ROLLBACK)], [book(role="readme")], "fail"),
        ([], [book()], "not-collected"),
        ([declared()], [book()], "not-collected"),
        ([declared(deployment=Deployment())], [book()], "not-collected"),
        ([declared(drafted=True, **ROLLBACK)], [book()], "not-collected"),
    ],
)
def test_the_rollback_command_must_stand_in_a_runbook_exactly(
    declarations: Any, documents: Any, outcome: str, tells: Any
) -> None:
    answer = one_command_rollback_by_scan([TREE], declarations, documents)
    assert answer.outcome == outcome
    tells(answer)


def books(**changed: Any) -> list[Document]:
    made = {"labels": tuple(SECTIONS), "changed_at": "2026-05-01T00:00:00+00:00"} | changed
    return [book(path=f"{name}.md", title=name, **made) for name in SCENARIOS]


@pytest.mark.parametrize(
    ("documents", "outcome", "says"),
    [
        (books(), "pass", "7 scenarios"),
        ([], "fail", "no runbook"),
        (books()[1:], "fail", "provider down"),
        (books(labels=tuple(SECTIONS)[1:]), "fail", "all 7"),
        (books(missing=("./gone.sh",)), "fail", "gaps"),
        (books(changed_at="2026-03-03T00:00:00+00:00"), "pass", "7"),
        (books(changed_at="2026-03-02T00:00:00+00:00"), "fail", "gaps"),
        (books(changed_at=None), "inconclusive", "age"),
        (books()[2:], "fail", "provider down, cost spike"),
        ([book(role="readme")], "fail", "no runbook"),
        ([*books()[1:], book(path="runbooks/Provider-Outage.md", labels=tuple(SECTIONS)[1:])], "fail", "1 of 7"),
        (
            [*books(), book(path="more.md", title="Quality of answers", changed_at="2026-05-01T00:00:00+00:00")],
            "fail",
            "1 of 8",
        ),
        ([*books()[1:], book(role="readme", title="provider down")], "fail", "provider down"),
        (
            [
                book(role="operations", path=f"{b.path}", title=b.title, labels=b.labels, changed_at=b.changed_at)
                for b in books()
            ],
            "pass",
            "7 scenarios",
        ),
        (
            [
                book(
                    path="ops.md",
                    title="all",
                    headings=(*SCENARIOS, "symptoms"),
                    labels=tuple(SECTIONS),
                    changed_at="2026-05-01T00:00:00+00:00",
                    role="incident",
                )
            ],
            "pass",
            "7 scenarios",
        ),
    ],
)
def test_runbooks(documents: list[Document], outcome: str, says: str, tells: Any) -> None:
    answer = incident_runbook_by_scan([TREE], documents, limits(age_days=90, scenarios=7))
    assert (answer.outcome, says in answer.summary) == (outcome, True), answer
    tells(answer)


def route(typed: bool | None, framework: str = "fastapi", method: str = "POST", in_tests: bool = False) -> HttpRoute:
    return HttpRoute(**AT, method=method, route="/r", framework=framework, typed_body=typed, in_tests=in_tests)


@pytest.mark.parametrize(
    ("routes", "outcome"),
    [
        ([route(True)], "pass"),
        ([route(True), route(False)], "fail"),
        ([route(True), route(False, in_tests=True)], "pass"),
        ([route(True), route(None)], "pass"),
        ([route(True), route(None, "flask")], "inconclusive"),
        ([route(True, method="PUT"), route(True, method="PATCH")], "pass"),
        ([route(False, method="PATCH"), route(False, method="PUT"), route(None, "flask")], "fail"),
        ([route(None)], "inconclusive"),
        ([route(None, method="GET")], "inconclusive"),
        ([], "inconclusive"),
    ],
)
def test_request_bodies(routes: list[HttpRoute], outcome: str, tells: Any) -> None:
    answer = request_validation_by_scan([TREE], routes, [])
    assert answer.outcome == outcome
    tells(answer)


@pytest.mark.parametrize(
    ("budgets", "outcome"),
    [
        (Budgets(monthly_usd=9, alert_percent=(50, 90), alert_channel="c"), "pass"),
        (Budgets(monthly_usd=9, alert_percent=(50, 50), alert_channel="c"), "fail"),
        (Budgets(monthly_usd=9, alert_percent=(50, 100), alert_channel="c"), "fail"),
        (Budgets(monthly_usd=9, alert_percent=(50, 90)), "fail"),
        (Budgets(alert_percent=(50, 90), alert_channel="c"), "not-collected"),
        (None, "not-collected"),
    ],
)
def test_budget_alerts(budgets: Budgets | None, outcome: str, tells: Any) -> None:
    answer = budget_alerts_by_scan([declared(budgets=budgets)])
    assert answer.outcome == outcome
    tells(answer)
    assert budget_alerts_by_scan([declared(drafted=True, budgets=budgets)]).outcome == "not-collected"


GOOD_MODE, BLANK, NONE = Feature(name="a", degraded_mode="x"), Feature(name="b", degraded_mode=" "), Feature(name="c")


@pytest.mark.parametrize(
    ("declaration", "outcome"),
    [
        (declared(features=(GOOD_MODE,)), "pass"),
        (declared(features=(GOOD_MODE, BLANK, NONE)), "fail"),
        (declared(), "not-collected"),
        (declared(drafted=True, features=(GOOD_MODE,)), "not-collected"),
    ],
)
def test_degraded_modes(declaration: Declaration, outcome: str, tells: Any) -> None:
    answer = degraded_mode_by_scan([declared(), declaration])
    assert answer.outcome == outcome
    tells(answer)


NO_LIMIT = {"wildcard_with_credentials": 0, "insecure_calls": 0, "unpinned": 0, "runtime": "patch"}


@pytest.mark.parametrize(
    ("judged", "path", "outcome"),
    [
        (lambda u: cors_by_scan([TREE], [policy(("https://a",))], [], u, limits(**NO_LIMIT)), "a.py", "inconclusive"),
        (lambda u: cors_by_scan([TREE], [], [ROUTE], u, limits(**NO_LIMIT)), "a.js", "inconclusive"),
        (lambda u: cors_by_scan([TREE], [], [ROUTE], u, limits(**NO_LIMIT)), "a.yaml", "pass"),
        (lambda u: cors_by_scan([TREE], [policy(("*",))], [], u, limits(**NO_LIMIT)), "a.py", "fail"),
        (lambda u: request_validation_by_scan([TREE], [route(True)], u), "a.py", "inconclusive"),
        (lambda u: request_validation_by_scan([TREE], [route(False)], u), "a.py", "fail"),
        (
            lambda u: pinned_dependencies_by_scan([TREE], [], [], [GOOD], u, limits(**NO_LIMIT)),
            "a.toml",
            "inconclusive",
        ),
        (lambda u: pinned_dependencies_by_scan([TREE], [], [], [GOOD], u, limits(**NO_LIMIT)), "a.py", "pass"),
    ],
)
def test_what_could_not_be_read_may_hold_the_opposite(judged: Any, path: str, outcome: str, tells: Any) -> None:
    answer = judged([unread(path)])
    assert answer.outcome == outcome
    tells(answer)
    assert judged([unread(path, in_tests=True)]).outcome == ("fail" if outcome == "fail" else "pass")
