"""Access, by probe: the encryption that clients meet."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from gonogo.catalog.limits import Limits
from gonogo.checks.answers import cut_short, sent_for
from gonogo.checks.check import Answer, Shown, check, failed, inconclusive, not_collected, passed
from gonogo.checks.counts import counted
from gonogo.facts import Evidence, Exchange, ProbeBudget, TlsHandshake

_REFUSALS = (400, 403, 404, 410, 421, 426)
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?([0-9]{1,10})", re.IGNORECASE)


@check(
    "access.tls-inbound", by="probe", needs=(TlsHandshake, Exchange, ProbeBudget),
    optional=(TlsHandshake, Exchange, ProbeBudget),
)  # fmt: skip
def tls_inbound_by_probe(
    handshakes: list[TlsHandshake], exchanges: list[Exchange], budgets: list[ProbeBudget], limits: Limits
) -> Answer:
    """Valid certificate, current versions only, nothing over plain HTTP, and HSTS."""
    seen = sent_for(exchanges, "tls")
    usual = next((h for h in handshakes if h.offered is None), None)
    if usual is None:
        return _without_tls(seen)
    if not usual.accepted and not usual.trusted and usual.not_after is None:
        return inconclusive("no TLS handshake came about", [_place(usual, usual.problem or "")])
    faults = [*_certificate(usual, limits), *_old(handshakes, limits), *_plain(seen), *_hsts(seen)]
    if faults:
        many = counted(faults, "fault", "faults")
        return failed(f"{many} of the encryption: {faults[0].detail}", faults)
    if cut := cut_short(budgets, "tls"):
        return cut
    doubts = [_place(h, f"{h.offered}: {h.problem}") for h in handshakes if h.offered and not _answered(h)]
    if doubts:
        return inconclusive("whether old versions are refused could not be tried from here", doubts)
    if not any(e.case == "https" and e.status for e in seen) or not any(e.case == "plain-http" for e in seen):
        return inconclusive("HSTS and plain HTTP could not be looked at", [_place(usual, "no answer over HTTPS")])
    shown: Shown = [_place(usual, f"{usual.version}, trusted, valid until {usual.not_after:%Y-%m-%d}")]
    return passed("clients reach it only over valid TLS", shown)


def _place(h: TlsHandshake, detail: str) -> Evidence:
    return Evidence(f"TLS {h.host}:{h.port}", None, detail)


def _without_tls(seen: list[Exchange]) -> Answer:
    """Judge an environment whose url is plain http."""
    plain = next((e for e in seen if e.case == "plain-http"), None)
    if plain is None:
        return not_collected("no handshake was made", fix="gonogo check --env NAME")
    host = urlsplit(plain.url).hostname or ""
    if host in ("localhost", "::1") or host.startswith("127."):
        return inconclusive(
            "a loopback address tells nothing about what clients meet",
            [(plain, "plain HTTP on this machine")],
            fix="give the environment its public https:// url in gonogo.yaml",
        )
    return failed("its address is plain http://", [(plain, f"{plain.status or plain.error}")])


def _certificate(h: TlsHandshake, limits: Limits) -> list[Evidence]:
    faults = []
    if h.trusted is False:
        faults.append(_place(h, f"the certificate is not trusted: {h.problem}"))
    days = (h.not_after - h.seen_at).days if h.not_after else None
    if days is not None and days < limits.days_to_expiry:
        faults.append(_place(h, f"the certificate ends in {days} days ({h.not_after:%Y-%m-%d})"))
    if _version(h.version) < limits.min_tls:
        faults.append(_place(h, f"it speaks {h.version}"))
    return faults


def _version(name: str | None) -> float:
    """Return 1.2 for `TLSv1.2`, 1.0 for `TLSv1`, 0 for what is no TLS."""
    found = re.fullmatch(r"TLSv(\d(?:\.\d)?)", name or "")
    return float(found[1]) if found else 0.0


def _old(handshakes: list[TlsHandshake], limits: Limits) -> list[Evidence]:
    old = [h for h in handshakes if h.offered and _version(h.offered) < limits.min_tls]
    return [_place(h, f"it accepts {h.offered}") for h in old if h.accepted]


def _answered(h: TlsHandshake) -> bool:
    return h.accepted or h.problem == "refused"


def _plain(seen: list[Exchange]) -> list[Evidence]:
    for e in seen:
        if e.case != "plain-http" or e.status is None:
            continue
        secure = e.headers.get("location", "").lower().startswith("https://")
        if not (300 <= e.status < 400 and secure) and e.status not in _REFUSALS:
            return [Evidence(f"{e.method} {e.url}", None, f"plain HTTP is served: {e.status}")]
    return []


def _hsts(seen: list[Exchange]) -> list[Evidence]:
    for e in seen:
        if e.case == "https" and e.status is not None:
            found = _MAX_AGE.search(e.headers.get("strict-transport-security", ""))
            if not found or int(found[1]) == 0:
                return [Evidence(f"{e.method} {e.url}", None, "no Strict-Transport-Security header")]
    return []
