"""What the deployed service answered at its own HTTP edge."""

from __future__ import annotations

from datetime import datetime

import msgspec

from gonogo.facts.record import Fact
from gonogo.facts.traffic import Match


class Exchange(Fact, frozen=True, kw_only=True):
    """One request to the app and what came back.

    `purpose` names the question that it was sent for (health, cors, authentication, error-shape, rate-limit, ...) and
    `case` the variant within it. `headers` are the response's, lower-cased, screened; `body` is a screened excerpt of
    at most 2,000 characters, `body_bytes` the full size. `status` is None when no answer came; then `error` says why.
    `elapsed_ms` runs from the first byte sent to the last byte read.

    The lab sends journeys: `scenario`, `case` and `journey` (the id) say which, `name` is the declared one. A
    journey that is a command has the method `COMMAND`, the command as its `url`, what it printed as its body and
    `exit_code`. `answer` is the part of the body that the user reads, screened; of more than 4,000 characters both
    ends. `started_s` is on the run's clock; `first_byte_ms`, `events` (chunks or events of a stream) and
    `longest_gap_ms` tell how it came, and `ended` how it ended: `complete`, `cut` (the server closed early),
    `timeout` (we gave up), `left` (we closed on purpose). `attack` is `technique/language/id` of the attack that it
    carried, the id with `:form` where it was disguised; a match with that id as its `canary` says that the attack's
    canary came back in the answer. `said` is what the user said where that was no attack and not the declared text,
    screened, up to 500 characters.
    """

    purpose: str
    case: str = ""
    environment: str | None = None
    method: str
    url: str
    route: str = ""
    identity: str | None = None
    request_headers: dict[str, str] = msgspec.field(default_factory=dict)
    status: int | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: str = ""
    body_bytes: int = 0
    elapsed_ms: float = 0.0
    error: str | None = None
    scenario: str = ""
    journey: str = ""
    name: str = ""
    answer: str = ""
    started_s: float = 0.0
    first_byte_ms: float | None = None
    events: int = 0
    longest_gap_ms: float | None = None
    ended: str = ""
    exit_code: int | None = None
    attack: str = ""
    said: str = ""
    matches: tuple[Match, ...] = ()


class TlsHandshake(Fact, frozen=True, kw_only=True):
    """One TLS handshake with a host.

    `offered` is the only protocol version that the client offered, None for its default.
    `trusted` is true when the chain leads to the trust store and the name matches; `problem` says why it does not.
    """

    environment: str | None = None
    host: str
    port: int
    offered: str | None = None
    accepted: bool = False
    version: str | None = None
    trusted: bool | None = None
    not_after: datetime | None = None
    problem: str | None = None


class ProbeBudget(Fact, frozen=True, kw_only=True):
    """How many requests a probe run was allowed and sent; `left_out` lists the purposes that it did not get to."""

    environment: str
    allowed: int
    sent: int
    left_out: tuple[str, ...] = ()
