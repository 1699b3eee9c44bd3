"""llmock, which judges clients by the calls it sees, and the lab, which sees what the user got: on one app, both run.

The app asks its first model once, and the second where that fails. llmock joins the attempts of a call by its body, so
the first call stands alone for it, given up (`gave_up`); that somebody got an answer it has no means to see.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PRIMARY, SECOND = "gpt-4o-2024-11-20", "gpt-4o-mini-2024-07-18"
USER = "Bearer alice-of-the-lab"
ONCE = ("model.py", "ATTEMPTS = 3", "ATTEMPTS = 1")
ALONE = ("model.py", f'MODELS = ("{PRIMARY}", "{SECOND}")', f'MODELS = ("{PRIMARY}",)')
Edit = tuple[str, str, str]


def app(place: Path, *edits: Edit) -> Path:
    """Lay the example out, with some lines of it changed."""
    shutil.copytree(ROOT / "examples" / "assistant", place, ignore=shutil.ignore_patterns(".gonogo", "__pycache__"))
    for name, old, new in edits:
        file = place / "assistant" / name
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, new))
    subprocess.run(["git", "init", "--quiet", place], check=True)
    return place


def asked(url: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Return the status and the document that a server answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


@contextmanager
def running(words: list[str], port: int, place: Path, **environment: str) -> Iterator[None]:
    """Run a server until the block ends; it listens when the block begins."""
    with (place / "said").open("wb") as said, subprocess.Popen(
        words, cwd=place, env={**os.environ, **environment}, stdout=said, stderr=said
    ) as process:  # fmt: skip
        try:
            until = time.monotonic() + 20
            while not listens(port):
                assert process.poll() is None and time.monotonic() < until, (place / "said").read_text()
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def by_llmock(place: Path, *edits: Edit) -> tuple[int, str, list[str]]:
    """Ask the app while llmock fails its first model; return what the user got, and the codes of llmock's verdict."""
    port, at = free_port(), free_port()
    llmock, home = str(Path(sys.executable).with_name("llmock")), app(place, *edits, ("settings.py", "8000", str(at)))
    environment = {
        "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "OPENAI_API_KEY": "none",
        "ALICE": USER, "BOB": "Bearer bob", "ADMIN": "Bearer admin",
    }  # fmt: skip
    with (
        running([llmock, "serve", "-h", "127.0.0.1", "-p", str(port)], port, place.parent),
        running([sys.executable, "-m", "assistant"], at, home, **environment),
    ):
        failing = {"type": "fail", "status": 503, "times": 50, "match": {"model": PRIMARY}}
        assert asked(f"http://127.0.0.1:{port}/_llmock/scenario", {"behaviors": [failing]})[0] == 201
        status, answer = asked(f"http://127.0.0.1:{at}/ask", {"text": "Hello?"}, Authorization=USER)
        verdict = asked(f"http://127.0.0.1:{port}/_llmock/verdict")[1]
        calls = asked(f"http://127.0.0.1:{port}/_llmock/requests")[1]["requests"]
    assert [call["model"] for call in calls][:1] == [PRIMARY]
    return status, str(answer.get("answer", "")), [finding["code"] for finding in verdict["findings"]]


def by_the_lab(place: Path, *edits: Edit) -> tuple[str, str]:
    """Return the outcome and the summary of the lab's own proof of a fallback."""
    report = place.with_suffix(".json")
    words = [
        "lab",
        app(place, *edits),
        "--scenario",
        "primary-outage",
        "--no-record",
        "--format",
        "json",
        "--output",
        report,
    ]
    subprocess.run([ROOT / ".venv/bin/gonogo", *words], capture_output=True, check=False)
    findings = json.loads(report.read_text())["findings"]
    found = next(f for f in findings if (f["control"], f["method"]) == ("reliability.fallback-model", "lab"))
    return found["outcome"], found["summary"]


def test_an_app_that_falls_back_has_given_up_for_llmock_and_has_fallen_back_for_the_lab(tmp_path: Path) -> None:
    status, answer, codes = by_llmock(tmp_path / "one", ONCE)
    assert status == 200 and answer
    assert codes == ["gave_up"]
    assert by_the_lab(tmp_path / "other", ONCE) == ("pass", "all 14 users got the answer of another model")


def test_an_app_that_gives_up_is_told_from_it_by_the_lab_alone(tmp_path: Path) -> None:
    status, _, codes = by_llmock(tmp_path / "one", ONCE, ALONE)
    assert status == 503
    assert codes == ["gave_up"]
    outcome, summary = by_the_lab(tmp_path / "other", ONCE, ALONE)
    assert outcome == "fail" and "got no answer of another model" in summary
