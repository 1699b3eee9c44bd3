"""Starts the app's processes, carries bytes between them and the lab, and sinks what wants to go elsewhere.

What it is to do comes as JSON lines over the control socket; when that closes, everything in the box ends.

    {"id": 1, "do": "start", "name": ..., "command": [...], "directory": ..., "environment": {...}}
"""

import asyncio
import base64
import contextlib
import functools
import json
import os
import signal
import socket
import sys
import time
from urllib.parse import urlsplit

from . import kernel
from .carrying import PIECE, both, opened, reset
from .names import Names
from .printed import Printed

HEAD_BYTES = 64 * 1024
BURY_S = 1.0
DRAIN_PIECES = 64
SUNK = (80, 443, 25, 465, 587)
"""Ports of other hosts that are answered by the lab: the web's, and those of mail."""
ESTABLISHED = "01"
"""The state of an open connection in the kernel's table; those that were closed stand there for a minute still."""


class Box:
    """The state of the box: programs by name, and the control connection.

    `config` says: `room` the directory of the lab's sockets, `forward` their names by port, `listening` descriptors of
    sockets by the port that each leads to, `alone` true in namespaces of its own, `proxy` a port for a proxy, `reset`
    the mark of a reset.
    """

    def __init__(self, config):
        self.config, self.programs, self.watching, self.codes, self.writer = config, {}, {}, {}, None
        self.mark, self.servers, self.holes, self.alone = bytes.fromhex(config["reset"]), {}, {}, config["alone"]
        self.names, self.started, self.starting = Names(self.tell), set(), 0
        self.pieces = 0
        """Pieces of output that were read of the programs."""

    def tell(self, **event):
        if self.writer is not None and not self.writer.is_closing():
            self.writer.write(json.dumps(event).encode() + b"\n")

    async def control(self, reader, writer):
        """Do what is asked, until nobody is there to ask."""
        self.writer = writer
        try:
            await self.open()
        except OSError as error:
            self.tell(event="failed", why=str(error))
        else:
            self.tell(event="ready")
        asking = {asyncio.create_task(self.burying())}
        with contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                asking.add(task := asyncio.create_task(self.answer(json.loads(line))))
                task.add_done_callback(asking.discard)
        if not self.alone:
            await self.kill()
        os._exit(0)  # in namespaces of its own that ends every process

    async def open(self):
        """Open every port."""
        taken = {int(port) for port in (*self.config["forward"], *self.config["listening"])}
        for port in self.config["forward"]:
            await self.listen(int(port))
        for port, descriptor in self.config["listening"].items():
            inward = functools.partial(self.inward, port=int(port))
            await asyncio.start_unix_server(inward, sock=socket.socket(fileno=descriptor), backlog=4096)
        if self.config["proxy"]:
            await asyncio.start_server(self.proxied, "127.0.0.1", self.config["proxy"], limit=HEAD_BYTES)
        if self.alone:
            kernel.all_addresses_here()
            for port in sorted(set(SUNK) - taken):
                await asyncio.start_server(self.caught, "0.0.0.0", port, backlog=1024)
            await self.names.listen()

    async def answer(self, ask):
        try:
            said = await getattr(self, f"do_{ask.pop('do')}")(**{k: v for k, v in ask.items() if k != "id"})
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        self.tell(id=ask["id"], said=said)

    async def do_start(self, name, command, directory, environment):
        self.codes.pop(name, None)
        try:
            child = await self.spawned(command, directory, environment)
        except OSError as error:
            self.codes[name] = 127
            return {"error": f"{command[0]}: {error.strerror}"}
        self.programs[name] = child
        self.watching[name] = asyncio.create_task(self.watch(name, child))
        return {"pid": child.pid}

    async def watch(self, name, child):
        reading = [asyncio.create_task(self.lines(name, s, getattr(child, s))) for s in ("stdout", "stderr")]
        self.codes[name] = await ended(child)
        await asyncio.wait(reading, timeout=1)  # not to the end: a child of it may hold them open
        self.tell(event="exit", name=name, code=self.codes[name])

    async def lines(self, name, stream, pipe):
        printed = Printed(
            lambda line: self.tell(event="line", name=name, stream=stream, text=line.decode(errors="replace"))
        )
        while piece := await pipe.read(PIECE):
            self.pieces += 1
            printed.take(piece)
        printed.end()

    async def do_drain(self):
        """Tell what the programs have printed until now: what is in a pipe is told three turns of the loop later."""
        for _ in range(DRAIN_PIECES):  # not without end: a program may print faster than anybody reads
            before = self.pieces
            for _ in range(3):
                await asyncio.sleep(0)
            if self.pieces == before:
                break
        return {}

    async def do_run(self, command, directory, environment, stdin, timeout, limit):
        began = time.monotonic()
        try:
            child = await self.spawned(command, directory, environment, stdin=asyncio.subprocess.PIPE)
        except OSError as error:
            return {"code": 127, "stdout": "", "stderr": coded(f"{command[0]}: {error.strerror}".encode()), "s": 0.0}
        out, err = bytearray(), bytearray()
        reading = [
            asyncio.create_task(fill(child.stdout, out, limit)),
            asyncio.create_task(fill(child.stderr, err, limit)),
            asyncio.create_task(feed(child.stdin, base64.b64decode(stdin))),
        ]
        code = None
        try:
            code = await asyncio.wait_for(ended(child), timeout)
            await asyncio.wait(reading[:2], timeout=1)
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
        while sign != signal.SIGKILL and self.others() and time.monotonic() < ends:
            await asyncio.sleep(0.02)
        await self.kill()
        if self.watching:  # how each ended is told before it is said that all have
            await asyncio.wait(self.watching.values(), timeout=2)
        self.programs.clear()
        self.watching.clear()
        return {}

    async def kill(self):
        """Kill until nothing is left: what is killed while it forks leaves a child for the next round."""
        while found := self.others():
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.bury()
            await asyncio.sleep(0.02)

    async def burying(self):
        while True:
            await asyncio.sleep(BURY_S)
            self.bury()

    def bury(self):
        """Take leave of the processes that were adopted and have ended; of those that were started, asyncio does."""
        if self.starting:
            return
        for pid, (parent, over) in processes().items():
            if over and parent == os.getpid() and pid not in self.started:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)

    def others(self):
        """The processes of the box but ours; those that ended and wait are left out."""
        parents = {pid: parent for pid, (parent, ended) in processes().items() if not ended}
        if self.alone:
            return [pid for pid in parents if pid != os.getpid()]
        found, todo = [], [os.getpid()]
        while todo:
            above = todo.pop()
            below = [pid for pid, parent in parents.items() if parent == above]
            found += below
            todo += below
        return found

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

    async def do_peers(self, port):
        """Tell of each TCP connection to a port, by the port at its other end, whether it is open still."""
        found = {}
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            with contextlib.suppress(OSError), open(table) as lines:
                for line in list(lines)[1:]:
                    ends, state = [int(end.rpartition(":")[2], 16) for end in line.split()[1:3]], line.split()[3]
                    if port in ends and 0 not in ends:  # no other end: a listener
                        peer = str(ends[0] if ends[1] == port else ends[1])
                        found[peer] = found.get(peer, False) or state == ESTABLISHED
        return {"peers": found}

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

    async def do_dns(self, failing):
        self.names.failing = [glob.lower() for glob in failing]
        return {}

    async def listen(self, port):
        outward = functools.partial(self.outward, path=self.config["forward"][str(port)])
        self.servers[port] = await asyncio.start_server(outward, "127.0.0.1", port, backlog=4096)

    async def outward(self, reader, writer, path, preamble=b""):
        """Carry a connection of the app to the lab; a reset by the lab is a reset for the app."""
        try:
            lab = await asyncio.open_unix_connection(os.path.join(self.config["room"], path))
        except OSError:
            reset(writer)
            return
        lab[1].write(preamble)
        await both(reader, writer, *lab, self.mark)

    async def caught(self, reader, writer):
        """Carry a connection to another host to the lab, which says what it was."""
        address, port = writer.get_extra_info("sockname")[:2]
        await self.sunk(reader, writer, self.names.by_address.get(address, address), port)

    async def proxied(self, reader, writer):
        """Be a proxy that leads to the lab alone."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = head.split(b" ", 2)
            connect = method == b"CONNECT"
            place = urlsplit(("//" if connect else "") + target.decode("ascii"))
            host, port = place.hostname, place.port or 80
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, OSError):
            writer.close()
            return
        if not host or self.names.fails(host):
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()
            return
        if connect:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await self.sunk(reader, writer, host, port, b"" if connect else head)

    async def sunk(self, reader, writer, host, port, head=b""):
        preamble = json.dumps({"host": host, "port": port}).encode() + b"\n"
        await self.outward(reader, writer, "sink", preamble + head)

    async def inward(self, reader, writer, port):
        try:
            app = await opened(port)
        except OSError:
            writer.close()
            return
        await both(reader, writer, *app)

    async def spawned(self, command, directory, environment, stdin=asyncio.subprocess.DEVNULL):
        pipe, bare = asyncio.subprocess.PIPE, functools.partial(kernel.bare, self.alone)
        self.starting += 1
        try:
            child = await asyncio.create_subprocess_exec(
                *command, cwd=directory, env=environment, stdin=stdin, stdout=pipe, stderr=pipe, start_new_session=True,
                preexec_fn=bare,
            )  # fmt: skip
            self.started.add(child.pid)
        finally:
            self.starting -= 1
        return child


async def ended(child):
    """Wait for a program itself; its outputs may be open for longer, and some versions of asyncio wait for them too."""
    waiting = asyncio.create_task(child.wait())
    while child.returncode is None:
        await asyncio.wait([waiting], timeout=0.05)
    waiting.cancel()
    return child.returncode


async def fill(pipe, kept, limit):
    while piece := await pipe.read(PIECE):
        kept += piece[: max(0, limit - len(kept))]


async def feed(pipe, data):
    with contextlib.suppress(OSError):
        pipe.write(data)
        await pipe.drain()
        pipe.close()


def coded(data):
    return base64.b64encode(bytes(data)).decode()


def processes():
    """The parent of every process that can be seen, and whether it has ended and waits, by process id."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
            state, parent = file.read().rpartition(")")[2].split()[:2]
            found[int(name)] = int(parent), state in "ZX"
    return found


async def serve():
    with open(sys.argv[1]) as file:
        config = json.load(file)
    if not config["alone"]:
        kernel.adopt()
        signal.signal(signal.SIGTERM, lambda *_: None)  # it ends when the control socket closes, after its children
    if config["confine"]:
        kernel.confine(**config["confine"])
    kernel.hide()
    box = Box(config)
    await box.control(*await asyncio.open_unix_connection(sock=socket.socket(fileno=config["control"]), limit=1 << 26))


def run():
    """Be the first program in the box."""
    asyncio.run(serve())
