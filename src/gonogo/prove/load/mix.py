"""What is sent: the declared journeys in turn, each as every identity of its role, encoded once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from gonogo.errors import CollectError
from gonogo.facts import System
from gonogo.facts.declaration import Journey
from gonogo.prove.drive.answers import answer_of, markers
from gonogo.prove.drive.asking import Ask, ask
from gonogo.prove.drive.environment import credential
from gonogo.prove.load.tally import Tally
from gonogo.prove.load.wire import Request

Judge = Callable[[bytes, str], bool]
"""Tells whether a body, with its content type, holds an answer."""


@dataclass(frozen=True)
class Line:
    """One journey as one identity, ready to be sent; `counted` says where it counts."""

    journey: str
    route: str
    answer: str | None
    request: Request
    varied: bool = False
    """Whether it asks something else than what is declared."""

    def counted(self, tally: Tally, judge: Judge) -> Request:
        """Return the request that counts into `tally`, and whose answers `judge` tells good from bad."""
        return replace(self.request, tally=tally, judge=judge)


def lines(system: System, host: str, only: str | None = None, texts: Sequence[str] = ()) -> list[Line]:
    """Return the journeys of a system, or `only` one, in the order in which they are sent.

    Where there are `texts`, users say each of them as well as what is declared.
    Raises `CollectError` where there is none that is a request, or where an identity has no credential.
    """
    found = [
        _line(system, journey, name, host, text)
        for journey in system.journeys
        if journey.path and only in (None, journey.name)
        for text in (None, *texts)
        for name in identities(system, journey)
    ]
    if not found:
        which = "no journey in gonogo.yaml is" if only is None else f"gonogo.yaml has no journey {only!r} that is"
        raise CollectError(f"{which} an HTTP request", mend="add one under journeys: in gonogo.yaml")
    # journeys alternate, so that each has its share at any time
    return sorted(found, key=lambda line: [other for other in found if other.journey == line.journey].index(line))


def identities(system: System, journey: Journey) -> Sequence[str | None]:
    """Return the identities that send a journey: all of the role and tenant of its own one."""
    own = next((i for i in system.identities if i.name == journey.identity), None)
    return [i.name for i in system.identities if (i.role, i.tenant) == (own.role, own.tenant)] if own else [None]


def _line(system: System, journey: Journey, identity: str | None, host: str, text: str | None) -> Line:
    asked = ask(journey, "0" * 32, identity=identity, text=text)
    before, after = encoded(asked, {"Host": host, **credential(system, identity)})
    request = Request(
        before=before, after=after, tally=Tally(), traced=True, deadline_s=asked.deadline_s, streams=asked.streams,
    )  # fmt: skip
    return Line(journey.name, asked.path.partition("?")[0], asked.answer, request, text is not None)


def encoded(asked: Ask, headers: dict[str, str]) -> tuple[bytes, bytes]:
    """Return the bytes of a request before and after the place of its `traceparent`."""
    body = asked.body or b""
    given = {"Accept": "*/*", **headers, **asked.headers, "Content-Length": str(len(body))}
    head = [f"{asked.method} {asked.path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    if any("\r" in one or "\n" in one for one in head):
        raise CollectError(
            f"a header or the path of the journey {asked.name} holds a line break",
            mend="correct it in gonogo.yaml, or in the variable of its identity",
        )
    return "\r\n".join([*head, ""]).encode("utf-8"), b"\r\n" + body


def answers(pointer: str | None, marked: bool = False, seen: Callable[[bool], None] = lambda _: None) -> Judge:
    """Return what tells whether a body holds an answer at the declared place.

    Where `marked`, it must hold the words of the stand-in model, and not what the app says without one; `seen` is told
    whether it did.
    """

    def judge(body: bytes, kind: str) -> bool:
        whole = body.decode("utf-8", "replace")
        text = answer_of(whole, kind, pointer)
        of_model = bool(markers([whole, text]))
        seen(of_model)
        return bool(text.strip()) and (of_model or not marked)

    return judge


def turns(requests: Sequence[Request]) -> Iterator[Request]:
    """Yield the requests in turn, for ever."""
    while True:
        yield from requests
