"""The checks of the area `reliability`, a module per method of proof."""

from gonogo.checks.reliability.probe import error_format_by_probe
from gonogo.checks.reliability.scan import (
    degraded_mode_by_scan,
    retry_policy_bounded_by_scan,
    timeouts_configured_by_scan,
)

__all__ = [
    "degraded_mode_by_scan",
    "error_format_by_probe",
    "retry_policy_bounded_by_scan",
    "timeouts_configured_by_scan",
]
