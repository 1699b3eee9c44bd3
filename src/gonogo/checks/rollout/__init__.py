"""The checks of the area `rollout`, a module per method of proof."""

from gonogo.checks.rollout.attest import team_notified_by_attest

__all__ = ["team_notified_by_attest"]
