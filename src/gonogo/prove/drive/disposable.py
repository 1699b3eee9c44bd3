"""Where faults and load may go: never to production, and only to what gonogo.yaml says that it may be broken."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from gonogo.errors import UsageError
from gonogo.facts.declaration import Environment


def admitted(environment: Environment, what: str, *, on_this_machine: bool = False) -> SplitResult:
    """Return the address of a running environment; raises `UsageError` where `what` (load, the lab) must not go there.

    `on_this_machine` admits what listens on a loopback address even where it is not declared disposable.
    """
    name = environment.name
    mend = "name a disposable environment, or leave --env out: the app is then started on a copy"
    if environment.production:
        raise UsageError(f"{name} is production, and {what} never goes there", mend=mend)
    url = urlsplit(environment.url or "")
    if url.scheme not in ("http", "https") or not url.hostname:
        raise UsageError(f"{name} has no http(s) url", mend="add its url under environments: in gonogo.yaml")
    if not environment.disposable and not (on_this_machine and is_loopback(url.hostname)):
        raise UsageError(
            f"{name} is not declared disposable, and {what} may break it",
            mend=f"add disposable: true to {name} in gonogo.yaml if it may be broken",
        )
    return url


def is_loopback(host: str) -> bool:
    """Tell whether a host is surely this machine; a name of somebody's own is not, wherever it leads today."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
