"""The checks of the area `security-output`, a module per method of proof."""

from gonogo.checks.security_output.citations import citation_check_by_lab
from gonogo.checks.security_output.extraction import extraction_resistance_by_lab
from gonogo.checks.security_output.lab import (
    content_filter_by_lab,
    credential_leak_by_lab,
    custom_pii_patterns_by_lab,
    jailbreak_output_by_lab,
    output_length_cap_by_lab,
    pii_outbound_by_lab,
    pii_redaction_by_lab,
    safe_rendering_by_lab,
    system_prompt_leak_by_lab,
)
from gonogo.checks.security_output.predictions import prediction_range_by_lab
from gonogo.checks.security_output.structured import structured_output_valid_by_lab

__all__ = [
    "citation_check_by_lab",
    "content_filter_by_lab",
    "credential_leak_by_lab",
    "custom_pii_patterns_by_lab",
    "extraction_resistance_by_lab",
    "jailbreak_output_by_lab",
    "output_length_cap_by_lab",
    "pii_outbound_by_lab",
    "pii_redaction_by_lab",
    "prediction_range_by_lab",
    "safe_rendering_by_lab",
    "structured_output_valid_by_lab",
    "system_prompt_leak_by_lab",
]
