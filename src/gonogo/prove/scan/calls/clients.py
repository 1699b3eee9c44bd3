"""Find the client behind a call: through variables, attributes, functions, injected dependencies and re-exports."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from gonogo.facts import Setting
from gonogo.prove.scan.calls.reader import Client, Reader, seconds
from gonogo.prove.scan.python_flow import reaching
from gonogo.prove.scan.python_mappings import Mapping
from gonogo.prove.scan.python_module import Class
from gonogo.prove.scan.python_project import Entity, External, Function, Parameter, Scope, Value
from gonogo.prove.scan.python_settings import agreed
from gonogo.prove.scan.python_signature import annotation_of, is_property, last_name, plain_annotation

MAX_DEPTH = 14

_OPENAI = frozenset({"OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI", "Client", "AsyncClient"})
_ANTHROPIC = frozenset({"Anthropic", "AsyncAnthropic", "AnthropicBedrock", "AsyncAnthropicBedrock"}) | {
    "AnthropicVertex", "AsyncAnthropicVertex", "AnthropicFoundry", "AsyncAnthropicFoundry", "Client", "AsyncClient"
}  # fmt: skip
LIKE_OPENAI = {
    "groq": ("Groq", "AsyncGroq"),
    "together": ("Together", "AsyncTogether"),
    "cerebras": ("Cerebras", "AsyncCerebras"),
    "huggingface_hub": ("InferenceClient", "AsyncInferenceClient"),
    "zhipuai": ("ZhipuAI",),
    "zai": ("ZhipuAiClient", "ZaiClient"),
    "volcenginesdkarkruntime": ("Ark", "AsyncArk"),
    "portkey_ai": ("Portkey", "AsyncPortkey"),
}
"""SDKs of other providers whose clients have the methods of OpenAI's, with the names of those clients."""
_HTTP = {"requests.Session": "requests", "requests.session": "requests", "httpx.Client": "httpx",
         "httpx.AsyncClient": "httpx", "aiohttp.ClientSession": "aiohttp"}  # fmt: skip
_TRANSPARENT = frozenset(
    {"from_openai", "from_anthropic", "patch", "apatch", "wrap_openai", "wrap_anthropic", "observe", "cast", "trace"}
)
"""Functions that give back the client they are given, watched or extended."""
_SAME = frozenset({"with_raw_response", "with_streaming_response", "beta", "chat"})
_GOOGLE_MODELS = ("google.generativeai.", "vertexai.")


def sdk_of(name: str) -> str | None:
    """Return the SDK that a dotted class name belongs to; None when it is no client that we know."""
    parts = name.split(".")
    last, before = parts[-1], parts[:-1]
    if name in _HTTP:
        return "http"
    if any(p.startswith(("langchain", "llama_index", "pydantic_ai", "autogen", "agno", "crewai")) for p in before):
        return None
    if name in ("google.genai.Client", "google.genai.client.Client") or (
        last == "GenerativeModel" and name.startswith(_GOOGLE_MODELS)
    ):
        return "google"
    if name == "litellm.Router" or (name.startswith("litellm.") and last == "Router"):
        return "litellm"
    if before and last in LIKE_OPENAI.get(before[0], ()):
        return before[0]
    if last in _OPENAI and "openai" in before:
        return "openai"
    return "anthropic" if last in _ANTHROPIC and "anthropic" in before else None


class Clients:
    """Resolves expressions to clients, each node once."""

    def __init__(self, reader: Reader) -> None:
        """Resolve names through `reader`."""
        self.reader = reader
        self.project = reader.project
        self._seen: dict[int, Client | None] = {}
        self._depth = 0

    def resolve(self, scope: Scope, expr: ast.expr | None) -> Client | None:
        """Return the client that `expr` is, None when it is none or nobody can tell."""
        if expr is None or self._depth > MAX_DEPTH:
            return None
        if id(expr) not in self._seen:
            self._seen[id(expr)] = None
            self._depth += 1
            try:
                self._seen[id(expr)] = self._resolve(scope, expr)
            finally:
                self._depth -= 1
        return self._seen[id(expr)]

    def _resolve(self, scope: Scope, expr: ast.expr) -> Client | None:
        match expr:
            case ast.Await(value=inner) | ast.NamedExpr(value=inner) | ast.withitem(context_expr=inner):
                return self.resolve(scope, inner)
            case ast.BoolOp(values=choices):
                return merged((self.resolve(scope, c) for c in choices), len(choices))
            case ast.IfExp(body=body, orelse=other):
                return merged((self.resolve(scope, c) for c in (body, other)), 2)
            case ast.Call():
                return self._call(scope, expr)
            case ast.Attribute(value=owner, attr=attr) if attr in _SAME:
                return self.resolve(scope, owner)
            case ast.Name() | ast.Attribute():
                return self._named(scope, expr)
        return None

    def _call(self, scope: Scope, call: ast.Call) -> Client | None:
        short = last_name(call.func)
        if short in ("with_options", "copy") and isinstance(call.func, ast.Attribute):
            made = self.resolve(scope, call.func.value)
            return self._with(made, self.reader.mappings.arguments(scope, call)) if made else None
        if short in ("__enter__", "__aenter__", "enter_async_context", "enter_context"):
            inner = call.args[0] if call.args else getattr(call.func, "value", None)
            return self.resolve(scope, inner)
        found = [self._callee(scope, call, e) for e in self.project.lookup(scope, call.func)]
        known = merged(found, len(found)) if found else None
        if known is None and short in _TRANSPARENT and call.args:
            return self.resolve(scope, call.args[-1] if short == "cast" else call.args[0])
        return known

    def _callee(self, scope: Scope, call: ast.Call, callee: Entity) -> Client | None:
        if isinstance(callee, External):
            return self._constructed(scope, call, callee.name)
        if isinstance(callee, Class):
            known = [b for b in self.project.external_bases(callee) if sdk_of(b)]
            return self._constructed(scope, call, known[0]) if known else None
        if isinstance(callee, Function):
            returned = list(self.project.returns(callee))
            return merged((self.resolve(s, e) for e, s in returned), len(returned))
        if isinstance(callee, Value) and isinstance(callee.expr, ast.Name | ast.Attribute):  # client_class = OpenAI
            name = self.reader.name(callee.scope, callee.expr)
            return self._constructed(scope, call, name) if name else None
        return None

    def _constructed(self, scope: Scope, call: ast.Call, name: str) -> Client | None:
        sdk = sdk_of(name)
        if sdk is None:
            return None
        given = self.reader.mappings.arguments(scope, call, ("model_name",) if sdk == "google" else ())
        blank = Client(sdk, name, scope.module.file.path, call.lineno)
        if sdk == "google":
            return self._google(blank, given)
        made = self._with(blank, given)
        carried = given.one("http_client")
        if made.timeout.origin == "unset" and carried is not None:
            inner = self.resolve(*carried)
            unknown = Setting(None, "dynamic")
            made = replace(
                made,
                timeout=inner.timeout if inner else unknown,
                connect_timeout=inner.connect_timeout if inner else unknown,
            )
        return made

    def _google(self, client: Client, given: Mapping) -> Client:
        get = self.reader.mappings.get
        options = given.one("http_options")
        timeout = seconds(get(self.reader.options(options), "timeout")) if options else Setting()
        model = get(given, "model_name") if client.name.endswith("GenerativeModel") else Setting()
        return replace(client, timeout=timeout, model=model, settings=given.one("generation_config"))

    def _with(self, client: Client, given: Mapping) -> Client:
        get = self.reader.mappings.get
        new = {
            "timeout": get(given, "timeout", "request_timeout"),
            "connect_timeout": self.reader.connect(given, "timeout", "request_timeout"),
            "retries": get(given, "max_retries", "num_retries"),
            "base_url": get(given, "base_url", "azure_endpoint", "api_base"),
            "model": get(given, "azure_deployment") if "Azure" in client.name else Setting(),
        }
        return replace(client, **{k: v for k, v in new.items() if v.origin != "unset"})  # type: ignore[arg-type]

    def _named(self, scope: Scope, expr: ast.Name | ast.Attribute) -> Client | None:
        found = self.project.lookup(scope, expr)
        if isinstance(expr, ast.Name):
            found = reaching(scope.module, expr, found)
        known = merged((self._entity(e) for e in found), len(found))
        if known is not None or not isinstance(expr, ast.Attribute):
            return known
        for instance in self.project.instances(scope, expr.value):  # a field that only has an annotation
            annotation = plain_annotation(instance.cls.annotations.get(expr.attr))
            made = self._annotated(Scope(instance.cls.module), annotation)
            if made is not None:
                return made
        return None

    def _entity(self, entity: Entity) -> Client | None:
        if isinstance(entity, Value):
            return self.resolve(entity.scope, entity.expr)
        if isinstance(entity, Function) and is_property(entity.node):
            returned = list(self.project.returns(entity))
            return merged((self.resolve(s, e) for e, s in returned), len(returned))
        if isinstance(entity, Parameter):
            return self._parameter(entity)
        return None

    def _parameter(self, parameter: Parameter) -> Client | None:
        for given, where in self.project.injected(parameter):
            made = self.resolve(where, given)
            if made is not None:
                return made
        callers = self.reader.values.callers.given(parameter)
        passed = [self.resolve(s, e) for s, e in callers]
        if passed and all(p is not None for p in passed):
            return merged(passed, len(passed))
        annotation = annotation_of(parameter.function, parameter.name)
        return self._annotated(Scope(parameter.scope.module), annotation)

    def _annotated(self, scope: Scope, annotation: ast.expr | None) -> Client | None:
        if annotation is None:
            return None
        name = self.reader.name(scope, annotation)
        sdk = sdk_of(name)
        return Client(sdk, name).unknown() if sdk else None


def merged(found: Iterable[Client | None], total: int) -> Client | None:
    """Return what the possible clients have in common; unsure when some of the `total` choices are unknown."""
    known = [c for c in found if c is not None]
    made = [c for c in known if c.line is not None]
    known = made or known  # what a caller may pass instead is likely made alike
    if not known:
        return None
    first = known[0]
    if any(c.sdk != first.sdk for c in known[1:]):
        return None
    return replace(
        first,
        timeout=agreed([c.timeout for c in known]),
        connect_timeout=agreed([c.connect_timeout for c in known]),
        retries=agreed([c.retries for c in known]),
        base_url=agreed([c.base_url for c in known]),
        model=agreed([c.model for c in known]),
        sure=all(c.sure for c in known) and len(known) == total,
    )
