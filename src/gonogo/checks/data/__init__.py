"""The checks of the area `data`, a module per method of proof."""

from gonogo.checks.data.attest import (
    explanations_by_attest,
)
from gonogo.checks.data.drift import drift_detection_by_lab
from gonogo.checks.data.explanations import explanations_by_lab
from gonogo.checks.data.lab import incoming_schema_by_lab, null_unseen_values_by_lab, predictions_logged_by_lab
from gonogo.checks.data.labels import performance_vs_labels_by_lab
from gonogo.checks.data.preprocessing import preprocessing_tests_by_lab

__all__ = [
    "drift_detection_by_lab",
    "explanations_by_attest",
    "explanations_by_lab",
    "incoming_schema_by_lab",
    "null_unseen_values_by_lab",
    "performance_vs_labels_by_lab",
    "predictions_logged_by_lab",
    "preprocessing_tests_by_lab",
]
