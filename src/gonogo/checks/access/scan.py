"""Access, by reading: secrets in the repository, CORS settings, transport security of outbound calls."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.facts import (
    CorsPolicy,
    HardcodedSecret,
    HttpRoute,
    InsecureTransport,
    SecretScan,
    SourceTree,
    UnreadableFile,
)

CODE = (".py", ".ipynb", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".tsx")
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
        return failed(f"{len(live)} secrets in the repository", [(s, _told(s)) for s in live])
    missed = sorted(place for place, found in scan.canaries.items() if not found)
    if missed or not scan.canaries:
        places = ", ".join(missed) or "every place"
        return inconclusive(f"keys that were planted to test the search were not found in: {places}")
    if scan.history != "full":
        return inconclusive(f"no secret in {scan.files} files, but {_HISTORY[scan.history]}", fix=_fix(scan.history))
    if len(secrets) > len(live):
        found = [(s, _told(s)) for s in secrets if s.in_tests]
        return inconclusive(f"{len(found)} in tests and documents look like secrets; only you know which live", found)
    return passed(f"no secret in {scan.files} files and {scan.commits} commits (built images were not opened)")


def _told(secret: HardcodedSecret) -> str:
    where = f", added in {secret.commit[:12]} and since removed" if secret.commit else ""
    return f"{secret.rule} {secret.shown}{where}"


def _fix(history: str) -> str | None:
    return "git fetch --unshallow" if history == "shallow" else None


@check("access.cors", by="scan", needs=(SourceTree, CorsPolicy, HttpRoute), optional=(CorsPolicy, HttpRoute))
def cors_by_scan(
    trees: Sequence[SourceTree], policies: Sequence[CorsPolicy], routes: Sequence[HttpRoute], limits: Limits
) -> Answer:
    """No CORS policy in the code names everyone."""
    wild = [p for p in policies if p.origins is not None and any(_everyone(o) for o in p.origins)]
    armed = [p for p in wild if p.credentials]
    if len(armed) > limits.wildcard_with_credentials:
        return failed(
            f"{len(armed)} of {len(policies)} CORS policies let any site call with the user's credentials",
            [(p, "any origin, with credentials") for p in armed],
        )
    if wild:
        found = [(p, "any origin") for p in wild]
        return failed(f"{len(wild)} of {len(policies)} CORS policies let any site call", found)
    unclear = [(p, "its origins are made while it runs") for p in policies if p.origins is None]
    if unclear:
        return inconclusive(f"{len(unclear)} of {len(policies)} CORS policies cannot be resolved by reading", unclear)
    if policies:
        shown = [(p, ", ".join(p.origins or ()) or "no origin") for p in policies]
        return passed(f"all {len(policies)} CORS policies list their origins", shown)
    if any(not r.in_tests for r in routes):
        return passed("no other origin may call: the code sets no CORS policy")
    return inconclusive("no route was found, so it cannot be told who answers browsers")


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
        return failed(f"{len(sure)} places give up transport security", [(f, f.what) for f in sure])
    if len(found) > len(sure):
        return inconclusive("settings decide whether certificates are checked", [(f, f.what) for f in found])
    files = sum(trees[-1].languages.get(language, 0) for language in READ)
    if not files:
        return inconclusive("no Python, JavaScript or TypeScript file was found, and others are not read for this")
    broken = [(u, u.reason) for u in unread if u.path.endswith(CODE) and not u.in_tests]
    if broken:
        return inconclusive(f"{len(broken)} source files could not be read", broken)
    return passed(f"nothing in {files} source files gives up transport security")
