"""What the app trusts, by the lab: certificates of its provider, and where it takes its own keys from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import AppStart, Contact, ModelCall, ScenarioRun

_FLAWS = ("self-signed", "expired", "wrong-name")
_HERE = ("127.", "localhost", "[::1]", "::1")


@check(
    "access.tls-outbound",
    by="lab",
    scenario="tls-outbound",
    needs=(Journey, ScenarioRun, Contact),
    optional=(Contact,),
)
def tls_outbound_by_lab(
    journeys: list[Journey], runs: list[ScenarioRun], contacts: list[Contact], limits: Any
) -> Answer:
    """A provider with a good certificate is asked; one with a bad certificate gets no request."""
    if bad := unhealthy(journeys) or unplayed(runs, *_FLAWS):
        return bad
    good = [j for j in of(journeys, "healthy") if _over_tls(j)]
    if not good:
        return inconclusive(
            "the app did not call its provider over TLS, though it was pointed there",
            of(journeys, "healthy"), fix="let the provider's address be set: providers[].base_url_variable",
        )  # fmt: skip
    insecure = [j for j in of(journeys, *_FLAWS) if _over_tls(j)]
    if len(insecure) > limits.insecure_calls:
        return failed(
            f"{counted(insecure, 'request', 'requests')} went to a provider whose certificate is not to be trusted",
            [(j, f"{j.case}: {told(j)}") for j in insecure],
        )
    if not any(c.how == "tls" for c in contacts):
        return inconclusive("no call was tried while the certificate was bad", of(journeys, *_FLAWS))
    return passed(f"{counted(_FLAWS, 'bad certificate', 'bad certificates')} refused, no request sent", good[:1])


def _over_tls(journey: Journey) -> list[ModelCall]:
    return [c for c in journey.calls if c.host and not c.host.startswith(_HERE)]


@check("access.secrets-from-manager", by="lab", scenario="secret-sources", needs=(Journey, AppStart, ScenarioRun))
def secrets_from_manager_by_lab(journeys: list[Journey], starts: list[AppStart], runs: list[ScenarioRun]) -> Answer:
    """With a key's source emptied the app does not start, or makes no call with a key: there is no second copy."""
    if bad := unhealthy(journeys):
        return bad
    keys = {c.key for j in of(journeys, "healthy") for c in j.calls if c.key}
    if not keys:
        return inconclusive("the healthy journeys call the model without a key", of(journeys, "healthy"))
    emptied = [s for s in starts if s.without]
    if not emptied:
        return inconclusive("no key was withheld", fix="name it: providers[].key_variable in gonogo.yaml")
    copies = [j for j in journeys if j.case.startswith("without ") and any(c.key for c in j.calls)]
    if copies:
        return failed(
            f"{counted(copies, 'journey calls', 'journeys call')} the model with a key that was withheld",
            [(j, f"{j.case}: {_whose(j, keys)}; {told(j)}") for j in copies],
            fix="Take the key from its one source alone; remove the copy from code, files and images, and replace it.",
        )
    return passed(f"without {_names(emptied)} {_how(emptied)}")


def _whose(journey: Journey, keys: set[str]) -> str:
    return "the same key" if any(c.key in keys for c in journey.calls) else "another key"


def _names(starts: Sequence[AppStart]) -> str:
    return " and ".join(dict.fromkeys(s.without for s in starts))


def _how(starts: Sequence[AppStart]) -> str:
    return "the app does not start" if all(s.ready_s is None for s in starts) else "no call has a key"
