"""A program's clock is set while it runs, and it sleeps as long as it means to."""

import os
import subprocess
import sys

import pytest

from gonogo.prove.drive.clock import stepped

PROGRAM = """
import sys, time
began, steady = time.time(), time.monotonic()
print("begun", flush=True)
sys.stdin.readline()
time.sleep(0.01)
print(round((time.time() - began) / 3600), time.monotonic() - steady < 60)
"""


def test_the_wall_clock_is_set_and_the_steady_clock_is_not(tmp_path):
    clock = stepped(tmp_path, str(tmp_path))
    if clock is None:
        pytest.skip("libfaketime is not installed")
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **clock.variables}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert program.stdout.readline() == "begun\n"
    clock.set(25 * 3600)
    said, wrong = program.communicate("go on\n", timeout=60)
    assert (said, wrong) == ("25 True\n", "")
