"""The checks of the area `infrastructure`, a module per method of proof."""

from gonogo.checks.infrastructure.probe import health_endpoints_by_probe

__all__ = ["health_endpoints_by_probe"]
