"""Raw HTTP to model providers: requests, httpx, aiohttp and urllib.

An unset timeout stays unset in the fact. `client` says which library it is: requests and urllib then wait for ever,
httpx 5 seconds, aiohttp 5 minutes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from gonogo.facts import Confidence, ModelCallSite, Setting
from gonogo.prove.scan.calls.clients import Clients
from gonogo.prove.scan.calls.reader import Client, Reader
from gonogo.prove.scan.python_mappings import Mapping
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Scope, Value
from gonogo.prove.scan.python_signature import last_name

HOSTS = re.compile(
    r"(^|\.)(api\.openai\.com|openai\.azure\.com|api\.anthropic\.com|generativelanguage\.googleapis\.com"
    r"|aiplatform\.googleapis\.com|api\.mistral\.ai|api\.cohere\.(ai|com)|api\.groq\.com|api\.together\.(xyz|ai)"
    r"|openrouter\.ai|api\.deepseek\.com|api\.fireworks\.ai|api\.perplexity\.ai|api\.x\.ai|api\.cerebras\.ai"
    r"|(api-inference|router)\.huggingface\.co|dashscope\.aliyuncs\.com|api\.moonshot\.(cn|ai)|open\.bigmodel\.cn"
    r"|integrate\.api\.nvidia\.com|api\.voyageai\.com|models\.inference\.ai\.azure\.com)$"
)
_PATHS = (
    ("/chat/completions", "chat"),
    ("/completions", "completions"),
    ("/responses", "responses"),
    ("/embeddings", "embeddings"),
    ("/embed", "embeddings"),
    ("/v1/messages/count_tokens", "count_tokens"),
    ("/v1/messages", "messages"),
    ("/v1/complete", "completions"),
    ("generatecontent", "chat"),
    ("/api/chat", "chat"),
    ("/api/generate", "completions"),
    ("/v2/chat", "chat"),
    ("/v1/chat", "chat"),
    ("/v1/generate", "completions"),
)
_OPTION_NAMES = {"num_predict": "max_tokens", "maxOutputTokens": "max_output_tokens"}
_METHODS = {"post": 0, "request": 1, "stream": 1, "urlopen": 0, "Request": 0}
_ENCODERS = ("dumps", "encode", "bytes")
_LIBRARIES = ("requests", "httpx", "aiohttp", "urllib")


def find(reader: Reader, clients: Clients, module: Module, call: ast.Call) -> Iterator[ModelCallSite]:
    """Yield the call site that `call` is, if it posts to a model."""
    method = last_name(call.func)
    if method not in _METHODS or method == "Request":
        return
    scope = Scope.of(module, call)
    name = reader.name(scope, call.func)
    client = Client("http", name) if name.startswith(_LIBRARIES) else None
    if client is None and isinstance(call.func, ast.Attribute):
        client = clients.resolve(scope, call.func.value)
    if client is not None and client.sdk != "http":
        return
    given = reader.mappings.arguments(scope, call, _positional(method))
    if method == "urlopen":
        sent = _request(reader, scope, given)
        if sent is None:
            return
        given.update(sent)
    address = given.one("url")
    if address is None or _is_read(reader, given):
        return
    url = _url(reader, client, *address)
    body = _with_options(reader, _body(reader, given))
    api = _api(url, body)
    if api is None:
        return
    known = bool(HOSTS.search(urlsplit(url).hostname or ""))
    confidence: Confidence = "certain" if known and client is not None else "likely"
    yield reader.site(
        module,
        call,
        sdk="http",
        api=api,
        given=given,
        client=client or Client("http", "").unknown(),
        confidence=confidence,
        body=body,
        model=_model(url, body, reader),
    )


def _positional(method: str) -> tuple[str, ...]:
    if method == "urlopen":
        return ("url", "data", "timeout")
    return ("url", "data", "json") if _METHODS[method] == 0 else ("method", "url")


def _request(reader: Reader, scope: Scope, given: Mapping) -> Mapping | None:
    """Return the arguments of the `Request` that urlopen is given; None when it is only a URL, which is no post."""
    placed = given.one("url")
    if placed is None:
        return None
    where, expr = placed
    if isinstance(expr, ast.Name):
        found = reader.project.lookup(where, expr)
        if len(found) == 1 and isinstance(found[0], Value) and found[0].expr is not None:
            where, expr = found[0].scope, found[0].expr
    if isinstance(expr, ast.Call) and last_name(expr.func) == "Request":
        return reader.mappings.arguments(where, expr, ("url", "data", "headers"))
    return given if "data" in given.items else None


def _is_read(reader: Reader, given: Mapping) -> bool:
    method = reader.mappings.get(given, "method").value
    return isinstance(method, str) and method.upper() in ("GET", "HEAD", "DELETE")


def _url(reader: Reader, client: Client | None, scope: Scope, expr: ast.expr) -> str:
    """Return what is known of the URL: all of it, its certain start, or its end after an unknown start (`?` there)."""
    whole = reader.values.setting(scope, expr)
    text = whole.value if isinstance(whole.value, str) else reader.values.prefix(scope, expr)
    if not text or not urlsplit(text).hostname:
        base = client.base_url.value if client is not None else None
        if isinstance(base, str) and text.startswith("/"):
            return base.rstrip("/") + text
    if not isinstance(whole.value, str):
        text += f"?{_tail(reader, scope, expr)}"
    return text


def _tail(reader: Reader, scope: Scope, expr: ast.expr) -> str:
    """The text that the URL certainly ends with."""
    if isinstance(expr, ast.JoinedStr) and expr.values and isinstance(expr.values[-1], ast.Constant):
        return str(expr.values[-1].value)
    if isinstance(expr, ast.BinOp):
        end = reader.values.setting(scope, expr.right).value
        return end if isinstance(end, str) else ""
    if isinstance(expr, ast.Name):
        found = reader.project.lookup(scope, expr)
        if len(found) == 1 and isinstance(found[0], Value) and isinstance(found[0].expr, ast.JoinedStr | ast.BinOp):
            return _tail(reader, found[0].scope, found[0].expr)
    return ""


def _api(url: str, body: Mapping | None) -> str | None:
    """Return which API is posted to. On a host that is no provider's, the body must name a model and hold an input."""
    known = bool(HOSTS.search(urlsplit(url).hostname or ""))
    path = url.lower()
    api = next((a for p, a in _PATHS if path.rstrip("/").endswith(p) or f"{p}?" in path or f"{p}:" in path), None)
    if api is None and "generatecontent" in path:
        api = "chat"
    keys = set(body.items) if body is not None else set()
    if known:
        return api or ("chat" if "messages" in keys else None)
    if "model" not in keys:
        return None
    if "messages" in keys:
        return api or "chat"
    if "prompt" in keys and path.rstrip("/").endswith("/generate"):
        return "completions"
    return api if keys & {"input", "prompt", "contents"} else None


def _body(reader: Reader, given: Mapping) -> Mapping | None:
    placed = given.one("json", "data", "content")
    if placed is None:
        return Mapping(open=True) if given.open else None
    scope, expr = placed
    for _ in range(4):
        found = reader.project.lookup(scope, expr) if isinstance(expr, ast.Name) else []
        first = found[0] if len(found) == 1 else None
        if isinstance(first, Value) and isinstance(first.expr, ast.Call) and last_name(first.expr.func) in _ENCODERS:
            scope, expr = first.scope, first.expr
        if not isinstance(expr, ast.Call) or last_name(expr.func) not in _ENCODERS:
            break
        own = last_name(expr.func) == "encode" and isinstance(expr.func, ast.Attribute)
        expr = expr.func.value if own and isinstance(expr.func, ast.Attribute) else expr.args[0] if expr.args else expr
    return reader.mappings.read(scope, expr)


def _with_options(reader: Reader, body: Mapping | None) -> Mapping | None:
    """Lay the settings that Ollama and Google take in an object of their own over the body."""
    for key in ("options", "generationConfig", "generation_config") if body is not None else ():
        placed = body.one(key) if body is not None else None
        if placed is None or body is None:
            continue
        inner = reader.mappings.read(*placed)
        for theirs, ours in _OPTION_NAMES.items():
            if theirs in inner.items:
                inner.items[ours] = inner.items[theirs]
                inner.maybe |= {ours} if theirs in inner.maybe else set()
        body.open, inner.open = body.open or inner.open, False  # what is not known of it says nothing of the rest
        body.update(inner, certain=key not in body.maybe)
    return body


def _model(url: str, body: Mapping | None, reader: Reader) -> Setting | None:
    """Some APIs name the model in the path."""
    in_path = re.search(r"/(?:models|deployments)/([\w.\-]+)[:/]", url)
    if in_path and (body is None or "model" not in body.items):
        return Setting(in_path.group(1), "literal")
    return reader.mappings.get(body, "model") if body is not None else Setting(None, "dynamic")
