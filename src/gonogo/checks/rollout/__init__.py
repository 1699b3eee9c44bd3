"""The checks of the area `rollout`, a module per method of proof."""

from gonogo.checks.rollout.attest import post_launch_review_by_attest, team_notified_by_attest
from gonogo.checks.rollout.drill import one_command_rollback_by_drill
from gonogo.checks.rollout.experiment import ab_test_by_lab
from gonogo.checks.rollout.lab import model_pinned_by_lab
from gonogo.checks.rollout.scan import model_pinned_by_scan, one_command_rollback_by_scan
from gonogo.checks.rollout.segments import segment_flags_by_lab
from gonogo.checks.rollout.shadow import shadow_mode_by_lab
from gonogo.checks.rollout.versioning import api_versioning_by_lab

__all__ = [
    "ab_test_by_lab",
    "api_versioning_by_lab",
    "model_pinned_by_lab",
    "model_pinned_by_scan",
    "one_command_rollback_by_drill",
    "one_command_rollback_by_scan",
    "post_launch_review_by_attest",
    "segment_flags_by_lab",
    "shadow_mode_by_lab",
    "team_notified_by_attest",
]
