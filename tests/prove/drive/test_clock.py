"""A program's clock is set while it runs, and it sleeps as long as it means to."""

import os
import subprocess
import sys

import pytest

from gonogo.prove.drive.clock import shifted, sleeping, stepped

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
    environment = sleeping({**os.environ, **clock.variables}, tmp_path, str(tmp_path))
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], text=True, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert program.stdout.readline() == "begun\n"
    clock.set(25 * 3600)
    said, wrong = program.communicate("go on\n", timeout=60)
    assert (said, wrong) == ("25 True\n", "")


def test_a_program_whose_clock_is_shifted_sleeps_too(tmp_path):
    variables = shifted("+1d")
    if variables is None:
        pytest.skip("libfaketime is not installed")
    ran = subprocess.run(
        [sys.executable, "-c", "import time; time.sleep(0.01); print('slept')"], capture_output=True, text=True,
        env=sleeping({**os.environ, **variables}, tmp_path, str(tmp_path)), timeout=60,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("slept\n", "")


def test_the_modules_that_a_program_names_stay_in_reach(tmp_path):
    made = sleeping({"FAKETIME": "+1d", "PYTHONPATH": "lib"}, tmp_path, "/room")
    assert made["PYTHONPATH"] == "/room/clock-python:lib"
    assert sleeping({"PYTHONPATH": "lib"}, tmp_path, "/room") == {"PYTHONPATH": "lib"}
