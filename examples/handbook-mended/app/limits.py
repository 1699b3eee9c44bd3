"""At most so many requests per caller and minute."""

import time
from collections import defaultdict, deque

from fastapi import HTTPException, Request

PER_MINUTE = 60
seen: dict[str, deque[float]] = defaultdict(deque)


def limit(request: Request) -> None:
    caller = request.client.host if request.client else "unknown"
    now = time.monotonic()
    calls = seen[caller]
    while calls and now - calls[0] > 60:
        calls.popleft()
    if len(calls) >= PER_MINUTE:
        raise HTTPException(429, "too many requests", headers={"Retry-After": str(int(61 - (now - calls[0])))})
    calls.append(now)
