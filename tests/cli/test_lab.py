"""`gonogo lab` on apps that misbehave, as a person types it: each ends in a clear line and leaves nothing behind."""

import os
import sys
from pathlib import Path

import pytest

from tests.cli.runs import environment, gonogo, lay

SYSTEM = """\
name: desk
kinds: [llm-app]
service: {{start: ["{python}", app.py], port: 8123}}
journeys: [{{name: ask, path: /ask, body: {{text: "Where is it?"}}, deadline_s: 3}}]
lab: {{ready_s: {ready_s}}}
"""
EDGE = """\
import http.server, json, os, subprocess, sys, urllib.request

class Edge(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = self.answer(asked)
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def answer(self, asked):
        BODY

    def call(self, asked, base):
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": asked["text"]}]}).encode()
        request = urllib.request.Request(base + "/chat/completions", body, {"Content-Type": "application/json"})
        return urllib.request.urlopen(request, timeout=2).read()

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", 8123), Edge).serve_forever()
"""
WELL = 'return self.call(asked, os.environ["OPENAI_BASE_URL"])'


def app(body: str) -> str:
    return EDGE.replace("BODY", body)


@pytest.fixture
def lab(tmp_path):
    """Play `observe` to an app with this code; nothing may be left of it."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def played(code: str, ready_s: float = 4) -> str:
        root = tmp_path / "desk"
        root.mkdir()
        lay(root, {"app.py": code, "gonogo.yaml": SYSTEM.format(python=sys.executable, ready_s=ready_s)})
        before = sorted(p.name for p in root.iterdir())
        ran = gonogo("lab", ".", "-s", "observe", "--no-record", "--all", cwd=root,
                     env=environment(TMPDIR=str(scratch), COLUMNS="200")).calm()  # fmt: skip
        assert list(scratch.iterdir()) == [], "a temporary file is left"
        assert running(scratch) == [], "a process is left"
        assert sorted(p.name for p in root.iterdir()) == before, "something was written beside the app"
        return f"{ran.code}\n{ran.output}\n{ran.errors}"

    return played


def running(scratch: Path) -> list[str]:
    """Return the command lines of processes that this box, or the app in it, began."""
    found = []
    for each in Path("/proc").glob("[0-9]*/environ"):
        try:
            text = each.read_bytes() + each.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if str(scratch).encode() in text and int(each.parent.name) != os.getpid():
            found.append(each.with_name("cmdline").read_bytes().decode(errors="replace"))
    return found


def test_an_app_that_is_well_is_the_measure(lab):
    said = lab(app(WELL))
    assert "rollout.model-pinned" in said
    assert "in order" not in said


def test_an_app_that_never_becomes_ready_is_told_with_how_long_was_waited(lab):
    said = lab("import time; print('still loading', flush=True); time.sleep(600)", ready_s=2)
    assert said.startswith("1"), "what could not be played is not done"
    assert "did not become ready within 2 s: it runs and does not answer" in said
    assert "still loading" in said


def test_an_app_that_dies_at_once_is_told_with_its_last_words(lab):
    said = lab("import sys; sys.exit('no licence was found')")
    assert "ended with exit code 1" in said
    assert "no licence was found" in said


def test_an_app_that_dies_in_the_midst_is_told(lab):
    said = lab(app('print("goodbye", flush=True); os._exit(3)'))
    assert "the app died in the case healthy: it ended by itself with exit code 3; it said: goodbye" in said


def test_an_app_that_ignores_the_address_is_told_where_it_went(lab):
    said = lab(app('return self.call(asked, "http://models.example.net/v1")'))
    assert "The app also wanted to reach models.example.net" in said
    assert "lab.point" in said


def test_children_that_outlive_their_parent_are_ended(lab):
    said = lab(app('subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]); ' + WELL))
    assert "rollout.model-pinned" in said


def test_a_hundred_megabytes_of_log_fill_neither_memory_nor_disk(lab):
    said = lab(app('sys.stdout.write(("x" * 1023 + chr(10)) * 100_000); sys.stdout.flush(); ' + WELL))
    assert "rollout.model-pinned" in said


def test_an_app_that_answers_garbage_is_told(lab):
    said = lab(app('return b"\\x00\\xff\\x1b[2J" * 50'))
    assert "no model call was seen" in said
    assert "\x1b[2J" not in said
