"""Plays every case that runs a system again, and holds the outcome: `make cases-running`, and CI."""

import pytest

from tests.cases import record

PROOFS = [(control, method) for control, method in record.proofs() if method in record.RUNNING]


@pytest.mark.parametrize("which", ["pass", "fail"])
@pytest.mark.parametrize(("control", "method"), PROOFS)
def test_a_case_played_again_is_judged_as_its_name_says(control, method, which):
    lines = record.recording(record.collected(control, method, which))
    finding = record.judged(control, method, lines)
    assert finding.outcome == which, finding.summary
