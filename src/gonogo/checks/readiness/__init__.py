"""The checks of the area `readiness`, a module per method of proof."""

from gonogo.checks.readiness.scan import incident_runbook_by_scan

__all__ = ["incident_runbook_by_scan"]
