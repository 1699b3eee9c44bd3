"""The records of the catalogue: controls, their proofs, thresholds and profiles.

A control file is a YAML list of these (see `catalog/data/*.yaml` for the built-in ones). `catalog.load` reads them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.facts import Method, Severity

Role = Literal["required", "alternative", "support"]
Phase = Literal["build", "pre-deploy", "rollout", "first-day", "first-week", "recurring"]
Boundary = Literal["model", "tool", "retrieval", "prediction", "edge", "repo", "process"]
Comparison = Literal["<", "<=", "==", ">=", ">", "within", "all-of"]
Scalar = float | int | str | bool


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to prove a control. `fix` is the command or edit that closes it when it fails or was not collected.

    `parts` names the fingerprints that its evidence is bound to (of `facts.PARTS`); a team's proof that names none is
    bound to the whole subject.
    """

    method: Method
    role: Role
    how: str
    fix: str = ""
    parts: tuple[str, ...] = ()


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A threshold value that stands in gonogo.yaml: a dotted key such as `budgets.monthly_usd`."""

    key: str


class Threshold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure that decides. `compare` says how what is seen must stand to `value`; `within` takes [low, high].

    With `raises` it is the other way round: what stands so to `value` must raise the alert, or raises the question.
    `note` qualifies the figure in a few words. `origin` is `seed` for a figure of the source checklists, `default` for
    one that we chose. `read_by` lists the methods whose proof reads it.
    """

    value: Scalar | tuple[Scalar, ...] | Reference
    compare: Comparison
    unit: str
    origin: Literal["seed", "default"]
    read_by: tuple[Method, ...]
    raises: bool = False
    note: str = ""

    def in_words(self) -> str:
        """Return the figure as people read it: `<= 130 s (read by lab; our default)`."""
        if isinstance(self.value, Reference):
            shown = f"`{self.value.key}` of gonogo.yaml in"
        elif isinstance(self.value, tuple):
            shown = (" to " if self.compare == "within" else ", ").join(str(entry) for entry in self.value)
        else:
            shown = str(self.value)
        compare = {"==": "", "within": "within ", "all-of": "all of "}.get(self.compare, f"{self.compare} ")
        alert = "from here on: " if self.raises else ""
        note = f", {self.note}" if self.note else ""
        origin = "; our default" if self.origin == "default" else ""
        return f"{alert}{compare}{shown} {self.unit}{note} (read by {', '.join(self.read_by)}{origin})"


class Cadence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often evidence is renewed, and after which events."""

    every: Literal["monthly", "quarterly", "none"]
    triggers: tuple[str, ...] = ()


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a control applies: a sentence, and the name of the evaluator in `derive.conditions` that decides it.

    `origin` is `default` where the sentence holds a figure that we chose.
    """

    text: str
    evaluator: str
    origin: Literal["seed", "default"] = "seed"


class Control(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One control. `title` states what is true when it passes; a finding's summary says what is wrong when it fails.

    `non_negotiable` controls take no waiver. A control has required proofs, which must all pass, or alternatives, of
    which one must; never both, so that there is one way to read it.
    """

    id: str
    title: str
    question: str
    why: str
    severity: Severity
    phase: Phase
    kinds: tuple[str, ...]
    boundary: Boundary
    proof: tuple[Proof, ...]
    threshold: dict[str, Threshold] = msgspec.field(default_factory=dict)
    applies_when: Condition | None = None
    enforce: str | None = None
    cadence: Cadence = Cadence(every="none")
    sources: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    note: str | None = None
    non_negotiable: bool = False

    @property
    def area(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """The part of the id after the dot."""
        return self.id.partition(".")[2]

    def proofs(self, method: Method) -> tuple[Proof, ...]:
        """Return the proofs by `method`, in catalogue order."""
        return tuple(p for p in self.proof if p.method == method)


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named set of controls."""

    name: str
    title: str
    about: str
    controls: tuple[str, ...]


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """All controls by id and all profiles by name, in file order."""

    controls: dict[str, Control]
    profiles: dict[str, Profile]
    digest: str = ""
    """sha256 over the canonical JSON of the controls and profiles: an auditor checks that the same law was read."""
