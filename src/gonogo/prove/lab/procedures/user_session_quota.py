"""One user asks past its quota of requests and of tokens; one of two sessions of a user asks past its own."""

from __future__ import annotations

from gonogo.facts import ModelCall
from gonogo.facts.lab_declaration import Quotas
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Script
from gonogo.prove.lab.sessions import opened, within

ALLOWED = 3
"""Requests that a quota is set to hold, or as many times the tokens of one, beyond what was used of it before."""
MOST = 24
_PLENTY = "100000000"
_SCRIPT = Script(answers=(Answer(text="{marker} " + "It is all well and will stay so. " * 10),))


async def play(play: Play) -> None:
    """Play each quota that a variable sets, the app started anew with little of that one and plenty of the others."""
    session = play.session
    quotas = session.settings.quotas or Quotas()
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", _SCRIPT)
    await play.send(Send(journeys="first"))
    play.done.append("healthy")
    each = max(_tokens(play), default=0)
    for case, variable in (("user-requests", quotas.user_requests), ("user-tokens", quotas.user_tokens)):
        if variable:
            used = len(_tokens(play)) + ALLOWED if case == "user-requests" else sum(_tokens(play)) + ALLOWED * each
            await _anew(play, case, {variable: str(used)})
            await _spend(play, {})
            await play.send(Send(journeys="first", identity="second"))
            play.done.append(case)
    if quotas.session_tokens and session.settings.sessions:
        await _anew(play, "session-tokens", {quotas.session_tokens: str(ALLOWED * each)})
        who = play.system.journeys[0].identity or play.system.identities[0].name
        spent, other = await opened(play, who), await opened(play, who)
        await _spend(play, spent)
        await within(play, spent, "spent session")
        await within(play, other, "other session")
        play.done.append("session-tokens")


def _tokens(play: Play) -> list[int]:
    """Return what each model call used until now."""
    return [f.input_tokens + f.output_tokens for f in play.session.room.facts if isinstance(f, ModelCall)]


async def _anew(play: Play, case: str, little: dict[str, str]) -> None:
    quotas = (play.system.lab and play.system.lab.quotas) or Quotas()
    named = filter(None, (quotas.user_requests, quotas.user_tokens, quotas.session_tokens))
    play.session.room.play(play.scenario.scenario, case, _SCRIPT)
    play.tell(f"{play.scenario.scenario}: {case}")
    await play.anew({**dict.fromkeys(named, _PLENTY), **little})


async def _spend(play: Play, headers: dict[str, str]) -> None:
    """Ask until the first refusal and once more, as the declared identity or within a session."""
    for _ in range(MOST):
        if headers:
            refused = (await within(play, headers)).status or 0
        else:
            refused = (await play.send(Send(journeys="first")))[0].status or 0
        if refused >= 400:
            break
    if not headers:
        await play.send(Send(journeys="first"))
