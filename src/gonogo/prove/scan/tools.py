"""Tools that a model may call, by the name that the model sees, with what their bodies can do."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from gonogo.facts import Fact, ToolDefinition
from gonogo.prove.base import Target
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Function, Scope
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.reach import calls
from gonogo.prove.scan.tree import SourceFile, Tree
from gonogo.screen.secrets import mask

_DECORATORS = {
    "langchain.tools.tool": "langchain", "langchain_core.tools.tool": "langchain", "langchain.agents.tool": "langchain",
    "agents.function_tool": "openai-agents", "smolagents.tool": "smolagents", "crewai.tools.tool": "crewai",
    "crewai_tools.tool": "crewai",
}  # fmt: skip
_SHELL = ("subprocess.", "os.system", "os.popen", "os.exec", "pty.spawn", "asyncio.create_subprocess")
_NETWORK = ("requests.", "httpx.", "aiohttp.", "urllib.request.", "socket.", "websockets.")
_FILES = ("open", "shutil.", "os.listdir", "os.walk", "os.mkdir", "os.makedirs", "os.rename", "aiofiles.")
_FILE_METHODS = ("read_text", "write_text", "read_bytes", "write_bytes", "iterdir", "glob", "mkdir")
_DELETES = ("os.remove", "os.unlink", "os.rmdir", "shutil.rmtree")
_MESSAGES = ("smtplib.", "sendgrid.", "twilio.", "slack_sdk.", "aiosmtplib.")


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield each tool definition outside tests."""
    values = values_of(tree)
    for file in tree.language("python"):
        if not file.in_tests and "tool" in file.text:
            module = values.project.module(file)
            yield from _python(module, values, target) if module else ()
    for file in tree.named(".mcp.json", "mcp.json", "mcp_config.json"):
        yield from _servers(file, target)


def _python(module: Module, values: Values, target: Target) -> Iterator[Fact]:
    for node in module.file.nodes(ast.FunctionDef, ast.AsyncFunctionDef, ast.Dict):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                framework = _framework(decorator, module, values)
                if framework:
                    name = _given_name(decorator, module, values) or node.name
                    effects = tuple(sorted(set(_effects(Function(node, module), values))))
                    place = seen(target, module.file.path, node.lineno)
                    yield ToolDefinition(**place, name=mask(name), framework=framework, effects=effects)
        elif isinstance(node, ast.Dict):
            named = _schema_name(node)
            if named:
                place = seen(target, module.file.path, node.lineno)
                yield ToolDefinition(**place, confidence="likely", name=mask(named), framework="json-schema")


def _framework(decorator: ast.expr, module: Module, values: Values) -> str | None:
    wanted = decorator.func if isinstance(decorator, ast.Call) else decorator
    scope = Scope(module)
    outer = values.external(scope, wanted)
    if outer in _DECORATORS:
        return _DECORATORS[outer]
    if isinstance(wanted, ast.Attribute) and wanted.attr in ("tool", "tool_plain"):
        for entity in values.project.lookup(scope, wanted.value):
            expr = getattr(entity, "expr", None)
            if isinstance(expr, ast.Call):
                made = last_name(expr.func) or ""
                if made == "FastMCP" or made.endswith("Server"):
                    return "mcp"
                if made == "Agent":
                    return "pydantic-ai"
    return None


def _given_name(decorator: ast.expr, module: Module, values: Values) -> str | None:
    if not isinstance(decorator, ast.Call):
        return None
    given = next((k.value for k in decorator.keywords if k.arg in ("name", "name_override")), None)
    given = given or (decorator.args[0] if decorator.args else None)
    value = values.setting(Scope(module), given).value if given is not None else None
    return value if isinstance(value, str) else None


def _schema_name(node: ast.Dict) -> str | None:
    """The name in `{"type": "function", "function": {"name": ...}}` or `{"name": ..., "input_schema": ...}`."""
    keys = {k.value: v for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)}
    kind = keys.get("type")
    inner = keys.get("function")
    if isinstance(kind, ast.Constant) and kind.value == "function":
        if isinstance(inner, ast.Dict):
            keys = {k.value: v for k, v in zip(inner.keys, inner.values, strict=True) if isinstance(k, ast.Constant)}
    elif "input_schema" not in keys:
        return None
    name = keys.get("name")
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def _effects(function: Function, values: Values) -> Iterator[str]:
    for call, scope in calls(function, values.project):
        name = values.external(scope, call.func) or (call.func.id if isinstance(call.func, ast.Name) else "")
        if name.startswith(_SHELL) or name in ("eval", "exec"):
            yield "shell"
        if name.startswith(_NETWORK):
            yield "network"
        if name.startswith(_FILES[1:]) or name == "open":
            yield "filesystem"
        if name in _DELETES:
            yield "delete"
        if name.startswith(_MESSAGES):
            yield "message"
        if name.startswith("stripe."):
            yield "payment"
        if isinstance(call.func, ast.Attribute) and call.func.attr in _FILE_METHODS:
            yield "filesystem"


def _servers(file: SourceFile, target: Target) -> Iterator[Fact]:
    try:
        servers = json.loads(file.text).get("mcpServers", {})
    except (ValueError, AttributeError, RecursionError):
        return
    for name in servers if isinstance(servers, dict) else ():
        line = next((n for n, text in enumerate(file.lines, 1) if f'"{name}"' in text), None)
        yield ToolDefinition(**seen(target, file.path, line), name=mask(str(name)), framework="mcp-server")
