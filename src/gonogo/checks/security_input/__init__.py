"""The checks of the area `security-input`, a module per method of proof."""

from gonogo.checks.security_input.attest import red_team_done_by_attest
from gonogo.checks.security_input.scan import request_validation_by_scan

__all__ = ["red_team_done_by_attest", "request_validation_by_scan"]
