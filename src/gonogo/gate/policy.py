"""What the gate asks before it says GO for an environment.

The figures stand in gonogo.yaml under `policies:` and count from the law in force, never from the commit under
judgement. What the file does not say has a default: production asks one approver, other environments none; nowhere do
uncommitted changes get a GO.
"""

from __future__ import annotations

import msgspec

from gonogo.facts import Severity, System
from gonogo.facts.declaration import EnvironmentPolicy
from gonogo.facts.law import Law

_RANK = {"critical": 0, "major": 1, "minor": 2}
_PRODUCTION_NAMES = frozenset({"production", "prod", "live"})


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One environment's policy. `environment` is None for a look at the repository alone.

    `needs_law` is false only where nobody declared anything: then there is nothing that the judged state could have
    written in its own favour. `shelf_days` is the shelf life of evidence whose control has no cadence, `approval_days`
    that of an approval.
    """

    environment: str | None = None
    production: bool = False
    profile: str = "minimum"
    approvals: int = 0
    allow_dirty: bool = False
    max_waivers: int | None = None
    fail_on: Severity = "major"
    needs_law: bool = True
    shelf_days: int = 92
    approval_days: int = 31

    def blocks(self, severity: Severity) -> bool:
        """Tell whether an open control of this severity blocks."""
        return _RANK[severity] <= _RANK[self.fail_on]


def in_force(law: Law | None) -> Law | None:
    """Return the law that can bind the judged state: one from elsewhere, that declares a system. None else."""
    return law if law is not None and law.independent and law.system is not None else None


def _is_production(environment: str, systems: tuple[System, ...]) -> bool:
    declared = [e.production for s in systems for e in s.environments if e.name == environment]
    return any(declared) or environment.casefold() in _PRODUCTION_NAMES


def policy_for(environment: str | None, old: Law | None, new: System | None = None) -> Policy:
    """Return the policy for `environment` by the law in force.

    `new` is what the judged state itself declares. It can only make an environment a production one, never the reverse.
    """
    law = in_force(old)
    if environment is None:
        return Policy(needs_law=new is not None or law is not None)
    system = law.system if law else None
    production = _is_production(environment, tuple(s for s in (system, new) if s is not None))
    written = next((p for p in system.policies if p.environment == environment), None) if system else None
    return _filled(environment, production, written or EnvironmentPolicy(environment=environment))


def _filled(environment: str, production: bool, written: EnvironmentPolicy) -> Policy:
    approvals = int(production) if written.approvals is None else written.approvals
    return Policy(
        environment=environment,
        production=production,
        profile=written.profile or ("pre-launch" if production else "minimum"),
        approvals=approvals,
        allow_dirty=bool(written.allow_dirty),
        max_waivers=written.max_waivers,
        fail_on=written.fail_on or "major",
    )
