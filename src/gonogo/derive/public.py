"""Which routes anyone may call without a credential, by their path."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PUBLIC = re.compile(
    r"(?:/(?:api|v\d+))*/(?:"
    r"health\w*|live\w*|ready\w*|readiness|liveness|startup\w*|ping|status|up|version|docs(?:/oauth2-redirect)?|redoc|"
    r"openapi\.(?:json|ya?ml)|swagger\S*|login|signin|sign-in|logout|signup|sign-up|register|token|"
    r"auth/\S*|oauth2?/\S*|favicon\.ico|robots\.txt|static/\S*|assets/\S*|\.well-known/\S*"
    r")?/?",
    re.IGNORECASE,
)


def is_public(route: str, declared: Sequence[str] = ()) -> bool:
    """Tell whether `route` is health, documentation, sign-in, a static file, the front page, or declared public."""
    return route in declared or route.rstrip("/") in declared or _PUBLIC.fullmatch(route) is not None
