"""What facts show, in the three answers of a condition: True, False, and None where they do not tell."""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.derive.factset import FactSet
from gonogo.facts import HttpRoute, ModelCallSite, SourceTree, System, ToolDefinition, Trait

Answer = bool | None


def trait(facts: FactSet, name: str) -> Answer:
    """Say whether a collector saw the trait `name`; False only where one showed that it is absent and none saw it."""
    return either(*(t.holds for t in facts.of(Trait) if t.name == name))


def either(*answers: Answer) -> Answer:
    """Return True where anything shows it, else False where anything shows the contrary, else None."""
    if any(answer is True for answer in answers):
        return True
    return False if any(answer is False for answer in answers) else None


def shown(seen: object) -> Answer:
    """Return True where something was seen, else None: not to have seen a thing does not show that it is not there."""
    return True if seen else None


def promised(facts: FactSet) -> System | None:
    """Return what the team declares itself; None for a draft, whose silence and guesses show nothing to be false."""
    declaration = facts.declaration
    return None if declaration is None or declaration.drafted else declaration.system


def scanned(facts: FactSet) -> bool:
    """Say whether the repository was read at all."""
    return bool(facts.of(SourceTree))


def routes(facts: FactSet) -> list[HttpRoute]:
    """Return the routes of the service itself, tests and examples left out."""
    return [route for route in facts.of(HttpRoute) if not route.in_tests]


def calls(facts: FactSet) -> list[ModelCallSite]:
    """Return the places of the service itself that call a model, tests and examples left out."""
    return [site for site in facts.of(ModelCallSite) if not site.in_tests]


def tools(facts: FactSet) -> list[ToolDefinition]:
    """Return the tools that reading found."""
    return facts.of(ToolDefinition)


def segment(route: str, words: Iterable[str]) -> bool:
    """Say whether one of `words` is a segment of a route, or begins one as in `/chat-stream` for `chat`."""
    wanted = tuple(words)
    return any(part.replace("_", "-").split("-")[0] in wanted for part in route.lower().split("/"))
