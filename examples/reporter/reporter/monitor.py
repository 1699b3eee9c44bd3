"""Watches the service from outside: python3 -m reporter.monitor. Two failed checks in a row, and it is called away."""

import time
import urllib.request

from reporter import watch

HEALTH = "http://127.0.0.1:8000/healthz"
EVERY_S, FAILED = 1.0, 2


def healthy():
    try:
        with urllib.request.urlopen(HEALTH, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def watching():
    while not healthy():  # it has not been there yet
        time.sleep(EVERY_S)
    failed = 0
    while True:
        failed = 0 if healthy() else failed + 1
        watch.tell("availability", "firing" if failed >= FAILED else "resolved")
        time.sleep(EVERY_S)


if __name__ == "__main__":
    watching()
