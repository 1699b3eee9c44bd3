"""Who uses the system, and over which way in."""

from __future__ import annotations

from gonogo.derive.conditions.seen import Answer, either, promised, routes, segment, shown
from gonogo.derive.factset import FactSet
from gonogo.facts import Exchange

ADMIN = ("admin", "administration", "console", "debug", "manage", "management", "internal", "actuator")
SESSION = ("login", "logout", "signin", "session", "sessions", "token", "oauth", "auth")
CHAT = ("chat", "conversation", "conversations", "thread", "threads", "session", "sessions")


def several_identities(facts: FactSet) -> Answer:
    """More than one user, tenant or role."""
    system = facts.system
    return shown(system and (len(system.identities) > 1 or system.audience in ("public", "customers")))


def admin_surface(facts: FactSet) -> Answer:
    """An admin route, console or command."""
    system = facts.system
    role = system and any(identity.role == "admin" for identity in system.identities)
    return shown(role or any(segment(route.route, ADMIN) for route in routes(facts)))


def sensitive_endpoint(facts: FactSet) -> Answer:
    """The declaration marks an endpoint as sensitive: a declaration that marks none shows it false."""
    system = promised(facts)
    return None if system is None else bool(system.service and system.service.sensitive)


def issues_sessions(facts: FactSet) -> Answer:
    """Sessions, cookies or tokens are given out."""
    cookie = any("set-cookie" in exchange.headers for exchange in facts.of(Exchange))
    return shown(cookie or any(segment(route.route, SESSION) for route in routes(facts)))


def network_reachable(facts: FactSet) -> Answer:
    """It can be reached over a network; False where every declared environment says that it cannot."""
    system, real = facts.system, promised(facts)
    seen = routes(facts) or any(exchange.status for exchange in facts.of(Exchange))
    answers = system and (any(e.url for e in system.environments) or (system.service and system.service.port))
    none = bool(real and real.environments and not any(e.network for e in real.environments))
    return either(shown(seen or answers), False if none else None)


def end_users(facts: FactSet) -> Answer:
    """People see what it puts out."""
    return shown(facts.system and facts.system.audience)


def user_flows(facts: FactSet) -> Answer:
    """There are flows that people walk through."""
    return end_users(facts)


def feature_visible(facts: FactSet) -> Answer:
    """Users notice the feature."""
    system = facts.system
    return shown(system and (system.audience or system.features))


def outside_users(facts: FactSet) -> Answer:
    """People outside the team use it."""
    return shown(facts.system and facts.system.audience in ("public", "customers"))


def outside_clients(facts: FactSet) -> Answer:
    """Clients outside this repository call the interface; False where no environment has a network."""
    system, real = facts.system, promised(facts)
    none = bool(real and real.environments and not any(e.network for e in real.environments))
    return either(shown(system and system.service and system.service.openapi), False if none else None)


def deprecated_served(facts: FactSet) -> Answer:
    """An old operation or version still answers."""
    told = any({"deprecation", "sunset"} & set(exchange.headers) for exchange in facts.of(Exchange))
    versions = {part for route in routes(facts) for part in route.route.lower().split("/") if part in VERSIONS}
    return shown(told or len(versions) > 1)


VERSIONS = frozenset(f"v{number}" for number in range(1, 20))


def multi_turn(facts: FactSet) -> Answer:
    """A conversation spans several requests."""
    return shown(any(segment(route.route, CHAT) for route in routes(facts)))
