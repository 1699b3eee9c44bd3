"""Channels that the lab offers the app: whatever is posted to them (alerts, webhooks, mails by HTTP) is kept."""

from __future__ import annotations

from aiohttp import web

from gonogo.facts import ChannelMessage
from gonogo.prove.lab.room import Room
from gonogo.screen.text import screened

MOST_BYTES = 256_000


class Channels:
    """An HTTP server on a UNIX socket that takes every request, under any path, and answers 200."""

    def __init__(self, room: Room) -> None:
        """Serve one room."""
        self.room = room
        self._runner: web.ServerRunner | None = None

    async def start(self, unix: str) -> None:
        """Listen on the UNIX socket `unix`."""
        self._runner = web.ServerRunner(web.Server(self._take))
        await self._runner.setup()
        await web.UnixSite(self._runner, unix).start()

    async def stop(self) -> None:
        """Close every connection."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        body = (await request.content.read(MOST_BYTES)).decode("utf-8", "replace")
        room = self.room
        text, matches = screened(
            f"{request.method} {request.path_qs}\n{body}", "channel", room.digest_key, room.planted
        )
        room.keep(
            ChannelMessage(
                seen_at=room.now(), run=room.run, scenario=room.scenario, case=room.case, channel=request.path,
                text=text, at_s=round(room.clock(), 4), matches=matches,
            )
        )  # fmt: skip
        return web.json_response({"ok": True})
