"""The checks of the area `agent-reliability`, a module per method of proof."""

from gonogo.checks.agent_reliability.breakdown import trace_breakdown_by_lab
from gonogo.checks.agent_reliability.concurrency import agent_concurrency_by_load
from gonogo.checks.agent_reliability.decisions import decision_traces_by_lab
from gonogo.checks.agent_reliability.lab import (
    agent_edge_cases_by_lab,
    iteration_limit_by_lab,
    loop_detection_by_lab,
    tool_failure_fallback_by_lab,
    tool_timeouts_by_lab,
)
from gonogo.checks.agent_reliability.letters import dead_letter_by_lab
from gonogo.checks.agent_reliability.outcomes import agent_outcome_metrics_by_lab
from gonogo.checks.agent_reliability.partial import partial_results_by_lab
from gonogo.checks.agent_reliability.recovery import checkpoint_recovery_by_lab
from gonogo.checks.agent_reliability.retries import tool_retries_by_lab
from gonogo.checks.agent_reliability.stuck import stuck_detection_by_lab
from gonogo.checks.agent_reliability.timeouts import total_timeout_by_lab
from gonogo.checks.agent_reliability.tokens import turn_token_usage_by_lab
from gonogo.checks.agent_reliability.turns import multi_turn_state_by_lab

__all__ = [
    "agent_concurrency_by_load",
    "agent_edge_cases_by_lab",
    "agent_outcome_metrics_by_lab",
    "checkpoint_recovery_by_lab",
    "dead_letter_by_lab",
    "decision_traces_by_lab",
    "iteration_limit_by_lab",
    "loop_detection_by_lab",
    "multi_turn_state_by_lab",
    "partial_results_by_lab",
    "stuck_detection_by_lab",
    "tool_failure_fallback_by_lab",
    "tool_retries_by_lab",
    "tool_timeouts_by_lab",
    "total_timeout_by_lab",
    "trace_breakdown_by_lab",
    "turn_token_usage_by_lab",
]
