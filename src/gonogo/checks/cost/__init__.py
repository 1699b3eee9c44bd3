"""The checks of the area `cost`, a module per method of proof."""

from gonogo.checks.cost.attest import monthly_cost_review_by_attest, provider_spend_limit_by_attest

__all__ = ["monthly_cost_review_by_attest", "provider_spend_limit_by_attest"]
