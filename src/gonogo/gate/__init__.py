"""The gate: a pure function of findings, waivers, approvals, policy and now to a decision, without files or a clock.

One file per rule: `combine` (proofs to a control's result), `freshness` (evidence ages and is bound to what it saw),
`waivers`, `declared` (not applicable by law), `signoff` (approvals), `law` (what the judged commit may not write
itself), `rules` (the gate's own controls), `decide` (all of it), `closing` (what would close most), `statement` (the
decision as an in-toto statement).
"""

from gonogo.gate.closing import close_commands
from gonogo.gate.decide import decide
from gonogo.gate.policy import Policy, policy_for
from gonogo.gate.signoff import evidence_digest

__all__ = ["Policy", "close_commands", "decide", "evidence_digest", "policy_for"]
