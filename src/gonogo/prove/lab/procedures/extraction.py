"""One caller sweeps a grid of features at the highest pace that it is allowed, until it is stopped or has enough."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from itertools import islice
from random import Random

from gonogo.errors import CollectError
from gonogo.facts import ChannelMessage, Exchange
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import grid, record_of, takes_several, usual_output, with_records
from gonogo.prove.lab.script import Script

_CONTROL = "security-output.extraction-resistance"
_SHARE, _BEYOND = 5.0, 1.1
"""The threshold `corpus_share` of the control, in percent, where none is declared; and how far beyond it is swept."""
_BATCH, _AFTER = 50, 4
_PATIENCE_S = 2.0
"""A refusal that is over so soon sets the pace, and does not stop anybody."""
_ALERT_S = 0.4
_FLAG = re.compile(r"(?i)extract|scrap|sweep|harvest|enumerat|copying|quota|bulk")
"""Words of an alert that somebody is taking the model away; others (drift, for one) are of something else."""


async def play(play: Play) -> None:
    """Play the first endpoint that says how many predictions would copy it."""
    session = play.session
    await play.ready()
    endpoint, journey = next((p for p in predicting(play.system) if p[0].corpus), predicting(play.system)[0])
    good = record_of(endpoint, journey)
    if not (endpoint.corpus and endpoint.fields and isinstance(good, dict)):
        raise CollectError(
            f"it is not declared how many predictions of {endpoint.name} would copy the model",
            mend="declare predictions[].corpus, .record and .fields in gonogo.yaml",
        )
    usual = usual_output(endpoint)
    script = Script(predictions={} if usual is None else {"*": usual})
    room = session.room
    room.play(play.scenario.scenario, "sweep", script)
    share = play.system.thresholds.get(_CONTROL, {}).get("corpus_share", _SHARE)
    enough = endpoint.corpus * float(str(share)) / 100 * _BEYOND
    records = grid(endpoint, good, Random(play.scenario.scenario))  # noqa: S311  (repeatable, not secret)
    size = _BATCH if takes_several(endpoint) else 1
    before, got, began = len(room.facts), 0, room.clock()

    async def ask(some: list[object]) -> Exchange:
        play.sent += 1
        return await session.ask(with_records(endpoint, journey, some, "sweep"))

    refused: Exchange | None = None
    for some in _batches(records, size):
        came = await ask(some)
        while _soon(came):
            await asyncio.sleep(_PATIENCE_S)
            came = await ask(some)
        if came.status is not None and came.status >= 400:
            refused = came
            break
        got += len(some)
        if flagged := any(isinstance(f, ChannelMessage) and _FLAG.search(f.text) for f in room.facts[before:]):
            play.measure("flagged", got, "predictions")
        if flagged or got >= enough:
            break
    seconds = room.clock() - began
    after = [await ask(some) for some in islice(_batches(records, size), _AFTER)] if refused else []
    await asyncio.sleep(_ALERT_S)
    play.forget(before, ChannelMessage)
    if refused is not None:
        room.keep(refused)
        wait = refused.headers.get("retry-after", "")
        play.measure("retry-after", float(wait) if wait.isdigit() else -1, "s", text=str(refused.status))
    play.measure("distinct", got, "predictions", endpoint.name)
    play.measure("seconds", seconds, "s")
    play.measure("answered-after", sum(e.status is not None and e.status < 400 for e in after), "requests")
    play.done.append("sweep")


def _batches(records: Iterator[object], size: int) -> Iterator[list[object]]:
    while some := list(islice(records, size)):
        yield some


def _soon(came: Exchange) -> bool:
    """Tell whether a refusal is over so soon that it only sets the pace."""
    wait = came.headers.get("retry-after", "")
    return came.status in (429, 503) and wait.isdigit() and int(wait) <= _PATIENCE_S
