"""Where the system runs, what it is made of, and what it keeps."""

from __future__ import annotations

from gonogo.derive.conditions.seen import Answer, either, promised, shown, trait
from gonogo.derive.factset import FactSet
from gonogo.facts import DataStore, StartCommand

CLUSTER = frozenset({"kubernetes", "k8s", "ecs", "nomad", "openshift", "swarm"})
SERVERLESS = frozenset(
    {"serverless", "lambda", "cloud-run", "cloudrun", "vercel", "netlify", "cloudflare", "azure-functions"}
)
MACHINES = frozenset({"vm", "compose", "docker-compose", "bare-metal", "systemd"})
IN_PROCESS = frozenset({"sqlite", "faiss", "annoy", "hnswlib", "duckdb", "chroma", "lancedb"})


def internal_links(facts: FactSet) -> Answer:
    """Own services or stores talk over a network."""
    return shown(any(store.product.lower() not in IN_PROCESS for store in facts.of(DataStore)))


def production_store(facts: FactSet) -> Answer:
    """Something keeps production data; what only caches does not count."""
    system = facts.system
    kept = any(store.role != "cache" for store in facts.of(DataStore))
    return shown(kept or (system and system.data_stores))


def irreplaceable_data(facts: FactSet) -> Answer:
    """A store holds what cannot be made again; False where all are declared as rebuildable and none is missing."""
    real = promised(facts)
    stores = real.data_stores if real else ()
    if any(not store.rebuildable for store in stores):
        return True
    found = {store.product for store in facts.of(DataStore) if store.role != "cache"}
    return False if stores and len(found) <= len(stores) else None


def service_account(facts: FactSet) -> Answer:
    """It runs under an account of a cloud, a cluster or a database."""
    remote = any(s.role == "relational" and s.product.lower() not in IN_PROCESS for s in facts.of(DataStore))
    return shown(remote or platform(facts) in CLUSTER | SERVERLESS)


def chooses_machines(facts: FactSet) -> Answer:
    """The team picks the size of its machines; False on a declared platform that has none to pick."""
    return _by_platform(facts, yes=CLUSTER | MACHINES, no=SERVERLESS)


def scales_to_zero(facts: FactSet) -> Answer:
    """Instances are stopped when nobody asks; False on declared machines that stay."""
    return _by_platform(facts, yes=SERVERLESS, no=MACHINES)


def autoscaler(facts: FactSet) -> Answer:
    """The number of instances follows the load."""
    return _by_platform(facts, yes=SERVERLESS, no=frozenset())


def several_instances(facts: FactSet) -> Answer:
    """More than one instance serves."""
    return shown(trait(facts, "autoscaler") or autoscaler(facts))


def health_probes_used(facts: FactSet) -> Answer:
    """The platform acts on health routes."""
    return shown(trait(facts, "kubernetes") or platform(facts) in CLUSTER)


def several_components(facts: FactSet) -> Answer:
    """It consists of more than one part, stores included."""
    system = facts.system
    parts = len({store.product for store in facts.of(DataStore)}) + len({c.command for c in facts.of(StartCommand)})
    return shown(parts > 1 or (system and (system.data_stores or len(system.dependencies) > 1)))


def standby(facts: FactSet) -> Answer:
    """A standby zone, database or region is declared."""
    system = facts.system
    return shown(system and any("standby" in e.name or e.name.startswith("dr") for e in system.environments))


def compliance_regime(facts: FactSet) -> Answer:
    """A regime is declared; a declaration that names none shows it false."""
    real = promised(facts)
    return bool(real.regimes) if real else shown(facts.system and facts.system.regimes)


def regulated_domain(facts: FactSet) -> Answer:
    """The declared domain is regulated; a declaration that names none shows it false."""
    real = promised(facts)
    if real is None:
        return None
    return bool(real.domain) and real.domain.lower() not in ("none", "general") if real.domain else False


def cache(facts: FactSet) -> Answer:
    """Something is cached."""
    return either(shown(trait(facts, "response_cache")), shown(any(s.role == "cache" for s in facts.of(DataStore))))


def response_cache(facts: FactSet) -> Answer:
    """Answers are cached; False where nothing is."""
    return False if trait(facts, "cache") is False else None


def storage_tiers(facts: FactSet) -> Answer:
    """The vector store has more than one storage tier; False where all that are in use live in the process."""
    products = {store.product.lower() for store in facts.of(DataStore) if store.role == "vector"}
    if not products:
        return None
    return bool(products - IN_PROCESS - {"pgvector"})


def platform(facts: FactSet) -> str:
    """Return the declared platform in lower case, empty where there is none."""
    system = facts.system
    return (system.deployment.platform or "").lower() if system and system.deployment else ""


def _by_platform(facts: FactSet, yes: frozenset[str], no: frozenset[str]) -> Answer:
    name = platform(facts)
    if name in yes:
        return True
    return False if name in no and promised(facts) else None
