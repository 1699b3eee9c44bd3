"""Which providers and models are in use, and how they are paid."""

from __future__ import annotations

from gonogo.derive.conditions.people import CHAT
from gonogo.derive.conditions.seen import Answer, calls, either, promised, routes, scanned, segment, shown
from gonogo.derive.factset import FactSet
from gonogo.facts import ModelReference
from gonogo.facts.declaration import Provider

HOSTED = frozenset({"openai", "anthropic", "litellm", "google", "mistral", "cohere", "bedrock", "azure"})
SIGNING = ("aws", "bedrock", "sagemaker")
PLAIN = frozenset({"openai", "anthropic", "azure", "google", "gemini", "mistral", "cohere", "groq", "ollama", "vllm"})
FIXED_SAMPLING = ("o1", "o3", "o4", "gpt-5")
MINUTES_A_MONTH = 43_200
MANY_CALLS = 1_000_000
CACHING_MINIMUM = 1024
"""Tokens of a prefix from which on the large providers cache it."""


def third_party_provider(facts: FactSet) -> Answer:
    """Somebody else's model is called; False where all declared are one's own and no call goes elsewhere."""
    system, real = facts.system, promised(facts)
    if system and any(provider.bills_per_use for provider in system.providers):
        return True
    direct = {site.sdk for site in calls(facts) if site.sdk in HOSTED and site.base_url.origin == "unset"}
    own = real.providers if real else ()
    if any(not _pointed_elsewhere(sdk, own) for sdk in direct):
        return True
    return False if own else None


def bills_per_use(facts: FactSet) -> Answer:
    """An account in use is paid per use."""
    return third_party_provider(facts)


def provider_receives_requests(facts: FactSet) -> Answer:
    """What users write reaches somebody else's model."""
    return third_party_provider(facts)


def provider_rate_limits(facts: FactSet) -> Answer:
    """The provider limits the rate; a server of one's own may do so too."""
    return shown(third_party_provider(facts))


def outside_upstream(facts: FactSet) -> Answer:
    """Something that it calls is not on the same host."""
    system = facts.system
    hosts = [d.host for d in system.dependencies if d.host] if system else []
    return either(shown(third_party_provider(facts)), shown(any(not _local(host) for host in hosts)))


def signatures_offered(facts: FactSet) -> Answer:
    """A provider signs requests, or a webhook comes in; False where neither can be, by name and by route."""
    system, real = facts.system, promised(facts)
    names = [provider.name.lower() for provider in system.providers] if system else []
    webhook = any(segment(route.route, ("webhook", "webhooks", "hook", "hooks")) for route in routes(facts))
    webhook = webhook or bool(system and system.lab and system.lab.webhooks)
    if webhook or any(name.startswith(SIGNING) for name in names):
        return True
    plain = bool(real and names and set(names) <= PLAIN and scanned(facts) and routes(facts))
    return False if plain else None


def several_key_places(facts: FactSet) -> Answer:
    """More than one environment uses provider keys; one declared environment shows that there is one."""
    system, real = facts.system, promised(facts)
    if real and len(real.environments) == 1:
        return False
    return shown(system and len(system.environments) > 1)


def several_models(facts: FactSet) -> Answer:
    """More than one model or kind of task."""
    system = facts.system
    names = {model for provider in system.providers for model in provider.models} if system else set()
    names |= {str(site.model.value) for site in calls(facts) if site.model.value and site.api != "embeddings"}
    names |= {reference.model for reference in facts.of(ModelReference) if not reference.in_tests}
    return shown(len(names) > 1)


def sampling_parameters(facts: FactSet) -> Answer:
    """The model accepts a temperature; False where every call names a model that refuses one."""
    sites = [site for site in calls(facts) if site.api != "embeddings"]
    fixed = [str(site.model.value or "").startswith(FIXED_SAMPLING) for site in sites]
    if sites and all(fixed):
        return False
    return shown(any(site.model.value and not no for site, no in zip(sites, fixed, strict=True)))


def system_prompt(facts: FactSet) -> Answer:
    """A system prompt is in use."""
    system = facts.system
    return shown(system and (system.paths.get("prompts") or (system.budgets and system.budgets.prompt_tokens)))


def cacheable_prefix(facts: FactSet) -> Answer:
    """A stable prefix is long enough to be cached; False where the declared prompt is shorter."""
    real = promised(facts)
    tokens = real.budgets.prompt_tokens if real and real.budgets else None
    return None if tokens is None else tokens > CACHING_MINIMUM


def carries_context(facts: FactSet) -> Answer:
    """Requests carry documents or a history."""
    system = facts.system
    chat = any(segment(route.route, CHAT) for route in routes(facts))
    return shown(chat or (system and ("rag" in system.kinds or system.indexes)))


def offline_jobs(facts: FactSet) -> Answer:
    """Models are called with nobody waiting."""
    system = facts.system
    return shown(system and system.environments and not any(e.network for e in system.environments))


def high_volume_task(facts: FactSet) -> Answer:
    """One task makes more than a million calls a month; an agent's calls cannot be counted from its requests."""
    real = promised(facts)
    if real is None or real.load is None:
        return None
    if real.load.requests_per_minute * MINUTES_A_MONTH > MANY_CALLS:
        return True
    return None if "agent" in real.kinds or not real.kinds else False


def _pointed_elsewhere(sdk: str, providers: tuple[Provider, ...]) -> bool:
    """Say whether a declared server of one's own takes the calls of `sdk`, by its name or by its variable."""
    return any(p.name.lower() == sdk or (p.base_url_variable or "").lower().startswith(sdk) for p in providers)


def _local(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]").lower()
    return name in ("localhost", "::1") or name.startswith("127.")
