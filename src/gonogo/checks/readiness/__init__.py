"""The checks of the area `readiness`, a module per method of proof."""

from gonogo.checks.readiness.attest import (
    user_doc_by_attest,
)
from gonogo.checks.readiness.lab import api_doc_by_lab
from gonogo.checks.readiness.scan import incident_runbook_by_scan

__all__ = ["api_doc_by_lab", "incident_runbook_by_scan", "user_doc_by_attest"]
