"""`gonogo catalog` as a user types it: what is printed, and what a mistake answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gonogo.cli import main


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["catalog", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_list_prints_a_line_for_each_control_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "list")
    lines = out.splitlines()
    assert code == 0
    assert len(lines) == 305
    assert lines[-1] == "304 of 304 controls"


def test_list_filters_by_all_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    filters = (
        "--area",
        "cost",
        "--severity",
        "critical",
        "--kind",
        "rag",
        "--method",
        "attest",
        "--profile",
        "minimum",
    )
    code, out, _ = ran(capsys, "list", *filters)
    assert code == 0
    assert out.splitlines()[0].split()[:2] == ["cost.provider-spend-limit", "critical"]
    assert out.splitlines()[1] == "1 of 304 controls"


def test_list_as_json_is_one_document_of_whole_controls(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "list", "--profile", "minimum", "--format", "json")
    found = json.loads(out)
    assert [control["id"] for control in found[:2]] == ["rollout.model-pinned", "cost.provider-spend-limit"]
    assert all(control["proof"] for control in found)


@pytest.mark.parametrize(
    ("option", "value", "near"),
    [
        ("--area", "costs", "cost"),
        ("--severity", "criticall", "critical"),
        ("--kind", "agents", "agent"),
        ("--method", "scans", "scan"),
        ("--profile", "pre-lunch", "pre-launch"),
    ],
)
def test_an_unknown_filter_names_the_near_one(
    capsys: pytest.CaptureFixture[str], option: str, value: str, near: str
) -> None:
    code, out, err = ran(capsys, "list", option, value)
    assert (code, out) == (2, "")
    assert f"did you mean {near}?" in err


def test_show_ends_with_the_texts_of_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "show", "reliability.timeouts-configured")
    assert code == 0
    assert max(len(line) for line in out.splitlines()) <= 100
    for part in ("severity   critical", "scan (support;", "lab (required;", "within 60 to 120 s", "our default"):
        assert part in out
    assert out.rstrip().splitlines()[-1].startswith("  s0.perf.latency.03  ")


def test_show_as_json_is_the_control(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "show", "rollout.model-pinned", "--format", "json")
    assert json.loads(out)["threshold"]["floating"]["value"] == 0


def test_show_of_an_unknown_id_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, "show", "rollout.model-pined")
    assert code == 2
    assert "did you mean rollout.model-pinned?" in err


def test_coverage_counts_every_pair(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "coverage", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert len(found["controls"]) == 304
    assert {method: total for method, (_, total) in found["totals"].items()}["scan"] == 95
    implemented = sum(state == "implemented" for methods in found["controls"].values() for state in methods.values())
    assert implemented == sum(done for done, _ in found["totals"].values())


def test_export_writes_one_document_of_either_form(capsys: pytest.CaptureFixture[str]) -> None:
    _, ours, _ = ran(capsys, "export")
    _, oscal, _ = ran(capsys, "export", "--format", "oscal")
    assert len(json.loads(ours)["controls"]) == 304
    assert len(json.loads(oscal)["catalog"]["groups"]) == 16


def test_controls_of_the_repository_are_read_and_their_text_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gonogo" / "controls").mkdir(parents=True)
    (tmp_path / "gonogo" / "controls" / "billing.yaml").write_text(
        '- {id: billing.paid, title: "Paid \\e[2J", question: "Paid?", why: "Money.", severity: minor, phase: build,\n'
        "   kinds: [rag], boundary: repo, proof: [{method: attest, role: required, how: By a list.}]}\n"
    )
    code, out, _ = ran(capsys, "list", "--area", "billing")
    assert code == 0
    assert "billing.paid" in out
    assert "\x1b" not in out


def test_a_broken_catalogue_is_a_sentence_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("- id: billing.paid\n  severty: minor\n")
    code, out, err = ran(capsys, "list", "--controls", "mine.yaml")
    assert (code, out) == (2, "")
    assert "mine.yaml:2 billing.paid severty: is not a key of a control (did you mean severity?)" in err
    assert "Traceback" not in err
