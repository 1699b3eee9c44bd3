"""Live proofs: a few polite requests to a deployment, only to hosts that gonogo.yaml names, within a budget."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gonogo.errors import CollectError
from gonogo.facts import Exchange, Fact, Method, ProbeBudget
from gonogo.prove.base import Target

if TYPE_CHECKING:
    from gonogo.prove.probe.visitor import Allowance, Visitor


@dataclass(frozen=True)
class Probe:
    """Asks a deployment about its health, TLS, CORS, authentication, error shape, admin paths and rate limits.

    Nothing but GET, HEAD and OPTIONS is sent unless the environment is declared disposable and is not production.
    """

    method: ClassVar[Method] = "probe"
    name: ClassVar[str] = "probe"
    allowance: Allowance | None = None

    def collect(self, target: Target) -> Iterator[Fact]:
        """Send the requests and yield what came back; raises `CollectError` where no address is declared."""
        from gonogo.prove.probe.visitor import Allowance, Visitor, place_of

        if target.environment is None:
            raise CollectError("no environment was named to probe", mend="gonogo check --env NAME")
        declared = target.declaration
        deployment = declared.system.deployment if declared else None
        visitor = Visitor(
            target=target,
            environment=target.environment,
            place=place_of(target.environment),
            allowance=self.allowance or Allowance(),
            version_header=deployment.version_header if deployment else None,
        )
        yield from asyncio.run(_visit(visitor))


async def _visit(visitor: Visitor) -> list[Fact]:
    """Put every question in turn; what the budget did not reach is named, and facts seen until then are kept."""
    from gonogo.prove.probe.visitor import BudgetSpentError

    facts: list[Fact] = []
    async with visitor:
        try:
            await _questions(visitor, facts)
        except BudgetSpentError as spent:
            visitor.target.problems.append(f"the probe stopped early: {spent.message}")
    environment = visitor.environment
    facts.append(
        ProbeBudget(
            seen_at=visitor.now(),
            run=visitor.target.run,
            environment=environment.name,
            allowed=environment.request_budget,
            sent=visitor.sent,
            left_out=tuple(visitor.left_out),
        )
    )
    return facts


async def _questions(visitor: Visitor, facts: list[Fact]) -> None:
    from gonogo.prove.drive.routes import Route
    from gonogo.prove.probe.admin import admin
    from gonogo.prove.probe.authentication import authentication
    from gonogo.prove.probe.burst import burst
    from gonogo.prove.probe.cors import cors
    from gonogo.prove.probe.error_shape import error_shape
    from gonogo.prove.probe.health import health
    from gonogo.prove.probe.routes import discover
    from gonogo.prove.probe.tls import tls

    routes: list[Route] = []
    questions: dict[str, Callable[[], AsyncIterator[Fact]]] = {
        "health": lambda: health(visitor),
        "tls": lambda: tls(visitor),
        "cors": lambda: cors(visitor, routes),
        "authentication": lambda: authentication(visitor, routes),
        "error-shape": lambda: error_shape(visitor, routes),
        "admin": lambda: admin(visitor, routes),
        "rate-limit": lambda: burst(visitor, routes),
    }
    todo = list(questions)
    try:
        while todo:
            visitor.target.tell(f"probe: {todo[0]}")
            async for fact in questions[todo[0]]():
                facts.append(fact)
                if len(facts) == 1 and _unreachable(visitor, fact):
                    todo = await _only_tls(visitor, facts, todo)
                    return
            if todo[0] == "health":
                routes += await discover(visitor)
            del todo[0]
    finally:
        visitor.left_out += todo


def _unreachable(visitor: Visitor, fact: Fact) -> bool:
    """Tell whether the very first request got no answer at all; then nothing but TLS is looked at."""
    if not isinstance(fact, Exchange) or fact.error is None:
        return False
    visitor.target.problems.append(
        f"the environment {visitor.environment.name!r} gives no answer at {visitor.place.origin}: {fact.error}"
    )
    return True


async def _only_tls(visitor: Visitor, facts: list[Fact], todo: list[str]) -> list[str]:
    """Look why an https address gives no answer, often an untrusted certificate; return what is left to do."""
    from gonogo.prove.probe.tls import tls

    if visitor.place.scheme != "https":
        return todo
    async for fact in tls(visitor):
        facts.append(fact)
    return [question for question in todo if question != "tls"]
