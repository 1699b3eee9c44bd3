"""Channels that the lab offers the app: whatever is posted to them (alerts, webhooks, mails by HTTP) is kept."""

from __future__ import annotations

from gonogo.facts import ChannelMessage
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.standins.server import Request, Response
from gonogo.prove.lab.standins.serving import JSON, Standin

MOST_BYTES = 256_000


class Channels(Standin):
    """Takes every request, under any path, and answers 200."""

    async def respond(self, request: Request) -> Response | None:
        """Keep one message."""
        body = (await request.read())[:MOST_BYTES].decode("utf-8", "replace")
        room = self.room
        text, matches = screened(room, f"{request.method} {request.path_qs}\n{body}", "channel")
        room.see(ChannelMessage, channel=request.path, text=text, at_s=round(room.clock(), 4), matches=matches)
        return Response(headers={"Content-Type": JSON}, body=b'{"ok": true}')
