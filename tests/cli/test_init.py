"""`gonogo init`: a first gonogo.yaml, never over one that is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.system import load

APP = """from fastapi import FastAPI
from openai import OpenAI

app = FastAPI()
client = OpenAI()


@app.post("/ask")
def ask(question: str) -> str:
    reply = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": question}])
    return reply.choices[0].message.content
"""
DOCKERFILE = 'FROM python:3.12\nCOPY . /app\nEXPOSE 8000\nCMD ["uvicorn", "main:app", "--port", "8000"]\n'


def gonogo(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "GONOGO_TRACE"}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from gonogo.cli import main; sys.exit(main())", "init", *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "main.py").write_text(APP)
    (root / "Dockerfile").write_text(DOCKERFILE)
    return root


def test_it_writes_a_file_that_loads_and_says_where_it_saw_what(app):
    done = gonogo(cwd=app)
    assert (done.returncode, done.stderr) == (0, "")
    declared = load(app)
    assert declared is not None
    assert declared.system.name == "shop"
    assert declared.system.service is not None
    assert declared.system.service.port == 8000
    assert "Dockerfile:4" in done.stdout
    assert "What could not be told:" in done.stdout
    assert done.stdout.endswith("gonogo check\n")
    assert sorted(p.name for p in app.iterdir()) == ["Dockerfile", "gonogo.yaml", "main.py"]


def test_a_call_of_a_model_becomes_a_provider(app):
    gonogo(cwd=app)
    declared = load(app)
    assert declared is not None
    assert [(p.name, p.models) for p in declared.system.providers] == [("openai", ("gpt-4o-mini",))]
    assert "llm-app" in declared.system.kinds


def test_a_file_that_is_there_stays_unless_forced(app):
    (app / "gonogo.yaml").write_text("nam: mine\n")
    done = gonogo(cwd=app)
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert "--force" in done.stderr
    assert (app / "gonogo.yaml").read_text() == "nam: mine\n"
    assert gonogo("--force", cwd=app).returncode == 0
    assert load(app) is not None


def test_to_standard_output_it_writes_the_file_alone_and_nothing_on_disk(app):
    done = gonogo("--stdout", cwd=app)
    assert done.returncode == 0
    assert not (app / "gonogo.yaml").exists()
    (app / "gonogo.yaml").write_text(done.stdout)
    assert load(app) is not None
    again = gonogo("--stdout", cwd=app)
    assert again.stdout == done.stdout


def test_an_empty_directory_gets_a_file_that_asks_for_everything(tmp_path):
    done = gonogo(cwd=tmp_path)
    assert done.returncode == 0
    assert "Nothing could be inferred" in done.stdout
    assert load(tmp_path) is not None


def test_it_suggests_to_ignore_the_evidence_and_does_not_do_it(app):
    subprocess.run(["git", "init", "-q", "."], cwd=app, check=True)
    assert "echo .gonogo/ >> .gitignore" in gonogo(cwd=app).stdout
    assert not (app / ".gitignore").exists()
    (app / ".gitignore").write_text(".gonogo/\n")
    assert ".gitignore" not in gonogo("--force", cwd=app).stdout


def test_a_directory_that_is_none_is_told(tmp_path):
    done = gonogo("nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere is not a directory" in done.stderr


def test_a_name_of_the_repository_cannot_move_the_cursor(app):
    (app / "main.py").write_text(APP.replace("/ask", "/ask\\x1b[31mred"))
    assert "\x1b" not in gonogo(cwd=app).stdout


def test_the_schema_is_printed_as_json(tmp_path):
    done = gonogo("--schema", cwd=tmp_path)
    assert json.loads(done.stdout)["title"] == "gonogo.yaml"
