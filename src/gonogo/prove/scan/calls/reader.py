"""What all SDK readers share: the resolver of one scan, and how a call site becomes a fact."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gonogo.facts import Confidence, ModelCallSite, Setting
from gonogo.facts.scan import UNSET
from gonogo.prove.base import Target
from gonogo.prove.scan.python_mappings import Mapping, Mappings, Placed
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Project, Scope, Value
from gonogo.prove.scan.python_settings import DYNAMIC
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.tree import Tree

OUTPUT_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "max_tokens_to_sample", "max_new_tokens")
WITHOUT_OUTPUT = frozenset({"embeddings", "count_tokens", "moderations", "audio", "images"})
"""APIs whose answer is no generated text: they have no output limit and no temperature."""

MAX_OPTIONS = 4
"""How many names are followed to the object that holds a request's options."""
_GOOGLE = ("google.", "vertexai.")
_MS = 1000


@dataclass(frozen=True)
class Client:
    """The object that sends: what its constructor sets for every call. `name` is the dotted name of its class."""

    sdk: str
    name: str
    path: str | None = None
    line: int | None = None
    timeout: Setting = UNSET
    connect_timeout: Setting = UNSET
    retries: Setting = UNSET
    base_url: Setting = UNSET
    model: Setting = UNSET
    settings: Placed | None = None
    """The expression that holds what every request of a Google model is sent with."""
    sure: bool = True

    def unknown(self) -> Client:
        """Return the same kind of client, of which nobody can tell how it was made."""
        return replace(self, timeout=DYNAMIC, retries=DYNAMIC, base_url=DYNAMIC, path=None, line=None)


@dataclass
class Reader:
    """The resolver of one scan."""

    tree: Tree
    target: Target
    project: Project = field(init=False)
    values: Values = field(init=False)
    mappings: Mappings = field(init=False)

    def __post_init__(self) -> None:
        """Set the resolvers up; nothing is parsed yet."""
        self.project = Project(self.tree)
        self.values = Values(self.project)
        self.mappings = Mappings(self.values)

    def name(self, scope: Scope, expr: ast.expr) -> str:
        """Return the dotted library name of what is called, an empty text when it is none."""
        return self.values.external(scope, expr)

    def site(
        self,
        module: Module,
        node: ast.Call,
        *,
        sdk: str,
        api: str,
        given: Mapping,
        client: Client | None,
        confidence: Confidence = "certain",
        body: Mapping | None = None,
        timeout_names: tuple[str, ...] = ("timeout", "request_timeout"),
        retry_names: tuple[str, ...] = (),
        url_names: tuple[str, ...] = (),
        model: Setting | None = None,
        stream: Setting | None = None,
    ) -> ModelCallSite:
        """Make the fact: settings of the call first, then those of its client; model settings come from `body`."""

        def get(mapping: Mapping, *names: str) -> Setting:
            return self.mappings.get(mapping, *names) if names else UNSET

        sent = body if body is not None else given
        has_output = api not in WITHOUT_OUTPUT
        made = client or Client(sdk, "").unknown()
        return ModelCallSite(
            seen_at=self.target.now(),
            run=self.target.run,
            path=module.file.path,
            line=node.lineno,
            confidence=confidence if client is None or client.sure else "likely",
            sdk=sdk,
            api=api,
            model=_first(model or get(sent, "model", "model_name", "engine", "deployment_id"), made.model),
            max_output_tokens=get(sent, *OUTPUT_LIMITS) if has_output else UNSET,
            temperature=get(sent, "temperature") if has_output else UNSET,
            timeout=_first(get(given, *timeout_names), made.timeout),
            connect_timeout=_first(self.connect(given, *timeout_names), made.connect_timeout),
            retries=_first(get(given, *retry_names), made.retries),
            stream=stream or (get(sent, "stream", "streaming") if has_output else UNSET),
            base_url=_first(get(given, *url_names), made.base_url),
            client=client.name if client else None,
            client_path=made.path,
            client_line=made.line,
            in_tests=module.file.in_tests,
        )

    def options(self, placed: Placed, depth: int = 0) -> Mapping:
        """Read Google's options, be they a dictionary or an object such as `types.GenerateContentConfig(...)`."""
        scope, expr = placed
        if isinstance(expr, ast.Call) and self.name(scope, expr.func).startswith(_GOOGLE):
            return self.mappings.arguments(scope, expr)
        if isinstance(expr, ast.Name | ast.Attribute) and depth < MAX_OPTIONS:
            found = [e for e in self.project.lookup(scope, expr) if isinstance(e, Value) and e.expr is not None]
            if len(found) == 1 and isinstance(found[0].expr, ast.Call):
                return self.options((found[0].scope, found[0].expr), depth + 1)
        return self.mappings.read(scope, expr)

    def connect(self, given: Mapping, *names: str) -> Setting:
        """Return the connect timeout, where the timeout is an object or a pair that has one of its own."""
        placed = given.one(*names)
        return self.values.connect_timeout(*placed) if placed is not None else UNSET


def _first(own: Setting, inherited: Setting) -> Setting:
    return inherited if own.origin == "unset" else own


def seconds(setting: Setting) -> Setting:
    """Return in seconds what is set in milliseconds."""
    if isinstance(setting.value, bool) or not isinstance(setting.value, int | float):
        return setting
    return Setting(setting.value / _MS, setting.origin)


def chain(expr: ast.expr) -> tuple[ast.expr, list[str]]:
    """Split `a.b().c.d` into the object it starts from and the attribute names after it: `a.b()` and [c, d]."""
    names: list[str] = []
    while isinstance(expr, ast.Attribute):
        names.append(expr.attr)
        expr = expr.value
    return expr, list(reversed(names))


def methods_called(reader: Reader, module: Module, call: ast.Call) -> Iterator[tuple[ast.expr, Mapping]]:
    """Yield the methods that `call` has called, with their arguments: its own, and those that it passes on.

    `to_thread(f, ...)` gives the rest of its own, `sync_to_async(f)(...)` those of the call around it,
    `partial(f, ...)` its own and later ones that nobody can tell.
    """
    scope = Scope.of(module, call)
    if isinstance(call.func, ast.Attribute):
        yield call.func, reader.mappings.arguments(scope, call)
    for position, argument in enumerate(call.args):
        if not isinstance(argument, ast.Attribute) or last_name(argument) not in ("create", "parse"):
            continue
        given = reader.mappings.given(scope, call.args[position + 1 :], call.keywords)
        around = module.parents.get(call)
        if isinstance(around, ast.Call) and around.func is call:
            given.update(reader.mappings.arguments(scope, around))
        given.open |= last_name(call.func) == "partial"
        yield argument, given
