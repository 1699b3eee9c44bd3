"""Stands at the port of a process of the app, and is broken: it takes connections and is silent, or answers garbage.

It runs inside the app's container, where gonogo is not installed, and so uses the standard library alone:

    python3 broken_service.py hung 6379
    python3 broken_service.py garbage 6379
"""

import os
import socket
import sys
import threading


def serve(how: str, port: int) -> None:
    """Take every connection at the port, for ever."""
    kept = []  # a connection that nobody holds would be closed
    with socket.create_server(("127.0.0.1", port), backlog=512) as server:
        while True:
            connection, _ = server.accept()
            if how == "hung":
                kept.append(connection)
            else:
                threading.Thread(target=_garble, args=(connection,), daemon=True).start()


def _garble(connection: socket.socket) -> None:
    with connection:
        try:
            if connection.recv(65536):
                connection.sendall(os.urandom(256) + b"\r\n")  # a reader of lines is to see one
        except OSError:
            return


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
