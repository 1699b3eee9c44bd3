from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.ledger import claim as claiming


def test_a_new_directory_that_another_run_locks_first_costs_nothing_but_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, stolen = claiming._lock, []

    def lock(directory: Path) -> int | None:
        if not stolen:
            directory.mkdir()
            stolen.append(os.open(directory / "lock", os.O_RDWR | os.O_CREAT))
            fcntl.flock(stolen[0], fcntl.LOCK_EX)
        return real(directory)

    monkeypatch.setattr(claiming, "_lock", lock)
    directory, opened = claiming.claim(tmp_path / "ledger", None)
    assert len(list((tmp_path / "ledger").iterdir())) == 2
    assert directory.is_dir()
    for descriptor in (opened, *stolen):
        os.close(descriptor)


def test_runs_that_begin_together_each_get_a_writer(tmp_path: Path) -> None:
    code = "import sys, pathlib; from gonogo.ledger.claim import claim; claim(pathlib.Path(sys.argv[1]), None); input()"
    command = [sys.executable, "-c", code, str(tmp_path / "ledger")]
    runs = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(6)]
    said = [run.communicate(b"\n", timeout=60)[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 6, said
