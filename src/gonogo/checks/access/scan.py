"""Access, by reading: secrets in the repository, CORS settings, transport security of outbound calls."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.unread import but_unread
from gonogo.facts import (
    CorsPolicy,
    HardcodedSecret,
    HttpRoute,
    InsecureTransport,
    SecretScan,
    SourceTree,
    UnreadableFile,
)

READ = ("python", "javascript", "typescript", "tsx")
"""Languages whose calls are read; of a repository in others nothing can be said."""

_HISTORY = {
    "none": "there is no git history here to search",
    "shallow": "the clone is shallow, so most of the history was not there to search",
    "partial": "the history was too long to be searched whole",
}


@check("access.no-hardcoded-secrets", by="scan", needs=(SecretScan, HardcodedSecret), optional=(HardcodedSecret,))
def no_hardcoded_secrets_by_scan(
    scans: Sequence[SecretScan], secrets: Sequence[HardcodedSecret], limits: Limits
) -> Answer:
    """No secret stands in the tree or its history, and the search found what was planted for it."""
    scan = scans[-1]
    live = [s for s in secrets if not s.in_tests]
    if len(live) > limits.open_findings:
        return failed(f"{counted(live, 'secret', 'secrets')} in the repository", [(s, _told(s)) for s in live])
    missed = sorted(place for place, found in scan.canaries.items() if not found)
    if missed or not scan.canaries:
        places = ", ".join(missed) or "every place"
        return inconclusive(f"keys that were planted to test the search were not found in: {places}")
    files, commits = counted(scan.files, "file", "files"), counted(scan.commits, "commit", "commits")
    if scan.history != "full":
        return inconclusive(f"no secret in {files}, but {_HISTORY[scan.history]}", fix=_fix(scan.history))
    doubtful = [(s, _told(s)) for s in secrets if s.in_tests]
    if doubtful:
        look = counted(doubtful, "string looks like a secret", "strings look like secrets")
        return inconclusive(f"{look}, in tests and documents; only you know what lives", doubtful)
    return passed(f"no secret in {files} and {commits} (built images were not opened)")


def _told(secret: HardcodedSecret) -> str:
    where = f", added in {secret.commit[:12]} and since removed" if secret.commit else ""
    return f"{secret.rule} {secret.shown}{where}"


def _fix(history: str) -> str | None:
    return "git fetch --unshallow" if history == "shallow" else None


@check(
    "access.cors", by="scan", needs=(SourceTree, CorsPolicy, HttpRoute, UnreadableFile),
    optional=(CorsPolicy, HttpRoute, UnreadableFile),
)  # fmt: skip
def cors_by_scan(
    trees: Sequence[SourceTree],
    policies: Sequence[CorsPolicy],
    routes: Sequence[HttpRoute],
    unread: Sequence[UnreadableFile],
    limits: Limits,
) -> Answer:
    """No CORS policy in the code names everyone."""
    wild = [p for p in policies if p.origins is not None and any(_everyone(o) for o in p.origins)]
    armed = [p for p in wild if p.credentials]
    if len(armed) > limits.wildcard_with_credentials:
        said = share(armed, policies, "CORS policy", "lets", "let") + " any site call with the user's credentials"
        return failed(said, [(p, "any origin, with credentials") for p in armed])
    if wild:
        said = share(wild, policies, "CORS policy", "lets", "let") + " any site call"
        return failed(said, [(p, "any origin") for p in wild])
    unclear = [(p, _origins(p)) for p in policies if p.origins is None]
    if unclear:
        return inconclusive(share(unclear, policies, "CORS policy") + " cannot be resolved by reading", unclear)
    if not policies and all(r.in_tests for r in routes):
        return inconclusive("no route was found, so it cannot be told who answers browsers")
    said = share(policies, policies, "CORS policy", "lists its origins", "list their origins") if policies else _SILENT
    shown = [(p, ", ".join(p.origins or ()) or "no origin") for p in policies]
    return but_unread(said, unread) or passed(said, shown)


_SILENT = "no other origin may call: the code sets no CORS policy"


def _origins(policy: CorsPolicy) -> str:
    return f"its origins come from {policy.source}" if policy.source else "its origins are made while it runs"


def _everyone(origin: str) -> bool:
    return origin in ("*", "null", ".*", "https://*", "http://*", "*://*")


@check(
    "access.tls-outbound", by="scan", needs=(SourceTree, InsecureTransport, UnreadableFile),
    optional=(InsecureTransport, UnreadableFile),
)  # fmt: skip
def tls_outbound_by_scan(
    trees: Sequence[SourceTree], found: Sequence[InsecureTransport], unread: Sequence[UnreadableFile], limits: Limits
) -> Answer:
    """Nothing switches certificate checks off or calls a provider over plain HTTP."""
    sure = [f for f in found if f.confidence != "guess"]
    if len(sure) > limits.insecure_calls:
        places = counted(sure, "place gives", "places give")
        return failed(f"{places} up transport security", [(f, f.what) for f in sure])
    if len(found) > len(sure):
        return inconclusive("settings decide whether certificates are checked", [(f, f.what) for f in found])
    files = sum(trees[-1].languages.get(language, 0) for language in READ)
    if not files:
        return inconclusive("no Python, JavaScript or TypeScript file was found, and others are not read for this")
    said = f"nothing in {counted(files, 'source file', 'source files')} gives up transport security"
    return but_unread(said, unread) or passed(said)
