"""Certificate checks switched off, and model providers called over plain HTTP."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from urllib.parse import urlsplit

from gonogo.facts import Fact, InsecureTransport
from gonogo.prove.base import Target
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.tree import SourceFile, Tree

_OFF = {
    "verify": (False, 0),
    "verify_ssl": (False, 0),
    "ssl": (False, 0),
    "ssl_verify": (False, 0),
    "validate_certs": (False, 0),
}
_CLIENTS = (
    "requests",
    "httpx",
    "aiohttp",
    "openai",
    "anthropic",
    "litellm",
    "urllib3",
    "langchain",
    "qdrant",
    "pymongo",
)
_CONTEXTS = ("ssl._create_unverified_context", "ssl._create_stdlib_context")
_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal")  # noqa: S104  (recognised, not bound)
_SCRIPTS = ("javascript", "typescript", "tsx")
_URL_WORDS = (
    "api.openai.com",
    "api.anthropic.com",
    "generativelanguage.googleapis.com",
    "api.mistral.ai",
    "api.cohere",
    "openrouter.ai",
)


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield every place outside tests where transport security is given up."""
    values = values_of(tree)
    for file in tree.files:
        if file.in_tests:
            continue
        if file.language == "python":
            found = _python(file, values)
        elif file.language in _SCRIPTS:
            found = _script(file)
        else:
            found = _settings(file)
        for line, what in sorted(set(found)):
            yield InsecureTransport(**seen(target, file.path, line), what=what)


def _python(file: SourceFile, values: Values) -> Iterator[tuple[int, str]]:
    if not any(word in file.text for word in ("verify", "ssl", "http://", "CERT_NONE")):
        return
    module = values.project.module(file)
    if module is None:
        return
    for call in module.calls:
        scope = Scope.of(module, call)
        name = values.external(scope, call.func)
        if name in _CONTEXTS:
            yield call.lineno, f"{name}() checks no certificate"
        yield from _switched_off(call, name, scope, values)
    for node in module.file.nodes(ast.Assign, ast.Constant):
        if isinstance(node, ast.Assign):
            yield from _assigned(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and plain_provider(node.value):
            yield node.lineno, f"a model provider is called over plain HTTP: {plain_provider(node.value)}"


def _switched_off(call: ast.Call, name: str, scope: Scope, values: Values) -> Iterator[tuple[int, str]]:
    for keyword in call.keywords:
        if keyword.arg not in _OFF:
            continue
        setting = values.setting(scope, keyword.value)
        if setting.value is False and setting.origin in ("literal", "constant") and _is_client(call, name, keyword.arg):
            yield keyword.value.lineno, f"{keyword.arg}=False switches certificate checks off"


def _is_client(call: ast.Call, name: str, argument: str) -> bool:
    if argument in ("verify_ssl", "ssl_verify", "validate_certs"):
        return True
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    http = method in ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "ws_connect")
    return name.partition(".")[0] in _CLIENTS or http or method.endswith(("Client", "Session", "TCPConnector"))


def _assigned(node: ast.Assign) -> Iterator[tuple[int, str]]:
    for aim in node.targets:
        if not isinstance(aim, ast.Attribute):
            continue
        off = isinstance(node.value, ast.Constant) and node.value.value is False
        if aim.attr == "check_hostname" and off:
            yield node.lineno, "check_hostname = False accepts a certificate of any name"
        if aim.attr == "verify" and off:
            yield node.lineno, "verify = False switches certificate checks off"
        if aim.attr == "verify_mode" and isinstance(node.value, ast.Attribute) and node.value.attr == "CERT_NONE":
            yield node.lineno, "CERT_NONE switches certificate checks off"
        value = node.value
        if aim.attr == "_create_default_https_context" and isinstance(value, ast.Attribute):
            yield node.lineno, "the default HTTPS context is replaced by one that checks no certificate"


def _script(file: SourceFile) -> Iterator[tuple[int, str]]:
    if not any(word in file.text for word in ("rejectUnauthorized", "NODE_TLS_REJECT_UNAUTHORIZED", "http://")):
        return
    root = file.grep()
    for pair in root.find_all(kind="pair"):
        key, value = pair.field("key"), pair.field("value")
        if key and value and key.text().strip("\"'") == "rejectUnauthorized" and value.text() == "false":
            yield pair.range().start.line + 1, "rejectUnauthorized: false switches certificate checks off"
    for made in root.find_all(kind="assignment_expression"):
        left, right = made.field("left"), made.field("right")
        if left and right and "NODE_TLS_REJECT_UNAUTHORIZED" in left.text() and right.text().strip("\"'`") == "0":
            yield made.range().start.line + 1, "NODE_TLS_REJECT_UNAUTHORIZED=0 switches certificate checks off"
    for literal in root.find_all(kind="string"):
        if plain_provider(literal.text().strip("\"'`")):
            yield literal.range().start.line + 1, "a model provider is called over plain HTTP"


def _settings(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Environment files, Dockerfiles and YAML that switch checks off for the process."""
    if file.language not in ("env", "dockerfile", "yaml"):
        return
    for number, line in enumerate(file.lines, 1):
        plain = "".join(line.split()).replace('"', "").replace("'", "")
        if plain.startswith("#"):
            continue
        if "NODE_TLS_REJECT_UNAUTHORIZED=0" in plain or "NODE_TLS_REJECT_UNAUTHORIZED:0" in plain:
            yield number, "NODE_TLS_REJECT_UNAUTHORIZED=0 switches certificate checks off"
        if "PYTHONHTTPSVERIFY=0" in plain or "PYTHONHTTPSVERIFY:0" in plain:
            yield number, "PYTHONHTTPSVERIFY=0 switches certificate checks off"


def plain_provider(url: str) -> str | None:
    """Return the host when `url` calls a model provider over plain HTTP, None otherwise."""
    if not url.startswith("http://"):
        return None
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return host if host not in _LOCAL and any(word in host for word in _URL_WORDS) else None
