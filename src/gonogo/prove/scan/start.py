"""How the service starts: Dockerfile, Procfile, compose, package.json, a Python file that runs a server itself."""

from __future__ import annotations

import ast
import json
import shlex
from collections.abc import Iterator, Sequence

from gonogo.facts import Fact, StartCommand
from gonogo.prove.base import Target
from gonogo.prove.scan import containers, dockerfile, yaml_nodes
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.tree import SourceFile, Tree
from gonogo.screen.secrets import mask

_PORT_OPTIONS = ("--port", "-p", "--server.port", "--bind", "-b", "--http-port")
_RUNNERS = {"uvicorn.run": 8000, "hypercorn.run": 8000, "waitress.serve": 8080, "aiohttp.web.run_app": 8080}


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield every command that starts something, with its port where one is written."""
    for file in containers.used(tree.language("dockerfile")):
        yield from _dockerfile(file, target)
    for file in tree.language("procfile"):
        yield from _procfile(file, target)
    for file in containers.used(tree.named(*containers.COMPOSE)):
        yield from _compose(file, target)
    for file in tree.named("package.json"):
        yield from _package(file, target)
    yield from _python(tree, target)


def port_of(words: Sequence[str]) -> int | None:
    """Return the port that a command's options name."""
    for option, value in zip(words, [*words, ""][1:], strict=True):
        name, given, inline = option.partition("=")
        if name in _PORT_OPTIONS:
            number = (inline if given else value).rpartition(":")[2]
            if number.isdigit():
                return int(number)
    return None


def _shown(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(mask(word) for word in words)


def _dockerfile(file: SourceFile, target: Target) -> Iterator[Fact]:
    stages = dockerfile.stages(file.text)
    if not stages:
        return
    entry, command = stages[-1].last("ENTRYPOINT"), stages[-1].last("CMD")
    whole = (dockerfile.words(entry.rest) if entry else ()) + (dockerfile.words(command.rest) if command else ())
    exposed = [e.rest.split()[0].partition("/")[0] for e in stages[-1].all("EXPOSE") if e.rest]
    port = port_of(whole) or next((int(e) for e in exposed if e.isdigit()), None)
    step = command or entry
    if whole and step:
        yield StartCommand(**seen(target, file.path, step.line), command=_shown(whole), port=port)


def _procfile(file: SourceFile, target: Target) -> Iterator[Fact]:
    for number, line in enumerate(file.lines, 1):
        name, colon, command = line.partition(":")
        if colon and command.strip() and not name.startswith("#"):
            words = dockerfile.words(command.strip())
            yield StartCommand(**seen(target, file.path, number), command=_shown(words), port=port_of(words))


def _compose(file: SourceFile, target: Target) -> Iterator[Fact]:
    for document in yaml_nodes.documents(file):
        for _, service, _ in yaml_nodes.pairs(yaml_nodes.child(document, "services")):
            node = yaml_nodes.child(service, "command")
            listed = [yaml_nodes.text(i) or "" for i in yaml_nodes.items(node)]
            words = tuple(listed) or dockerfile.words(yaml_nodes.text(node) or "")
            if words:
                yield StartCommand(
                    **seen(target, file.path, yaml_nodes.line(node)), command=_shown(words), port=port_of(words)
                )


def _package(file: SourceFile, target: Target) -> Iterator[Fact]:
    try:
        scripts = json.loads(file.text).get("scripts", {})
    except (ValueError, AttributeError, RecursionError):
        return
    command = scripts.get("start") if isinstance(scripts, dict) else None
    if isinstance(command, str) and not file.in_tests:
        line = next((n for n, text in enumerate(file.lines, 1) if '"start"' in text), None)
        try:
            words = tuple(shlex.split(command))
        except ValueError:
            words = tuple(command.split())
        yield StartCommand(**seen(target, file.path, line), command=_shown(words), port=port_of(words))


def _python(tree: Tree, target: Target) -> Iterator[Fact]:
    values = values_of(tree)
    for file in tree.language("python"):
        if file.in_tests or not any(word in file.text for word in ("uvicorn", "waitress", "hypercorn", "run_app")):
            continue
        module = values.project.module(file)
        for call in module.calls if module else ():
            default = _RUNNERS.get(values.external(Scope.of(module, call), call.func)) if module else None
            if default is None or module is None:
                continue
            given = next((k.value for k in call.keywords if k.arg == "port"), None)
            port = values.setting(Scope.of(module, call), given).value if isinstance(given, ast.expr) else default
            port = int(port) if isinstance(port, int | str) and str(port).isdigit() else None
            yield StartCommand(**seen(target, file.path, call.lineno), command=("python", file.path), port=port)
