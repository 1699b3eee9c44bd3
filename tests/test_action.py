"""The GitHub Action: its inputs never reach a shell as text, and its script does the work on a real repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.cli.runs import APP, SETTINGS, committed, git

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
JUDGE = next(step for step in STEPS if step.get("id") == "judge")


@dataclass
class Judged:
    code: int
    said: str
    out: Path
    summary: str
    outputs: dict[str, str]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return committed(tmp_path / "desk")


def judged(repository: Path, **inputs: str) -> Judged:
    """Run the step as the runner does: its own words by bash, inputs where `env:` puts them, defaults filled in."""
    out = repository.parent / "runner"
    out.mkdir(exist_ok=True)
    given = {
        name: inputs.get(name.replace("-", "_"), each.get("default", "")) for name, each in ACTION["inputs"].items()
    }
    filled = {
        variable: given[text.removeprefix("${{ inputs.").removesuffix(" }}")] for variable, text in JUDGE["env"].items()
    }
    runner = {
        "GITHUB_ACTION_PATH": str(ROOT), "RUNNER_TEMP": str(out), "GITHUB_OUTPUT": str(out / "output"),
        "GITHUB_STEP_SUMMARY": str(out / "summary"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    for file in ("output", "summary"):
        (out / file).write_text("")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", JUDGE["run"]],
        cwd=repository, env=os.environ | runner | filled, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    lines = (out / "output").read_text().splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return Judged(done.returncode, done.stdout + done.stderr, out / "gonogo", (out / "summary").read_text(), outputs)


def test_no_input_is_written_into_a_script() -> None:
    assert all("${{" not in step["run"] for step in STEPS)
    assert set(JUDGE["env"].values()) == {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]}


def test_it_needs_no_action_of_others_and_says_what_each_input_is() -> None:
    assert all("uses" not in step and step["shell"] == "bash" for step in STEPS)
    assert all(each["description"] and "default" in each for each in ACTION["inputs"].values())


def test_a_repository_is_judged_and_every_report_is_written(desk: Path) -> None:
    ran = judged(desk)
    assert ran.code == 1, ran.said
    assert ran.outputs["verdict"] == "NO-GO"
    assert set(ran.outputs) == set(ACTION["outputs"])
    assert json.loads(Path(ran.outputs["json"]).read_text())["system"] == "desk"
    assert json.loads(Path(ran.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert ET.parse(ran.outputs["junit"]).getroot().tag == "testsuites"
    assert Path(ran.outputs["html"]).read_text().startswith("<!doctype html>")
    assert ran.summary == Path(ran.outputs["md"]).read_text()
    assert "NO-GO" in ran.summary


def test_what_fails_the_job_can_be_chosen(desk: Path) -> None:
    assert judged(desk, fail_on="never").code == 0
    assert judged(desk, fail_on="new", compare="HEAD").code == 0
    (desk / "app.py").write_text(APP.replace("timeout=20", ""))
    git(desk, "commit", "-qam", "Wait for ever")
    new = judged(desk, fail_on="new", compare="HEAD~1", profile="minimum")
    assert new.code in (0, 1) and "new since HEAD~1" in new.said


@pytest.mark.parametrize("name", ["path", "profile", "env", "compare", "lab", "fail_on"])
@pytest.mark.parametrize("attack", ['"; touch PWNED; echo "', "$(touch PWNED)", "`touch PWNED`", "--output=PWNED"])
def test_an_input_is_one_word_and_never_a_command(desk: Path, name: str, attack: str) -> None:
    ran = judged(desk, **{name: attack})
    assert ran.code == 2, ran.said
    assert not list(desk.parent.rglob("PWNED*"))
    assert ran.outputs == {}


def test_a_lab_that_cannot_be_played_fails_the_job(tmp_path: Path) -> None:
    bare = committed(tmp_path / "bare", {"app.py": APP})
    ran = judged(bare, lab="true")
    assert ran.code == 2
    assert "::error title=gonogo::the lab could not be played" in ran.said
    assert "gonogo init" in ran.said


def test_another_directory_can_be_judged(tmp_path: Path) -> None:
    root = committed(tmp_path / "mono", {"svc/gonogo.yaml": SETTINGS.replace("desk", "svc"), "svc/app.py": APP})
    ran = judged(root, path="svc", fail_on="never")
    assert json.loads(Path(ran.outputs["json"]).read_text())["system"] == "svc"
