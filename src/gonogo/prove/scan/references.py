"""Model ids outside of calls: in configuration files, environment files and the defaults of settings.

Configuration is read as data (YAML, TOML, JSON, .env); a value counts when its key says that it is a model and the
value looks like a model's name.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator

import yaml

from gonogo.derive.models import pinning
from gonogo.facts import Fact, ModelReference, UnreadableFile
from gonogo.prove.base import Target
from gonogo.prove.scan.tree import SourceFile, Tree

_KEY = re.compile(r"(^|[._-])(model|models|deployment|engine|llm)([._-]?(name|id|version|default))?$", re.IGNORECASE)
_NAME = re.compile(
    r"^([\w.\-]+/)*([a-z][a-z_-]*:)?(gpt-|o[134](-|$)|chatgpt|text-embedding|text-davinci|davinci|claude|gemini"
    r"|mistral|mixtral|codestral|llama|command-|deepseek|qwen|grok|phi-|gemma|nova-|titan|whisper|dall-e|ft:)[\w.:/@\-]*$",
    re.IGNORECASE,
)
_SKIPPED = re.compile(r"(package(-lock)?|tsconfig.*|composer|.*\.schema)\.json$|(^|/)pnpm-lock\.ya?ml$")
MAX_VALUES = 200
"""A file with more than this many ids is a price list or a registry of models, not a choice."""
MAX_DISTINCT = 12
MAX_DEPTH = 12
MAX_YAML = 200_000
MAX_NODES = 50_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield model ids by path and line."""
    for file in tree.files:
        # What the team declares in gonogo.yaml is a fact of its own; a migration says what was, not what is.
        if file.path == "gonogo.yaml" or "/migrations/" in file.path:
            continue
        try:
            found = sorted(set(_of_file(file)))
        except _UnreadableError as broken:
            yield UnreadableFile(
                seen_at=target.now(), run=target.run, path=file.path, reason=str(broken), in_tests=file.in_tests
            )
            continue
        if len({m for _, _, m in found}) > MAX_DISTINCT:
            continue
        for line, key, model in found:
            yield ModelReference(
                seen_at=target.now(),
                run=target.run,
                path=file.path,
                line=line,
                model=model,
                key=key,
                in_tests=file.in_tests,
                confidence="likely" if file.language != "python" else "certain",
            )


def is_model(text: str) -> bool:
    """Tell whether `text` looks like a model's name."""
    named = len(text) < 100 and bool(_NAME.match(text))
    return named and (any(c.isdigit() for c in text) or pinning(text).pinned is not None)


def _of_file(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    if file.language == "python":
        yield from _defaults(file)
    elif file.language == "env":
        yield from _environment(file)
    elif file.language in ("yaml", "toml", "json") and not _SKIPPED.search(file.path) and "model" in file.text.lower():
        yield from _yaml(file) if file.language == "yaml" else _plain(file)


def _environment(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(file.lines, 1):
        key, equals, value = line.removeprefix("export ").partition("=")
        text = value.split(" #")[0].strip().strip("\"'")
        if equals and not line.lstrip().startswith("#") and _KEY.search(key.strip()) and is_model(text):
            yield number, key.strip(), text


class _UnreadableError(Exception):
    """A file that may name a model and cannot be read as data."""


def _plain(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    """Read TOML or JSON; their parsers tell no lines, so the line is looked for by key and name."""
    try:
        data = tomllib.loads(file.text) if file.language == "toml" else json.loads(file.text)
    except (ValueError, RecursionError) as broken:
        raise _UnreadableError(f"it is no valid {file.language.upper()}: {broken}"[:200]) from broken
    for key, model in _leaves(data, ""):
        yield _line(file, key, model), key, model


def _leaves(value: object, key: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name), depth + 1)
    elif isinstance(value, list):
        for inner in value[:MAX_VALUES]:
            yield from _leaves(inner, key, depth + 1)
    elif isinstance(value, str) and _KEY.search(key) and is_model(value):
        yield key, value


def _yaml(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    """Read YAML as nodes: they know their lines, tags of other programs do not matter, and nothing is constructed."""
    if len(file.text) > MAX_YAML:
        raise _UnreadableError(f"it is longer than the {MAX_YAML:,} characters that are read of a YAML file")
    budget = iter(range(MAX_NODES))
    try:
        for document in yaml.compose_all(file.text, Loader=_LOADER):
            yield from _nodes(document, "", 0, budget)
    except (yaml.YAMLError, RecursionError, ValueError) as broken:
        said = str(broken).splitlines()[0] if str(broken) else type(broken).__name__
        raise _UnreadableError(f"it is no valid YAML: {said}"[:200]) from broken


def _nodes(node: yaml.Node | None, key: str, depth: int, budget: Iterator[int]) -> Iterator[tuple[int, str, str]]:
    """Yield line, key and model; aliases make one node stand in many places, so that only so many are looked at."""
    if next(budget, None) is None:
        raise _UnreadableError(f"it has more than the {MAX_NODES:,} values that are read of a YAML file")
    if depth > MAX_DEPTH:
        return
    if isinstance(node, yaml.MappingNode):
        for name, inner in node.value:
            own = name.value if isinstance(name, yaml.ScalarNode) else ""
            yield from _nodes(inner, f"{key}.{own}" if key else own, depth + 1, budget)
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value[:MAX_VALUES]:
            yield from _nodes(inner, key, depth + 1, budget)
    elif isinstance(node, yaml.ScalarNode) and _KEY.search(key) and is_model(node.value):
        yield node.start_mark.line + 1, key, node.value


def _line(file: SourceFile, key: str, model: str) -> int:
    """Return the first line that has the key and the name, and is no comment; else the first that has the name."""
    last = key.rpartition(".")[2]
    having = [(n, line) for n, line in enumerate(file.lines, 1) if model in line]
    best = [n for n, line in having if last in line and not line.lstrip().startswith(("#", "//"))]
    return next(iter([*best, *(n for n, _ in having)]), 1)


def _defaults(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    """Constants, settings fields and environment defaults whose name says model."""
    if "model" not in file.text.lower() and "deployment" not in file.text.lower():
        return
    for node in file.nodes(ast.Assign, ast.AnnAssign, ast.Call):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            yield from _named(node.targets[0], node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield from _named(node.target, node.value)
        elif isinstance(node, ast.Call) and len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
            key, default = node.args[0].value, node.args[1]
            if isinstance(key, str) and _KEY.search(key):
                yield from _literal(key, default)


def _named(target: ast.expr, value: ast.expr) -> Iterator[tuple[int, str, str]]:
    name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
    if not _KEY.search(name):
        return
    yield from _literal(name, value)
    if isinstance(value, ast.Call):
        defaults = [k.value for k in value.keywords if k.arg == "default"] or value.args[:1]
        for default in defaults:
            yield from _literal(name, default)


def _literal(key: str, value: ast.expr) -> Iterator[tuple[int, str, str]]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and is_model(value.value):
        yield value.lineno, key, value.value
