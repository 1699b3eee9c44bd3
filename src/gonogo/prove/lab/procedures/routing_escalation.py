"""Questions for the cheapest model, which is sure, unsure, or says nothing; and one that no model is sure of."""

from __future__ import annotations

from gonogo.prove.lab import tiers
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Fault, Script


async def play(play: Play) -> None:
    """Put another question in each case: one that was answered before may be answered from a cache."""
    cheap, *_ = tiers.declared(play)
    await play.ready()
    play.session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send(journeys="first"))
    play.done.append("healthy")
    said = f"{cheap.doubtful or ''} {{marker}}"
    cases = {
        "sure": Script(),
        "nothing": Script(faults=(Fault(fault="null-content", models=(cheap.model,)),)),
    }
    if cheap.doubtful:
        cases["unsure"] = Script(answers=(Answer(models=(cheap.model,), text=said),))
        cases["all-unsure"] = Script(answers=(Answer(text=said),))
    for case, (text, script) in zip(cases, zip(cheap.texts, cases.values(), strict=False), strict=False):
        await tiers.put(play, case, script, [text])
