"""Lines that ran, as a Python tells them that was started with the tracer in its way."""

import json
import os
import shutil
import subprocess
import sys

from gonogo.prove.lab.procedures import preprocessing

MODULE = '''"""Doc."""
import threading


def used(x):
    if x:
        return [n for n in range(3)]
    return "never"


def unused():
    return 1


class Kept:
    def method(self):
        return 2
'''


def ran(tmp_path, program):
    """Run a program beside the module, and return what was told of the module's lines, for each process."""
    tracer, lines = tmp_path / "tracer", tmp_path / "lines"
    tracer.mkdir()
    shutil.copy(preprocessing._TRACING, tracer / "sitecustomize.py")
    (tmp_path / "module.py").write_text(MODULE)
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": f"{tracer}", "GONOGO_ROOT": str(tmp_path),
        "GONOGO_TRACED": "module.py", "GONOGO_LINES": str(lines),
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True, timeout=30)
    return [json.loads(line)["module.py"] for line in lines.read_text().splitlines()] if lines.exists() else []


def test_lines_that_run_are_told_beside_those_that_could(tmp_path):
    (told,) = ran(tmp_path, "import module; module.used(1)")
    assert told["lines"] == [1, 2, 5, 6, 7, 8, 11, 12, 15, 16, 17]
    assert set(told["lines"]) - set(told["ran"]) == {8, 12, 17}


def test_threads_are_seen_too(tmp_path):
    program = "import module, threading; t = threading.Thread(target=module.unused); t.start(); t.join()"
    (told,) = ran(tmp_path, program)
    assert 12 in told["ran"]


def test_a_module_that_nobody_imports_ran_nowhere(tmp_path):
    (told,) = ran(tmp_path, "pass")
    assert (told["ran"], len(told["lines"])) == ([], 11)


def test_where_something_else_traces_nothing_is_told(tmp_path):
    assert ran(tmp_path, "import sys, module; sys.settrace(None); module.used(1)") == []
