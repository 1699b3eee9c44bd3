"""Shows gonogo at work on a small retrieval app: as first written, then mended. Run by `make demo`.

Everything happens in a scratch directory: a copy of the app in a git repository of its own, and signing keys that are
thrown away. The commands printed after `$` are the ones that run, as whoever stands before it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


def say(text: str) -> None:
    """Print a line of the story."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


class Demo:
    """A scratch repository, and the environment that commands run in."""

    def __init__(self, scratch: Path) -> None:
        """Lay out the app as first written."""
        self.root = scratch / "handbook"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(scratch),
            "OPENAI_API_KEY": "unused-in-this-demo",
            "OPENAI_BASE_URL": "http://127.0.0.1:9",
            "HANDBOOK_KEY": "demo-key-of-the-reader",
            "READER_AUTHORIZATION": "Bearer demo-key-of-the-reader",
            "COLUMNS": os.environ.get("COLUMNS", "100"),
            "LANG": "C.UTF-8",
        }

    def lay(self, source: str) -> None:
        """Copy files over the repository; the app's port is one that is free here."""
        shutil.copytree(HERE / source, self.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        settings = self.root / "gonogo.yaml"
        people = "".join(
            f'  - {{name: {name}, email: {name}@example.org, key: "{self.public(name)}"}}\n'
            for name in ("author", "reviewer")
        )
        settings.write_text(settings.read_text().replace("8000", str(self.port)) + f"approvers:\n{people}")

    def public(self, name: str) -> str:
        """Return the public key of one of the two people of this story."""
        return self.quiet("gonogo", "key", "show", name, who=name).split()[0]

    def of(self, who: str) -> dict[str, str]:
        """Return the environment of one of the people: each has a key store of their own."""
        return {**self.environment, "GONOGO_KEYS": str(self.root.parent / f"keys-of-{who}")}

    def quiet(self, *command: str, who: str = "author") -> str:
        """Run a command and return what it prints."""
        done = subprocess.run(command, cwd=self.root, env=self.of(who), capture_output=True, text=True, check=True)
        return done.stdout

    def show(self, *command: str, who: str = "author") -> int:
        """Run a command before the reader's eyes, as one of the people, and return its exit code."""
        print(f"\n{who} $ {' '.join(shlex.quote(word) for word in command)}", flush=True)
        code = subprocess.run(command, cwd=self.root, env=self.of(who), check=False).returncode
        print(f"[exit code {code}]", flush=True)
        return code

    def commit(self, message: str) -> None:
        """Commit what stands in the repository."""
        self.quiet("git", "add", "-A")
        who = ("-c", "user.name=author", "-c", "user.email=author@example.org")
        self.quiet("git", *who, "commit", "-qm", message)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the app while the block runs."""
        command = [str(BIN / "uvicorn"), "app.main:app", "--port", str(self.port), "--log-level", "warning"]
        with (self.root.parent / "app.log").open("wb") as log:
            app = subprocess.Popen(
                command, cwd=self.root, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
            try:
                self.wait(app)
                yield
            finally:
                os.killpg(app.pid, signal.SIGTERM)
                app.wait(timeout=10)

    def wait(self, app: subprocess.Popen[bytes]) -> None:
        """Wait until the app answers its health route."""
        for _ in range(200):
            if app.poll() is not None:
                raise SystemExit("the app did not start")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the app did not become ready")


def story(demo: Demo) -> None:
    """Tell it from the first NO-GO to the signed GO."""
    demo.root.mkdir()
    for name in ("author", "reviewer", "gate"):
        demo.quiet("gonogo", "key", "new", name, who=name)
    demo.lay("handbook")
    demo.quiet("git", "init", "-q", "-b", "main")
    demo.commit("The handbook app")
    say("1. The app as first written: scanned, started, probed, judged.")
    with demo.running():
        demo.show("gonogo", "check", "--env", "local")
    say("2. The team mends it: pinned model, keys and limits at the edge, locked packages, a runbook, a budget.")
    demo.quiet("git", "switch", "-qc", "mend")
    demo.lay("handbook-mended")
    demo.commit("Mend what gonogo found")
    say(
        "3. No machine here can see the provider's spending limit: the author states it, and the reviewer countersigns."
    )
    demo.show(
        "gonogo", "attest", "cost.provider-spend-limit", "--artifact", "evidence/provider-limit.csv",
        "--statement", "The account stops at this limit; it is prepaid without top-up.",
    )  # fmt: skip
    (statement,) = (demo.root / "gonogo" / "statements").iterdir()
    demo.show("gonogo", "attest", "--countersign", str(statement.relative_to(demo.root)), who="reviewer")
    say("4. The mended gonogo.yaml changes how the app is judged, so the reviewer accepts the new law, too.")
    demo.show("gonogo", "approve", "--law", who="reviewer")
    demo.commit("Signed statements")
    say("5. The mended app: scanned, started, probed, judged. What is left is named with the command that closes it.")
    with demo.running():
        demo.show("gonogo", "check", "--env", "local", "--html", "../report.html")
    say("6. The lab plays the mended app on a throw-away copy, with a stand-in where its model is.")
    demo.show(
        "gonogo",
        "lab",
        "-s",
        "model-pinned",
        "-s",
        "model-calls-logged",
        "-s",
        "rate-limits",
        "--html",
        "../report.html",
    )
    say("7. The drill goes the way back, under traffic, and times it.")
    demo.show("gonogo", "drill", "rollback")
    say("8. The gate decides from the record and signs; anybody can hold the decision against the evidence, offline.")
    demo.show("gonogo", "gate", "--env", "local", "--out", "../decision.json", who="gate")
    demo.show("gonogo", "verify", "../decision.json", "--key", demo.public("gate"), who="auditor")
    report = Path.cwd() / "demo-report.html"
    shutil.copy(demo.root.parent / "report.html", report)
    say(f"The report as a page: {report.name}")


def main() -> None:
    """Run the story in a scratch directory."""
    with tempfile.TemporaryDirectory(prefix="gonogo-demo-") as scratch:
        story(Demo(Path(scratch)))


if __name__ == "__main__":
    main()
