"""The checks of the area `performance`, a module per method of proof."""

from gonogo.checks.performance.caching import cache_failure_by_lab, response_cache_by_lab
from gonogo.checks.performance.connections import connection_reuse_by_lab
from gonogo.checks.performance.lab import async_calls_by_lab, startup_time_by_lab
from gonogo.checks.performance.load import (
    concurrency_stress_by_load,
    latency_slo_by_load,
    load_peak_by_load,
    overload_recovery_by_load,
    soak_by_load,
)

__all__ = [
    "async_calls_by_lab",
    "cache_failure_by_lab",
    "concurrency_stress_by_load",
    "connection_reuse_by_lab",
    "latency_slo_by_load",
    "load_peak_by_load",
    "overload_recovery_by_load",
    "response_cache_by_lab",
    "soak_by_load",
    "startup_time_by_lab",
]
