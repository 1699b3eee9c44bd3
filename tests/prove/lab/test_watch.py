"""What the process table says of a process: its rights and its names."""

from __future__ import annotations

import os

import pytest

from gonogo.prove.lab.probes import watch

USER, ROOT, OTHER = "1000\t1000\t1000\t1000", "0\t0\t0\t0", "65534\t65534\t65534\t65534"


@pytest.mark.parametrize(
    ("app", "program", "capabilities", "held"),
    [
        (USER, USER, "0000000000000000", []),
        (USER, OTHER, "0000000000000000", []),
        (USER, ROOT, "0000000000000000", ["the rights of root"]),
        (ROOT, ROOT, "0000000000000000", []),
        (USER, USER, "0000000000002000", ["capabilities 2000"]),
    ],
)
def test_rights_are_capabilities_and_those_of_root(app: str, program: str, capabilities: str, held: list[str]) -> None:
    assert list(watch.rights({"Uid": program, "CapEff": capabilities}, [{"Uid": app}])) == held


def test_a_process_that_has_ended_has_no_status_and_no_time() -> None:
    assert watch.status(2**30) == {}
    assert watch.spent_s(2**30) == 0.0
    assert watch.spent_s(os.getpid()) > 0
