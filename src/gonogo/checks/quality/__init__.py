"""The checks of the area `quality`, a module per method of proof."""

from gonogo.checks.quality.attest import (
    feedback_reviewed_by_attest,
    live_sample_reviewed_by_attest,
    manual_qa_by_attest,
)
from gonogo.checks.quality.consumers import output_format_stable_by_lab
from gonogo.checks.quality.contract import contract_tests_by_lab
from gonogo.checks.quality.feedback import feedback_collected_by_lab
from gonogo.checks.quality.lab import edge_cases_by_lab, sampling_explicit_by_lab, unit_tests_by_lab
from gonogo.checks.quality.scan import sampling_explicit_by_scan

__all__ = [
    "contract_tests_by_lab",
    "edge_cases_by_lab",
    "feedback_collected_by_lab",
    "feedback_reviewed_by_attest",
    "live_sample_reviewed_by_attest",
    "manual_qa_by_attest",
    "output_format_stable_by_lab",
    "sampling_explicit_by_lab",
    "sampling_explicit_by_scan",
    "unit_tests_by_lab",
]
