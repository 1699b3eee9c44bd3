"""Rule 6: every check is proven able to fail, on facts that its own collector recorded."""

import hashlib
import json

import pytest

from gonogo import plugins
from tests.cases import record

PROOFS = record.proofs()


@pytest.mark.parametrize(("control", "method"), PROOFS)
@pytest.mark.parametrize("which", ["pass", "fail"])
def test_a_recorded_case_is_judged_as_its_name_says(control, method, which, tells):
    finding = record.judged(control, method, record.path_of(control, method, which).read_bytes())
    assert finding.outcome == which, finding.summary
    tells(finding)


@pytest.mark.parametrize(("control", "method"), [(c, m) for c, m in PROOFS if m not in record.RUNNING])
def test_recording_a_case_again_gives_the_same_facts(control, method):
    for which in ("pass", "fail"):
        again = record.recording(record.collected(control, method, which))
        assert again.decode() == record.path_of(control, method, which).read_text(), (
            "run `make cases` and look at the difference"
        )


@pytest.mark.parametrize(("control", "method"), [(c, m) for c, m in PROOFS if m in record.RUNNING])
def test_a_case_that_runs_a_system_can_still_be_laid_out(control, method):
    for which in ("pass", "fail"):
        with record.laid_out(control, method, which) as root:
            assert (root / "gonogo.yaml").exists()


def test_the_index_that_coverage_reads_is_of_these_cases():
    index = json.loads(record.INDEX.read_text())
    seen = {
        control: {
            method: {
                w: hashlib.sha256(record.path_of(control, method, w).read_bytes()).hexdigest() for w in ("pass", "fail")
            }
        }
        for control, method in PROOFS
        for index_entry in [index.get(control, {})]
        if method in index_entry
    }
    for control, methods in seen.items():
        for method, digests in methods.items():
            assert index[control][method] == digests, "run `make cases`"
    assert {(c, m) for c, ms in index.items() for m in ms} == set(PROOFS)


def test_every_registered_check_has_its_cases():
    assert {(c.control, c.by) for c in plugins.checks()} == set(PROOFS)
