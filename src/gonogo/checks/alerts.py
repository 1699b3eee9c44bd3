"""Reading the alerts that arrived at the lab's channel (`lab.point: {YOUR_ALERT_URL: alerts}`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gonogo.checks.check import Answer, inconclusive
from gonogo.facts import ChannelMessage, Declaration, Evidence


def no_channel(declared: Sequence[Declaration]) -> Answer | None:
    """Say that alerts could not have arrived; None where the app was pointed at the lab's channel."""
    if any("alerts" in d.system.lab.point.values() for d in declared if d.system.lab):
        return None
    return inconclusive(
        "alerts could not be seen: no variable points at the lab's channel",
        fix="lab: {point: {YOUR_ALERT_URL: alerts}} in gonogo.yaml",
    )


def alerts_of(messages: Iterable[ChannelMessage], *cases: str) -> list[ChannelMessage]:
    """Return the alerts that arrived in these cases, in order of time."""
    return sorted((m for m in messages if m.case in cases), key=lambda m: m.at_s)


def body_of(message: ChannelMessage) -> str:
    """Return what was posted, without the line of the request."""
    return message.text.partition("\n")[2]


def names(message: ChannelMessage, word: str) -> bool:
    """Tell whether an alert has this word, whole: `built` does not stand in `rebuilt` or `built_at`."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", body_of(message)) is not None


def shown(messages: Iterable[ChannelMessage], most: int = 5) -> list[Evidence]:
    """Return alerts as evidence, the first `most` of them."""
    return [Evidence(m.channel, None, body_of(m)[-200:]) for m in list(messages)[:most]]
