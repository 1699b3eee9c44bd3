"""Connections to one place that are kept and used again: so many at most, and who waits for one waits a while."""

import contextlib
import queue
import select
from http.client import HTTPConnection


class Full(Exception):
    """No connection got free in time."""


class Pool:
    def __init__(self, place, size, wait_s):
        self.place, self.wait_s = place, wait_s
        self._free = queue.LifoQueue()  # the last used first, so that the fewest are open
        for _ in range(size):
            self._free.put(HTTPConnection(*place))  # it connects when it is used first, and again after it was closed

    @contextlib.contextmanager
    def link(self, timeout):
        """Give a connection for one request, which is to be read to its end; one that broke is not used again."""
        try:
            link = self._free.get(timeout=self.wait_s)
        except queue.Empty:
            raise Full from None
        try:
            link.timeout = timeout
            if link.sock is not None:
                link.sock.settimeout(timeout)
                if select.select([link.sock], [], [], 0)[0]:  # the other side has closed it meanwhile
                    link.close()
            yield link
        except BaseException:
            link.close()
            raise
        finally:
            self._free.put(link)
