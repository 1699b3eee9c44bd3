"""Find the places in Python code that call a model, with what each sets. A file per SDK."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gonogo.facts import Fact, ModelCallSite
from gonogo.prove.base import Target
from gonogo.prove.scan.calls import anthropic, google, http, langchain, litellm, openai
from gonogo.prove.scan.calls.clients import Clients
from gonogo.prove.scan.calls.reader import Reader
from gonogo.prove.scan.calls.retrying import wrapped
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.tree import Tree

READERS = (openai, anthropic, langchain, litellm, google, http)
"""Each has `find(reader, clients, module, call)`; the first that knows a call has it."""

_MARKERS = re.compile(
    r"openai|anthropic|litellm|langchain|completions|messages\.(create|stream)|embeddings\.create|responses\.create"
    r"|requests|httpx|aiohttp|urllib|groq|together|generate_content|embed_content",
    re.IGNORECASE,
)
_NAMES = frozenset(
    {"create", "acreate", "parse", "stream", "generate", "edit", "count_tokens", "post", "request", "urlopen"}
    | set(litellm.FUNCTIONS)
    | set(google.METHODS)
    | langchain.CHAT
    | langchain.COMPLETIONS
    | langchain.EMBEDDINGS
    | {"init_chat_model", "init_embeddings"}
)
_PASSED_ON = frozenset({"create", "parse", *litellm.FUNCTIONS})


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield every call site, by path and line."""
    reader = Reader(tree, target)
    clients = Clients(reader)
    for file in tree.language("python"):
        if not _MARKERS.search(file.text):
            continue
        module = reader.project.module(file)
        if module is None:
            continue
        found = [s for c in module.calls if _candidate(c) for s in _sites(reader, clients, module, c)]
        yield from sorted(found, key=lambda s: (s.line or 0, s.sdk, s.api))


def _candidate(call: ast.Call) -> bool:
    if last_name(call.func) in _NAMES:
        return True
    return any(isinstance(a, ast.Attribute | ast.Name) and last_name(a) in _PASSED_ON for a in call.args)


def _sites(reader: Reader, clients: Clients, module: Module, call: ast.Call) -> list[ModelCallSite]:
    try:
        for sdk in READERS:
            found = list(sdk.find(reader, clients, module, call))
            if found:
                return [wrapped(reader, module, call, s) for s in found]
    except RecursionError:
        place = f"{module.file.path}:{call.lineno}"
        reader.target.problems.append(f"{place}: an expression is nested too deeply to follow")
    return []
