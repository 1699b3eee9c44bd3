"""What a team or a plugin adds is validated whole, and every problem is told with its line."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.catalog import load
from gonogo.catalog.source import Source
from gonogo.errors import CatalogError

GOOD = """\
- id: billing.invoices-signed
  title: Invoices are signed
  question: Is every invoice signed before it is sent?
  why: An unsigned invoice is not paid.
  severity: major
  phase: build
  kinds: [llm-app]
  boundary: repo
  proof:
    - {method: attest, role: required, how: A person signs a list., parts: [configuration]}
  threshold:
    unsigned: {value: 0, compare: "<=", unit: count, origin: default, read_by: [attest]}
"""


def write(directory: Path, text: str, name: str = "billing.yaml") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path) -> str:
    with pytest.raises(CatalogError) as raised:
        load([path], plugins=False)
    return str(raised.value)


def test_a_team_adds_controls_and_profiles_from_a_directory(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    profile = "- {name: ours, title: Ours, about: All of ours., controls: [billing.invoices-signed]}\n"
    write(tmp_path, profile, "profiles.yaml")
    catalog = load([tmp_path], plugins=False)
    assert catalog.controls["billing.invoices-signed"].title == "Invoices are signed"
    assert catalog.profiles["ours"].controls == ("billing.invoices-signed",)
    assert len(catalog.controls) == 305
    assert catalog.digest != load(plugins=False).digest


def test_files_that_are_not_yaml_are_left_alone_and_an_empty_one_adds_nothing(tmp_path: Path) -> None:
    write(tmp_path, "not ours", "README.md")
    write(tmp_path, "", "empty.yaml")
    assert load([tmp_path], plugins=False).digest == load(plugins=False).digest


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("severity: major", "severity: mayor", 5, "(did you mean major?)"),
        ("boundary: repo", "boundry: repo", 8, "(did you mean boundary?)"),
        ("  why: An unsigned invoice is not paid.\n", "", 1, "the key why is missing"),
        ("kinds: [llm-app]", "kinds: [llm-ap]", 7, "(did you mean llm-app?)"),
        ("kinds: [llm-app]", "kinds: llm-app", 7, "is not a list"),
        ("title: Invoices are signed", "title: 7", 2, "7 is not text"),
        ("method: attest", "method: atest", 10, "(did you mean attest?)"),
        ("parts: [configuration]", "parts: [config]", 10, "(did you mean configuration?)"),
        ("role: required", "role: support", 9, "at least one must be required"),
        ("read_by: [attest]", "read_by: [lab]", 12, "lab, which is no proof"),
        ("read_by: [attest]", "read_by: []", 12, "read_by is empty"),
        ('"<="', "within", 12, "[low, high]"),
        ("value: 0", "value: .nan", 12, "must be finite"),
        ("value: 0", "value: .inf", 12, "must be finite"),
        ("value: 0", "value: 99999999999999999999", 12, "must be finite"),
        ("unsigned:", "1:", 12, "the key 1 is not text"),
        ("title: Invoices are signed", "title: 2026-01-01", 2, "is not text"),
        ("title: Invoices are signed", "title: ", 2, "None is not text"),
        ("  severity: major\n", "  severity: major\n  1: x\n", 6, "1: is not a key"),
        ("unsigned:", "from:", 12, "Python identifier"),
        ("value: 0", "value: {key: budgets.}", 12, "dotted key"),
        ("id: billing.invoices-signed", "id: cost.invoices-signed", 1, "belongs to the built-in"),
        ("id: billing.invoices-signed", "id: Billing", 1, "area.name"),
        ("before it is sent?", "before it is sent.", 3, "question mark"),
        ("  severity: major\n", "  severity: major\n  severity: minor\n", 6, "stands twice"),
        ("  severity: major\n", "  severity: major\n  sources: [s1.cost.99]\n", 6, "no checklist item"),
        (
            "  severity: major\n",
            "  severity: major\n  applies_when: {text: it streams, evaluator: stream}\n",
            6,
            "(did you mean streams?)",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_right_name(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    message = told(write(tmp_path, GOOD.replace(old, new)))
    assert f"billing.yaml:{line}" in message
    assert words in message


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("major", "mayor").replace("repo", "rep"))
    write(tmp_path, "- 7\n", "second.yaml")
    write(tmp_path, "a: [", "third.yaml")
    message = told(tmp_path)
    assert "4 problems" in message
    for place in ("billing.yaml:5", "billing.yaml:8", "second.yaml:1", "third.yaml:"):
        assert place in message


def test_an_id_or_a_profile_twice_is_refused(tmp_path: Path) -> None:
    assert "this id exists already" in told(write(tmp_path, GOOD + GOOD))
    minimum = "- {name: minimum, title: Ours, about: None., controls: [rollout.model-pined]}\n"
    message = told(write(tmp_path, minimum, "profiles.yaml").parent)
    assert "this profile exists already" in message
    assert "(did you mean rollout.model-pinned?)" in message


def test_a_critical_scan_beside_a_running_proof_must_be_support(tmp_path: Path) -> None:
    text = GOOD.replace("severity: major", "severity: critical").replace("method: attest", "method: scan")
    text = text.replace("read_by: [attest]", "read_by: [lab]")
    text = text.replace("  threshold:", "    - {method: lab, role: required, how: It runs.}\n  threshold:")
    assert "is support" in told(write(tmp_path, text))


def test_required_and_alternative_proofs_do_not_mix(tmp_path: Path) -> None:
    text = GOOD.replace("  threshold:", "    - {method: lab, role: alternative, how: It runs.}\n  threshold:")
    assert "mixes required and alternative" in told(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &a [x]\nb: [*a, *a]\n", "aliases are not allowed"),
        ("- !!python/object/apply:os.system ['true']\n", "python/object"),
        ("[" * 100_000, "nested deeper"),
        ("- " * 5_000 + "x", "nested deeper"),
        ("x: 1\n", "must be a list"),
        ("\tx", "is not YAML that"),
        ("- a\n-b\n", "is not YAML that"),
        ("- \x07\n", "is not YAML that"),
    ],
)
def test_dangerous_or_broken_yaml_is_refused_with_a_line(tmp_path: Path, text: str, words: str) -> None:
    message = told(write(tmp_path, text))
    assert words in message
    assert "billing.yaml:" in message


def test_a_file_of_ten_megabytes_is_refused(tmp_path: Path) -> None:
    message = told(write(tmp_path, "#" * 10_000_000))
    assert "10,000,000 bytes" in message


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"- a\n- \xff\xfe")
    assert "binary.yaml:2" in told(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "there is no such file" in told(tmp_path / "nowhere.yaml")


def test_a_plugin_brings_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "their_controls"
    package.mkdir()
    write(package, GOOD)
    (package / "__init__.py").write_text("from pathlib import Path\nDATA = Path(__file__).parent\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed(monkeypatch, "their_controls:DATA")
    assert "billing.invoices-signed" in load().controls
    sys.modules.pop("their_controls")


def test_a_plugin_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "nowhere_to_be_found:DATA")
    with pytest.raises(CatalogError, match="nowhere_to_be_found"):
        load()


def installed(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    module = sys.modules["gonogo.catalog.load"]
    point = EntryPoint(name="theirs", value=value, group="gonogo.catalogs")
    monkeypatch.setattr(module, "entry_points", lambda group: [point])


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, len(GOOD)), st.integers(0, 12), st.text("{}[]:,-#&*!|>'\"%@` \n\tab01~?\x00\u00e9\ud7ff", max_size=6)
)
def test_whatever_a_team_writes_is_a_catalogue_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: str
) -> None:
    path = write(tmp_path_factory.mktemp("theirs"), GOOD[:at] + put + GOOD[at + cut :])
    try:
        catalog = load([path], plugins=False)
    except CatalogError as error:
        assert error.line is not None
    else:
        assert len(catalog.controls) in (304, 305)


@pytest.mark.parametrize(
    "text",
    ["a: {<<: {b: 1}, c: 2}", "!!set {a, b}", "- {1: [x, {y: z}]}", "a: 2020-01-01\nb: ~\nc: 0x1f\nd: yes", "!!str 1"],
)
def test_plain_values_are_those_of_pyyaml(text):
    assert Source("controls.yaml", text).value() == yaml.safe_load(text)


@pytest.mark.parametrize("text", ["? [a]\n: 3", "!!str [a]", "? {a: b}\n: 3"])
def test_a_key_that_is_no_text_is_refused_as_pyyaml_refuses_it(text):
    with pytest.raises(yaml.YAMLError):
        Source("controls.yaml", text).value()
