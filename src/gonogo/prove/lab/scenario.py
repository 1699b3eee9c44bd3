"""A scenario: named cases, each with what the stand-ins do and which journeys are sent, and the controls it feeds.

Scenarios are YAML files: ours in `scenarios/`, a team's own in `gonogo/scenarios/`. The docstring under each field is
its description in the schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gonogo.errors import UsageError
from gonogo.facts.lab_declaration import STRICT
from gonogo.prove.lab.needs import Need
from gonogo.prove.lab.script import Answer, Document, Fault, Physics, Script, ToolScript
from gonogo.system.problems import nearest, one
from gonogo.system.shape import read

BUILT_IN = Path(__file__).parent / "scenarios"
OWN = Path("gonogo") / "scenarios"
"""Where a team keeps scenarios of its own, beside gonogo.yaml."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request that is no declared journey."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    method: str = "GET"
    """HTTP method."""
    path: str = "/"
    """Path; `{health}`, `{ready}` and `{journey}` stand for the declared ones."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers."""
    body: Any = None
    """A text is sent as it is, anything else as JSON."""
    identity: str | None = None
    """Who sends it; `first` is the first declared identity, `none` nobody."""


@dataclass(frozen=True, kw_only=True)
class Send:
    """What is sent to the app in a case."""

    __pydantic_config__ = STRICT
    journeys: Literal["all", "first", "streaming", "none"] = "all"
    """Which declared journeys: each, only the first, those that stream, none."""
    requests: tuple[Request, ...] = ()
    """Further requests."""
    times: int = 1
    """How often each is sent."""
    parallel: int = 1
    """How many at once."""
    gap_s: float = 0.0
    """Seconds between one and the next."""
    text: str | None = None
    """What the user says, instead of the text in the declared journey. `{n}` is the number of the sending."""
    texts: tuple[str, ...] = ()
    """The same, one journey for each."""
    planted: tuple[str, ...] = ()
    """Types of synthetic personal data and credentials to put into the text: email, phone, ..., or `all`."""
    identity: str | None = None
    """Who sends it, instead of whom the journey declares; `second` is the second declared identity."""
    headers: dict[str, str] = field(default_factory=dict)
    """Further headers."""
    leave_after_s: float | None = None
    """The client goes away after so many seconds."""
    deadline_s: float | None = None
    """How long to wait, instead of the declared deadline."""
    beside: tuple[Request, ...] = ()
    """Requests that are sent while the journeys are under way, to see whether they are delayed."""


@dataclass(frozen=True, kw_only=True)
class Attacks:
    """Which attacks are played: each is one journey of its own."""

    __pydantic_config__ = STRICT
    sets: tuple[str, ...]
    """Names of attack sets."""
    forms: tuple[str, ...] = ("plain",)
    """Forms that the payloads take."""
    only: Literal["attacks", "look-alikes"] | None = None
    """Only the attacks, or only the harmless texts that look like them; both otherwise."""
    limit: int | None = None
    """At most so many, spread over the techniques; all otherwise."""
    quick: int = 12
    """The same for `--quick`."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """How the app is started for this case, where it is started anew."""

    __pydantic_config__ = STRICT
    without: tuple[str, ...] = ()
    """Variables that it does not get."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that it gets besides."""
    kill: str | None = None
    """The signal that ends it first, such as KILL; it is stopped gently otherwise."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One part of a scenario. Cases are played in order, in one instance of the app."""

    __pydantic_config__ = STRICT
    case: str
    """Its name; `healthy` is one in which nothing goes wrong, for comparison."""
    faults: tuple[Fault, ...] = ()
    """What goes wrong."""
    answers: tuple[Answer, ...] = ()
    """How the model answers."""
    physics: Physics = field(default_factory=Physics)
    """How fast tokens come."""
    documents: tuple[Document, ...] = ()
    """What the stores hold."""
    tools: tuple[ToolScript, ...] = ()
    """What the MCP server offers."""
    predictions: dict[str, Any] = field(default_factory=dict)
    """Outputs of the prediction endpoint by model."""
    attacks: Attacks | None = None
    """Which attacks are played."""
    send: Send = Send()
    """What is sent."""
    start: Start | None = None
    """Start the app anew before the case."""
    pause_s: float = 0.0
    """Wait so long before the case."""
    settle_s: float = 0.0
    """Wait so long after the last answer, for what the app does in the background."""
    waits_s: float = 0.0
    """How long the case can take because it waits for limits of the app; for the plan, and cut by `--quick`."""
    quick: bool = True
    """False where `--quick` leaves it out."""

    @property
    def script(self) -> Script:
        """What the stand-ins do in it."""
        return Script(
            faults=self.faults,
            answers=self.answers,
            physics=self.physics,
            documents=self.documents,
            tools=self.tools,
            predictions=self.predictions,
        )


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A story that is played to the app, and the controls whose lab proofs judge what was seen."""

    __pydantic_config__ = STRICT
    scenario: str
    """Its name, as given to `--scenario`."""
    title: str
    """What it shows, in one sentence."""
    feeds: tuple[str, ...] = ()
    """Controls that it feeds; none where it only shows what the app does."""
    needs: tuple[Need, ...] = ("journey",)
    """What the system must have declared."""
    cases: tuple[Case, ...] = ()
    """Its cases, in order."""
    repeats: int = 1
    """How often the whole is played."""
    procedure: str | None = None
    """The name of a procedure in `prove/lab/procedures/` that plays it instead, where cases cannot say it."""
    waits_s: float = 0.0
    """For a procedure: how long it can take."""
    running: bool = False
    """For a procedure: true where it can be played to an app that runs already, since it starts and changes none."""
    instances: int = 1
    """How many instances of the service it starts side by side."""

    @property
    def attacks(self) -> bool:
        """Whether it attacks the app, or goes about it in ways of its own."""
        return self.procedure is not None or any(case.attacks for case in self.cases)

    @property
    def for_running(self) -> bool:
        """Whether it can be played to an app that runs already."""
        return self.running if self.procedure else self.instances == 1

    @property
    def area(self) -> str:
        """The catalogue area of the first control that it feeds; empty for one that only shows something."""
        return self.feeds[0].partition(".")[0] if self.feeds else ""

    def answers_to(self, name: str) -> bool:
        """Tell whether `name` is its name, a control that it feeds, or that control's name within its area."""
        return name == self.scenario or any(name in (c, c.partition(".")[2]) for c in self.feeds)


def load(home: Path | None = None) -> tuple[Scenario, ...]:
    """Return all scenarios, ours and those of the team at `home`, by name; raises `SystemFileError` for a wrong one."""
    places = [*sorted(BUILT_IN.glob("*.yaml"))]
    if home is not None:
        places += sorted((home / OWN).glob("*.y*ml"))
    found: dict[str, Scenario] = {}
    for place in places:
        name = place.name if place.parent == BUILT_IN else place.relative_to(home or place.parent).as_posix()
        scenario = read(place, Scenario, name)
        if scenario.scenario in found:
            raise one(name, None, f"there is a scenario {scenario.scenario!r} already; give this one another name")
        found[scenario.scenario] = scenario
    return tuple(found[name] for name in sorted(found))


def chosen(scenarios: Sequence[Scenario], names: Iterable[str], areas: Iterable[str] = ()) -> list[Scenario]:
    """Return the scenarios that were asked for, all where nothing was; raises `UsageError` for a name of none."""
    names, areas = tuple(names), tuple(areas)
    for name in names:
        if not any(s.answers_to(name) for s in scenarios):
            raise UsageError(
                f"there is no scenario {name!r}{nearest(name, [s.scenario for s in scenarios])}",
                mend="gonogo lab --list",
            )
    for area in areas:
        if area not in {c.partition(".")[0] for s in scenarios for c in s.feeds}:
            known = ", ".join(sorted({c.partition(".")[0] for s in scenarios for c in s.feeds}))
            raise UsageError(f"no scenario concerns the area {area!r}", mend=f"choose one of: {known}")
    return [
        s
        for s in scenarios
        if (not names or any(s.answers_to(n) for n in names))
        and (not areas or any(c.partition(".")[0] in areas for c in s.feeds))
    ]
