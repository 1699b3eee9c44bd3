"""A room: one instance of the app with stand-ins of its own, and everything that is seen there.

Rooms make scenarios independent of each other: what happens in one cannot reach another, so several are played side by
side, and a call belongs to the journey that is under way in its room, whether or not the app passes `traceparent` on.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from gonogo.facts import Fact, Match
from gonogo.facts.lab import LabFact
from gonogo.prove.drive.asking import Ask
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.tape import Tape

if TYPE_CHECKING:
    from gonogo.prove.lab.standins.corpus import Corpus
    from gonogo.prove.lab.standins.own_store import OwnStore
    from gonogo.prove.lab.standins.relay import Relay

_TRACE = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")


class Meter(Protocol):
    """Takes what calls took, where they come in thousands and none is kept."""

    def saw(
        self, operation: str, seconds: float, good: bool, texts: Sequence[str] = (), points: Iterable[Hashable] = ()
    ) -> None:
        """Take one call: `texts` came with it, and `points` were written by it."""
        ...


@dataclass
class Room:
    """The state that the stand-ins of one app instance share. Not thread-safe: one event loop owns it.

    `begun` is the monotonic clock when the run began. `scenario` and `case` label every fact; `script` says what the
    stand-ins do now. `journeys` maps the ids of journeys under way to what was sent. `primary` is the model that the
    healthy journey called first.
    """

    run: str
    now: Callable[[], datetime]
    begun: float
    digest_key: bytes
    planted: dict[str, str] = field(default_factory=dict)
    """Canaries that are planted in this room, by id: their texts stay readable in facts."""
    models: tuple[str, ...] = ()
    """Models that the provider lists."""
    reset_mark: bytes = b""
    """What a stand-in writes last where a connection is to be reset and a UNIX socket lies between it and the app."""
    price: Callable[[str, int, int], float | None] = lambda _, __, ___: None
    """The price in US dollars of a call, by model and its input and output tokens; None where it is not known."""
    count: Callable[[str, str], int | None] = lambda _, __: None
    """How many tokens a text has to a model; None where that can only be said about."""
    buckets: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    """Levels of rate-limit buckets, and when each was last touched."""
    scenario: str = ""
    case: str = ""
    script: Script = field(default_factory=Script)
    primary: str = ""
    case_begun: float = 0.0
    journeys: dict[str, Ask] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    quiet: bool = False
    """True under load, where calls and lines of output come in thousands: nothing of them is screened and kept."""
    meter: Meter | None = None
    """What takes the times of calls while the room is quiet."""
    own_store: OwnStore | None = None
    """The app's own store, which answers instead of the lab's."""
    tell: Callable[[Fact], None] = lambda _: None
    tape: Tape = field(default_factory=Tape)
    """What a real provider once answered; the stand-in says it again."""
    relay: Relay | None = None
    """Passes calls on to the real provider, while a tape is recorded."""
    stores: Mapping[str, Corpus] = field(default_factory=dict)
    """What the app's stores hold, by protocol."""
    random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  (repeatable, not secret)
    hits: dict[int, int] = field(default_factory=dict)
    """How often each fault of the script (by index) matched."""
    used: set[int] = field(default_factory=set)
    """Answers of the script (by index) that were used."""
    screened: dict[tuple[object, ...], tuple[str, tuple[Match, ...]]] = field(default_factory=dict)
    """What was made of texts that come again, by their keyed digest: the texts themselves are not kept."""
    _order: itertools.count[int] = field(default_factory=itertools.count)

    def annex(self) -> Room:
        """Return a room for one more app of the same scenario: a story of its own, and one record with this one."""
        return replace(self, script=Script(), journeys={}, buckets={}, hits={}, used=set())

    def play(self, scenario: str, case: str, script: Script) -> None:
        """Begin a case: from now on the stand-ins follow `script`."""
        self.scenario, self.case, self.script = scenario, case, script
        self.case_begun = monotonic()
        self.hits, self.used, self.buckets = {}, set(), {}
        self.random = random.Random(f"{scenario}/{case}")  # noqa: S311

    def clock(self) -> float:
        """Return seconds since the run began, on the monotonic clock."""
        return monotonic() - self.begun

    def order(self) -> int:
        """Return the number of the next call."""
        return next(self._order)

    def keep(self, fact: Fact) -> None:
        """Keep a fact that a stand-in saw."""
        if self.quiet:
            return
        self.facts.append(fact)
        self.tell(fact)

    def see(self, kind: type[LabFact], **seen: Any) -> None:
        """Keep a fact of the scenario and case under way; `seen` are the fields that say what it was."""
        self.keep(
            kind(**{"seen_at": self.now(), "run": self.run, "scenario": self.scenario, "case": self.case, **seen})
        )

    def journey_of(self, traceparent: str | None) -> tuple[str, str | None]:
        """Return the id of the journey that a call belongs to ("" where that cannot be told), and its trace id.

        A trace id of a journey under way decides; without one, the only journey under way.
        """
        found = _TRACE.match(traceparent or "")
        trace = found.group(1) if found else None
        if trace in self.journeys:
            return trace or "", trace
        return (next(iter(self.journeys)) if len(self.journeys) == 1 else ""), trace
