"""Values in gonogo.yaml that are of the right type and still cannot be right: URLs, ports, paths, commands, figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from gonogo.system.document import Node
from gonogo.system.names import entries, text_of
from gonogo.system.problems import Problems, nearest, shown

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_DIGEST = re.compile(r"(sha256:)?[0-9a-f]{64}")
_LAST_PORT = 65535
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")

Tell = Callable[[str], str | None]
"""A rule: the value in, what is wrong with it out, None where it is right."""


def url_problem(text: str) -> str | None:
    """Tell what is wrong with an http or https URL; None where nothing is."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{shown(text)} is no URL; write https://host or http://host:port"
    if parts.scheme not in ("http", "https"):
        return f"{shown(text)} has no scheme http or https; write https://host"
    if not host or not host_right(host):
        return f"{shown(text)} names no valid host; write https://host"
    if parts.username is not None or parts.password is not None:
        return "credentials never stand in a URL; declare an identity with `variable:`"
    return None


def host_right(host: str) -> bool:
    """Tell whether a text is a host name or an address, without scheme, port or path."""
    return bool(_HOST.fullmatch(host)) or bool(re.fullmatch(r"\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\]?", host))


def inside_problem(text: str) -> str | None:
    """Tell what is wrong with a path that must stay in the repository; None where nothing is."""
    if text.startswith(("/", "~")) or "\\" in text or re.match(r"[A-Za-z]:", text):
        return f"{shown(text)} is not relative to this file; write it with forward slashes, from this directory on"
    if ".." in text.split("/"):
        return f"{shown(text)} leaves the repository; name something inside"
    return None


def _index(text: str) -> str | None:
    return url_problem(text) if "://" in text else inside_problem(text)


def _origin(text: str) -> str | None:
    if text == "*":
        return None
    problem = url_problem(text)
    if problem is None and urlsplit(text).path not in ("", "/"):
        return f"{shown(text)} has a path; an origin is scheme, host and port only"
    return problem


def _host_entry(text: str) -> str | None:
    host, _, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "")
    if host_right(host or text) and (not port or port.isdigit()):
        return None
    return f"{shown(text)} is no host; write the name alone, without scheme or path"


def _listen(text: str) -> str | None:
    host, _, port = text.rpartition(":")
    if host_right(host) and port.isascii() and port.isdigit() and 1 <= int(port) <= _LAST_PORT - 4:
        return None
    return f"{shown(text)} is no host:port with four more ports after it; write 127.0.0.1:9100"


def _path(text: str) -> str | None:
    return None if text.startswith("/") else f"{shown(text)} does not begin with /; write {shown('/' + text)}"


def _pointer(text: str) -> str | None:
    if text == "text" or (text and _POINTER.fullmatch(text)):
        return None
    mend = "/" + text.replace(".", "/").strip("/$")
    return f"{shown(text)} is neither `text` nor a JSON pointer; did you mean {shown(mend)}?"


def _method(text: str) -> str | None:
    return None if text in METHODS else f"{shown(text)} is no HTTP method{nearest(text, METHODS)}"


def _matches(pattern: re.Pattern[str], what: str) -> Tell:
    return lambda text: None if pattern.fullmatch(text) else f"{shown(text)} is not {what}"


_variable = _matches(_VARIABLE, "the name of an environment variable, such as OPENAI_BASE_URL")
_TEXTS: dict[str, Tell] = {
    "path": inside_problem,
    "environments.*.url": url_problem,
    "environments.*.hosts.*": _host_entry,
    "environments.*.origins.*": _origin,
    "service.url": url_problem,
    "lab.listen": _listen,
    "service.health": _path,
    "service.ready": _path,
    "service.directory": inside_problem,
    "service.public.*": _path,
    "service.api_version_header": _matches(_HEADER, "the name of an HTTP header"),
    "journeys.*.path": _path,
    "journeys.*.method": _method,
    "journeys.*.answer": _pointer,
    "journeys.*.id": _pointer,
    "journeys.*.feedback.path": _path,
    "journeys.*.feedback.label": _pointer,
    "identities.*.header": _matches(_HEADER, "the name of an HTTP header"),
    "identities.*.variable": _variable,
    "providers.*.base_url_variable": _variable,
    "budgets.daily_variable": _variable,
    "budgets.monthly_variable": _variable,
    "providers.*.key_variable": _variable,
    "providers.*.status_feed": url_problem,
    "tools.*.directory": inside_problem,
    "lab.dead_letters.list": _path,
    "lab.dead_letters.retry": _path,
    "lab.dead_letters.items": _pointer,
    "lab.dead_letters.id": _pointer,
    "lab.recovery.header": _matches(_HEADER, "the name of an HTTP header"),
    "approvals.waiting": _path,
    "approvals.decide": _path,
    "approvals.items": _pointer,
    "approvals.id": _pointer,
    "predictions.*.path": _path,
    "predictions.*.feedback.path": _path,
    "predictions.*.feedback.label": _pointer,
    "predictions.*.accuracy.path": _path,
    "predictions.*.explanation": _path,
    "deployment.experiment.p_value": _pointer,
    "deployment.experiment.unit": _matches(_HEADER, "the name of an HTTP header"),
    "predictions.*.record": _pointer,
    "predictions.*.output": _pointer,
    "predictions.*.flag": _pointer,
    "predictions.*.id": _pointer,
    "datasets.*.digest": _matches(_DIGEST, "a sha256: 64 hexadecimal digits"),
    "lab.install.index": _index,
    "status_page": url_problem,
    "owners.*.email": _matches(_EMAIL, "an e-mail address"),
    "approvers.*.email": _matches(_EMAIL, "an e-mail address"),
    "rota.*.email": _matches(_EMAIL, "an e-mail address"),
    "contacts.*.email": _matches(_EMAIL, "an e-mail address"),
}
_FIGURES: dict[str, tuple[float, float]] = {
    "service.port": (1, 65535),
    "dependencies.*.pool_size": (1, 10_000),
    "environments.*.request_budget": (1, 100_000),
    "journeys.*.deadline_s": (0.001, 86_400),
    "objectives.*.window_days": (1, 3650),
    "load.requests_per_minute": (0, 1e12),
    "load.peak_requests_per_minute": (0, 1e12),
    "load.concurrent_users": (0, 10**9),
    "budgets.monthly_usd": (0, 1e12),
    "budgets.daily_usd": (0, 1e12),
    "budgets.per_request_usd": (0, 1e9),
    "budgets.alert_percent.*": (0, 1000),
    "budgets.prompt_tokens": (1, 10**9),
    "data_stores.*.retention_days": (0, 36_500),
    "predictions.*.accuracy.baseline": (0, 1e12),
    "deployment.experiment.share": (0.01, 0.99),
    "deployment.experiment.users": (20, 100_000),
    "deployment.experiment.effect": (0.001, 1),
    "predictions.*.corpus": (1, 1e12),
    "predictions.*.drift_rows": (1, 1_000_000),
    "tools.*.most": (0, 1_000_000),
    "tools.*.limits.memory_mib": (8, 65_536),
    "tools.*.limits.cpu_s": (0.1, 3_600),
    "tools.*.limits.disk_mib": (1, 65_536),
    "indexes.*.dimension": (1, 1_000_000),
    "indexes.*.documents": (1, 10**9),
    "indexes.*.embedding_requests_per_minute": (1, 1e12),
    "indexes.*.ingest_requests_per_minute": (1, 1e12),
    "indexes.*.max_lag_hours": (0, 1e6),
    "load.store.port": (1, 65535),
    "policies.*.approvals": (0, 100),
    "policies.*.max_waivers": (0, 10_000),
}


def pattern_of(key: str) -> str:
    """Return a dotted key with `*` for every list position: `journeys.0.path` is `journeys.*.path`."""
    return ".".join("*" if part.isdigit() else part for part in key.split("."))


def check_values(root: Node, problems: Problems) -> None:
    """Note every value that cannot be right."""
    for key, node in root.walk():
        problem = _problem(pattern_of(key), node)
        if problem:
            problems.add(node.file, node.line, key, problem)
    _environments(root, problems)
    _journeys(root, problems)
    _commands(root, problems)
    _budgets(root, problems)
    _ranges(root, problems)
    _exclude(root, problems)


def _problem(pattern: str, node: Node) -> str | None:
    if node.text is not None and pattern in _TEXTS:
        return _TEXTS[pattern](node.text)
    if pattern in _FIGURES and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        low, high = _FIGURES[pattern]
        if not low <= node.value <= high:
            return f"{shown(node.value)} is outside {low:,} to {high:,}"
    return None


def _environments(root: Node, problems: Problems) -> None:
    for key, item in entries(root, "environments"):
        both = [item.map.get(k) for k in ("production", "disposable")]
        if all(node is not None and node.value is True for node in both) and both[1]:
            text = "is true together with production; nothing that real users use may be broken, so remove one of them"
            problems.add(both[1].file, both[1].line, f"{key}.disposable", text)


def _journeys(root: Node, problems: Problems) -> None:
    for key, item in entries(root, "journeys"):
        if not item.map:
            continue
        given = [k for k in ("path", "command") if k in item.map and item.map[k].value is not None]
        if len(given) != 1:
            what = "both path and command; keep one" if given else "neither path nor command; add one of them"
            problems.add(item.file, item.line, key, f"has {what}")


def _commands(root: Node, problems: Problems) -> None:
    found = [(key, node) for key, node in root.walk() if pattern_of(key) in _COMMANDS and isinstance(node.value, list)]
    for key, node in found:
        words = [n.text for n in node.items]
        if not words:
            problems.add(node.file, node.line, key, "is empty; list the program and its arguments")
        elif len(words) == 1 and words[0] and " " in words[0].strip():
            mend = "[" + ", ".join(words[0].split()[:6]) + "]"
            problems.add(node.file, node.line, key, f"runs without a shell; one item for each argument: {mend}")


_COMMANDS = frozenset(
    {
        "service.start",
        "service.contract",
        "lab.install.command",
        "load.store.start",
        "journeys.*.command",
        "deployment.deploy",
        "deployment.rollback",
    }
)


def _figure(node: Node | None, name: str) -> float | None:
    inner = node.map.get(name) if node else None
    value = inner.value if inner else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _budgets(root: Node, problems: Problems) -> None:
    node = root.map.get("budgets")
    order = ("per_request_usd", "daily_usd", "monthly_usd")
    for small, large in (order[:2], order[1:], (order[0], order[2])):
        low, high = _figure(node, small), _figure(node, large)
        if node and low is not None and high is not None and low > high:
            inner = node.map[small]
            problems.add(
                inner.file, inner.line, f"budgets.{small}", f"is more than {large}; the larger one has no effect"
            )


def _ranges(root: Node, problems: Problems) -> None:
    for key, item in entries(root, "predictions"):
        low, high = _figure(item, "output_min"), _figure(item, "output_max")
        if low is not None and high is not None and low > high:
            problems.add(
                item.file, item.map["output_min"].line, f"{key}.output_min", "is larger than output_max; swap them"
            )
    for key, item in entries(root, "indexes"):
        cap, limit = _figure(item, "ingest_requests_per_minute"), _figure(item, "embedding_requests_per_minute")
        if cap is not None and limit is not None and cap > limit:
            node = item.map["ingest_requests_per_minute"]
            text = "is more than embedding_requests_per_minute, and leaves nothing for queries"
            problems.add(node.file, node.line, f"{key}.ingest_requests_per_minute", text)
    for key, item in entries(root, "objectives"):
        target = _figure(item, "target")
        if target is not None and text_of(item, "unit") == "%" and not 0 <= target <= 100:
            problems.add(item.file, item.map["target"].line, f"{key}.target", "is no share of 100 %")


def _exclude(root: Node, problems: Problems) -> None:
    node = root.map.get("exclude")
    for index, item in enumerate(node.items if node else ()):
        if item.text is not None and item.text.strip("/") in ("", ".", "*", "**", "**/*", "./**"):
            text = f"{shown(item.text)} leaves nothing to look at; name what is not yours to mend"
            problems.add(item.file, item.line, f"exclude.{index}", text)
