"""`gonogo init`: a first gonogo.yaml, never over one that is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from gonogo.cli import main
from gonogo.facts import System
from gonogo.system import load

APP = """from fastapi import FastAPI
from openai import OpenAI

app = FastAPI()
client = OpenAI()


@app.post("/ask")
def ask(question: str) -> str:
    reply = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": question}])
    return reply.choices[0].message.content


@app.post("/red\\x1b[31m")
def red(question: str) -> str:
    return ask(question)
"""
DOCKERFILE = 'FROM python:3.12\nCOPY . /app\nEXPOSE 8000\nCMD ["uvicorn", "main:app", "--port", "8000"]\n'


def gonogo(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "GONOGO_TRACE"}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from gonogo.cli import main; sys.exit(main())", "init", *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip


@dataclass
class Ran:
    """One run in a small repository."""

    root: Path
    output: str
    errors: str
    code: int

    @property
    def system(self) -> System:
        declared = load(self.root)
        assert declared is not None
        return declared.system


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    root = tmp_path_factory.mktemp("init") / "shop"
    root.mkdir()
    (root / "main.py").write_text(APP)
    (root / "Dockerfile").write_text(DOCKERFILE)
    subprocess.run(["git", "init", "-q", "."], cwd=root, check=True)
    done = gonogo(cwd=root)
    return Ran(root, done.stdout, done.stderr, done.returncode)


def test_it_writes_a_file_that_loads_and_says_where_it_saw_what(ran):
    assert (ran.code, ran.errors) == (0, "")
    assert ran.system.name == "shop"
    assert ran.system.service is not None
    assert ran.system.service.port == 8000
    assert "Dockerfile:4" in ran.output
    assert "What could not be told:" in ran.output
    assert ran.output.endswith("gonogo check\n")


def test_nothing_else_is_written(ran):
    assert sorted(p.name for p in ran.root.iterdir()) == [".git", "Dockerfile", "gonogo.yaml", "main.py"]


def test_a_call_of_a_model_becomes_a_provider(ran):
    assert [(p.name, p.models) for p in ran.system.providers] == [("openai", ("gpt-4o-mini",))]
    assert "llm-app" in ran.system.kinds
    assert "(main.py:10)" in ran.output


def test_routes_become_journeys(ran):
    assert "/ask" in [j.path for j in ran.system.journeys]
    assert "(main.py:" in ran.output


def test_a_name_of_the_repository_cannot_move_the_cursor(ran):
    assert "\x1b" not in ran.output
    assert "\x1b" not in (ran.root / "gonogo.yaml").read_text()


def test_it_writes_nothing_but_the_draft(ran):
    assert not (ran.root / ".gitignore").exists()
    assert not (ran.root / ".gonogo").exists()


def test_what_could_not_be_read_is_said_beside_what_could_not_be_told(tmp_path, monkeypatch, capsys):
    from gonogo import plugins
    from gonogo.errors import CollectError

    class Blind:
        method = "scan"
        name = "scan"

        def collect(self, target):
            raise CollectError("the directory is gone")

    monkeypatch.setattr(plugins, "collectors", lambda: (Blind(),))
    assert main(["init", str(tmp_path)]) == 0
    assert "what this would have shown: the directory is gone" in capsys.readouterr().out


def test_a_file_that_is_there_stays_unless_forced_and_the_draft_does_not_depend_on_it(ran, tmp_path):
    root = tmp_path / "shop"
    root.mkdir()
    for name in ("main.py", "Dockerfile"):
        (root / name).write_bytes((ran.root / name).read_bytes())
    (root / "gonogo.yaml").write_text("nam: mine\n")
    done = gonogo(cwd=root)
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert "--force" in done.stderr
    assert (root / "gonogo.yaml").read_text() == "nam: mine\n"
    assert gonogo("--force", cwd=root).returncode == 0
    assert (root / "gonogo.yaml").read_text() == (ran.root / "gonogo.yaml").read_text()


def test_to_standard_output_an_empty_directory_gets_a_file_that_asks_for_everything(tmp_path):
    done = gonogo("--stdout", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "gonogo.yaml").write_text(done.stdout)
    assert load(tmp_path) is not None
    assert "What could not be told by reading" in done.stdout


def test_a_directory_that_is_none_is_told(tmp_path):
    done = gonogo("nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere is not a directory" in done.stderr


def test_a_dangling_link_of_that_name_stays(tmp_path):
    (tmp_path / "gonogo.yaml").symlink_to("elsewhere.yaml")
    assert gonogo(cwd=tmp_path).returncode == 2
    assert (tmp_path / "gonogo.yaml").is_symlink()


def test_the_schema_is_printed_as_json(tmp_path):
    done = gonogo("--schema", cwd=tmp_path)
    assert json.loads(done.stdout)["title"] == "gonogo.yaml"
