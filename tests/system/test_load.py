"""gonogo.yaml wrong in every way: each mistake is told with its line, its key and what is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gonogo.errors import SystemFileError, UsageError
from gonogo.system import find, load, systems

KEY = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
OTHER = "ed25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
SECRET = "sk-proj-" + "Ab3dEf6hIj9kLmN0pQr5"

# (what is wrong, the file, the line, the key, a part of what is told)
WRONG: list[tuple[str, str | bytes, int | None, str | None, str]] = [
    ("empty file", "", None, None, "empty; `gonogo init --force`"),
    ("comments only", "# nothing\n", None, None, "empty"),
    ("top level is a list", "- name: a\n", 1, None, "a mapping is wanted"),
    ("top level is a word", "shop\n", 1, None, "a mapping is wanted"),
    ("two documents", "name: a\n---\nname: b\n", 2, None, "second document"),
    ("tab indents", "name: a\nservice:\n\tport: 80\n", 3, None, "spaces"),
    ("open bracket", "name: a\nkinds: [rag\n", None, None, "is not YAML"),
    ("colon in text", "name: a: b\n", 1, None, "quotes"),
    ("at sign begins text", "name: @a\n", 1, None, "quotes"),
    ("not UTF-8", b"name: a\ndescription: \xff\n", 2, None, "UTF-8"),
    ("NUL in the file", "name: a\ndescription: \x00\n", 2, None, "U+0000"),
    ("escape in the file", "name: a\ndescription: \x1b[31m\n", 2, None, "U+001B"),
    ("larger than 1 MB", "name: a\n#" + "x" * 1_000_001, None, None, "larger than 1,000,000 bytes"),
    ("nested too deep", "name: " + "[" * 60, 1, None, "deeper than 40"),
    ("alias to nothing", "name: *a\n", 1, None, "anchor *a"),
    ("alias to itself", "name: a\nkinds: &k [*k]\n", 2, None, "anchor *k"),
    ("merge key", "name: a\nservice:\n  <<: {port: 80}\n", 3, "service.<<", "use `extends:`"),
    ("a tag", "name: !!python/name:os.system a\n", 1, None, "tags are not read"),
    ("a list as key", "? [a]\n: b\n", 1, None, "a key is a word"),
    ("duplicate key", "name: a\nname: b\n", 2, "name", "line 1; keep one"),
    (
        "duplicate key inside",
        "name: a\nenvironments:\n  - name: p\n    url: https://a.example.org\n    url: https://b.example.org\n",
        5,
        "environments.0.url",
        "line 4",
    ),
    ("no name", "kinds: [rag]\n", 1, "name", "is missing"),
    ("empty name", 'name: ""\n', 1, "name", "1 to 100 characters"),
    ("unknown key", "name: a\njorneys: []\n", 2, "jorneys", "did you mean journeys?"),
    ("dash for underscore", "name: a\ndata-stores: []\n", 2, "data-stores", "did you mean data_stores?"),
    ("key at the wrong level", "name: a\nmonthly_usd: 5\n", 2, "monthly_usd", "budgets.monthly_usd"),
    (
        "unknown key in a list",
        "name: a\nenvironments:\n  - name: p\n    request_budgt: 3\n",
        4,
        "environments.0.request_budgt",
        "did you mean request_budget?",
    ),
    ("unknown kind", "name: a\nkinds: [rags]\n", 2, "kinds.0", "did you mean rag?"),
    ("kind is no list", "name: a\nkinds: rag\n", 2, "kinds", "one item is a list too"),
    ("name is a number", "name: 12\n", 1, "name", "put it in quotes"),
    (
        "yes for true",
        "name: a\nenvironments:\n  - name: p\n    production: yes\n",
        4,
        "environments.0.production",
        "true or false",
    ),
    (
        "text for a number",
        "name: a\nbudgets:\n  monthly_usd: 500 USD\n",
        3,
        "budgets.monthly_usd",
        "without quotes, unit",
    ),
    (
        "half a request",
        "name: a\nenvironments:\n  - {name: p, request_budget: 1.5}\n",
        3,
        "environments.0.request_budget",
        "a whole number",
    ),
    ("mapping for a list", "name: a\njourneys:\n  ask: /ask\n", 2, "journeys", "begin each item with `- `"),
    ("list for a mapping", "name: a\nservice: []\n", 2, "service", "a mapping is wanted"),
    ("number in a list of mappings", "name: a\ntools:\n  - 3\n", 3, "tools.0", "a mapping is wanted"),
    ("nothing for a list", "name: a\njourneys:\n", 2, "journeys", "a list is wanted, not nothing"),
    ("wrong audience", "name: a\naudience: pubic\n", 2, "audience", "did you mean public?"),
    (
        "body is a number",
        "name: a\njourneys:\n  - {name: j, path: /a, body: 3}\n",
        3,
        "journeys.0.body",
        "a mapping or a list or text",
    ),
    ("missing inside", "name: a\nload: {}\n", 2, "load.requests_per_minute", "is missing"),
    (
        "two journeys of one name",
        "name: a\njourneys:\n  - {name: j, path: /a}\n  - {name: j, path: /b}\n",
        4,
        "journeys.1.name",
        "the first is in line 3",
    ),
    (
        "two environments of one name",
        "name: a\nenvironments:\n  - {name: p}\n  - {name: p}\n",
        4,
        "environments.1.name",
        "rename or remove one",
    ),
    (
        "identity that is not there",
        "name: a\nidentities: [{name: alice}]\njourneys:\n  - {name: j, path: /a, identity: alcie}\n",
        4,
        "journeys.0.identity",
        "did you mean alice?",
    ),
    (
        "feature that is not there",
        "name: a\njourneys:\n  - {name: j, path: /a, feature: chat}\n",
        3,
        "journeys.0.feature",
        "add it under `features:`",
    ),
    (
        "store that is not there",
        "name: a\ndata_stores: [{name: qdrant}]\nindexes:\n  - {name: i, store: qdrnt}\n",
        4,
        "indexes.0.store",
        "did you mean qdrant?",
    ),
    (
        "production and disposable",
        "name: a\nenvironments:\n  - name: p\n    production: true\n    disposable: true\n",
        5,
        "environments.0.disposable",
        "remove one of them",
    ),
    (
        "URL without scheme",
        "name: a\nenvironments:\n  - {name: p, url: app.example.org}\n",
        3,
        "environments.0.url",
        "write https://host",
    ),
    (
        "URL of another scheme",
        "name: a\nenvironments:\n  - {name: p, url: 'file:///etc/passwd'}\n",
        3,
        "environments.0.url",
        "http or https",
    ),
    (
        "URL with a wrong port",
        "name: a\nenvironments:\n  - {name: p, url: 'https://a.example.org:99999'}\n",
        3,
        "environments.0.url",
        "is no URL",
    ),
    (
        "host with a scheme",
        "name: a\nenvironments:\n  - name: p\n    hosts:\n      - https://a.example.org\n",
        5,
        "environments.0.hosts.0",
        "without scheme or path",
    ),
    (
        "origin with a path",
        "name: a\nenvironments:\n  - {name: p, origins: ['https://a.example.org/x']}\n",
        3,
        "environments.0.origins.0",
        "scheme, host and port only",
    ),
    (
        "budget of no request",
        "name: a\nenvironments:\n  - {name: p, request_budget: 0}\n",
        3,
        "environments.0.request_budget",
        "outside 1 to 100,000",
    ),
    ("port out of range", "name: a\nservice:\n  port: 70000\n", 3, "service.port", "outside 1 to 65,535"),
    ("port zero", "name: a\nservice: {port: 0}\n", 2, "service.port", "outside 1 to 65,535"),
    ("health without slash", "name: a\nservice: {health: healthz}\n", 2, "service.health", "'/healthz'"),
    ("start as one word", 'name: a\nservice: {start: ["uvicorn a:b"]}\n', 2, "service.start", "[uvicorn, a:b]"),
    ("start of nothing", "name: a\nservice: {start: []}\n", 2, "service.start", "list the program"),
    (
        "directory outside",
        "name: a\nservice: {directory: ../other}\n",
        2,
        "service.directory",
        "leaves the repository",
    ),
    (
        "path and command",
        "name: a\njourneys:\n  - {name: j, path: /a, command: [run]}\n",
        3,
        "journeys.0",
        "keep one",
    ),
    ("neither path nor command", "name: a\njourneys:\n  - name: j\n", 3, "journeys.0", "add one of them"),
    (
        "answer is no pointer",
        "name: a\njourneys:\n  - {name: j, path: /a, answer: choices.0.text}\n",
        3,
        "journeys.0.answer",
        "did you mean '/choices/0/text'?",
    ),
    (
        "method in lower case",
        "name: a\njourneys:\n  - {name: j, path: /a, method: post}\n",
        3,
        "journeys.0.method",
        "did you mean POST?",
    ),
    (
        "deadline of no time",
        "name: a\njourneys:\n  - {name: j, path: /a, deadline_s: 0}\n",
        3,
        "journeys.0.deadline_s",
        "is outside",
    ),
    (
        "credential in a header",
        "name: a\njourneys:\n  - name: j\n    path: /a\n    headers: {X-Api-Key: abc}\n",
        5,
        "journeys.0.headers.X-Api-Key",
        "declare an identity",
    ),
    (
        "variable with a dollar",
        "name: a\nidentities:\n  - {name: u, variable: $TOKEN}\n",
        3,
        "identities.0.variable",
        "name of an environment variable",
    ),
    (
        "daily above monthly",
        "name: a\nbudgets:\n  daily_usd: 50\n  monthly_usd: 20\n",
        3,
        "budgets.daily_usd",
        "more than monthly_usd",
    ),
    ("negative budget", "name: a\nbudgets: {monthly_usd: -1}\n", 2, "budgets.monthly_usd", "is outside"),
    (
        "retention below nothing",
        "name: a\ndata_stores: [{name: d, retention_days: -1}]\n",
        2,
        "data_stores.0.retention_days",
        "is outside",
    ),
    (
        "range upside down",
        "name: a\npredictions:\n  - {name: p, path: /p, output_min: 2, output_max: 1}\n",
        3,
        "predictions.0.output_min",
        "larger than output_max",
    ),
    (
        "more than all",
        "name: a\nobjectives:\n  - {name: availability, target: 101, unit: '%'}\n",
        3,
        "objectives.0.target",
        "no share of 100 %",
    ),
    (
        "approver without key",
        "name: a\napprovers:\n  - name: reviewer\n",
        3,
        "approvers.0.key",
        "`gonogo key list`",
    ),
    (
        "key of another kind",
        "name: a\napprovers:\n  - name: reviewer\n    key: ssh-ed25519 AAAA\n",
        4,
        "approvers.0.key",
        "is no public key",
    ),
    (
        "key too short",
        "name: a\napprovers:\n  - name: reviewer\n    key: ed25519:AAAA\n",
        4,
        "approvers.0.key",
        "base64 of 32 bytes",
    ),
    (
        "one key for two approvers",
        f"name: a\napprovers:\n  - {{name: a, key: '{KEY}'}}\n  - {{name: b, key: '{KEY}'}}\n",
        4,
        "approvers.1.key",
        "line 3 too",
    ),
    (
        "one person for two approvers",
        f"name: a\napprovers:\n  - {{name: a, key: '{KEY}', email: a@example.org}}\n"
        f"  - {{name: b, key: '{OTHER}', email: A@example.org}}\n",
        4,
        "approvers.1.email",
        "one person with one key",
    ),
    ("mail without at", "name: a\nowners: [{name: o, email: nobody}]\n", 2, "owners.0.email", "an e-mail address"),
    (
        "reason too short",
        "name: a\nnot_applicable:\n  - control: cost.daily-budget-cap\n    reason: not needed\n",
        4,
        "not_applicable.0.reason",
        "20 characters",
    ),
    (
        "control that is not there",
        "name: a\nnot_applicable:\n  - control: cost.daly-budget-cap\n    reason: the model runs on our own machines\n",
        3,
        "not_applicable.0.control",
        "did you mean cost.daily-budget-cap?",
    ),
    (
        "threshold of no control",
        "name: a\nthresholds:\n  cost.daily-budgt-cap: {overshoot: 1}\n",
        3,
        "thresholds.cost.daily-budgt-cap",
        "cost.daily-budget-cap",
    ),
    (
        "threshold that is not there",
        "name: a\nthresholds:\n  cost.daily-budget-cap:\n    oversoot: 1\n",
        4,
        "thresholds.cost.daily-budget-cap.oversoot",
        "overshoot",
    ),
    (
        "threshold of the wrong type",
        "name: a\nthresholds:\n  cost.daily-budget-cap:\n    overshoot: little\n",
        4,
        "thresholds.cost.daily-budget-cap.overshoot",
        "a number",
    ),
    ("part that is not there", "name: a\npaths:\n  promts: ['*.txt']\n", 3, "paths.promts", "did you mean prompts?"),
    ("everything excluded", "name: a\nexclude: ['**']\n", 2, "exclude.0", "leaves nothing to look at"),
    ("status page is no URL", "name: a\nstatus_page: status\n", 2, "status_page", "https://host"),
    ("digest of a data set", "name: a\ndatasets: [{name: d, path: d.csv, purpose: holdout, digest: abc}]\n", 2,
     "datasets.0.digest", "64 hexadecimal digits"),
    ("policy for no environment", "name: a\npolicies: [{environment: prod}]\n", 2, "policies.0.environment",
     "add it under `environments:`"),
    ("path outside", "name: a\npath: ../b\n", 2, "path", "leaves the repository"),
    ("secret in a variable", f"name: a\nservice:\n  environment:\n    OPENAI_API_KEY: {SECRET}\n", 4,
     "service.environment.OPENAI_API_KEY", "looks like a secret"),
    ("secret anywhere", f"name: a\ndescription: {SECRET}\n", 2, "description", "rotate it"),
    ("password in a URL", "name: a\ndependencies:\n  - {name: d, host: 'postgres://app:hunter22@db.example.org/x'}\n",
     3, "dependencies.0.host", "looks like a secret"),
    ("random word under a secret's name",
     "name: a\nservice:\n  environment:\n    SESSION_SECRET: q8Zr1mX0v7Bn4Lk2\n", 4,
     "service.environment.SESSION_SECRET", "looks like a secret"),
    ("systems and a name", "name: a\nsystems:\n  - {name: b, path: b}\n", 1, "name", "belongs to each of `systems`"),
    ("systems of nothing", "systems: []\n", 1, "systems", "a list of systems"),
    ("system without path", "systems:\n  - name: b\n", 2, "systems.0.path", "is missing"),
    ("two systems in one directory", "systems:\n  - {name: b, path: x}\n  - {name: c, path: ./x}\n", 3,
     "systems.1.path", "stands in systems twice"),
    ("extends nothing", "name: a\nextends: policy.yaml\n", 2, "extends", "there is no file policy.yaml"),
    ("extends what is outside", "name: a\nextends: ../policy.yaml\n", 2, "extends", "no path in the repository"),
    ("extends an absolute path", "name: a\nextends: /etc/passwd\n", 2, "extends", "no path in the repository"),
    ("extends itself", "name: a\nextends: gonogo.yaml\n", 2, "extends", "in a circle"),
    ("extends a revision without git", "name: a\nextends: git:main:p.yaml\n", 2, "extends", "no git revision 'main'"),
    ("extends a revision without path", "name: a\nextends: git:main\n", 2, "extends", "git:REVISION:PATH"),
    ("extends an option of git", "name: a\nextends: 'git:--output=x:p.yaml'\n", 2, "extends", "no git revision"),
    ("extends no package", "name: a\nextends: package:no_such_policy/p.yaml\n", 2, "extends", "install it there"),
    ("extends out of a package", "name: a\nextends: package:yaml/../../x\n", 2, "extends", "package:NAME/PATH"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "told"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_mistake_is_told_with_its_line_its_key_and_what_is_right(declare, text, line, key, told):
    root = declare(text)
    with pytest.raises(SystemFileError) as caught:
        load(root)
    match = [p for p in caught.value.problems if p.key == (key or "") and told in p.text]
    assert match, str(caught.value)
    assert match[0].file == "gonogo.yaml"
    if line is not None:
        assert match[0].line == line
        assert f"gonogo.yaml:{line}: " in str(caught.value)


@pytest.mark.parametrize("text", [w[1] for w in WRONG if SECRET in str(w[1])] + [
    f"name: {SECRET}\n", f"kinds: [{SECRET}]\nname: a\n", f"name: a\n{SECRET}: 1\n",
    f"name: a\nstatus_page: {SECRET}\n", f"name: a\njourneys: [{{name: j, path: /a, headers: {{{SECRET}: x}}}}]\n",
    f"name: a\nthresholds: {{{SECRET}: {{x: 1}}}}\n", f"name: a\nextends: {SECRET}\n",
])  # fmt: skip
def test_a_secret_is_refused_without_being_shown(declare, text):
    with pytest.raises(SystemFileError) as caught:
        load(declare(text))
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.problems)


@pytest.mark.parametrize(
    "text",
    ["sk-learn-model-for-prices", "ask Bearer of the office-keys", "https://app.example.org", "postgres://db:5432/x",
     "postgres://app:$PASSWORD@db.example.org/x", "redis://:local@localhost:6379", "eyJ is how tokens begin"],
)  # fmt: skip
def test_what_is_no_secret_is_not_taken_for_one(declare, text):
    assert load(declare(f"name: a\ndescription: {json.dumps(text)}\n")) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "test"),
        ("API_TOKEN", "${API_TOKEN}"),
        ("SESSION_SECRET", "change-me-please"),
        ("MODEL", "q8Zr1mX0v7Bn4Lk2"),
    ],
)
def test_a_placeholder_in_a_variable_is_right(declare, name, value):
    assert load(declare(f"name: a\nservice:\n  environment:\n    {name}: {json.dumps(value)}\n")) is not None


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(declare):
    root = declare("nam: a\nkinds: rag\nservice: {port: 0}\naudience: pubic\naudience: public\ntools: [{name: t}, 3]\n")
    with pytest.raises(SystemFileError) as caught:
        load(root)
    places = [(p.line, p.key) for p in caught.value.problems]
    assert places == [
        (1, "nam"), (1, "name"), (2, "kinds"), (3, "service.port"), (4, "audience"), (5, "audience"), (6, "tools.1"),
    ]  # fmt: skip


def test_a_file_with_a_thousand_mistakes_tells_fifty_and_counts_the_rest(declare):
    with pytest.raises(SystemFileError) as caught:
        load(declare("name: a\n" + "".join(f"wrong{i}: 1\n" for i in range(1000))))
    assert len(str(caught.value).splitlines()) == 51
    assert "and 950 more" in str(caught.value)


def test_anchors_that_blow_the_file_up_are_refused_before_they_do(declare):
    rows = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"k{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(SystemFileError, match="anchors counted wherever they are used"):
        load(declare("\n".join(rows)))


def test_a_message_holds_no_control_characters_of_the_file(declare):
    with pytest.raises(SystemFileError) as caught:
        load(declare('name: a\naudience: "x\\e[31m\\nred"\n'))
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_no_file_is_no_declaration(tmp_path):
    assert load(tmp_path) is None
    assert find(tmp_path) is None
    assert systems(tmp_path) == ()


def test_a_right_file_becomes_a_fact_with_the_line_of_each_key(declare):
    root = declare(
        f"""name: shop
kinds: [llm-app, rag]
environments:
  - name: production
    url: https://shop.example.org
    production: true
journeys:
  - name: ask
    path: /ask
    body: {{question: What?}}
    answer: /choices/0/text
approvers:
  - {{name: reviewer, key: "{KEY}"}}
thresholds:
  cost.daily-budget-cap: {{overshoot: 1}}
"""
    )
    declared = load(root)
    assert declared is not None
    assert not declared.drafted
    assert declared.path == "gonogo.yaml"
    assert declared.system.environments[0].production
    assert declared.system.journeys[0].body == {"question": "What?"}
    assert declared.lines["environments.0.url"] == 5
    assert declared.lines["journeys.0.answer"] == 11
    assert declared.lines["approvers.0.key"] == 13


def test_words_that_old_yaml_takes_for_something_else_stay_words(declare):
    declared = load(declare("name: 'no'\ndomain: on\nregimes: [2024-01-01, 1_000, 0o7, no]\n"))
    assert declared is not None
    assert declared.system.name == "no"
    assert declared.system.domain == "on"
    assert declared.system.regimes == ("2024-01-01", "1_000", "0o7", "no")


def test_a_byte_order_mark_and_windows_lines_are_read(declare):
    declared = load(declare("name: shop\r\nkinds: [rag]\r\n".encode("utf-8-sig")))
    assert declared is not None
    assert declared.lines["kinds"] == 2


def test_a_link_that_leads_out_of_the_repository_is_refused(tmp_path):
    (tmp_path / "outside.yaml").write_text("name: a\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "gonogo.yaml").symlink_to(tmp_path / "outside.yaml")
    with pytest.raises(SystemFileError, match="leads out of the repository"):
        load(inside)


def test_from_a_subdirectory_the_file_above_is_used_and_named(repository):
    repository.write("gonogo.yaml", "name: shop\n")
    below = repository.write("services/a/app.py", "").parent
    declared = load(below)
    assert declared is not None
    assert declared.path == "../../gonogo.yaml"
    assert find(below) == (repository.root.resolve(), "gonogo.yaml")


def test_the_search_ends_at_the_root_of_the_repository(repository, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    repository.write("gonogo.yaml", "name: outer\n")
    type(repository)(inner)
    assert load(inner) is None


SEVERAL = """regimes: [gdpr]
budgets: {monthly_usd: 100}
systems:
  - {name: search, path: services/search, kinds: [rag]}
  - name: agent
    path: services/agent
    budgets: {monthly_usd: 50}
"""


def test_systems_share_what_stands_beside_them_and_may_replace_it(declare):
    root = declare(SEVERAL)
    search, agent = load(root, "search"), load(root, "agent")
    assert search is not None
    assert agent is not None
    assert systems(root) == ("search", "agent")
    assert (search.system.regimes, agent.system.regimes) == (("gdpr",), ("gdpr",))
    assert search.system.budgets is not None
    assert agent.system.budgets is not None
    assert (search.system.budgets.monthly_usd, agent.system.budgets.monthly_usd) == (100, 50)
    assert (search.lines["budgets.monthly_usd"], agent.lines["budgets.monthly_usd"]) == (2, 7)


def test_one_of_several_systems_is_chosen_by_the_directory_one_is_in(repository):
    repository.write("gonogo.yaml", SEVERAL)
    inside = repository.write("services/agent/src/app.py", "").parent
    declared = load(inside)
    assert declared is not None
    assert declared.system.name == "agent"


def test_several_systems_without_a_choice_are_listed(declare):
    with pytest.raises(UsageError, match="'search', 'agent'") as caught:
        load(declare(SEVERAL))
    assert caught.value.mend == "name one: --system search"


def test_a_system_that_is_not_there_is_told_with_the_nearest_one(declare):
    with pytest.raises(UsageError, match="did you mean search"):
        load(declare(SEVERAL), "serch")
    with pytest.raises(UsageError, match="declares no system 'b'"):
        load(declare("name: shop\n"), "b")


_words = st.sampled_from(
    ["name", "kinds", "journeys", "path", "extends", "systems", "budgets", "service", "port", "thresholds", "<<",
     "environments", "url", "approvers", "key", "not_applicable", "control", "body", "command", "exclude", "paths"]
)  # fmt: skip
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | _words
_trees = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_words | st.text(max_size=6), inner, max_size=6),
    max_leaves=25,
)


def _loads_or_says_why(root: Path, data: bytes) -> None:
    (root / "gonogo.yaml").write_bytes(data)
    try:
        declared = load(root)
    except (SystemFileError, UsageError) as error:
        assert str(error)
    else:
        assert declared is not None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")) | st.binary(max_size=200))
@example(data=b"name: a\r---\r")
@example(data=b"a: &a {b: *a}")
@example(data=b"\xef\xbb\xbf")
@example(data=b"%TAG ! tag:x,2000:\n---\n!a b")
def test_no_text_whatever_makes_reading_crash(tmp_path, data):
    _loads_or_says_why(tmp_path, data)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=st.dictionaries(_words, _trees, max_size=8))
@example(tree={"name": "a", "systems": [{"name": "b"}, 3]})
@example(tree={"name": "a", "thresholds": {"cost.daily-budget-cap": [1]}})
@example(tree={"name": "a", "not_applicable": [None]})
@example(tree={"name": "a", "journeys": {"0": 1}})
def test_no_structure_whatever_makes_reading_crash(tmp_path, tree):
    _loads_or_says_why(tmp_path, yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass"))
    _loads_or_says_why(tmp_path, json.dumps(tree).encode())
