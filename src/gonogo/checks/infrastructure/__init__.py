"""The checks of the area `infrastructure`, a module per method of proof."""

from gonogo.checks.infrastructure.attest import (
    ownership_model_by_attest,
)
from gonogo.checks.infrastructure.lab import config_valid_by_lab, health_endpoints_by_lab
from gonogo.checks.infrastructure.load import resources_sized_by_load
from gonogo.checks.infrastructure.order import start_order_by_lab
from gonogo.checks.infrastructure.pinned import pinned_dependencies_by_lab
from gonogo.checks.infrastructure.probe import health_endpoints_by_probe
from gonogo.checks.infrastructure.scaling import stateless_scaling_by_lab
from gonogo.checks.infrastructure.scan import pinned_dependencies_by_scan

__all__ = [
    "config_valid_by_lab",
    "health_endpoints_by_lab",
    "health_endpoints_by_probe",
    "ownership_model_by_attest",
    "pinned_dependencies_by_lab",
    "pinned_dependencies_by_scan",
    "resources_sized_by_load",
    "start_order_by_lab",
    "stateless_scaling_by_lab",
]
