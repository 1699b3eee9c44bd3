"""The law that a commit is judged by: what a team decided about its own judgement, and where that was read.

The gate holds the law of the base against the one in the tree: what differs needs the signature of an approver of
the old one.
"""

from __future__ import annotations

import hashlib

import msgspec

from gonogo.facts.declaration import System
from gonogo.facts.record import encode

LAW_KEYS = (
    "kinds",
    "approvers",
    "thresholds",
    "not_applicable",
    "policies",
    "journeys",
    "lab",
    "objectives",
    "load",
    "budgets",
    "predictions",
    "tools",
    "features",
    "dependencies",
    "data_stores",
    "indexes",
    "regimes",
    "domain",
    "audience",
    "paths",
    "exclude",
    "extends",
)
"""Keys of gonogo.yaml that decide how it is judged, whole. Of environments and providers only some fields do."""

_ENVIRONMENT = ("name", "production", "disposable", "network", "origins")


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """One law. `origin` says where it was read, for people: `base 1a2b3c4d5e6f`, `--policy PATH`, or
    `working tree (no base: ...)`.

    `independent` is false when it comes from the very state that is judged, so that it cannot bind it. `commit` is the
    base commit. `system` is None where the base has no gonogo.yaml. `files` are all files read, extended ones
    included; `controls` maps each file of custom controls (`gonogo/controls/*.yaml`) to its sha256. `digest` covers
    the law's keys and the custom controls, not comments, places or the order of keys.
    """

    origin: str
    independent: bool
    commit: str | None = None
    system: System | None = None
    files: tuple[str, ...] = ()
    controls: dict[str, str] = msgspec.field(default_factory=dict)
    controls_digest: str = ""
    digest: str = ""

    @property
    def parts(self) -> dict[str, object]:
        """The law's keys and their values, as plain JSON values; empty without a gonogo.yaml."""
        return law_parts(self.system)


def law_parts(system: System | None) -> dict[str, object]:
    """Return those keys of a system that are law, as plain JSON values: two laws differ where one of these differs."""
    if system is None:
        return {}
    plain = msgspec.json.decode(encode(system))
    parts: dict[str, object] = {key: plain[key] for key in LAW_KEYS}
    parts["environments"] = [{key: each[key] for key in _ENVIRONMENT} for each in plain["environments"]]
    parts["providers"] = {p.name: p.bills_per_use for p in system.providers}
    parts["service.public"] = sorted(system.service.public) if system.service else []
    parts["service.sensitive"] = sorted(system.service.sensitive) if system.service else []
    parts["deployment.platform"] = system.deployment.platform if system.deployment else None
    parts["first_release"] = system.deployment.first_release if system.deployment else None
    return parts


def law_digest(system: System | None, controls: dict[str, str]) -> str:
    """Return `sha256:...` over the law's keys of `system` and the digests of its custom controls."""
    return "sha256:" + hashlib.sha256(encode({"system": law_parts(system), "controls": controls})).hexdigest()
