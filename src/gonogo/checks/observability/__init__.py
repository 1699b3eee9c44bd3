"""The checks of the area `observability`, a module per method of proof."""

from gonogo.checks.observability.alerting import alert_rules_by_lab, security_alerting_by_lab
from gonogo.checks.observability.anomalies import io_anomalies_by_lab
from gonogo.checks.observability.attest import (
    compliance_logging_by_attest,
    log_review_by_attest,
)
from gonogo.checks.observability.integrity import log_integrity_by_lab
from gonogo.checks.observability.lab import model_calls_logged_by_lab
from gonogo.checks.observability.logs import audit_log_active_by_lab, log_redaction_by_lab, structured_logs_by_lab
from gonogo.checks.observability.metrics import error_rates_by_lab, latency_percentiles_by_lab

__all__ = [
    "alert_rules_by_lab",
    "audit_log_active_by_lab",
    "compliance_logging_by_attest",
    "error_rates_by_lab",
    "io_anomalies_by_lab",
    "latency_percentiles_by_lab",
    "log_integrity_by_lab",
    "log_redaction_by_lab",
    "log_review_by_attest",
    "model_calls_logged_by_lab",
    "security_alerting_by_lab",
    "structured_logs_by_lab",
]
