"""Carries bytes between two connections, half-closes and resets as well."""

import asyncio
import contextlib
import socket
import struct

PIECE = 65536


async def opened(port):
    """Connect to a program of the box."""
    try:
        return await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return await asyncio.open_connection("::1", port)


def reset(writer):
    """Break a connection: the peer sees a reset, no orderly end."""
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def both(reader, writer, other_reader, other_writer, mark=None):
    """Carry both ways until both have ended; `mark` at the end of what the other side says resets this one."""
    await asyncio.gather(one_way(reader, other_writer, writer), one_way(other_reader, writer, other_writer, mark))
    for each in (writer, other_writer):
        each.close()


async def one_way(source, target, back, mark=None):
    try:
        while piece := await source.read(PIECE):
            if mark and piece.endswith(mark):
                target.write(piece[: -len(mark)])
                await asyncio.sleep(0.01)  # what was said before the reset is to arrive
                reset(target)
                return
            target.write(piece)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()
    except OSError:
        for each in (target, back):
            if not each.is_closing():
                reset(each)
