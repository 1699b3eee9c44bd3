"""Reading the alerts that arrived at the lab's channel (`lab.point: {YOUR_ALERT_URL: alerts}`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gonogo.checks.check import Answer, inconclusive
from gonogo.facts import ChannelMessage, Declaration, Evidence, Measure


def no_channel(declared: Sequence[Declaration]) -> Answer | None:
    """Say that alerts could not have arrived; None where the app was pointed at the lab's channel."""
    return _unseen(declared, "alerts", "alerts", "channel", "YOUR_ALERT_URL")


def no_security_channel(declared: Sequence[Declaration]) -> Answer | None:
    """The same of security events."""
    return _unseen(declared, "security", "security events", "security channel", "YOUR_SECURITY_URL")


def _unseen(declared: Sequence[Declaration], stand_in: str, what: str, channel: str, variable: str) -> Answer | None:
    if any(stand_in in d.system.lab.point.values() for d in declared if d.system.lab):
        return None
    return inconclusive(
        f"{what} could not be seen: no variable points at the lab's {channel}",
        fix=f"lab: {{point: {{{variable}: {stand_in}}}}} in gonogo.yaml",
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


def minutes_of(measures: Iterable[Measure], case: str) -> list[Measure]:
    """Return how far the app's clock had come in a case, from time to time: minutes, and the lab's seconds then."""
    return [m for m in measures if m.name == "minute" and m.case == case]


def minute_of(message: ChannelMessage, measures: Iterable[Measure]) -> float:
    """Return after how many minutes of its case an alert arrived, by the clock of the app."""
    mine = minutes_of(measures, message.case)
    return next((m.value for m in mine if float(m.subject) >= message.at_s), mine[-1].value if mine else 0.0)
