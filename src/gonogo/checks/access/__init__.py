"""The checks of the area `access`, a module per method of proof."""

from gonogo.checks.access.attest import encryption_at_rest_by_attest, key_scopes_valid_by_attest
from gonogo.checks.access.probe import (
    admin_protected_by_probe,
    authentication_by_probe,
    cors_by_probe,
    rate_limits_by_probe,
    tls_inbound_by_probe,
)

__all__ = [
    "admin_protected_by_probe",
    "authentication_by_probe",
    "cors_by_probe",
    "encryption_at_rest_by_attest",
    "key_scopes_valid_by_attest",
    "rate_limits_by_probe",
    "tls_inbound_by_probe",
]
