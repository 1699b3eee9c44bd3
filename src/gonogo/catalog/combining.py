"""How the outcomes of a control's proofs make one: the one rule of the gate, and of checks that ask for other controls.

- Any fail fails, whatever the role of its proof.
- A control passes when every *required* proof passes and, where it has *alternative* proofs, at least one of them does.
- *Support* never stands in for them: a control whose required and alternative proofs are silent does not pass by it.
- A proof that was shown not to apply asks nothing; when none of the counting proofs asks anything, the control does not
  apply.
- Else the gravest of what is missing is the result: error, then inconclusive, then not-collected.
"""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.control import Control, Role
from gonogo.facts import Method, Outcome

_STRICTNESS: tuple[Role, ...] = ("required", "alternative", "support")
_MISSING_FIRST: tuple[Outcome, ...] = ("error", "inconclusive", "not-collected")


def roles(control: Control) -> dict[Method, Role]:
    """Return the role of each method of a control, in catalogue order: proofs of one method are one, the strictest."""
    found: dict[Method, Role] = {}
    for proof in control.proof:
        found[proof.method] = min(found.get(proof.method, proof.role), proof.role, key=_STRICTNESS.index)
    return found


def outcome_of(states: Sequence[tuple[Role, Outcome]]) -> Outcome:
    """Return the outcome of a control by the role and outcome of each of its methods."""
    if any(outcome == "fail" for _, outcome in states):
        return "fail"
    asking = [state for state in states if state[1] != "not-applicable"]
    asked = [outcome for role, outcome in asking if role == "required"]
    alternatives = [outcome for role, outcome in asking if role == "alternative"]
    if not asked and not alternatives:
        return _without_counting(states)
    if "pass" not in alternatives:
        asked += alternatives
    return next((o for o in _MISSING_FIRST if o in asked), "pass")


def _without_counting(states: Sequence[tuple[Role, Outcome]]) -> Outcome:
    """Nothing that counts asks anything: the control does not apply, unless it has only support."""
    counted = [outcome for role, outcome in states if role != "support"] or [outcome for _, outcome in states]
    return "not-applicable" if counted and all(o == "not-applicable" for o in counted) else "not-collected"
