"""Plays every case that runs a system again, and holds the outcome: `make cases-running`, and CI."""

import pytest

from tests.cases import record

TRIES = 3
"""How often load is played where it shows nothing, because others kept the machine so busy that requests left late."""
PROOFS = [(control, method) for control, method in record.proofs() if method in record.RUNNING]


@pytest.mark.parametrize("which", ["pass", "fail"])
@pytest.mark.parametrize(("control", "method"), PROOFS)
def test_a_case_played_again_is_judged_as_its_name_says(control, method, which):
    for _ in range(TRIES if method == "load" else 1):
        lines = record.recording(record.collected(control, method, which))
        finding = record.judged(control, method, lines)
        if finding.outcome != "inconclusive":
            break
    assert finding.outcome == which, finding.summary
