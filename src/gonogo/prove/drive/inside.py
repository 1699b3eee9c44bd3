"""The first program in the box: starts the app's processes, carries bytes between them and the lab, and answers DNS.

It runs in namespaces of its own, by the host's python and the standard library alone, and imports nothing of gonogo.
What it is to do comes as JSON lines over the control socket; when that closes, everything in the box ends.

    {"id": 1, "do": "start", "name": ..., "command": [...], "directory": ..., "environment": {...}}
"""

import asyncio
import base64
import contextlib
import ctypes
import fnmatch
import json
import os
import resource
import signal
import socket
import struct
import sys
import time

ROOM = "/run/lab"
LINE_BYTES = 8_000
KEPT_BYTES = 4_000_000
"""How much of a program's output is told; the rest is read and counted, so that no program waits for us."""
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
AF_NETLINK_ROUTE, RTM_NEWROUTE, NLM_REQUEST_CREATE = 0, 24, 0x1 | 0x400


class Box:
    """The state of the box: programs by name, and the control connection."""

    def __init__(self, config):
        self.config, self.programs, self.failing, self.writer, self.codes = config, {}, [], None, {}
        self.mark, self.servers, self.holes = bytes.fromhex(config["reset"]), {}, {}
        self.watching = {}

    def tell(self, **event):
        if self.writer is not None and not self.writer.is_closing():
            self.writer.write(json.dumps(event).encode() + b"\n")

    async def control(self, reader, writer):
        self.writer = writer
        self.tell(event="ready")
        while line := await reader.readline():
            asyncio.create_task(self.answer(json.loads(line)))
        os._exit(0)

    async def answer(self, ask):
        try:
            said = await getattr(self, f"do_{ask.pop('do')}")(**{k: v for k, v in ask.items() if k != "id"})
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        self.tell(id=ask["id"], said=said)

    async def do_start(self, name, command, directory, environment):
        self.codes.pop(name, None)
        try:
            child = await spawned(command, directory, environment)
        except OSError as error:
            self.codes[name] = 127
            return {"error": f"{command[0]}: {error.strerror}"}
        self.programs[name] = child
        self.watching[name] = asyncio.create_task(self.watch(name, child))
        return {"pid": child.pid}

    async def watch(self, name, child):
        await asyncio.gather(self.lines(name, "stdout", child.stdout), self.lines(name, "stderr", child.stderr))
        self.codes[name] = await child.wait()
        self.tell(event="exit", name=name, code=self.codes[name])

    async def lines(self, name, stream, pipe):
        kept, rest = 0, b""
        while piece := await pipe.read(65536):
            kept += len(piece)
            if kept > KEPT_BYTES:
                continue
            *whole, rest = (rest + piece).split(b"\n")
            if len(rest) > LINE_BYTES:
                whole, rest = [*whole, rest], b""
            for line in whole:
                self.said(name, stream, line)
        if rest and kept <= KEPT_BYTES:
            self.said(name, stream, rest)
        if kept > KEPT_BYTES:
            self.said(name, stream, b"... %d bytes in all" % kept)

    def said(self, name, stream, line):
        self.tell(event="line", name=name, stream=stream, text=line[:LINE_BYTES].decode(errors="replace"))

    async def do_run(self, command, directory, environment, stdin, timeout, limit):
        began = time.monotonic()
        try:
            child = await spawned(command, directory, environment, stdin=asyncio.subprocess.PIPE)
        except OSError as error:
            return {"code": 127, "stdout": "", "stderr": coded(f"{command[0]}: {error.strerror}".encode()), "s": 0.0}
        out, err = bytearray(), bytearray()
        reading = [
            asyncio.create_task(fill(child.stdout, out, limit)),
            asyncio.create_task(fill(child.stderr, err, limit)),
        ]
        with contextlib.suppress(OSError):
            child.stdin.write(base64.b64decode(stdin))
            await child.stdin.drain()
            child.stdin.close()
        code = None
        try:
            code = await asyncio.wait_for(child.wait(), timeout)
            await asyncio.wait(reading, timeout=1)
        except TimeoutError:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        for task in reading:
            task.cancel()
        return {"code": code, "stdout": coded(out), "stderr": coded(err), "s": time.monotonic() - began}

    async def do_stop(self, sign, wait):
        """End every process but ours: asked by `sign` first, those that stay after `wait` seconds are killed."""
        for child in self.programs.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, sign)
        ends = time.monotonic() + wait
        while sign != signal.SIGKILL and others() and time.monotonic() < ends:
            await asyncio.sleep(0.02)
        while found := others():
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.02)
        if self.watching:  # how each ended is told before it is said that all have
            await asyncio.wait(self.watching.values(), timeout=2)
        self.programs.clear()
        self.watching.clear()
        return {}

    async def do_signal(self, name, sign):
        os.killpg(self.programs[name].pid, sign)
        return {}

    async def do_accepts(self, port):
        try:
            _, writer = await opened(port)
        except OSError:
            return {"accepts": False}
        writer.close()
        return {"accepts": True}

    async def do_black_hole(self, port, on):
        """Answer no attempt to connect: a listener that accepts nobody, with a queue that is full."""
        for each in self.holes.pop(port, ()):
            each.close()
        if not on:
            for _ in range(40):  # the last of the swallowed connections may still hold the place
                with contextlib.suppress(OSError):
                    await self.listen(port)
                    return {}
                await asyncio.sleep(0.05)
            return {"error": f"port {port} stays taken"}
        self.servers.pop(port).close()
        hole = socket.socket()
        hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        hole.bind(("127.0.0.1", port))
        hole.listen(0)
        self.holes[port] = [hole]
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            self.holes[port].append(filler)
        return {}

    async def listen(self, port):
        path = self.config["forward"][str(port)]
        serve = lambda r, w: self.outward(r, w, path)  # noqa: E731
        self.servers[port] = await asyncio.start_server(serve, "127.0.0.1", port, backlog=4096)

    async def do_dns(self, failing):
        self.failing = failing
        return {}

    async def outward(self, reader, writer, path, preamble=b""):
        """Carry a connection of the app to the lab; a reset by the lab is a reset for the app."""
        try:
            lab = await asyncio.open_unix_connection(f"{ROOM}/{path}")
        except OSError:
            reset(writer)
            return
        lab[1].write(preamble)
        await both(reader, writer, *lab, self.mark)

    async def caught(self, reader, writer):
        """Carry a connection to another host's port 80 or 443 to the lab, which says what it was."""
        host, port = writer.get_extra_info("sockname")[:2]
        await self.outward(reader, writer, "sink", json.dumps({"host": host, "port": port}).encode() + b"\n")

    async def inward(self, reader, writer, port):
        try:
            app = await opened(port)
        except OSError:
            writer.close()
            return
        await both(reader, writer, *app)


async def spawned(command, directory, environment, stdin=asyncio.subprocess.DEVNULL):
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *command, cwd=directory, env=environment, stdin=stdin, stdout=pipe, stderr=pipe, start_new_session=True,
        preexec_fn=bare,
    )  # fmt: skip


def bare():
    """Give up what this program needs and the app does not, and bound what a program may take."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


async def opened(port):
    try:
        return await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return await asyncio.open_connection("::1", port)


async def fill(pipe, kept, limit):
    while piece := await pipe.read(65536):
        kept += piece[: max(0, limit - len(kept))]


def coded(data):
    return base64.b64encode(bytes(data)).decode()


def others():
    """The processes of the box that are neither ours nor its first; those that ended and wait are left out."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (1, os.getpid()):
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] not in "ZX":
                    found.append(int(name))
    return found


def reset(writer):
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def both(reader, writer, other_reader, other_writer, mark=None):
    await asyncio.gather(one_way(reader, other_writer, writer), one_way(other_reader, writer, other_writer, mark))
    for each in (writer, other_writer):
        each.close()


async def one_way(source, target, back, mark=None):
    try:
        while piece := await source.read(65536):
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


class Names(asyncio.DatagramProtocol):
    """DNS for the box: every name is here, unless it is made to fail."""

    def __init__(self, box):
        self.box = box

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        with contextlib.suppress(Exception):
            self.transport.sendto(answered(data, self.box), address)


async def names_by_stream(reader, writer, box):
    with contextlib.suppress(Exception):
        size = struct.unpack("!H", await reader.readexactly(2))[0]
        reply = answered(await reader.readexactly(size), box)
        writer.write(struct.pack("!H", len(reply)) + reply)
    writer.close()


def answered(query, box):
    """Answer one question: 127.0.0.1 for type A, nothing for other types; or that there is no such name."""
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    kind = struct.unpack("!H", query[at + 1 : at + 3])[0]
    name = ".".join(labels)
    failing = any(fnmatch.fnmatch(name, glob) for glob in box.failing)
    box.tell(event="name", name=name)
    record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x01\x00\x04\x7f\x00\x00\x01" if kind == 1 and not failing else b""
    head = query[:2] + struct.pack("!HHHHH", 0x8583 if failing else 0x8580, 1, bool(record), 0, 0)
    return head + query[12 : at + 5] + record


def all_addresses_here():
    """Make every address local (`ip route add local default dev lo`), so that contacts by bare address are seen."""
    message = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, 255, 4, 254, 2, 0)
    message += struct.pack("=HHI", 8, 4, socket.if_nametoindex("lo"))
    head = struct.pack("=IHHII", 16 + len(message), RTM_NEWROUTE, NLM_REQUEST_CREATE, 1, 0)
    with contextlib.suppress(OSError), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, AF_NETLINK_ROUTE) as route:
        route.send(head + message)


async def main():
    with open(f"{ROOM}/config.json") as file:
        config = json.load(file)
    box = Box(config)
    all_addresses_here()
    for port in config["forward"]:
        await box.listen(int(port))
    for port in (80, 443):
        await asyncio.start_server(box.caught, "0.0.0.0", port, backlog=1024)
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: Names(box), local_addr=("127.0.0.1", 53))
    await asyncio.start_server(lambda r, w: names_by_stream(r, w, box), "127.0.0.1", 53)
    for port in config["expose"]:
        serve = lambda r, w, p=port: box.inward(r, w, p)  # noqa: E731
        await asyncio.start_unix_server(serve, f"{ROOM}/port-{port}", backlog=4096)
    await asyncio.start_unix_server(box.control, f"{ROOM}/control", limit=1 << 24)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    asyncio.run(main())
