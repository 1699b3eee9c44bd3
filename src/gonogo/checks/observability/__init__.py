"""The checks of the area `observability`, a module per method of proof."""

from gonogo.checks.observability.lab import model_calls_logged_by_lab

__all__ = ["model_calls_logged_by_lab"]
