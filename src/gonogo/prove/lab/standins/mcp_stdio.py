"""The program that an app starts as its MCP server: it relays lines between its own stdin and stdout and the lab.

It runs inside the app's container, where gonogo is not installed, and so uses the standard library alone:

    python3 mcp_stdio.py unix:/path/of/socket
    python3 mcp_stdio.py tcp:127.0.0.1:8123
"""

import http.client
import os
import socket
import sys
import threading


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a UNIX socket, whose path is the host."""

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.host)


def _connect(where: str) -> http.client.HTTPConnection:
    """Return a connection to `unix:PATH` or `tcp:HOST:PORT`."""
    kind, _, address = where.partition(":")
    if kind == "unix":
        return _UnixConnection(address)
    host, _, port = address.rpartition(":")
    return http.client.HTTPConnection(host, int(port))


def _send(connection: http.client.HTTPConnection) -> None:
    """Relay stdin as the chunks of a request body, until it ends."""
    try:
        while line := os.read(0, 65536):
            connection.send(b"%x\r\n%b\r\n" % (len(line), line))
        connection.send(b"0\r\n\r\n")
    except OSError:
        pass


def main() -> int:
    """Relay until either side ends."""
    connection = _connect(sys.argv[1])
    connection.putrequest("POST", "/stdio", skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", "lab")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    threading.Thread(target=_send, args=(connection,), daemon=True).start()
    try:
        answer = connection.getresponse()
        while chunk := answer.read1(65536):
            os.write(1, chunk)
    except (OSError, http.client.HTTPException):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
