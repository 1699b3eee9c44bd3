"""The checks of the area `decision`, a module per method of proof; its other rules are the gate's own."""

from gonogo.checks.decision.lab import critical_all_pass_by_lab

__all__ = ["critical_all_pass_by_lab"]
