"""The checks of model call sites: one bad place fails, one unknown leaves it open, and nothing found is no pass."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gonogo import catalog
from gonogo.catalog.limits import limits
from gonogo.checks import cost, quality, reliability, rollout
from gonogo.checks.calls import Calls, of_calls
from gonogo.checks.check import Answer
from gonogo.facts import Declaration, ModelCallSite, ModelReference, Setting, SourceTree, System, UnreadableFile
from gonogo.facts.declaration import Objective, Provider

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CONTROLS = catalog.load(plugins=False).controls
DYNAMIC = Setting(None, "dynamic")


def lit(value: Any) -> Setting:
    return Setting(value, "literal")


GOOD: dict[str, Any] = {
    "sdk": "openai", "api": "chat", "client": "openai.OpenAI", "model": lit("gpt-4o-2024-08-06"), "timeout": lit(60),
    "retries": lit(2), "max_output_tokens": lit(5), "temperature": lit(0),
}  # fmt: skip


def call(path: str = "a.py", **changed: Any) -> ModelCallSite:
    return ModelCallSite(seen_at=NOW, path=path, **(GOOD | {"line": 1} | changed))


def tree(**languages: int) -> SourceTree:
    return SourceTree(seen_at=NOW, files=1, languages=languages or {"python": 1})


def declared(drafted: bool = False, **system: Any) -> Declaration:
    return Declaration(seen_at=NOW, system=System(name="x", **system), drafted=drafted)


def ask(check: Any, sites: list[ModelCallSite], *more: Any, trees: list[SourceTree] | None = None) -> Answer:
    given = [trees or [tree()], sites, *(more or ([],))]
    answer: Answer = check(*given, limits=limits(CONTROLS[check.control], {}, None))
    return answer


TIMEOUT, RETRY = reliability.timeouts_configured_by_scan, reliability.retry_policy_bounded_by_scan
LIMIT, SAMPLING = cost.max_tokens_set_by_scan, quality.sampling_explicit_by_scan
UNSET = Setting()
BAD: dict[str, dict[str, Any]] = {
    TIMEOUT.control: {"timeout": UNSET}, RETRY.control: {"retries": lit(9)},
    LIMIT.control: {"max_output_tokens": UNSET}, SAMPLING.control: {"temperature": UNSET},
}  # fmt: skip
LC = "langchain_x."
GROWING = "exponential-jitter"


@pytest.mark.parametrize(
    ("check", "changed", "outcome", "detail"),
    [
        (TIMEOUT, {}, "pass", "60 s"),
        (TIMEOUT, {"timeout": lit(120)}, "pass", "120 s"),
        (TIMEOUT, {"timeout": lit(121)}, "fail", "121 s"),
        (TIMEOUT, {"timeout": UNSET}, "fail", "10 minutes"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "langchain"}, "fail", "LangChain"),
        (TIMEOUT, {"timeout": lit(None)}, "fail", "for ever"),
        (TIMEOUT, {"timeout": DYNAMIC}, "inconclusive", "cannot resolve"),
        (TIMEOUT, {"timeout": lit(20)}, "inconclusive", "latency objective"),
        (TIMEOUT, {"connect_timeout": lit(5)}, "pass", "60 s"),
        (TIMEOUT, {"connect_timeout": lit(6)}, "fail", "connection"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "http", "client": "requests.post"}, "fail", "for ever"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "http", "client": "httpx.post"}, "pass", "5 s"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "http", "client": "aiohttp.ClientSession"}, "fail", "5 minutes"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "http", "client": ""}, "inconclusive", "no timeout"),
        (TIMEOUT, {"timeout": Setting("90", "env-default")}, "pass", "90 s"),
        (TIMEOUT, {"timeout": lit(60.0)}, "pass", "60 s"),
        (TIMEOUT, {"timeout": lit(59.9)}, "inconclusive", "59.9 s"),
        (TIMEOUT, {"timeout": lit(True)}, "inconclusive", "timeout is True"),
        (TIMEOUT, {"timeout": Setting("soon", "env-default")}, "inconclusive", "soon"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "http", "client": None}, "inconclusive", "no timeout"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "http", "client": "urllib.request.urlopen"}, "fail", "for ever"),
        (RETRY, {}, "pass", "2 retries"),
        (RETRY, {"retries": lit(0), "attempts": lit(2), "waits": "none"}, "fail", "at once"),
        (RETRY, {"retries": UNSET, "attempts": lit(1), "waits": "exponential-jitter"}, "pass", "2 retries"),
        (RETRY, {"retries": lit(1), "attempts": lit(2), "waits": "exponential-jitter"}, "pass", "3 retries"),
        (RETRY, {"retries": DYNAMIC, "attempts": lit(3), "waits": "exponential-jitter"}, "inconclusive", "resolve"),
        (RETRY, {"retries": lit(9), "attempts": DYNAMIC}, "fail", "9 retries"),
        (RETRY, {"retries": UNSET}, "pass", "2 retries"),
        (RETRY, {"retries": lit(3)}, "pass", "3 retries"),
        (RETRY, {"retries": lit(4)}, "fail", "4 retries"),
        (RETRY, {"retries": DYNAMIC}, "inconclusive", "cannot resolve"),
        (RETRY, {"retries": lit(0), "attempts": lit(4), "waits": "exponential-jitter"}, "pass", "3 retries"),
        (RETRY, {"retries": lit(1), "attempts": lit(3), "waits": "exponential-jitter"}, "fail", "make 5 retries"),
        (RETRY, {"retries": lit(0), "attempts": lit(None)}, "fail", "never stops"),
        (RETRY, {"retries": lit(0), "attempts": lit(5)}, "fail", "5 attempts"),
        (RETRY, {"retries": lit(0), "attempts": DYNAMIC}, "inconclusive", "cannot resolve"),
        (RETRY, {"retries": DYNAMIC, "attempts": lit(9)}, "fail", "9 attempts"),
        (RETRY, {"retries": lit(0), "attempts": lit(3), "waits": "fixed"}, "fail", "the same delay"),
        (RETRY, {"retries": UNSET, "sdk": "google", "client": "google.genai.Client"}, "pass", "0 retries"),
        (
            RETRY,
            {"retries": UNSET, "sdk": "langchain", "client": LC + "ChatGoogleGenerativeAI"},
            "fail",
            "6 retries, the",
        ),
        (RETRY, {"retries": UNSET, "sdk": "langchain", "client": LC + "ChatBedrock"}, "inconclusive", "not set"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "langchain", "client": LC + "ChatBedrock"}, "pass", "60 s"),
        (TIMEOUT, {"timeout": UNSET, "sdk": "google", "client": "google.genai.Client"}, "fail", "for ever"),
        (RETRY, {"retries": lit(0), "attempts": lit(3), "waits": "exponential"}, "fail", "jitter"),
        (RETRY, {"retries": lit(0), "attempts": lit(3), "waits": ""}, "inconclusive", "waits"),
        (
            RETRY,
            {"retries": UNSET, "sdk": "http", "attempts": lit(4), "waits": "exponential-jitter"},
            "pass",
            "3 retries",
        ),
        (LIMIT, {}, "pass", "at most 5 tokens"),
        (LIMIT, {"max_output_tokens": UNSET}, "fail", "no output limit"),
        (LIMIT, {"max_output_tokens": lit(None)}, "fail", "None"),
        (LIMIT, {"max_output_tokens": UNSET, "sdk": "langchain", "client": "x.ChatAnthropic"}, "pass", "without"),
        (LIMIT, {"max_output_tokens": UNSET, "sdk": "langchain", "client": None}, "fail", "no output limit"),
        (LIMIT, {"max_output_tokens": Setting(None, "constant")}, "fail", "None"),
        (LIMIT, {"max_output_tokens": DYNAMIC}, "inconclusive", "cannot resolve"),
        (LIMIT, {"max_output_tokens": UNSET, "sdk": "anthropic"}, "pass", "without a limit"),
        (LIMIT, {"max_output_tokens": Setting(9, "env-default")}, "pass", "environment variable"),
        (SAMPLING, {}, "pass", "temperature 0"),
        (SAMPLING, {"temperature": UNSET}, "fail", "no temperature"),
        (SAMPLING, {"temperature": UNSET, "model": lit("o3")}, "pass", "takes none"),
        (SAMPLING, {"temperature": UNSET, "model": DYNAMIC}, "inconclusive", "cannot be told"),
        (SAMPLING, {"temperature": DYNAMIC}, "inconclusive", "cannot resolve"),
    ],
)
def test_one_call(check: Any, changed: dict[str, Any], outcome: str, detail: str, tells: Any) -> None:
    answer = ask(check, [call(**changed)])
    assert answer.outcome == outcome
    assert detail in answer.evidence[0].detail
    assert answer.evidence[0].path == "a.py"
    tells(answer)


@pytest.mark.parametrize("check", [TIMEOUT, RETRY, LIMIT, SAMPLING])
def test_a_failure_names_every_bad_place_and_outweighs_an_unknown_one(check: Any) -> None:
    bad = {"timeout": UNSET, "retries": lit(9), "max_output_tokens": UNSET, "temperature": UNSET}
    open_ = {"timeout": DYNAMIC, "retries": DYNAMIC, "max_output_tokens": DYNAMIC, "temperature": DYNAMIC}
    answer = ask(check, [call("c.py", **bad), call("b.py"), call("d.py", **open_), call("a.py", **bad)])
    assert answer.outcome == "fail"
    assert [e.path for e in answer.evidence] == ["a.py", "c.py"]
    assert answer.summary.startswith("2 of 4 model calls")


@pytest.mark.parametrize(("most", "outcome"), [(5, "pass"), (4, "fail")])
def test_a_default_of_the_library_is_held_against_the_limit_in_force(most: int, outcome: str, tells: Any) -> None:
    asked = limits(CONTROLS[TIMEOUT.control], {"read_s": [1, most]}, None)
    site = call(sdk="http", client="httpx.post", timeout=UNSET)
    answer = TIMEOUT([tree()], [site], [], limits=asked)
    assert answer.outcome == outcome
    tells(answer)


@pytest.mark.parametrize(("check", "threshold"), [(LIMIT, "requests_with_limit"), (SAMPLING, "explicit")])
def test_a_team_may_ask_for_a_share_of_the_calls_only(check: Any, threshold: str, tells: Any) -> None:
    sites = [call(f"{n}.py") for n in range(9)] + [call("z.py", max_output_tokens=UNSET, temperature=UNSET)]
    asked = limits(CONTROLS[check.control], {threshold: 90}, None)
    answer = check([tree()], sites, [], limits=asked)
    assert (answer.outcome, len(answer.evidence)) == ("pass", 9)
    tells(answer)
    assert check([tree()], sites[1:], [], limits=asked).outcome == "fail"


@pytest.mark.parametrize("check", [TIMEOUT, RETRY, LIMIT, SAMPLING])
def test_test_code_is_not_judged_and_nothing_found_is_no_pass(check: Any) -> None:
    bad = call(timeout=UNSET, retries=lit(9), max_output_tokens=UNSET, temperature=UNSET, in_tests=True)
    assert ask(check, [bad]).outcome == "inconclusive"
    assert ask(check, [bad, call("b.py")]).outcome == "pass"
    assert "go" in ask(check, [], trees=[tree(go=3, python=1)]).summary


@pytest.mark.parametrize("check", [LIMIT, SAMPLING])
def test_embeddings_generate_no_text(check: Any) -> None:
    embedding = call(api="embeddings", max_output_tokens=UNSET, temperature=UNSET)
    assert ask(check, [embedding, call("b.py")]).outcome == "pass"


@pytest.mark.parametrize("check", [TIMEOUT, RETRY, LIMIT, SAMPLING])
def test_a_declared_gateway_answers_for_its_provider(check: Any) -> None:
    bad = call(timeout=UNSET, retries=lit(9), max_output_tokens=UNSET, temperature=UNSET)
    through = (Provider(name="openai", gateway=True),)
    assert ask(check, [bad], [declared(providers=through)]).outcome == "pass"
    assert ask(check, [bad], [declared(providers=through, drafted=True)]).outcome == "fail"
    assert ask(check, [bad], [declared(providers=(Provider(name="anthropic", gateway=True),))]).outcome == "fail"


@pytest.mark.parametrize(
    ("name", "client", "outcome"),
    [("OpenAI", "x.Client", "pass"), ("azure", "openai.AzureOpenAI", "pass"), ("azure", "openai.OpenAI", "fail")],
)
def test_a_gateway_is_known_by_the_sdk_or_by_the_client(name: str, client: str, outcome: str) -> None:
    through = declared(providers=(Provider(name="other", gateway=False), Provider(name=name, gateway=True)))
    assert ask(LIMIT, [call(max_output_tokens=UNSET, client=client)], [through]).outcome == outcome


@pytest.mark.parametrize(
    ("target", "unit", "timeout", "outcome"),
    [
        (20, "s", 20, "pass"),
        (20, "s", 19, "inconclusive"),
        (20000, "ms", 20, "pass"),
        (20000, "ms", 19, "inconclusive"),
        (1, "minutes", 14, "inconclusive"),
    ],
)
def test_a_declared_latency_justifies_a_short_timeout(
    target: float, unit: str, timeout: int, outcome: str, tells: Any
) -> None:
    slow = Objective(name="latency-p99", target=target, unit=unit)
    others = (Objective(name="latency-p95", target=15, unit="s"), Objective(name="availability", target=99, unit="s"))
    answer = ask(TIMEOUT, [call(timeout=lit(timeout))], [declared(objectives=(slow, *others))])
    assert answer.outcome == outcome
    tells(answer)
    drafted = declared(True, objectives=(slow, *others))
    assert ask(TIMEOUT, [call(timeout=lit(timeout))], [drafted]).outcome == "inconclusive"


def test_a_short_timeout_passes_where_answers_are_declared_to_fit_in() -> None:
    latency = Objective(name="latency-p99", target=8000, unit="ms")
    assert ask(TIMEOUT, [call(timeout=lit(20))], [declared(objectives=(latency,))]).outcome == "pass"
    assert ask(TIMEOUT, [call(timeout=lit(5))], [declared(objectives=(latency,))]).outcome == "inconclusive"


def test_a_check_of_calls_asks_for_the_tree_and_may_do_without_the_rest() -> None:
    @of_calls("cost.example")
    def judged(calls: Calls, limits: Any) -> Answer:
        return calls.weigh(lambda site: ("good", site.path), good=("is", "are"), bad=("", ""), unknown=("", ""))

    rest = (ModelCallSite, Declaration, UnreadableFile)
    assert (judged.control, judged.by, judged.needs) == ("cost.example", "scan", (SourceTree, *rest))
    assert judged.optional == set(rest) and judged.wants_limits
    embedding, nowhere = call("a.py", api="embeddings"), call("z.py", line=None)
    answer = judged([tree()], [nowhere, embedding, call("b.py", line=9), call("b.py", line=3)], [], [], limits=None)
    assert answer.summary == "all 4 model calls are"
    assert [(e.path, e.line) for e in answer.evidence] == [("a.py", 1), ("b.py", 3), ("b.py", 9), ("z.py", None)]


@pytest.mark.parametrize("languages", [{"python": 1}, {"python": 1, "rust": 2, "go": 3}, {"markdown": 1}])
def test_where_no_call_is_found_it_is_said_which_languages_are_not_read(languages: Any, tells: Any) -> None:
    tells(ask(LIMIT, [], trees=[tree(**languages)]))


def pinned(sites: list[ModelCallSite], references: list[ModelReference] | None = None, *systems: Declaration) -> Answer:
    return ask(rollout.model_pinned_by_scan, sites, references or [], list(systems))


def reference(model: str, in_tests: bool = False) -> ModelReference:
    return ModelReference(seen_at=NOW, path="config.yaml", line=3, model=model, in_tests=in_tests)


def test_a_floating_model_fails_wherever_it_stands() -> None:
    assert pinned([call()]).outcome == "pass"
    assert pinned([call(model=lit("gpt-4o"))]).outcome == "fail"
    assert pinned([call(model=Setting("gpt-4o", "env-default"))]).outcome == "fail"
    answer = pinned([call()], [reference("gpt-4o")])
    assert (answer.outcome, answer.evidence[0].path, answer.evidence[0].line) == ("fail", "config.yaml", 3)
    assert pinned([call()], [reference("gpt-4o", in_tests=True)]).outcome == "pass"
    assert pinned([call()], [], declared(providers=(Provider(name="openai", models=("gpt-4o",)),))).outcome == "fail"


def test_every_place_that_names_a_model_is_told_once_in_order_of_place(tells: Any) -> None:
    team = declared(providers=(Provider(name="openai", models=("gpt-4o", "gpt-4o-2024-08-06")),))
    draft = declared(True, providers=(Provider(name="openai", models=("gpt-3.5-turbo",)),))
    sites = [call("b.py", model=lit("gpt-4o")), call("a.py", model=lit("gpt-4o")), call("a.py", model=lit("gpt-4o"))]
    answer = pinned([*sites, call("c.py", model=DYNAMIC)], [reference("gpt-4o"), reference("gpt-4o")], draft, team)
    assert [(e.path, e.line) for e in answer.evidence] == [
        ("a.py", 1), ("b.py", 1), ("config.yaml", 3), ("gonogo.yaml", None)
    ]  # fmt: skip
    tells(answer)


@pytest.mark.parametrize(
    "changed",
    [{}, {"model": DYNAMIC}, {"model": UNSET}, {"model": lit("my-model")}, {"client": "openai.AsyncAzureOpenAI"}],
)
def test_what_is_said_of_one_model(changed: dict[str, Any], tells: Any) -> None:
    tells(pinned([call(**changed)]))


def test_a_model_that_cannot_be_read_or_judged_leaves_it_open() -> None:
    assert pinned([call(model=DYNAMIC)]).outcome == "inconclusive"
    assert pinned([call(model=lit("my-model"))]).outcome == "inconclusive"
    assert pinned([call(model=lit("gpt-4o-2024-08-06"), client="openai.AzureOpenAI")]).outcome == "inconclusive"
    assert pinned([call(model=DYNAMIC), call("b.py", model=lit("gpt-4o"))]).outcome == "fail"
    assert pinned([]).outcome == "inconclusive"


def unread(path: str = "src/llm.py", **changed: Any) -> UnreadableFile:
    return UnreadableFile(seen_at=NOW, path=path, reason="line 3: invalid syntax", **changed)


@pytest.mark.parametrize("check", [TIMEOUT, RETRY, LIMIT, SAMPLING])
def test_good_calls_are_no_pass_while_a_source_file_could_not_be_read(check: Any) -> None:
    assert ask(check, [call()], [], [unread("tests/a.py", in_tests=True), unread("a.json")]).outcome == "pass"
    answer = ask(check, [call()], [], [unread()])
    assert answer.outcome == "inconclusive"
    assert [(e.path, e.detail) for e in answer.evidence] == [("src/llm.py", "line 3: invalid syntax")]
    assert ask(check, [call(**BAD[check.control])], [], [unread()]).outcome == "fail"


@pytest.mark.parametrize("check", [TIMEOUT, RETRY, LIMIT, SAMPLING])
def test_no_call_found_names_the_files_that_could_not_be_read(check: Any) -> None:
    answer = ask(check, [], [], [unread(), unread("b.py")])
    assert answer.outcome == "inconclusive"
    assert "2 files could not be read" in answer.summary


@pytest.mark.parametrize("path", ["src/llm.py", "config/models.yaml", "models.toml", "models.json", "models.yml"])
def test_pinned_models_are_no_pass_while_a_file_that_may_name_one_could_not_be_read(path: str) -> None:
    answer = ask(rollout.model_pinned_by_scan, [call()], [], [], [unread(path)])
    assert (answer.outcome, [e.path for e in answer.evidence]) == ("inconclusive", [path])


@pytest.mark.parametrize("check", [TIMEOUT, RETRY, LIMIT, SAMPLING])
def test_calls_in_examples_alone_are_told_apart_from_none(check: Any) -> None:
    answer = ask(check, [call("examples/a.py", in_tests=True)])
    assert answer.outcome == "inconclusive"
    assert answer.summary == "1 model call stands in tests and examples, none in what runs in production"
