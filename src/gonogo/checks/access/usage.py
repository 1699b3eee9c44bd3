"""What each client used, by the lab: access records, held against what was sent."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from gonogo.checks.check import Answer, check, failed, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, unhealthy
from gonogo.checks.records import STATUS, TIME, lacking, records
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Evidence

_FIELDS = {
    "the time": TIME,
    "the status": STATUS,
    "the volume": ("bytes", "size", "length", "body_bytes", "response_bytes", "tokens", "total_tokens"),
}
"""What an access record tells besides who and where, and the names that logs give it."""


@check("access.client-usage-tracked", by="lab", scenario="client-usage", needs=(Journey, AppLog), optional=(AppLog,))
def client_usage_tracked_by_lab(journeys: list[Journey], lines: list[AppLog], limits: Any) -> Answer:
    """Each client's requests have each one access record with who, where, when, how it went and how much."""
    if bad := unhealthy(journeys):
        return bad
    sent = Counter((j.exchange.identity or "", j.exchange.route) for j in of(journeys, "healthy"))
    kept_lines = records(lines)
    kept = {
        (who, route): [r for line, r in kept_lines if route in line.text and who in [str(v) for v in r.values()]]
        for who, route in sent
    }
    wrong = [f"{who}: {len(kept[who, route])} records of {n} requests" for (who, route), n in sent.items()
             if len(kept[who, route]) != n]  # fmt: skip
    right = sum(n for key, n in sent.items() if len(kept[key]) == n)
    if 100 * right < limits.coverage * sum(sent.values()):
        return failed(
            "totals per client are not what was sent", [Evidence(None, None, said) for said in wrong],
            fix="Write one access record for each request: who, route, time, status and volume.",
        )  # fmt: skip
    gaps = sorted({what for found in kept.values() for r in found for what in lacking(r, _FIELDS)})
    if gaps:
        first = next(iter(kept.values()))[0]
        return failed(f"access records lack {', '.join(gaps)}", [Evidence(None, None, json.dumps(first)[:200])])
    return passed(f"{counted(sent, 'client', 'clients')}, {sum(sent.values())} requests, each with one access record")
