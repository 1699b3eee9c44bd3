"""`gonogo` where the machine is against it: full disks, foreign owners, runs at once, odd ledgers and terminals."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gonogo import ledger
from gonogo.facts import Run
from tests.cli.runs import ENTRY, TIMEOUT_S, committed, environment, gonogo, lay, within

RECORD = Path(".gonogo") / "ledger"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return committed(tmp_path / "desk")


def runs(root: Path) -> list[Run]:
    return [fact for fact in ledger.read([root / RECORD], kinds=("run",)) if isinstance(fact, Run)]


def files_up_to(size: int) -> Callable[[], None]:
    """A disk that takes no file larger than `size` bytes: what the writer sees is an error of the system."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize("size", [0, 3000])
def test_a_full_disk_costs_the_record_and_not_the_answer(root: Path, size: int) -> None:
    ran = gonogo("check", "--format", "json", cwd=root, limit=files_up_to(size)).calm()
    assert ran.code == 1
    assert "not kept" in ran.errors, ran
    after = gonogo("check", "--format", "json", cwd=root).calm()
    assert after.errors == ""
    assert not ledger.verify(root / RECORD)


def test_a_report_that_finds_no_room_is_said_and_the_earlier_one_stays(root: Path) -> None:
    report = root.parent / "report.json"
    report.write_text("earlier")
    ran = gonogo("check", "-f", "json", "-o", str(report), "--no-record", cwd=root, limit=files_up_to(500)).calm()
    assert ran.code == 2
    assert report.read_text() == "earlier"
    assert sorted(p.name for p in root.parent.iterdir() if p.name != "cache") == ["desk", "report.json"]


def test_output_to_a_full_device_is_said(root: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*ENTRY, "check", "--no-record", "-f", "json"], cwd=root, stdout=full, stderr=subprocess.PIPE,
            text=True, env=environment(), timeout=TIMEOUT_S,
        )  # fmt: skip
    assert done.returncode == 2
    assert "No space left" in done.stderr and "Traceback" not in done.stderr


def test_a_report_into_a_pipe_leaves_the_pipe_in_place_and_a_link_a_link(root: Path) -> None:
    pipe, link, target = (root.parent / name for name in ("pipe", "link", "target"))
    os.mkfifo(pipe)
    link.symlink_to(target)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    assert within("check", "--no-record", "-f", "json", "-o", str(pipe), "--html", str(link), cwd=root).calm().code == 1
    assert json.loads(reader.communicate(timeout=TIMEOUT_S)[0])["system"] == "desk"
    assert pipe.is_fifo() and link.is_symlink() and "<html" in target.read_text()


@pytest.fixture
def read_only(root: Path, tmp_path: Path) -> Iterator[Path]:
    """A repository that cannot be written: by its modes, or for root, whom they do not bind, by its file system."""
    place = tmp_path / "read-only"
    place.mkdir()
    as_root = os.geteuid() == 0
    if as_root:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], capture_output=True, text=True)
        if mounted.returncode:
            pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    there = place / "desk"
    shutil.copytree(root, there)
    try:
        if as_root:
            subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        for found in () if as_root else [there, *there.rglob("*")]:
            found.chmod(0o555 if found.is_dir() else 0o444)
        yield there
    finally:
        if as_root:
            subprocess.run(["umount", place], check=True)
        for found in () if as_root else [there, *there.rglob("*")]:
            found.chmod(0o755)


def test_a_read_only_directory_costs_the_record_and_not_the_answer(read_only: Path) -> None:
    nowhere = str(read_only / "nowhere")
    env = environment(HOME=nowhere, GONOGO_KEYS=f"{nowhere}/keys", XDG_CACHE_HOME=nowhere, XDG_DATA_HOME=nowhere)
    ran = gonogo("check", "-f", "json", cwd=read_only, env=env).calm()
    assert ran.code == 1
    assert "not kept" in ran.errors
    for verb in ("gate", "key new", "init"):
        refused = gonogo(*verb.split(), cwd=read_only, env=env).calm()
        assert refused.code == 2, (verb, refused)
        assert "mend:" in refused.errors


def test_runs_at_once_lose_nothing(root: Path) -> None:
    command = [*ENTRY, "check", "--format", "json"]
    env = environment()
    both = [
        subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [process.communicate(timeout=TIMEOUT_S * 2) for process in both]
    assert [process.returncode for process in both] == [1, 1, 1], told
    recorded = {run.run for run in runs(root)}
    for output, _ in told:
        found = json.loads(output)

        assert found["decision"]["verdict"] == "NO-GO"
    assert len(recorded) == 3 * len({run.collector for run in runs(root)})
    assert ledger.verify(root / RECORD) == []


@pytest.fixture
def recorded(root: Path) -> Path:
    assert within("check", "-f", "json", cwd=root).code == 1
    return root


def test_a_ledger_of_a_newer_gonogo_is_left_alone_and_said(recorded: Path) -> None:
    (about,) = (recorded / RECORD).glob("writer=*/ledger.json")
    known = json.loads(about.read_text())
    about.write_text(json.dumps(known | {"format": known["format"] + 1}))
    before = {p: p.read_bytes() for p in (recorded / RECORD).rglob("*") if p.is_file()}
    for verb in (["check", "-f", "json"], ["verify"], ["facts"]):
        ran = within(*verb, cwd=recorded).calm()
        assert ran.code == 2 or (verb[0] == "verify" and ran.code == 1), (verb, ran)
        assert "newer" in ran.errors + ran.output
    assert {p: p.read_bytes() for p in before} == before


def damage(recorded: Path, how: str) -> None:
    (segment,) = (recorded / RECORD).rglob("*.ndjson")
    lines = segment.read_bytes().splitlines(keepends=True)
    middle = len(lines) // 2
    if how == "edited":
        lines[middle] = lines[middle].replace(b'"seen_at":"20', b'"seen_at":"19')
    elif how == "dropped":
        del lines[middle]
    elif how == "swapped":
        lines[middle], lines[middle + 1] = lines[middle + 1], lines[middle]
    elif how == "rubbish":
        lines[middle] = b"\xff\x00rubbish\n"
    elif how == "cut":
        lines = lines[:middle]
    segment.write_bytes(b"".join(lines))


@pytest.mark.parametrize("how", ["edited", "dropped", "swapped", "rubbish", "cut"])
def test_a_damaged_ledger_is_said_and_never_silently_used(recorded: Path, how: str) -> None:
    damage(recorded, how)
    verified = within("verify", cwd=recorded).calm()
    assert verified.code == 1 and "DOES NOT HOLD" in verified.output
    ran = within("check", "-f", "json", cwd=recorded).calm()
    assert "ledger" in ran.errors or "not kept" in ran.errors, ran


def test_a_reader_that_goes_away_early_is_no_failure(root: Path) -> None:
    for form in ("text", "json"):
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {ENTRY[0]} check --all --no-record -f {form} | head -c 1 >/dev/null"],
            cwd=root, env=environment(PYTHONUNBUFFERED="1"), capture_output=True, text=True, timeout=TIMEOUT_S,
        )  # fmt: skip
        assert done.stderr == ""
        assert done.returncode in (1, 141)


def test_an_interrupt_ends_a_run_without_a_trace(root: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [*ENTRY, "check"], cwd=root, env=environment(TMPDIR=str(scratch)), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(6000):
        if any(scratch.iterdir()) or process.poll() is not None:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, output) == (130, ""), errors
    assert errors == "gonogo: interrupted\n"
    assert list(scratch.iterdir()) == []
    assert within("verify", cwd=root).calm().code in (0, 2)
    assert within("check", "-f", "json", cwd=root).calm().errors == ""


TERMINALS = {
    "no home": {"HOME": None, "GONOGO_KEYS": None, "XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None},
    "C locale": {
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    },
    "narrow": {"COLUMNS": "20", "LINES": "5"},
    "plain": {"NO_COLOR": "1", "TERM": "dumb"},
    "loud": {"FORCE_COLOR": "1", "TERM": "xterm-256color"},
}


@pytest.mark.parametrize("name", TERMINALS)
def test_every_terminal_gets_its_answer(name: str, tmp_path: Path) -> None:
    root = lay(tmp_path / "Müllér-日本")
    (root / "gonogo.yaml").write_text((root / "gonogo.yaml").read_text().replace("name: desk", "name: Müllér 日本 ✓"))
    (root / "Ünïcode✗.py").write_text('KEY = "ünï"\n')
    ran = gonogo("check", "--all", cwd=root, env=environment(**TERMINALS[name])).calm()
    assert ran.code == 1
    assert "NO-GO" in ran.output
    assert "not kept" not in ran.output
    assert ("\x1b[" in ran.output) == (name == "loud")


def test_json_is_json_in_a_terminal_that_knows_ascii_only(tmp_path: Path) -> None:
    root = lay(tmp_path / "Müllér")
    (root / "gonogo.yaml").write_text((root / "gonogo.yaml").read_text().replace("name: desk", "name: Müllér 日本 ✓"))
    ran = gonogo("check", "--format", "json", "--no-record", cwd=root, env=environment(**TERMINALS["C locale"])).calm()
    assert ran.document["system"] == "Müllér 日本 ✓"


def test_a_key_store_that_cannot_be_read_is_said_where_a_key_is_needed(root: Path) -> None:
    store = root.parent / "keys"
    store.write_text("no directory")
    env = environment(GONOGO_KEYS=str(store))
    assert gonogo("check", "-f", "json", cwd=root, env=env).calm().errors == ""
    for verb in ("gate", "key list", "key new", "approve --law"):
        ran = gonogo(*verb.split(), cwd=root, env=env).calm()
        assert ran.code == (0 if verb == "key list" else 2), verb
        assert str(store) in ran.errors


def test_a_directory_whose_name_is_no_text_can_be_checked(tmp_path: Path) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/app-\xff\x1b[31m"))
    root.mkdir()
    (root / "app.py").write_text("x = 1\n")
    ran = gonogo("check", "--format", "json", cwd=root).calm()
    assert ran.document["system"].startswith("app-")
    assert "\x1b" not in gonogo("check", cwd=root).calm().output
