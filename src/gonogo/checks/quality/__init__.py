"""The checks of the area `quality`, a module per method of proof."""

from gonogo.checks.quality.lab import sampling_explicit_by_lab
from gonogo.checks.quality.scan import sampling_explicit_by_scan

__all__ = ["sampling_explicit_by_lab", "sampling_explicit_by_scan"]
