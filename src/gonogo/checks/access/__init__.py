"""The checks of the area `access`, a module per method of proof."""

from gonogo.checks.access.abuse import abuse_detection_by_lab
from gonogo.checks.access.attest import encryption_at_rest_by_attest, key_scopes_valid_by_attest
from gonogo.checks.access.callers import admin_protected_by_lab, authentication_by_lab, authorization_by_lab
from gonogo.checks.access.lab import rate_limits_by_lab
from gonogo.checks.access.probe import (
    admin_protected_by_probe,
    authentication_by_probe,
    cors_by_probe,
    rate_limits_by_probe,
    tls_inbound_by_probe,
)
from gonogo.checks.access.scan import cors_by_scan, no_hardcoded_secrets_by_scan, tls_outbound_by_scan
from gonogo.checks.access.secrets import secrets_from_manager_by_lab, tls_outbound_by_lab
from gonogo.checks.access.sessions import session_security_by_lab
from gonogo.checks.access.signing import request_signing_by_lab
from gonogo.checks.access.usage import client_usage_tracked_by_lab

__all__ = [
    "abuse_detection_by_lab",
    "admin_protected_by_lab",
    "admin_protected_by_probe",
    "authentication_by_lab",
    "authentication_by_probe",
    "authorization_by_lab",
    "client_usage_tracked_by_lab",
    "cors_by_probe",
    "cors_by_scan",
    "encryption_at_rest_by_attest",
    "key_scopes_valid_by_attest",
    "no_hardcoded_secrets_by_scan",
    "rate_limits_by_lab",
    "rate_limits_by_probe",
    "request_signing_by_lab",
    "secrets_from_manager_by_lab",
    "session_security_by_lab",
    "tls_inbound_by_probe",
    "tls_outbound_by_lab",
    "tls_outbound_by_scan",
]
