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
from gonogo.facts import Fact, ModelReference
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


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield model ids by path and line."""
    for file in tree.files:
        # What the team declares in gonogo.yaml is a fact of its own; a migration says what was, not what is.
        if file.path == "gonogo.yaml" or "/migrations/" in file.path:
            continue
        found = sorted(set(_of_file(file)))
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
        for key, model in _leaves(_data(file), ""):
            yield _line(file, model), key, model


def _environment(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(file.lines, 1):
        key, equals, value = line.removeprefix("export ").partition("=")
        text = value.split(" #")[0].strip().strip("\"'")
        if equals and not line.lstrip().startswith("#") and _KEY.search(key.strip()) and is_model(text):
            yield number, key.strip(), text


def _data(file: SourceFile) -> object:
    try:
        if file.language == "toml":
            return tomllib.loads(file.text)
        if file.language == "json":
            return json.loads(file.text)
        return list(yaml.safe_load_all(file.text)) if len(file.text) < 200_000 else None
    except (ValueError, yaml.YAMLError, RecursionError):
        return None


def _leaves(value: object, key: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > 12:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name), depth + 1)
    elif isinstance(value, list):
        for inner in value[:MAX_VALUES]:
            yield from _leaves(inner, key, depth + 1)
    elif isinstance(value, str) and _KEY.search(key) and is_model(value):
        yield key, value


def _line(file: SourceFile, model: str) -> int:
    return next((n for n, line in enumerate(file.lines, 1) if model in line), 1)


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
