"""The checks of the area `cost`, a module per method of proof."""

from gonogo.checks.cost.anomalies import cost_anomaly_detection_by_lab
from gonogo.checks.cost.attest import (
    fine_tune_assessed_by_attest,
    model_choice_matrix_by_attest,
    monthly_cost_review_by_attest,
    provider_spend_limit_by_attest,
    region_cost_by_attest,
    reserved_capacity_by_attest,
)
from gonogo.checks.cost.attribution import cost_attribution_by_lab
from gonogo.checks.cost.budgets import budget_alerts_by_lab, daily_budget_cap_by_lab
from gonogo.checks.cost.context import context_trimmed_by_lab
from gonogo.checks.cost.lab import max_tokens_set_by_lab, prompt_caching_by_lab
from gonogo.checks.cost.quotas import user_session_quota_by_lab
from gonogo.checks.cost.requests import per_request_budget_by_lab, tokens_counted_before_call_by_lab
from gonogo.checks.cost.routing import routing_escalation_by_lab, routing_rules_by_lab
from gonogo.checks.cost.scan import budget_alerts_by_scan, max_tokens_set_by_scan

__all__ = [
    "budget_alerts_by_lab",
    "budget_alerts_by_scan",
    "context_trimmed_by_lab",
    "cost_anomaly_detection_by_lab",
    "cost_attribution_by_lab",
    "daily_budget_cap_by_lab",
    "fine_tune_assessed_by_attest",
    "max_tokens_set_by_lab",
    "max_tokens_set_by_scan",
    "model_choice_matrix_by_attest",
    "monthly_cost_review_by_attest",
    "per_request_budget_by_lab",
    "prompt_caching_by_lab",
    "provider_spend_limit_by_attest",
    "region_cost_by_attest",
    "reserved_capacity_by_attest",
    "routing_escalation_by_lab",
    "routing_rules_by_lab",
    "tokens_counted_before_call_by_lab",
    "user_session_quota_by_lab",
]
