"""The encryption that clients meet: certificate, protocol versions, what plain HTTP answers, HSTS."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec

from gonogo.facts import Exchange, TlsHandshake
from gonogo.prove.probe.health import known_paths
from gonogo.prove.probe.visitor import Place, Visitor

OLD_VERSIONS = {"TLSv1": ssl.TLSVersion.TLSv1, "TLSv1.1": ssl.TLSVersion.TLSv1_1}
CANNOT_OFFER = "this machine cannot offer it"
"""The `problem` of a handshake that the local TLS library refused to begin."""
REFUSED = "refused"
_LOCAL = ("NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE", "INTERNAL_ERROR", "LIBRARY_HAS_NO_CIPHERS")


async def tls(visitor: Visitor) -> AsyncIterator[Exchange | TlsHandshake]:
    """Shake hands as a browser would and with each old version alone, then ask over HTTPS and over plain HTTP."""
    place, path = visitor.place, next(iter(known_paths(visitor)), "/")
    if place.scheme == "https":
        first = await _handshake(visitor, None)
        yield first
        for name in OLD_VERSIONS if first.accepted else ():
            yield await _handshake(visitor, name)
        yield await visitor.ask(path, purpose="tls", case="https")
    plain = Place("http", place.host, 80 if place.port == 443 else place.port, place.prefix)
    yield await visitor.ask(path, purpose="tls", case="plain-http", at=plain)


async def _handshake(visitor: Visitor, offered: str | None) -> TlsHandshake:
    """Shake hands once; without `offered`, once more without verification where the certificate is not trusted."""
    seen = await _try(visitor, offered, _context(offered, verify=offered is None))
    if offered is None and seen.trusted is False:
        bare = await _try(visitor, None, _context(None, verify=False))
        return msgspec.structs.replace(
            seen, accepted=bare.accepted, version=bare.version, not_after=bare.not_after, trusted=False
        )
    return seen


def _context(offered: str | None, *, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if offered:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # offering what is deprecated is the point
            context.minimum_version = context.maximum_version = OLD_VERSIONS[offered]
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def _try(visitor: Visitor, offered: str | None, context: ssl.SSLContext) -> TlsHandshake:
    visitor.spend()
    seen = TlsHandshake(
        seen_at=visitor.now(),
        run=visitor.target.run,
        environment=visitor.environment.name,
        host=visitor.place.host,
        port=visitor.place.port,
        offered=offered,
    )
    try:
        async with asyncio.timeout(visitor.allowance.request_s):
            _, writer = await asyncio.open_connection(
                visitor.place.host, visitor.place.port, ssl=context, server_hostname=visitor.place.host
            )
    except ssl.SSLCertVerificationError as broken:
        return msgspec.structs.replace(seen, trusted=False, problem=broken.verify_message or str(broken))
    except ssl.SSLError as broken:
        local = broken.reason in _LOCAL
        return msgspec.structs.replace(seen, problem=CANNOT_OFFER if local else REFUSED)
    except (OSError, TimeoutError, ValueError) as broken:
        return msgspec.structs.replace(seen, problem=_no_handshake(broken))
    try:
        return _accepted(seen, writer.get_extra_info("ssl_object"), context)
    finally:
        writer.transport.abort()


def _no_handshake(broken: Exception) -> str:
    if isinstance(broken, ConnectionResetError | ConnectionAbortedError):
        return REFUSED
    return "no answer in time" if isinstance(broken, TimeoutError) else f"no connection: {broken}"


def _accepted(seen: TlsHandshake, session: ssl.SSLObject, context: ssl.SSLContext) -> TlsHandshake:
    verified = context.verify_mode == ssl.CERT_REQUIRED
    return msgspec.structs.replace(
        seen,
        accepted=True,
        version=session.version(),
        trusted=True if verified else None,
        not_after=_not_after(session.getpeercert(binary_form=True)),
    )


def _not_after(der: bytes | None) -> datetime | None:
    from cryptography import x509  # only where a certificate was seen

    if not der:
        return None
    try:
        return x509.load_der_x509_certificate(der).not_valid_after_utc.astimezone(UTC)
    except ValueError:
        return None
