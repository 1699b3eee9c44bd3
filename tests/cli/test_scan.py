"""`gonogo scan` prints one JSON list of facts and writes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

APP = Path(__file__).parents[1] / "cases" / "_app"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from gonogo.cli import main; sys.exit(main())", "scan", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def copied(root: Path) -> Path:
    for file in sorted(APP.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            place = root / file.relative_to(APP)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())
    return root


def test_json_is_one_list_with_the_fields_of_a_call_site(tmp_path: Path) -> None:
    before = sorted(p.name for p in copied(tmp_path).rglob("*"))
    done = run(str(tmp_path), "--format", "json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert all({"kind", "path", "line", "confidence"} <= set(f) for f in facts)
    (site,) = [f for f in facts if f["kind"] == "model_call_site"]
    assert (site["path"], site["line"], site["sdk"]) == ("app/llm.py", 13, "openai")
    assert site["model"] == {"value": "gpt-4o-mini-2024-07-18", "from": "constant"}
    assert site["timeout"] == {"value": 60, "from": "literal"}
    assert site["stream"] == {"value": None, "from": "unset"}
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_one_kind_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import openai\nopenai.OpenAI().chat.completions.create(model='gpt-4o')\n")
    done = run(str(tmp_path), "--kind", "model_call_site")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("a.py:2 model_call_site")
    assert len(done.stdout.splitlines()) == 1


def test_a_wrong_kind_names_the_nearest_one(tmp_path: Path) -> None:
    done = run(str(tmp_path), "--kind", "model_call_sites")
    assert done.returncode == 2
    assert "--kind model_call_site" in done.stderr


def test_a_directory_that_is_not_there_is_a_sentence() -> None:
    done = run("/nowhere/at/all")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
