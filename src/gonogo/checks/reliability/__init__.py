"""The checks of the area `reliability`, a module per method of proof."""

from gonogo.checks.reliability.probe import error_format_by_probe

__all__ = ["error_format_by_probe"]
