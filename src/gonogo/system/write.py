"""A draft as a good first gonogo.yaml: grouped, only what was inferred filled in, the rest as examples with why."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from gonogo.facts.declaration import System

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*|/[A-Za-z0-9_./-]*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})

Block = tuple[str, str, str]
"""One group of the file: its key, why it is asked for, and an example for where nothing was inferred."""

BLOCKS: tuple[Block, ...] = (
    ("kinds", "What it is (llm-app, rag, agent, ml-model); it decides which controls apply.", "kinds: [llm-app]"),
    (
        "environments",
        "Where it runs. `gonogo check --env NAME` sends requests to these hosts and to no others; only a disposable\n"
        "environment gets requests that could change something.",
        "environments:\n"
        "  - {name: staging, url: https://staging.example.org, disposable: true}\n"
        "  - {name: production, url: https://app.example.org, production: true}",
    ),
    (
        "service",
        "How it starts on this machine, one item for each argument, and where it answers.",
        'service:\n  start: [uvicorn, "app.main:app", --port, "8000"]\n  port: 8000\n  health: /healthz',
    ),
    (
        "journeys",
        "What users do that makes it work: the request, and where the answer stands (a JSON pointer, or text).",
        "journeys:\n  - name: ask\n    path: /ask\n"
        "    body: {question: \"What are your opening hours?\"}\n    answer: /answer",
    ),
    (
        "identities",
        "Who calls it in tests: two users and a low role. The variable holds the header's value; it never stands here.",
        "identities:\n"
        "  - {name: first, variable: FIRST_USER_TOKEN}\n"
        "  - {name: second, variable: SECOND_USER_TOKEN}\n"
        "  - {name: low, role: low, variable: LOW_ROLE_TOKEN}",
    ),
    (
        "providers",
        "Model providers, the variables that point at them, and the exact model versions.",
        "providers:\n  - {name: openai, base_url_variable: OPENAI_BASE_URL, key_variable: OPENAI_API_KEY}",
    ),
    (
        "features",
        "What users get when the model is away, and what tells that a feature serves its purpose.",
        "features:\n"
        "  - {name: answers, degraded_mode: the search page, outcome_metric: share of answers rated helpful}",
    ),
    (
        "dependencies",
        "What it needs from outside, and what happens without it.",
        "dependencies:\n  - {name: search, host: search.example.org, fallback: answers without sources}",
    ),
    ("data_stores", "Where data is kept, of which class, for how long.", "data_stores:\n"
        "  - {name: postgresql, holds: personal, retention_days: 90}"),
    (
        "tools",
        "Tools that a model may call. One without sensitivity counts as sensitive.",
        "tools:\n  - {name: send_mail, sensitivity: [external-communication], approval: true}",
    ),
    (
        "objectives",
        "What it promises, and the load that is expected.",
        "objectives:\n  - {name: latency-p95, target: 3, unit: s}\n"
        "load: {requests_per_minute: 60, peak_requests_per_minute: 300}",
    ),
    (
        "budgets",
        "What may be spent. Many cost controls compare with these figures.",
        "budgets: {monthly_usd: 500, daily_usd: 25, alert_percent: [50, 80, 100]}",
    ),
    (
        "deployment",
        "How a version goes out, and the one command that takes it back.",
        "deployment: {deploy: [./deploy.sh], rollback: [./deploy.sh, --rollback]}",
    ),
    (
        "owners",
        "Who owns it, who may sign (with the key that `gonogo key new` makes), who is on call.",
        "owners:\n  - {name: owner, email: owner@example.org}\n"
        "approvers:\n  - {name: reviewer, email: reviewer@example.org, key: \"ed25519:...\"}\n"
        "rota:\n  - {name: on-call, channel: the pager}",
    ),
    (
        "regimes",
        "Regimes that apply, and the domain where it is regulated.",
        "regimes: [gdpr]\ndomain: health",
    ),
    (
        "not_applicable",
        "Controls that do not apply, each with the reason.",
        "not_applicable:\n  - {control: cost.daily-budget-cap, reason: the model runs on our own machines}",
    ),
)  # fmt: skip


def render(system: System, unknown: Sequence[str] = ()) -> str:
    """Return the text of a first gonogo.yaml; the same draft gives the same text, and it loads without an error."""
    values = _filled(system)
    parts = [
        "# What gonogo is told about this system. A first draft, inferred by reading the repository: correct it.\n"
        "# Every key is explained by `gonogo init --schema`; `gonogo check` says what is wrong, with the line.\n",
        f"name: {scalar(system.name)}\n",
    ]
    for key, why, example in BLOCKS:
        parts.append(_block(key, why, example, values))
    if unknown:
        parts.append("# What could not be told by reading:\n" + "".join(f"#   - {comment(line)}\n" for line in unknown))
    return "\n".join(parts)


def _filled(system: System) -> dict[str, object]:
    """Return the keys of `system` that differ from their defaults, as plain JSON values."""
    plain: dict[str, object] = msgspec.to_builtins(system)
    empty: dict[str, object] = msgspec.to_builtins(System(name=""))
    return {f.name: plain[f.name] for f in dataclasses.fields(system) if plain[f.name] != empty[f.name]}


def _block(key: str, why: str, example: str, values: Mapping[str, object]) -> str:
    head = "".join(f"# {line}\n" for line in why.split("\n"))
    if key not in values:
        return head + "".join(f"#{line}\n" for line in example.split("\n"))
    return head + f"{key}:" + _SHAPES.get(key, _items)(values[key])


def _items(value: object) -> str:
    """Return a list of things, a mapping of values each, without what has no value."""
    rows = value if isinstance(value, (list, tuple)) else ()
    return "\n" + "".join(_item(row) for row in rows)


def _item(row: object) -> str:
    entries = _given(row)
    lines = [f"{key}: {flow(value)}" for key, value in entries.items()]
    return "  - " + "\n    ".join(lines) + "\n"


def _given(row: object) -> dict[str, object]:
    """Return the fields of a record that say something."""
    pairs = row.items() if isinstance(row, dict) else ()
    return {k: v for k, v in pairs if v not in (None, "", (), [], {}, False) and (k, v) not in _DEFAULTS}


_DEFAULTS: tuple[tuple[str, object], ...] = (
    ("method", "POST"),
    ("deadline_s", 130.0),
    ("bills_per_use", True),
    ("directory", "."),
    ("holds", "internal"),
)


def _service(value: object) -> str:
    return "\n" + "".join(f"  {key}: {flow(inner)}\n" for key, inner in _given(value).items())


def _words(value: object) -> str:
    return f" {flow(value)}\n"


_SHAPES: dict[str, Callable[[object], str]] = {"kinds": _words, "service": _service}


def flow(value: object) -> str:
    """Return a plain JSON value as YAML on one line."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    return scalar(value)


def scalar(value: object) -> str:
    """Return one value as YAML: plain where nothing can go wrong, else in double quotes with control marks escaped."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        return "".join(c if c.isprintable() else _escape(c) for c in json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\\uFFFD"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def comment(text: str) -> str:
    """Return text as it may stand in a comment: one line, nothing that could end it."""
    return "".join(c if c.isprintable() else " " for c in text)
