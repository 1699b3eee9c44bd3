"""The lab's certificate authority: a certificate for every host that an app asks for, trusted in the box alone."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gonogo.errors import CollectError

_MOST_HOSTS = 1_000

VARIABLES = (
    "SSL_CERT_FILE",  # OpenSSL: Python, Ruby, Go, Rust, httpx
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "AWS_CA_BUNDLE",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "DENO_CERT",
)
"""What tells a program which authorities to trust."""


class Authority:
    """An authority that lives as long as the process; its key is never written."""

    def __init__(self) -> None:
        try:
            import trustme
        except ImportError as error:
            raise CollectError("the lab's parts are not installed", mend="pip install 'gonogo[lab]'") from error
        self._authority = trustme.CA(organization_name="gonogo lab")
        self._stranger = trustme.CA(organization_name="nobody that anybody trusts")
        self.context_of = functools.lru_cache(_MOST_HOSTS)(self._context_of)

    def write(self, place: Path) -> None:
        """Write the authority's certificate."""
        self._authority.cert_pem.write_to_path(str(place))

    def _context_of(self, host: str, flaw: str = "") -> ssl.SSLContext:
        """Return a context that shows a certificate for `host`, with a flaw: self-signed, expired or wrong-name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        issuer = self._stranger if flaw == "self-signed" else self._authority
        name = f"not-{host}" if flaw == "wrong-name" else host
        ended = datetime.now(UTC) - timedelta(days=2) if flaw == "expired" else None
        begun = ended - timedelta(days=30) if ended else None
        issuer.issue_cert(name, not_before=begun, not_after=ended).configure_cert(context)
        return context


def variables(place: str) -> Mapping[str, str]:
    """Return the variables that make programs trust the authority whose certificate stands at `place`."""
    return dict.fromkeys(VARIABLES, place)


@functools.cache
def authority() -> Authority:
    """Return the authority of this process."""
    return Authority()
