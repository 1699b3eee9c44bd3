"""The app's own metrics, read in the Prometheus text format."""

from __future__ import annotations

import math
from collections.abc import Collection

from gonogo.facts.lab import MetricSample
from gonogo.prove.lab.play import Play

_SUFFIXES = ("", "_total", "_bucket", "_count", "_sum", "_created")
MOST = 2_000
"""Samples that are kept of one reading."""


async def keep(play: Play, metrics: Collection[str | None]) -> int:
    """Keep the samples of these metrics as they stand now, under the room's case; return how many samples there were.

    0 where the declared route does not answer, or not in that format.
    """
    from prometheus_client.parser import text_string_to_metric_families

    telemetry, room = play.system.telemetry, play.session.room
    path = (telemetry and telemetry.metrics) or ""
    content = await play.session.get(path) if path.startswith("/") else None
    wanted = {f"{name.removesuffix('_total')}{suffix}" for name in metrics if name for suffix in _SUFFIXES}
    count = 0
    try:
        for family in text_string_to_metric_families((content or b"").decode("utf-8", "replace")):
            for sample in family.samples:
                count += 1
                if sample.name in wanted and count <= MOST and math.isfinite(sample.value):
                    room.see(MetricSample, name=sample.name, labels=dict(sample.labels), value=sample.value)
    except (ValueError, KeyError, IndexError):
        return 0
    return count
