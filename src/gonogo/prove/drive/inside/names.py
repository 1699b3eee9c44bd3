"""DNS for the box: every name is here, at an address of its own, unless it is made to fail."""

import asyncio
import contextlib
import fnmatch
import struct

MOST = 60_000


class Names:
    """The names that were looked up. Each gets an address of the loopback network, so that a contact tells its name."""

    def __init__(self, tell):
        self.tell, self.failing, self.numbers, self.by_address = tell, [], {}, {}

    def fails(self, name):
        return any(fnmatch.fnmatch(name.lower(), glob) for glob in self.failing)

    def address(self, name):
        number = self.numbers.setdefault(name, min(len(self.numbers) + 1, MOST))
        self.by_address[f"127.77.{number >> 8}.{number & 255}"] = name
        return bytes((127, 77, number >> 8, number & 255))

    def answered(self, query):
        """Answer one question: an address for type A, nothing for other types; or that there is no such name."""
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
            at += 1 + query[at]
        kind = struct.unpack("!H", query[at + 1 : at + 3])[0]
        name, record, failing = ".".join(labels).lower(), b"", self.fails(".".join(labels))
        if name not in self.numbers and len(self.numbers) < MOST:
            self.tell(event="name", name=name[:255])
        if kind == 1 and not failing:
            record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x01\x00\x04" + self.address(name)
        head = query[:2] + struct.pack("!HHHHH", 0x8583 if failing else 0x8580, 1, bool(record), 0, 0)
        return head + query[12 : at + 5] + record

    async def listen(self):
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=("127.0.0.1", 53))
        await asyncio.start_server(self._stream, "127.0.0.1", 53)

    async def _stream(self, reader, writer):
        with contextlib.suppress(Exception):
            size = struct.unpack("!H", await reader.readexactly(2))[0]
            reply = self.answered(await reader.readexactly(size))
            writer.write(struct.pack("!H", len(reply)) + reply)
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, names):
        self.names = names

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        with contextlib.suppress(Exception):
            self.transport.sendto(self.names.answered(data), address)
