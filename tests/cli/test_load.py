"""`gonogo load` on a real app, as a person types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gonogo.cli import main

APP = Path(__file__).parents[2] / "examples" / "assistant"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(APP, tmp_path / "assistant", ignore=shutil.ignore_patterns("__pycache__")))


def edited(root: Path, old: str, new: str) -> None:
    path = root / "gonogo.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_plan_percentiles_and_findings_are_shown(root, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    code = main(["load", "load-peak", str(root), "--seconds", "4"])
    shown = capsys.readouterr()
    assert code in (0, 1)
    assert "expected 2/s for 4 s, peak 4/s for 4 s" in shown.err
    rows = [line.split() for line in shown.out.splitlines()]
    assert {(row[0], row[1]) for row in rows if row and row[0] in ("expected", "peak")} >= {
        ("expected", "all"), ("expected", "ask"), ("peak", "all"), ("peak", "stream"),
    }  # fmt: skip
    assert "performance.load-peak" in shown.out


def test_what_was_seen_is_kept(root, capsys):
    main(["load", "load-peak", str(root), "--seconds", "1", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    controls = {f["control"] for f in document["findings"]}
    assert controls == {"performance.load-peak", "performance.latency-slo", "infrastructure.resources-sized"}
    main(["facts", str(root), "--kind", "load_run"])
    assert "expected" in capsys.readouterr().out


def test_production_is_refused_with_what_to_do_instead(root, capsys):
    edited(root, 'url: "http://127.0.0.1:8000", disposable: true', 'url: "http://127.0.0.1:8000", production: true')
    assert main(["load", "load-peak", str(root), "--env", "local", "--no-record"]) == 2
    shown = capsys.readouterr()
    assert "local is production, and load never goes there" in shown.err


def test_an_environment_that_is_not_disposable_is_refused(root, capsys):
    edited(root, "disposable: true", "disposable: false")
    assert main(["load", "load-peak", str(root), "--env", "local", "--no-record"]) == 2
    assert "disposable: true" in capsys.readouterr().err


def test_a_system_without_a_declared_load_is_told_what_to_add(root, capsys):
    line = next(line for line in (root / "gonogo.yaml").read_text().splitlines() if line.startswith("load:"))
    edited(root, line + "\n", "")
    assert main(["load", "load-peak", str(root)]) == 2
    assert "requests_per_minute" in capsys.readouterr().err


def test_an_unknown_scenario_is_answered_with_the_known_ones(root, capsys):
    assert main(["load", "everything", str(root)]) == 2
    assert "overload-recovery" in capsys.readouterr().err


def test_a_rate_of_ones_own_is_measured_and_proves_nothing(root, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    asked = ["load", "--rate", "8", "--arrival", "constant", "--seconds", "2", "--journey", "ask"]
    monkeypatch.chdir(root)
    assert main(asked) == 0
    shown = capsys.readouterr()
    assert "constant 8/s for 2 s" in shown.err
    rows = [line.split() for line in shown.out.splitlines() if line.strip().startswith("constant")]
    assert [(row[1], row[7]) for row in rows] == [("all", "16"), ("ask", "16")]
    assert not (root / ".gonogo").exists()


def test_a_trace_is_played_at_the_rate_that_is_asked_for(root, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(root)
    trace = tmp_path / "trace.csv"
    trace.write_text("TIMESTAMP\n" + "\n".join(str(n * n) for n in range(13)))
    assert main(["load", "--trace", str(trace), "--rate", "6"]) == 0
    shown = capsys.readouterr()
    assert "trace 6" in shown.err
    assert next(line.split()[7] for line in shown.out.splitlines() if line.strip().startswith("trace")) == "13"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--journey", "nope"], "gonogo.yaml has no journey 'nope'"),
        (["--rate", "0"], "0"),
        (["--trace", "gonogo.yaml"], "line 2 of the trace"),
    ],
)
def test_what_cannot_be_sent_is_said(root, monkeypatch, capsys, options, said):
    monkeypatch.chdir(root)
    assert main(["load", "load-peak", "--seconds", "1", *options]) in (1, 2)
    shown = capsys.readouterr()
    assert said in shown.err + shown.out
