"""The checks of the area `security-input`, a module per method of proof."""

from gonogo.checks.security_input.attest import red_team_done_by_attest

__all__ = ["red_team_done_by_attest"]
