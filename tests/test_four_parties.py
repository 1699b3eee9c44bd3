"""Four parties and one release: a developer's laptop, a second person, CI, and an auditor who has only files.

Each has a home, keys and a clone of their own; they meet through one bare repository and the files that CI publishes.
The service is the real app of `examples/`, started by the test. Nothing is stood in for.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gonogo import catalog, ledger
from gonogo.facts import Decision
from gonogo.ledger.signature import PublicKey, SigningKey
from gonogo.verification import Held, decision_claims, ledger_claims, open_decision

EXAMPLES = Path(__file__).parents[1] / "examples"
BIN = Path(sys.executable).parent
PROFILES = """\
- name: release
  title: "What this team asks before a release"
  about: "Controls that can be shown to hold by reading, probing and signing."
  controls:
    - access.cors
    - access.no-hardcoded-secrets
    - cost.max-tokens-set
    - cost.provider-spend-limit
    - infrastructure.pinned-dependencies
    - rollout.model-pinned
    - decision.critical-all-pass
    - decision.second-person
    - decision.waivers-justified
    - decision.rerun-on-change
"""
POLICY = """\
policies:
  - environment: staging
    profile: release
    approvals: 1
"""


@dataclass
class Ran:
    code: int
    output: str
    errors: str


@dataclass
class Party:
    """A person or a machine with a home, keys and a clone of its own."""

    name: str
    home: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def clone(self) -> Path:
        return self.home / "handbook"

    def run(self, *command: str, cwd: Path | None = None) -> Ran:
        environment = {
            "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(self.home), "LANG": "C.UTF-8", "COLUMNS": "200",
            "GONOGO_KEYS": str(self.home / "keys"), "GIT_CONFIG_GLOBAL": str(self.home / "gitconfig"),
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")), **self.settings,
        }  # fmt: skip
        done = subprocess.run(
            command, cwd=cwd or self.clone, env=environment, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    def do(self, *command: str, cwd: Path | None = None) -> str:
        ran = self.run(*command, cwd=cwd)
        assert ran.code == 0, f"{' '.join(command)}\n{ran.output}\n{ran.errors}"
        return ran.output

    def gonogo(self, *arguments: str, code: int = 0, cwd: Path | None = None) -> Ran:
        ran = self.run("gonogo", *arguments, cwd=cwd)
        assert ran.code == code, f"gonogo {' '.join(arguments)}: {ran.code}\n{ran.output}\n{ran.errors}"
        return ran

    def key(self) -> str:
        """Return the line of the public key."""
        return self.do("gonogo", "key", "show", cwd=self.home).split()[0]

    def take(self, origin: Path, branch: str) -> None:
        shutil.rmtree(self.clone, ignore_errors=True)
        self.do("git", "clone", "-q", "-b", branch, f"file://{origin}", str(self.clone), cwd=self.home)

    def give(self, message: str, branch: str) -> None:
        self.do("git", "add", "-A")
        self.do("git", "commit", "-qm", message)
        self.do("git", "push", "-q", "origin", f"HEAD:{branch}")

    def pull(self) -> None:
        self.do("git", "pull", "-q", "--ff-only")


def party(name: str, top: Path, with_key: bool = True) -> Party:
    made = Party(name, top / name)
    made.home.mkdir()
    (made.home / "gitconfig").write_text(f"[user]\n\tname = {name}\n\temail = {name}@example.org\n")
    if with_key:
        made.do("gonogo", "key", "new", name, cwd=made.home)
    return made


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(ci: Party, port: int) -> Iterator[None]:
    """Run the app of CI's clone while the block runs."""
    settings = {
        "PATH": os.environ["PATH"], "OPENAI_API_KEY": "unused", "HANDBOOK_KEY": "reader", "RELEASE": "2026.11.1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = [str(BIN / "uvicorn"), "app.main:app", "--port", str(port), "--log-level", "critical"]
    app = subprocess.Popen(command, cwd=ci.clone, env=settings, start_new_session=True)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
                break
            except OSError:
                assert app.poll() is None, "the app did not start"
                time.sleep(0.1)
        yield
    finally:
        os.killpg(app.pid, signal.SIGTERM)
        app.wait(timeout=20)


def lay_app(root: Path, port: int, author: Party, reviewer: Party) -> None:
    """Lay the mended app, and the law: who may approve, and what staging asks."""
    for source in ("handbook", "handbook-mended"):
        shutil.copytree(EXAMPLES / source, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    text = (root / "gonogo.yaml").read_text().replace("8000", str(port)).replace("name: local", "name: staging")
    people = (
        f'owners:\n  - {{name: author, email: author@example.org, key: "{author.key()}"}}\n'
        f'approvers:\n  - {{name: reviewer, email: reviewer@example.org, key: "{reviewer.key()}"}}\n'
    )
    (root / "gonogo.yaml").write_text(text + people + POLICY)
    (root / "gonogo" / "controls").mkdir(parents=True)
    (root / "gonogo" / "controls" / "profiles.yaml").write_text(PROFILES)
    (root / ".gitignore").write_text(".gonogo/\n__pycache__/\n")


SPEND = ("attest", "cost.provider-spend-limit", "--artifact", "evidence/provider-limit.csv", "--statement",
         "The account stops at this limit; it is prepaid without top-up.")  # fmt: skip
WAIVER = ("--reason", "the lab that would observe every request does not exist in this version yet",
          "--compensation", "the model id is pinned in code and read by the scan")  # fmt: skip


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@dataclass
class Story:
    """What was done, and what the auditor is given."""

    top: Path
    origin: Path
    author: Party
    reviewer: Party
    ci: Party
    before: Ran
    unapproved: Ran
    go: Ran
    given: Path

    @property
    def decision(self) -> bytes:
        return (self.given / "decision.json").read_bytes()

    @property
    def ledgers(self) -> list[Path]:
        return sorted(self.given.glob("ledger-*"))

    @property
    def controls(self) -> Path:
        return self.given / "controls"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    top = tmp_path_factory.mktemp("parties")
    port, origin, given = free_port(), top / "origin.git", top / "given"
    given.mkdir()
    author, reviewer, ci = (party(name, top) for name in ("author", "reviewer", "ci"))
    author.do("git", "init", "-q", "--bare", "-b", "main", str(origin), cwd=top)

    # The law stands on main before anything is judged.
    author.do("git", "clone", "-q", str(origin), str(author.clone), cwd=top)
    lay_app(author.clone, port, author, reviewer)
    author.give("The app and its law", "main")

    # The developer changes the app, looks, states and asks.
    author.take(origin, "main")
    author.do("git", "switch", "-qc", "change")
    with (author.clone / "app" / "model.py").open("a") as file:
        file.write("\n\ndef release_notes() -> str:\n    return 'more pages'\n")
    author.give("Add notes", "change")
    before = author.gonogo("check", "--profile", "release", "--format", "json", code=1)
    author.gonogo(*SPEND)
    author.gonogo("waive", "rollout.model-pinned", *WAIVER, "--expires", in_days(30))
    author.give("State the limit, ask for a waiver", "change")

    # The second person reads and countersigns.
    reviewer.take(origin, "change")
    for statement in sorted((reviewer.clone / "gonogo" / "statements").glob("*.json")):
        verb = "waive" if "rollout.model-pinned" in statement.name else "attest"
        reviewer.gonogo(verb, "--countersign", str(statement.relative_to(reviewer.clone)))
    reviewer.give("Countersign", "change")

    # CI looks at the deployed service and asks the gate: nobody has approved the evidence yet.
    ci.take(origin, "change")
    with serving(ci, port):
        ci.gonogo("check", "--env", "staging", "--format", "json", code=1)
    unapproved = ci.gonogo("gate", "--env", "staging", "--out", "../first.json", code=1)
    shutil.copytree(ci.clone / ".gonogo" / "ledger", given / "ledger-checked")

    # The second person verifies what CI published and approves exactly that evidence.
    first = str(ci.home / "first.json")
    reviewer.gonogo("verify", first, "--evidence", str(given / "ledger-checked"), "--key", ci.key(),
                    "--controls", "gonogo/controls")  # fmt: skip
    signed, _, _ = open_decision(Path(first).read_bytes(), {"ci": PublicKey.parse(ci.key())})
    reviewer.gonogo("approve", "--evidence", signed.evidence, "--statement", "I read the findings of staging.")
    reviewer.give("Approve the evidence", "change")

    # CI decides, in a fresh clone, from the ledger that it kept.
    ci.take(origin, "change")
    kept = ("--evidence", str(given / "ledger-checked"))
    go = ci.gonogo("gate", "--env", "staging", *kept, "--out", str(given / "decision.json"))
    shutil.copytree(ci.clone / ".gonogo" / "ledger", given / "ledger-gated")
    shutil.copytree(ci.clone / "gonogo" / "controls", given / "controls")
    return Story(top, origin, author, reviewer, ci, before, unapproved, go, given)


@pytest.fixture
def auditor(story: Story, tmp_path: Path) -> Party:
    """Somebody with the published files, and nothing else of the team's."""
    made = party("auditor", tmp_path, with_key=False)
    shutil.copytree(story.given, made.home / "given")
    return made


def verify(auditor: Party, story: Story, *more: str, code: int, key: str | None = None) -> str:
    evidence = [w for path in sorted((auditor.home / "given").glob("ledger-*")) for w in ("--evidence", str(path))]
    ran = auditor.gonogo(
        "verify", "given/decision.json", *evidence, "--key", key or story.ci.key(), "--controls", "given/controls",
        *more, code=code, cwd=auditor.home,
    )  # fmt: skip
    return ran.output


def test_the_laptop_alone_is_told_what_is_missing(story: Story) -> None:
    told = json.loads(story.before.output)
    assert told["decision"]["verdict"] == "NO-GO"
    assert "cost.provider-spend-limit" in told["decision"]["not_collected"]


def test_without_an_approval_the_gate_says_no_and_names_the_evidence_to_approve(story: Story) -> None:
    assert "0 of 1 needed people have approved this evidence" in story.unapproved.output
    assert "gonogo approve --evidence sha256:" in story.unapproved.errors


def test_ci_reaches_go_with_the_waiver_in_the_open(story: Story) -> None:
    assert "GO" in story.go.output and "NO-GO" not in story.go.output
    decision, signed, signer = open_decision(story.decision, {"ci": PublicKey.parse(story.ci.key())})
    assert (decision.verdict, decision.reasons, decision.blockers) == ("GO", (), ())
    assert decision.waived == ("rollout.model-pinned",)
    assert [a.signer for a in decision.approvals if a.state == "accepted"] == ["reviewer"]
    assert decision.environment == "staging" and decision.expires is not None
    assert signed.holds and signer == PublicKey.parse(story.ci.key()).id


def test_the_auditor_is_told_that_everything_holds(story: Story, auditor: Party) -> None:
    told = verify(auditor, story, code=0)
    assert "DOES NOT HOLD" not in told
    assert "holds  the same facts give the same decision: GO" in told
    assert "Nothing contradicts it." in told


def test_without_the_teams_controls_the_auditor_is_told_what_is_unknown(story: Story, auditor: Party) -> None:
    evidence = [w for path in sorted((auditor.home / "given").glob("ledger-*")) for w in ("--evidence", str(path))]
    told = auditor.gonogo("verify", "given/decision.json", *evidence, "--key", story.ci.key(), cwd=auditor.home).output
    assert "unknown  the same facts give the same decision" in told and "--controls" in told


def segment_of(directory: Path) -> Path:
    (found,) = directory.rglob("*.ndjson")
    return found


def changed(lines: list[bytes]) -> list[bytes]:
    at = next(n for n, line in enumerate(lines) if b'"kind":"secret_scan"' in line)
    return [*lines[:at], lines[at].replace(b'"files":', b'"files":9'), *lines[at + 1 :]]


def dropped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:5], *lines[6:]]


def cut(lines: list[bytes]) -> list[bytes]:
    return lines[:-3]


def swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:5], lines[6], lines[5], *lines[7:]]


@pytest.mark.parametrize(
    ("tamper", "word"), [(changed, "changed"), (dropped, "dropped"), (cut, "cut-tail"), (swapped, "reordered")],
    ids=lambda value: value.__name__ if callable(value) else "",
)  # fmt: skip
def test_a_tampered_ledger_is_found_and_named(story: Story, auditor: Party, tamper, word: str) -> None:  # type: ignore[no-untyped-def]
    segment = segment_of(auditor.home / "given" / "ledger-checked")
    segment.write_bytes(b"".join(tamper(segment.read_bytes().splitlines(keepends=True))))
    told = verify(auditor, story, code=1)
    assert "DOES NOT HOLD" in told and word in told


def test_a_tail_cut_together_with_its_head_is_found_by_the_decision(story: Story, auditor: Party) -> None:
    directory = auditor.home / "given" / "ledger-checked"
    shutil.rmtree(directory)
    with ledger.Ledger.open(directory, writer=next((story.given / "ledger-checked").glob("writer=*")).name[7:]) as made:
        made.extend(list(ledger.read([story.given / "ledger-checked"]))[:-1])
    assert ledger.verify(directory) == []
    told = verify(auditor, story, code=1)
    assert "cut-tail" in told or "is not the one that" in told


def test_a_ledger_that_is_kept_back_is_missed(story: Story, auditor: Party) -> None:
    shutil.rmtree(auditor.home / "given" / "ledger-checked")
    told = verify(auditor, story, code=1)
    assert "DOES NOT HOLD" in told and "the ledgers hold every run that was judged" in told


def test_the_decision_of_another_run_does_not_pass_for_this_one(story: Story, auditor: Party) -> None:
    shutil.copy(story.ci.home / "first.json", auditor.home / "given" / "decision.json")
    told = verify(auditor, story, code=0)
    assert "The decision is NO-GO." in told


def test_an_edited_decision_is_found(story: Story, auditor: Party) -> None:
    import base64

    first = auditor.home / "given" / "decision.json"
    envelope = json.loads((story.ci.home / "first.json").read_text())
    payload = base64.b64decode(envelope["payload"]).replace(b'"NO-GO"', b'"GO"').replace(b"FAILED", b"PASSED")
    first.write_text(json.dumps(envelope | {"payload": base64.b64encode(payload).decode()}))
    ran = auditor.run("gonogo", "verify", "given/decision.json", "--key", story.ci.key(), cwd=auditor.home)
    assert ran.code == 1
    assert "DOES NOT HOLD" in ran.output or "contradicts" in ran.errors


def test_another_key_is_found(story: Story, auditor: Party) -> None:
    told = verify(auditor, story, code=1, key=SigningKey.generate("other").public.text)
    assert "DOES NOT HOLD  a key that you trust signed the decision" in told


def claims(story: Story, ledgers: list[Path], now: datetime, **changes: object) -> list[Held]:
    import msgspec

    keys = {"ci": PublicKey.parse(story.ci.key())}
    decision, signed, signer = open_decision(story.decision, keys)
    decision = msgspec.structs.replace(decision, **changes)
    own = catalog.load(sorted(story.controls.glob("*.yaml")))
    held = [signed, *decision_claims(decision, signer, ledgers, now, own)]
    for directory in ledgers:
        published = {n: h for n, h in decision.heads.items() if (directory / f"writer={n}").is_dir()}
        held += ledger_claims(directory, published, None)
    return held


def broken(held: list[Held]) -> list[str]:
    return [one.claim for one in held if one.holds is False]


def test_a_go_decays_by_itself(story: Story) -> None:
    decision: Decision = open_decision(story.decision, {})[0]
    assert decision.expires is not None
    assert broken(claims(story, story.ledgers, decision.expires - timedelta(seconds=1))) == []
    late = claims(story, story.ledgers, decision.expires + timedelta(seconds=1))
    assert broken(late) == ["the GO still holds today"]
    assert "it has decayed to NO-GO" in next(one.detail for one in late if one.holds is False)


def test_a_decision_that_the_facts_do_not_give_is_found_even_when_well_signed(story: Story) -> None:
    now = datetime.now(UTC)
    for changes in ({"waivers": ()}, {"approvals": ()}, {"profile": "minimum"}, {"notes": ("fine",)}):
        assert "the same facts give the same decision" in broken(claims(story, story.ledgers, now, **changes)), changes


# A developer alone.


@pytest.fixture
def alone(story: Story, tmp_path: Path) -> Party:
    """The developer in a clone of their own, at the state that nobody else has approved."""
    made = Party("author", tmp_path / "author")
    shutil.copytree(story.author.home, made.home, ignore=shutil.ignore_patterns("handbook"))
    made.take(story.origin, "main")
    made.do("git", "switch", "-qc", "alone")
    return made


def reasons(ran: Ran) -> dict[str, list[str]]:
    """Return the verdict's document."""
    found: dict[str, list[str]] = json.loads(ran.output)["decision"]
    return found


def test_a_second_key_of_the_developer_is_no_second_person(story: Story, alone: Party) -> None:
    alone.gonogo("key", "new", "shadow")
    shadow = alone.do("gonogo", "key", "show", "shadow").split()[0]
    law = alone.clone / "gonogo.yaml"
    entry = f'approvers:\n  - {{name: shadow, email: shadow@example.org, key: "{shadow}"}}\n'
    law.write_text(law.read_text().replace("approvers:\n", entry))
    alone.do("git", "commit", "-qam", "Add a colleague")
    alone.gonogo(*SPEND, "--key", "author")
    alone.gonogo("waive", "rollout.model-pinned", *WAIVER, "--expires", in_days(30), "--key", "author")
    for statement in sorted((alone.clone / "gonogo" / "statements").glob("*.json")):
        verb = "waive" if "rollout.model-pinned" in statement.name else "attest"
        alone.gonogo(verb, "--countersign", str(statement), "--key", "shadow")
    alone.gonogo("approve", "--law", "--key", "shadow")
    alone.gonogo("check", "--profile", "release", "--format", "json", code=1)
    gate = ("gate", "--env", "staging", "--key", "author", "--format", "json", "--out", "../mine.json")
    alone.gonogo(*gate, code=1)
    mine = open_decision((alone.home / "mine.json").read_bytes(), {})[0]
    alone.gonogo("approve", "--evidence", mine.evidence, "--key", "shadow")
    alone.do("git", "add", "-A")
    alone.do("git", "commit", "-qm", "Sign everything")
    alone.gonogo(*gate, code=1)
    mine = open_decision((alone.home / "mine.json").read_bytes(), {})[0]
    assert mine.verdict == "NO-GO"
    assert any("approver shadow was added" in reason for reason in mine.reasons)
    assert any("0 of 1 needed people" in reason for reason in mine.reasons)
    assert {w.control: w.state for w in mine.waivers} == {"rollout.model-pinned": "refused"}
    assert {a.state for a in mine.approvals} == {"refused"}
    assert "cost.provider-spend-limit" in mine.blockers


def test_the_developers_own_signature_counts_for_nothing_that_needs_another(alone: Party) -> None:
    alone.gonogo(*SPEND)
    alone.gonogo("waive", "rollout.model-pinned", *WAIVER, "--expires", in_days(30))
    for statement in sorted((alone.clone / "gonogo" / "statements").glob("*.json")):
        refused = alone.gonogo("attest", "--countersign", str(statement), code=2)
        assert "another" in refused.errors or "already" in refused.errors or "own" in refused.errors


def test_an_owner_whom_the_commit_brings_along_countersigns_nothing(alone: Party) -> None:
    alone.gonogo("key", "new", "shadow")
    shadow = alone.do("gonogo", "key", "show", "shadow").split()[0]
    law = alone.clone / "gonogo.yaml"
    entry = f'owners:\n  - {{name: shadow, email: shadow@example.org, key: "{shadow}"}}\n'
    law.write_text(law.read_text().replace("owners:\n", entry))
    alone.do("git", "commit", "-qam", "Add an owner")
    alone.gonogo(*SPEND, "--key", "author")
    (statement,) = (alone.clone / "gonogo" / "statements").glob("*.json")
    alone.gonogo("attest", "--countersign", str(statement), "--key", "shadow")
    told = alone.gonogo("gate", "--env", "staging", "--key", "author", "--format", "json", code=1).output
    found = {f["control"]: f for f in json.loads(told)["findings"] if f["method"] == "attest"}
    assert found["cost.provider-spend-limit"]["outcome"] == "inconclusive"
    assert "second person" in found["cost.provider-spend-limit"]["summary"]


def test_the_judged_commit_cannot_be_named_as_its_own_law(alone: Party) -> None:
    alone.gonogo("key", "new", "shadow")
    shadow = alone.do("gonogo", "key", "show", "shadow").split()[0]
    law = alone.clone / "gonogo.yaml"
    entry = f'approvers:\n  - {{name: shadow, email: shadow@example.org, key: "{shadow}"}}\n'
    law.write_text(law.read_text().replace("approvers:\n", entry))
    alone.do("git", "commit", "-qam", "Add a colleague")
    alone.gonogo("gate", "--env", "staging", "--base", "HEAD", "--key", "author", "--out", "../mine.json", code=1)
    mine = open_decision((alone.home / "mine.json").read_bytes(), {})[0]
    assert any("no law is in force" in reason for reason in mine.reasons)


# Evidence is bound to what it saw.


def test_evidence_survives_an_unrelated_change_and_not_one_of_its_part(story: Story, alone: Party) -> None:
    alone.take(story.origin, "change")

    def outcome_after(path: str, text: str) -> str:
        with (alone.clone / path).open("a") as file:
            file.write(text)
        alone.do("git", "commit", "-qam", f"Change {path}")
        ledgers = [w for directory in story.ledgers for w in ("--evidence", str(directory))]
        alone.gonogo("gate", "--env", "staging", *ledgers, "--key", "author", "--out", "../mine.json", code=1)
        mine = open_decision((alone.home / "mine.json").read_bytes(), {})[0]
        return next(f"{r.outcome}: {r.summary}" for r in mine.results if r.control == "cost.provider-spend-limit")

    assert outcome_after("README.md", "\nMore words.\n").startswith("pass")
    assert outcome_after("app/model.py", "\n# a remark\n").startswith("pass")
    stale = outcome_after("gonogo.yaml", "# a remark\n")
    assert stale.startswith("not-collected") and "configuration" in stale
