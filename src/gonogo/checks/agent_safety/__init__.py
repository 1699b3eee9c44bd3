"""The checks of the area `agent-safety`, a module per method of proof."""

from gonogo.checks.agent_safety.adversarial import agent_adversarial_by_lab
from gonogo.checks.agent_safety.approval import human_approval_by_lab
from gonogo.checks.agent_safety.audit import tool_audit_by_lab
from gonogo.checks.agent_safety.files import filesystem_scope_by_lab
from gonogo.checks.agent_safety.lab import agent_output_size_by_lab
from gonogo.checks.agent_safety.misuse import tool_misuse_by_lab
from gonogo.checks.agent_safety.network import network_allowlist_by_lab
from gonogo.checks.agent_safety.personal import agent_pii_by_lab
from gonogo.checks.agent_safety.resources import resource_limits_by_lab
from gonogo.checks.agent_safety.sandbox import command_sandbox_by_lab
from gonogo.checks.agent_safety.scope import tool_permissions_by_lab

__all__ = [
    "agent_adversarial_by_lab",
    "agent_output_size_by_lab",
    "agent_pii_by_lab",
    "command_sandbox_by_lab",
    "filesystem_scope_by_lab",
    "human_approval_by_lab",
    "network_allowlist_by_lab",
    "resource_limits_by_lab",
    "tool_audit_by_lab",
    "tool_misuse_by_lab",
    "tool_permissions_by_lab",
]
