"""Training data replayed as it is, and then with one feature at a time shifted in one respect."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

from gonogo.derive.drift import ks, psi
from gonogo.facts import ChannelMessage
from gonogo.facts.declaration import Journey, PredictionEndpoint
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import takes_several, usual_output, with_records
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.shifts import Row, drawn, shifted, shifts, training_rows

_ROWS = 1000
"""Rows of a window where none is declared: the threshold `window_rows` of the control."""
_CALM = 4
"""Windows without drift, before the first shift."""
_BATCH = 50
_ALERT_S, _LATEST_S = 0.4, 3.0
"""How long an alert gets that should not come, and one that should."""


async def play(play: Play) -> None:
    """Play the first declared endpoint: a window of good rows lies between any two shifts."""
    session = play.session
    await play.ready()
    endpoint, journey = next((p for p in predicting(play.system) if p[0].fields), predicting(play.system)[0])
    rows = training_rows(session.box.copy, play.system, endpoint)
    window = endpoint.drift_rows or _ROWS
    random = Random(play.scenario.scenario)  # noqa: S311  (repeatable, not secret)
    bench = _Bench(play, endpoint, journey, rows)
    await bench.case("healthy", drawn(rows, _CALM * window, random), _ALERT_S)
    for kind, name in shifts(endpoint, rows):
        moved = shifted(kind, name, endpoint, rows, drawn(rows, window, random), random)
        await bench.case(f"{kind} of {name}", moved, _LATEST_S)
        await bench.case("between", drawn(rows, window, random), _ALERT_S)


class _Bench:
    """Sends rows to one endpoint, and keeps figures of them and not each call: there are thousands."""

    def __init__(self, play: Play, endpoint: PredictionEndpoint, journey: Journey, rows: Sequence[Row]) -> None:
        self.play, self.endpoint, self.journey, self.reference = play, endpoint, journey, rows
        usual = usual_output(endpoint)
        self.script = Script(predictions={} if usual is None else {"*": usual})

    async def case(self, case: str, rows: Sequence[Row], wait_s: float) -> None:
        """Send rows in a case; wait so long for an alert."""
        play, room = self.play, self.play.session.room
        room.play(play.scenario.scenario, case, self.script)
        play.tell(f"{play.scenario.scenario}: {case}")
        before, accepted = len(room.facts), 0
        size = _BATCH if takes_several(self.endpoint) else 1
        for some in (rows[n : n + size] for n in range(0, len(rows), size)):
            came = await play.session.ask(with_records(self.endpoint, self.journey, some, "rows"))
            accepted += len(some) if came.status is not None and came.status < 300 else 0
            play.sent += 1
        await self._wait(before, wait_s)
        play.forget(before, ChannelMessage)
        self.play.measure("rows-sent", len(rows), "rows")
        self.play.measure("rows-accepted", accepted, "rows")
        for name in self.endpoint.fields if case != "between" else ():
            self._distance(name, rows)
        if case not in play.done:
            play.done.append(case)

    async def _wait(self, before: int, most_s: float) -> None:
        """Wait for an alert, and a little more for others that may follow."""
        facts = self.play.session.room.facts
        for _ in range(round(most_s / _ALERT_S)):
            await asyncio.sleep(_ALERT_S)
            if any(isinstance(f, ChannelMessage) for f in facts[before:]):
                await asyncio.sleep(_ALERT_S)
                break

    def _distance(self, name: str, rows: Sequence[Row]) -> None:
        reference, seen = ([row.get(name) for row in some] for some in (self.reference, rows))
        self.play.measure("psi", psi(reference, seen), "index", name)
        if (found := ks(reference, seen)) is not None:
            self.play.measure("ks-effect", found[0], "", name)
            self.play.measure("ks-p", found[1], "", name)
