"""The checks of the area `security-input`, a module per method of proof."""

from gonogo.checks.security_input.attest import red_team_done_by_attest
from gonogo.checks.security_input.boundaries import boundary_contracts_by_lab
from gonogo.checks.security_input.edge import (
    classic_injection_by_lab,
    input_size_limit_by_lab,
    request_validation_by_lab,
)
from gonogo.checks.security_input.indirect import indirect_injection_by_lab
from gonogo.checks.security_input.lab import (
    encoded_payloads_by_lab,
    injection_screening_by_lab,
    multilingual_injection_by_lab,
    red_team_done_by_lab,
    risky_sender_throttled_by_lab,
    unicode_normalisation_by_lab,
)
from gonogo.checks.security_input.prompts import sandwich_prompting_by_lab
from gonogo.checks.security_input.scan import request_validation_by_scan
from gonogo.checks.security_input.uploads import file_upload_limits_by_lab

__all__ = [
    "boundary_contracts_by_lab",
    "classic_injection_by_lab",
    "encoded_payloads_by_lab",
    "file_upload_limits_by_lab",
    "indirect_injection_by_lab",
    "injection_screening_by_lab",
    "input_size_limit_by_lab",
    "multilingual_injection_by_lab",
    "red_team_done_by_attest",
    "red_team_done_by_lab",
    "request_validation_by_lab",
    "request_validation_by_scan",
    "risky_sender_throttled_by_lab",
    "sandwich_prompting_by_lab",
    "unicode_normalisation_by_lab",
]
