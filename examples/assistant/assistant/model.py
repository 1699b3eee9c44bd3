"""Asks the model: bounded waits, a few spaced retries of passing errors, then another model, within one deadline."""

import http.client
import json
import random
import threading
import time
from collections import deque
from urllib.parse import urlsplit

from assistant import budget, log, pace, segments, settings

MODELS = ("gpt-4o-2024-11-20", "gpt-4o-mini-2024-07-18")
MAX_TOKENS = 300
TEMPERATURE = 0.2
CONNECT_S = 1.0
READ_S = 1.5
DEADLINE_S = 6.0
ATTEMPTS = 3
PASSING = {408, 429, 500, 502, 503, 504, 529}
FIRST_PAUSE_S = 0.1
PAUSE_FACTOR = 3
MAX_RETRY_AFTER_S = 2.0
OPENS_AFTER = 5
COOLS_S = 3.0
OPENS_AT_RATE = 0.2
WINDOW_S = 60
LEAST_CALLS = 20


class Away(Exception):
    """No model gave an answer."""


class Failed(Exception):
    """One attempt failed; `passing` says whether another may go well."""

    def __init__(self, said, passing=True, status=None, after=None):
        super().__init__(said)
        self.passing, self.status, self.after = passing, status, after


class Wait:
    """How long somebody waits for an answer, and for the next piece of it."""

    def __init__(self, seconds=DEADLINE_S, read_s=READ_S):
        self.ends, self.read_s = time.monotonic() + seconds, read_s

    def left(self):
        return self.ends - time.monotonic()


class Breaker:
    """Stops asking a model that fails so often in a row, or too large a share of the calls of a minute.

    After a while one call tries whether it is back.
    """

    def __init__(self):
        self.failures, self.opened, self.trying, self.lock = 0, None, False, threading.Lock()
        self.recent = deque()

    def lets_through(self):
        with self.lock:
            if self.opened is None:
                return True
            if time.monotonic() - self.opened < COOLS_S or self.trying:
                return False
            self.trying = True
            return True

    def went(self, well):
        with self.lock:
            now, self.trying = time.monotonic(), False
            if well and self.opened is not None:
                self.opened = None
                self.recent.clear()
            self.failures = 0 if well else self.failures + 1
            self.recent.append((now, well))
            while now - self.recent[0][0] > WINDOW_S:
                self.recent.popleft()
            failed = sum(not well for _, well in self.recent)
            often = len(self.recent) >= LEAST_CALLS and failed > OPENS_AT_RATE * len(self.recent)
            if not well and (self.failures >= OPENS_AFTER or often):
                self.opened = now


breakers = {model: Breaker() for model in (*MODELS, segments.NEW)}


def reachable():
    """Return whether a model can be asked, as the last calls showed; nothing is asked to find out."""
    return any(breakers[model].opened is None for model in MODELS)


def answer(messages, user, trace, wait=None):
    """Return the text of the first model that answers within a wait, and its name."""
    wait = wait or Wait()
    for model in segments.models(user, MODELS):
        for attempt in range(ATTEMPTS):
            if not breakers[model].lets_through() or wait.left() < 0.2:
                break
            try:
                text = paced(model, messages, user, trace, attempt, wait)
            except Failed as failure:
                if failure.passing:
                    breakers[model].went(well=False)
                if not failure.passing or attempt == ATTEMPTS - 1:
                    break
                gap = pause(attempt, failure.after)
                if gap is None or gap > wait.left():
                    break
                time.sleep(gap)
            else:
                breakers[model].went(well=True)
                return text, model
    raise Away


def paced(*asked):
    """Make one attempt. While the provider limits its rate it waits for its turn, which counts as no failure."""
    wait = asked[-1]
    while True:
        pace.turn(wait)
        try:
            return once(*asked)
        except Failed as failure:
            if not pace.held(failure, wait):
                raise


def pause(attempt, after):
    """Return how long to wait before the next attempt; None where the provider asks for longer than we may."""
    if after is not None:
        return after if after <= MAX_RETRY_AFTER_S else None
    return FIRST_PAUSE_S * PAUSE_FACTOR**attempt * random.uniform(0.8, 1.2)


def once(model, messages, user, trace, attempt, wait):
    began, status, usage, text, said, id = time.monotonic(), None, {}, "", "", ""
    reserved = budget.reserve(model, messages, MAX_TOKENS)
    try:
        status, headers, body = post(model, messages, user, trace, wait)
        id = headers.get("x-request-id", "")
        if status != 200:
            after = headers.get("Retry-After")
            raise Failed(
                body.decode(errors="replace")[:300], status in PASSING, status, float(after) if after else None
            )
        document = json.loads(body)
        text = document["choices"][0]["message"]["content"]
        usage = document.get("usage") or {}
        if not isinstance(text, str) or not text.strip():
            raise Failed("the model answered nothing")
        return text
    except (OSError, http.client.HTTPException) as error:
        said = f"{type(error).__name__}: {error}"
        raise Failed(said) from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        said = f"not to be understood: {type(error).__name__}"
        raise Failed(said) from None
    except Failed as failure:
        said = str(failure)
        raise
    finally:
        budget.settle(
            reserved, model, usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0, user, feature(False)
        )
        log.call(
            trace=trace, user=user, feature=feature(False), model=model, attempt=attempt + 1, status=status, error=said,
            temperature=TEMPERATURE, max_tokens=MAX_TOKENS, latency_ms=round((time.monotonic() - began) * 1000),
            estimated_tokens=sum(budget.tokens(m["content"]) for m in messages),
            input_tokens=usage.get("prompt_tokens"), output_tokens=usage.get("completion_tokens"),
            provider="openai", request_id=id,
            prompt=messages[-1]["content"], completion=text or "",
        )  # fmt: skip


def feature(streamed):
    """Return the feature that a call is made for: its provider and our own records carry it."""
    return "live-answers" if streamed else "answers"


def post(model, messages, user, trace, wait, stream=False):
    connection, path = connect()
    with_close = not stream
    try:
        body = {
            "model": model, "messages": messages, "max_tokens": MAX_TOKENS, "temperature": TEMPERATURE,
            "user": user, "metadata": {"feature": feature(stream)}, "stream": stream,
        }  # fmt: skip
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.KEY}",
            "traceparent": f"00-{trace}-{trace[:16]}-01",
        }
        connection.request("POST", path, json.dumps(body), headers)
        connection.sock.settimeout(max(0.1, min(wait.read_s, wait.left())))
        reply = connection.getresponse()
        if stream and reply.status == 200:
            return connection, reply
        with_close = True
        return reply.status, reply.headers, whole(connection, reply, wait)
    except BaseException:
        with_close = True
        raise
    finally:
        if with_close:
            connection.close()


def whole(connection, reply, wait):
    """Read to the end, within the deadline however slowly it drips."""
    parts = []
    while True:
        left = wait.left()
        if left <= 0:
            raise Failed("the answer took too long")
        if connection.sock:
            connection.sock.settimeout(min(wait.read_s, left))
        part = reply.read1(65536)
        if not part:
            break
        parts.append(part)
        if sum(map(len, parts)) > 1_000_000:
            raise Failed("the answer is too long", passing=False)
    if reply.length:
        raise Failed("the answer ended early")
    return b"".join(parts)


def connect():
    place = urlsplit(settings.BASE_URL)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    return kind(place.hostname, place.port, timeout=CONNECT_S), f"{place.path.rstrip('/')}/chat/completions"


def pieces(messages, user, trace):
    """Yield the pieces of an answer as they come, of the first model that begins one.

    `Failed` where none begins, and where one ends before its end: what was said cannot be taken back.
    """
    wait = Wait()
    for model in segments.models(user, MODELS):
        asking = breakers[model].lets_through()
        while asking:
            pace.turn(wait)
            answer, begun = streamed(model, messages, user, trace, wait), False
            try:
                for piece in answer:
                    begun = True
                    yield piece
            except Failed as failure:
                asking = not begun and pace.held(failure, wait)
                if asking:
                    continue
                breakers[model].went(well=not failure.passing)
                if begun:
                    raise
            else:
                breakers[model].went(well=True)
                return
    raise Failed("no model began an answer")


def streamed(model, messages, user, trace, wait):
    """Yield the pieces of one model's answer."""
    began, text, finished, status, said = time.monotonic(), [], False, None, ""
    connection, asked = None, sum(budget.tokens(m["content"]) for m in messages)
    reserved = budget.reserve(model, messages, MAX_TOKENS)
    try:
        got = post(model, messages, user, trace, wait, stream=True)
        if len(got) == 3:
            status, after = got[0], got[1].get("Retry-After")
            raise Failed("the model is away", status in PASSING, status, float(after) if after else None)
        connection, reply = got
        status = 200
        while line := reply.readline():
            if wait.left() <= 0:
                raise Failed("the answer took too long")
            if not line.startswith(b"data:") or (data := line[5:].strip()) == b"[DONE]":
                continue
            choice = (json.loads(data).get("choices") or [{}])[0]
            finished = finished or bool(choice.get("finish_reason"))
            piece = (choice.get("delta") or {}).get("content")
            if isinstance(piece, str) and piece:
                text.append(piece)
                yield piece
        if not finished or not "".join(text).strip():
            raise Failed("the answer ended early")
    except (OSError, http.client.HTTPException, ValueError, TypeError, AttributeError, IndexError) as error:
        said = f"{type(error).__name__}: {error}"
        raise Failed(said) from None
    except Failed as failure:
        said = str(failure)
        raise
    finally:
        if connection is not None:
            connection.close()
        out = budget.tokens("".join(text))  # a stream tells no usage
        budget.settle(reserved, model, asked if status == 200 else 0, out, user, feature(True))
        log.call(
            trace=trace, user=user, feature=feature(True), model=model, attempt=1, status=status, error=said,
            temperature=TEMPERATURE, max_tokens=MAX_TOKENS, latency_ms=round((time.monotonic() - began) * 1000),
            estimated_tokens=asked, input_tokens=None, output_tokens=len(text),
            prompt=messages[-1]["content"], completion="".join(text),
            provider="openai", request_id="",
        )  # fmt: skip
