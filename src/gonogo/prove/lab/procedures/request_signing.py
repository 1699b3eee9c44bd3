"""A webhook is delivered as its sender signs it, changed on its way, unsigned, and again when it is old."""

from __future__ import annotations

from gonogo.errors import CollectError
from gonogo.facts.lab_declaration import Webhook
from gonogo.prove.drive.asking import Ask, encoded
from gonogo.prove.lab import webhooks
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

PURPOSE = "webhook"
REPLAY_S = 300
"""The threshold `replay_window_s` of the control."""
_LATE_S = 60


async def play(play: Play) -> None:
    """Play each declared webhook, the good delivery first."""
    session = play.session
    declared = session.settings.webhooks
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send(journeys="first"))
    play.done.append("healthy")
    for webhook in declared:
        secret = session.environment().get(webhook.secret_variable)
        if not secret:
            raise CollectError(
                f"the webhook {webhook.path} has no secret: {webhook.secret_variable} is not set",
                mend=f"add {webhook.secret_variable} to lab.environment in gonogo.yaml, with a value for the lab alone",
            )
        await _deliveries(play, webhook, secret)
    play.done += ["good", "unsigned", "changed-body", "changed-time", "another-key", "old"]


async def _deliveries(play: Play, webhook: Webhook, secret: str) -> None:
    body, scheme = encoded(webhook.body) or b"", webhook.scheme
    signed, old = webhooks.headers(scheme, secret, body), webhooks.headers(scheme, secret, body, REPLAY_S + _LATE_S)
    for case, content, headers in (
        ("good", body, signed),
        ("unsigned", body, {}),
        ("changed-body", body + b" ", webhooks.headers(scheme, secret, body)),
        ("changed-time", body, webhooks.later(scheme, old)),
        ("another-key", body, webhooks.headers(scheme, webhooks.another(secret), body)),
        ("old", body, old),
    ):
        play.session.room.case = case
        own = {"Content-Type": "application/json", **headers}
        path = webhook.path
        asked = Ask(id=play.new_id(), name=path, path=path, headers=own, body=content, deadline_s=15, said=case)
        await play.session.ask(asked, PURPOSE)
        play.sent += 1
