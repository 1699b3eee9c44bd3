"""The checks of the area `performance`, a module per method of proof."""

from gonogo.checks.performance.load import (
    concurrency_stress_by_load,
    latency_slo_by_load,
    load_peak_by_load,
    overload_recovery_by_load,
    soak_by_load,
)

__all__ = [
    "concurrency_stress_by_load",
    "latency_slo_by_load",
    "load_peak_by_load",
    "overload_recovery_by_load",
    "soak_by_load",
]
