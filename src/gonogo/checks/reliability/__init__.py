"""The checks of the area `reliability`, a module per method of proof."""

from gonogo.checks.reliability.dependencies import dependency_fallbacks_by_lab
from gonogo.checks.reliability.errors import error_details_logged_by_lab, error_format_by_lab
from gonogo.checks.reliability.lab import (
    circuit_breaker_by_lab,
    degraded_mode_by_lab,
    fallback_model_by_lab,
    malformed_model_response_by_lab,
    retry_classification_by_lab,
    retry_policy_bounded_by_lab,
    stream_interruption_by_lab,
    streaming_works_by_lab,
    timeouts_configured_by_lab,
)
from gonogo.checks.reliability.long import long_requests_by_lab
from gonogo.checks.reliability.pacing import rate_limit_queue_by_lab
from gonogo.checks.reliability.predictions import inference_timeout_by_lab, prediction_fallback_by_lab
from gonogo.checks.reliability.probe import error_format_by_probe
from gonogo.checks.reliability.reconnect import stream_reconnect_by_lab
from gonogo.checks.reliability.scan import (
    degraded_mode_by_scan,
    retry_policy_bounded_by_scan,
    timeouts_configured_by_scan,
)
from gonogo.checks.reliability.triggers import fallback_triggers_by_lab

__all__ = [
    "circuit_breaker_by_lab",
    "degraded_mode_by_lab",
    "degraded_mode_by_scan",
    "dependency_fallbacks_by_lab",
    "error_details_logged_by_lab",
    "error_format_by_lab",
    "error_format_by_probe",
    "fallback_model_by_lab",
    "fallback_triggers_by_lab",
    "inference_timeout_by_lab",
    "long_requests_by_lab",
    "malformed_model_response_by_lab",
    "prediction_fallback_by_lab",
    "rate_limit_queue_by_lab",
    "retry_classification_by_lab",
    "retry_policy_bounded_by_lab",
    "retry_policy_bounded_by_scan",
    "stream_interruption_by_lab",
    "stream_reconnect_by_lab",
    "streaming_works_by_lab",
    "timeouts_configured_by_lab",
    "timeouts_configured_by_scan",
]
