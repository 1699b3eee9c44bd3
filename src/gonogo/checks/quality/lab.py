"""Quality, by the lab: what each model call carries, what odd inputs meet, and whether the tests stand on their own."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, not_applicable, passed
from gonogo.checks.cost.lab import chat, uncalled
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.derive.models import refuses_sampling
from gonogo.facts import Contact, Evidence, ModelCall, ScenarioRun, SuiteRun


@check("quality.sampling-explicit", by="lab", scenario="observe", needs=(Journey,))
def sampling_explicit_by_lab(journeys: list[Journey], limits: Any) -> Answer:
    """Every chat call that was seen sets its temperature; models that refuse one are left out."""
    if bad := unhealthy(journeys) or uncalled(journeys):
        return bad
    calls = [(j, c) for j in journeys for c in chat(j) if not refuses_sampling(c.model)]
    if not calls:
        return not_applicable("every model that was called refuses sampling parameters")
    unset = [(j, f"{c.model}: temperature is not set") for j, c in calls if c.temperature is None]
    if 100 * (len(calls) - len(unset)) < limits.explicit * len(calls):
        return failed(share(unset, calls, "model call", "leaves its temperature", "leave their temperature"), unset)
    used = sorted({c.temperature for _, c in calls if c.temperature is not None})
    return passed(
        f"{counted(calls, 'model call', 'model calls')}, each with its temperature: {', '.join(f'{t:g}' for t in used)}"
    )


@check("quality.edge-cases", by="lab", scenario="edge-cases", needs=(Journey, ScenarioRun))
def edge_cases_by_lab(journeys: list[Journey], runs: list[ScenarioRun]) -> Answer:
    """Empty, binary and foreign inputs get an answer or a clear refusal, never an error of the server."""
    if bad := unhealthy(journeys) or unplayed(runs, "edges"):
        return bad
    tried = of(journeys, "edges")
    broken = [j for j in tried if not _defined(j)]
    if broken:
        return failed(
            f"{share(broken, tried, 'odd input')} met no defined answer",
            [(j, f"{j.exchange.said!r:.60}: {told(j)}") for j in broken],
        )
    refused = [j for j in tried if j.refused]
    return passed(
        f"{len(tried) - len(refused)} odd inputs answered, {len(refused)} refused clearly, none broke anything"
    )


def _defined(journey: Journey) -> bool:
    """Tell whether a user gets a whole answer with something in it, or an error that blames the request."""
    e = journey.exchange
    whole = e.ended in ("", "complete") and e.error is None
    if e.status is None:
        return whole and e.exit_code == 0 and bool(e.answer.strip())
    return whole and (400 <= e.status < 500 or (e.status < 300 and bool(e.answer.strip())))


@check(
    "quality.unit-tests",
    by="lab",
    scenario="unit-tests",
    needs=(ScenarioRun, SuiteRun, Contact, ModelCall),
    optional=(Contact, ModelCall),
)
def unit_tests_by_lab(
    runs: list[ScenarioRun], suites: list[SuiteRun], contacts: list[Contact], calls: list[ModelCall], limits: Any
) -> Answer:
    """The tests pass where nothing outside can be reached, want to reach nothing, and cover the core modules."""
    suite = suites[-1]
    wanted = sorted({*(f"{c.host}:{c.port}" if c.port else c.host for c in contacts), *(c.host for c in calls)})
    end = [Evidence(None, None, suite.said[-300:] or "nothing was said")]
    if len(contacts) + len(calls) > limits.network_attempts:
        also = "" if suite.exit_code == 0 else ", and do not pass without it"
        return failed(
            f"the tests want to reach {', '.join(wanted)}{also}",
            [Evidence(None, None, f"{' '.join(suite.command)} wanted {place}") for place in wanted],
            fix="Put a stand-in of the test's own where the code calls outside.",
        )
    if suite.exit_code is None:
        return inconclusive(f"the tests did not end within {suite.seconds:.0f} s", end)
    if suite.exit_code:
        return failed(f"without a network the tests end with exit code {suite.exit_code}", end)
    if any(run.contained != "bubblewrap" for run in runs):
        return inconclusive(
            "the tests pass, but the network cannot be cut whole on this machine",
            fix="install bubblewrap and allow it user namespaces, then: gonogo lab --scenario unit-tests",
        )
    return _covered(suite, limits.coverage)


def _covered(suite: SuiteRun, least: float) -> Answer:
    """Hold the share of the core's lines that ran against the least that is asked."""
    lines = sum(found for _, found in suite.covered.values())
    if not lines:
        return inconclusive(
            f"the tests pass without a network, but what they cover is not known: "
            f"{suite.problem or 'the report names none of tests.core'}",
            fix="declare tests: {coverage: FILE, core: [GLOB]} in gonogo.yaml; the file is one in the LCOV format",
        )
    if suite.unmeasured:
        return failed(
            f"{counted(suite.unmeasured, 'core module is', 'core modules are')} run by no test",
            [Evidence(path, None, "the report does not name it") for path in suite.unmeasured],
        )
    percent = 100.0 * sum(hit for hit, _ in suite.covered.values()) / lines
    each = sorted(suite.covered.items(), key=lambda one: one[1][0] / one[1][1])
    if percent < least:
        return failed(
            f"the tests run {percent:.0f} % of the lines of the core modules",
            [Evidence(path, None, f"{hit} of {found} lines") for path, (hit, found) in each[:8]],
            fix="Test the modules that are covered least.",
        )
    return passed(
        f"the tests pass without a network, want to reach nothing, and run {percent:.0f} % of the lines of "
        f"{counted(each, 'core module', 'core modules')}"
    )
