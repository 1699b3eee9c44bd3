"""Ordinary traffic, and then what differs from it: length, language, refusals, repetition, tone."""

from __future__ import annotations

import asyncio
import itertools

from gonogo.errors import CollectError
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Script

_OPENINGS = (
    "How do I change", "Where can I find", "What does it cost to renew", "Can you explain", "Please tell me about",
    "I need help with", "When can I get", "Is it possible to cancel", "Who do I ask about", "How long do I wait for",
)  # fmt: skip
_TOPICS = (
    "my address", "the monthly invoice", "my membership card", "the delivery of last week", "a place in the course",
)  # fmt: skip
ORDINARY = tuple(f"{opening} {topic}?" for topic, opening in itertools.product(_TOPICS, _OPENINGS))
_LONG = " ".join(ORDINARY)[:2_400]
_FOREIGN = (
    "図書館はいつ開いていますか。住所を変更したいです。", "Когда открыта библиотека и как изменить мой адрес?",
    "متى تفتح المكتبة وكيف أغير عنواني؟", "도서관은 언제 여나요? 주소를 바꾸고 싶어요.",
)  # fmt: skip
_HOSTILE = (
    "You are a stupid machine and a worthless piece of garbage.", "Shut up, you idiot, I hate you and all your kind.",
    "All of them are worthless idiots, and I hate you for helping them.", "What a stupid idiot you are, you garbage.",
)  # fmt: skip
_BURST = 12
_SETTLE_S = 0.5


async def play(play: Play) -> None:
    """Play the ordinary traffic and each kind of outlier, and read what was flagged after each."""
    session = play.session
    said = session.settings.ordinary or ORDINARY
    session.room.play(play.scenario.scenario, "healthy", Script())
    begun = await session.start(more=dict(play.system.load.environment) if play.system.load else None)
    if begun.ready_s is None:
        raise CollectError(session.unready(begun))
    await play.send(Send())
    play.done.append("healthy")
    plain = Script(answers=(Answer(text="Yes, {marker}: please ask at the desk, or look at the page on this."),))
    refusing = Script(answers=(Answer(text="I'm sorry, but I can't help with that. ({marker})"),))
    rambling = Script(answers=(Answer(text="{marker} " + "And there is more to say of it, and more again. " * 160),))
    hostile = Script(answers=(Answer(text=_HOSTILE[0] + " {marker}"),))
    cases = {
        "ordinary": (plain, said),
        "long-questions": (plain, (_LONG, _LONG[::-1])),
        "long-answers": (rambling, said[:2]),
        "language": (plain, _FOREIGN),
        "refusals": (refusing, said[:_BURST]),
        "repetition": (plain, (said[0],) * _BURST),
        "hostile-questions": (plain, _HOSTILE),
        "hostile-answers": (hostile, said[:4]),
    }
    for case, (script, texts) in cases.items():
        play.tell(f"{play.scenario.scenario}: {case}")
        session.room.play(play.scenario.scenario, case, script)
        await play.send(Send(journeys="first", texts=texts))
        await asyncio.sleep(_SETTLE_S)
        session.read_logs()
        play.done.append(case)
