"""What a program prints, line by line, within a bound: no flood of output fills memory or makes the program wait."""

import collections
import time

LINE_BYTES = 8_000
BURST_BYTES, BYTES_PER_S = 1_000_000, 250_000
"""So much is told at once, and so much a second after that; of the rest its last lines, and how much it was."""
LAST_LINES = 200


class Printed:
    """Takes pieces of one output; gives whole lines to `say`."""

    def __init__(self, say):
        self.say, self.rest, self.budget, self.at = say, b"", BURST_BYTES, time.monotonic()
        self.last, self.left_out = collections.deque(maxlen=LAST_LINES), 0

    def take(self, piece):
        *whole, self.rest = (self.rest + piece).split(b"\n")
        if len(self.rest) > LINE_BYTES:
            whole, self.rest = [*whole, self.rest], b""
        for line in whole:
            self._line(line)

    def _line(self, line):
        now = time.monotonic()
        self.budget = min(BURST_BYTES, self.budget + (now - self.at) * BYTES_PER_S)
        self.at = now
        if self.last and self.budget > LAST_LINES * LINE_BYTES / 2:
            self._catch_up()
        if self.budget < len(line) or self.last:
            if len(self.last) == LAST_LINES:
                self.left_out += len(self.last[0]) + 1
            self.last.append(line[:LINE_BYTES])
            return
        self.budget -= len(line) + 1
        self.say(line[:LINE_BYTES])

    def _catch_up(self):
        if self.left_out:
            self.say(b"... %d bytes left out" % self.left_out)
        for line in self.last:
            self.say(line)
        self.left_out = 0
        self.last.clear()

    def end(self):
        if self.rest:
            self._line(self.rest)
        self._catch_up()
