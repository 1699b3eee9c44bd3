"""What came of one journey, as a fact: screened, bounded, and with the markers of the answers that are in it."""

from __future__ import annotations

from datetime import datetime

from gonogo.facts import Exchange, Match
from gonogo.prove.drive.answers import answer_of, markers
from gonogo.prove.drive.asking import Ask
from gonogo.prove.drive.sending import Came
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.screening import screened
from gonogo.screen.text import MOST

_BODY, _ANSWER = 2_000, 4_000
_KEPT = frozenset(
    (  # noqa: SIM905
        "content-type content-length retry-after date cache-control location server set-cookie deprecation sunset "
        "x-request-id x-correlation-id traceparent x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset "
        "ratelimit ratelimit-reset ratelimit-policy "
        "x-model x-version x-release x-prompt-version x-cache age warning access-control-allow-origin www-authenticate "
        "api-version x-api-version link content-security-policy x-content-type-options idempotency-key"
    ).split()
)
"""Response headers that facts keep."""


def exchange_of(
    room: Room, ask: Ask, came: Came, *, base: str, purpose: str, started: float, seen_at: datetime,
    header: str | None = None,
) -> Exchange:  # fmt: skip
    """Return the fact of what was asked, at `started` on the run's clock, and of what came; `base` is the address.

    `header` is one that is kept besides the usual ones.
    """
    kept = _KEPT | {header.lower()} if header else _KEPT
    kind = came.headers.get("Content-Type", "")
    body = came.content.decode("utf-8", "replace")
    answer = answer_of(body, kind, ask.answer if not ask.command else "text")
    shown, matches = screened(room, answer, "answer", MOST)
    found = markers([body, answer])
    return Exchange(
        seen_at=seen_at, run=room.run, purpose=purpose, case=room.case, scenario=room.scenario,
        method="COMMAND" if ask.command else ask.method,
        url=clean(room, " ".join(ask.command) if ask.command else base + ask.path)[:500],
        route=ask.path.partition("?")[0] if not ask.command else "", identity=ask.identity,
        request_headers={k.lower(): "…" for k in ask.headers}, status=came.status,
        headers={k.lower(): clean(room, v)[:500] for k, v in came.headers.items() if k.lower() in kept},
        body=_ends(clean(room, body), _BODY), body_bytes=came.size, elapsed_ms=round(came.elapsed_s * 1000, 1),
        error=came.error, journey=ask.id, name=ask.name, answer=_ends(shown, _ANSWER), started_s=round(started, 4),
        first_byte_ms=None if came.first_s is None else round(came.first_s * 1000, 1), events=came.events,
        longest_gap_ms=None if came.longest_gap_s is None else round(came.longest_gap_s * 1000, 1),
        ended=came.ended, exit_code=came.exit_code, attack=ask.attack, said=clean(room, ask.said)[:500],
        matches=(*(Match(detector="marker", where="answer", canary=m) for m in found), *matches),
    )  # fmt: skip


def clean(room: Room, text: str) -> str:
    """Return a text screened, of a long one both ends."""
    # what is cut in two here, and no longer to be recognised, lies far from what is kept
    return screened(room, _ends(text, 8_000), "", 8_000)[0]


def _ends(text: str, most: int) -> str:
    """Return a text of at most `most` characters: of a longer one the first three quarters of that, and its end."""
    tail = most // 4
    return text if len(text) <= most else f"{text[: most - tail]} ... {text[5 - tail :]}"
