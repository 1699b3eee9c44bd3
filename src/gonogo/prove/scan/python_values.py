"""What an expression is worth, as far as reading tells: the resolver behind every setting of a call site."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from gonogo.facts import Setting
from gonogo.facts.scan import UNSET
from gonogo.prove.scan.python_callers import Callers
from gonogo.prove.scan.python_module import Class
from gonogo.prove.scan.python_project import (
    External,
    Function,
    Parameter,
    Project,
    Scope,
    Value,
)
from gonogo.prove.scan.python_settings import CASTS, DYNAMIC, agreed, as_constant, cast, computed, weaker
from gonogo.prove.scan.python_signature import is_property, last_name

MAX_DEPTH = 20

_ENV_READERS = ("os.getenv", "os.environ.get", "environ.get", "decouple.config", "environs.Env.str")
_TIMEOUTS = ("Timeout", "ClientTimeout")
_NOT_GIVEN = frozenset({"NOT_GIVEN", "omit", "NotGiven", "Omit", "not_given", "UNSET", "USE_CLIENT_DEFAULT"})
_SETTINGS_BASES = ("BaseSettings",)


class Values:
    """Resolves expressions of one project to settings."""

    def __init__(self, project: Project) -> None:
        """Resolve names through `project`."""
        self.project = project
        self.callers = Callers(project)
        self._depth = 0
        self._seen: dict[int, Setting] = {}

    def setting(self, scope: Scope, expr: ast.expr | None) -> Setting:
        """Return the value of `expr` and where it comes from; dynamic when reading cannot tell."""
        if expr is None or self._depth > MAX_DEPTH:
            return DYNAMIC
        if id(expr) not in self._seen:  # syntax trees live as long as the project, so the id is theirs alone
            self._seen[id(expr)] = DYNAMIC  # a name that depends on itself ends here
            self._depth += 1
            try:
                self._seen[id(expr)] = self._setting(scope, expr)
            finally:
                self._depth -= 1
        return self._seen[id(expr)]

    def _setting(self, scope: Scope, expr: ast.expr) -> Setting:
        match expr:
            case ast.Constant(value=str() | int() | float() | bool() | None as value):
                return Setting(value, "literal")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.setting(scope, operand)
                return Setting(-inner.value, inner.origin) if isinstance(inner.value, int | float) else DYNAMIC
            case ast.BinOp(left=left, op=op, right=right):
                return computed(self.setting(scope, left), op, self.setting(scope, right))
            case ast.JoinedStr(values=parts):
                return self._joined(scope, parts)
            case ast.BoolOp(op=ast.Or(), values=choices):
                return self._first_true(scope, choices)
            case ast.IfExp(body=body, orelse=other):
                return agreed([self.setting(scope, body), self.setting(scope, other)])
            case ast.Await(value=inner_expr):
                return self.setting(scope, inner_expr)
            case ast.Tuple(elts=[*_, last]):  # (connect, read) of requests
                return self.setting(scope, last)
            case ast.Call():
                return self._call(scope, expr)
            case ast.Subscript(value=owner, slice=key):
                return self._item(scope, owner, key)
            case ast.Name() | ast.Attribute():
                return self._named(scope, expr)
        return DYNAMIC

    def _joined(self, scope: Scope, parts: Iterable[ast.expr]) -> Setting:
        text, worst = "", "literal"
        for part in parts:
            inner = self.setting(scope, part.value if isinstance(part, ast.FormattedValue) else part)
            if inner.value is None or inner.origin in ("unset", "dynamic"):
                return DYNAMIC
            text += str(inner.value)
            worst = weaker(worst, inner.origin)
        return Setting(text, worst)  # type: ignore[arg-type]

    def _first_true(self, scope: Scope, choices: list[ast.expr]) -> Setting:
        for position, choice in enumerate(choices):
            seen = self.setting(scope, choice)
            if seen.origin == "dynamic":
                rest = choices[position + 1 :]
                if rest and self.reads_environment(scope, choice):
                    after = self._first_true(scope, rest)
                    return DYNAMIC if after.origin == "dynamic" else Setting(after.value, "env-default")
                return DYNAMIC
            if seen.value:
                return seen
        return self.setting(scope, choices[-1])

    def reads_environment(self, scope: Scope, expr: ast.expr) -> bool:
        """Tell whether `expr` is nothing but an environment variable."""
        if isinstance(expr, ast.Call):
            return self.external(scope, expr.func) in _ENV_READERS
        if isinstance(expr, ast.Subscript):
            return self.external(scope, expr.value) == "os.environ"
        if isinstance(expr, ast.Name):
            found = self.project.lookup(scope, expr)
            if len(found) == 1 and isinstance(found[0], Value) and found[0].expr is not None:
                return not isinstance(found[0].expr, ast.Name) and self.reads_environment(found[0].scope, found[0].expr)
        return False

    def external(self, scope: Scope, expr: ast.expr) -> str:
        """Return the dotted library name that `expr` means, an empty text when it is none."""
        for entity in self.project.lookup(scope, expr):
            if isinstance(entity, External):
                return entity.name
            if (
                isinstance(entity, Value)
                and isinstance(entity.expr, ast.Name | ast.Attribute)
                and entity.expr is not expr
            ):
                return self.external(entity.scope, entity.expr) if self._depth < MAX_DEPTH else ""
        return ""

    # -- calls ---------------------------------------------------------------------------------------------------

    def _call(self, scope: Scope, call: ast.Call) -> Setting:
        name = self.external(scope, call.func)
        short = last_name(call.func)
        if name in _ENV_READERS or (name.endswith(".get") and name.startswith("os.environ")):
            return self._environment(scope, call)
        if short in CASTS and isinstance(call.func, ast.Name) and len(call.args) == 1:
            return cast(self.setting(scope, call.args[0]), short)
        if short in _TIMEOUTS:
            return self._timeout(scope, call)
        if short in _NOT_GIVEN:
            return UNSET
        if short in ("SecretStr", "min", "max", "Field"):
            return self._default(scope, call) if short == "Field" else DYNAMIC
        if short in ("get", "pop") and isinstance(call.func, ast.Attribute):
            return DYNAMIC
        found = self.project.lookup(scope, call.func)
        if len(found) == 1 and isinstance(found[0], Function) and not call.keywords and not call.args:
            return agreed([self.setting(where, value) for value, where in self.project.returns(found[0])])
        return DYNAMIC

    def _environment(self, scope: Scope, call: ast.Call) -> Setting:
        default = next(
            (k.value for k in call.keywords if k.arg == "default"), call.args[1] if len(call.args) > 1 else None
        )
        if default is None:
            return DYNAMIC
        inner = self.setting(scope, default)
        return DYNAMIC if inner.value is None else Setting(inner.value, "env-default")

    def _timeout(self, scope: Scope, call: ast.Call) -> Setting:
        """A timeout object counts as its read time, the longest that one may wait for the next byte."""
        given = {k.arg: k.value for k in call.keywords}
        for name in ("read", "total", "timeout", "sock_read"):
            if name in given:
                return self.setting(scope, given[name])
        if call.args:
            return self.setting(scope, call.args[0])
        return DYNAMIC if None in given else UNSET

    def connect_timeout(self, scope: Scope, expr: ast.expr) -> Setting:
        """Return the connect part of a timeout object or pair, unset where it has none of its own."""
        if isinstance(expr, ast.Tuple) and len(expr.elts) == 2:
            return self.setting(scope, expr.elts[0])
        if isinstance(expr, ast.Call) and last_name(expr.func) in _TIMEOUTS:
            parts = [k.value for k in expr.keywords if k.arg in ("connect", "sock_connect")]
            return self.setting(scope, parts[0]) if parts else UNSET
        found = self.project.lookup(scope, expr) if isinstance(expr, ast.Name | ast.Attribute) else []
        first = found[0] if len(found) == 1 else None
        if isinstance(first, Value) and isinstance(first.expr, ast.Call | ast.Tuple):
            return self.connect_timeout(first.scope, first.expr)
        return UNSET

    def _default(self, scope: Scope, call: ast.Call) -> Setting:
        default = next((k.value for k in call.keywords if k.arg == "default"), call.args[0] if call.args else None)
        return self.setting(scope, default)

    # -- names ---------------------------------------------------------------------------------------------------

    def _named(self, scope: Scope, expr: ast.Name | ast.Attribute) -> Setting:
        if last_name(expr) in _NOT_GIVEN:
            return UNSET
        if isinstance(expr, ast.Attribute):
            field = self._field(scope, expr)
            if field is not None:
                return field
        found = self.project.lookup(scope, expr)
        return agreed([self._entity(e) for e in found])

    def _entity(self, entity: object) -> Setting:
        if isinstance(entity, Value):
            return as_constant(self.setting(entity.scope, entity.expr))
        if isinstance(entity, Parameter):
            return self._parameter(entity)
        if isinstance(entity, Function) and is_property(entity.node):
            return agreed([self.setting(s, e) for e, s in self.project.returns(entity)])
        return DYNAMIC

    def _parameter(self, parameter: Parameter) -> Setting:
        """A parameter is known where every caller in the project agrees, at one level."""
        given = self.callers.given(parameter)
        if not given:
            return DYNAMIC
        return as_constant(agreed([self.setting(s, e) for s, e in given]))

    def _field(self, scope: Scope, expr: ast.Attribute) -> Setting | None:
        """A field of a settings object or data class: the default that its class gives it."""
        owner = expr.value.value if isinstance(expr.value, ast.Attribute) and expr.attr == "value" else None
        if isinstance(expr.value, ast.Attribute) and expr.attr == "value" and owner is not None:
            enumerated = self.setting(scope, expr.value)  # Models.SMALL.value
            return enumerated if enumerated.origin != "dynamic" else None
        instances = self.project.instances(scope, expr.value)
        seen = [self._field_of(i.cls, expr.attr, i.call, i.scope) for i in instances]
        known = [s for s in seen if s is not None]
        return agreed(known) if known and len(known) == len(seen) else None

    def _field_of(self, cls: Class, name: str, call: ast.Call | None, scope: Scope | None) -> Setting | None:
        bases = set(self.project.external_bases(cls))
        from_environment = any(b.endswith(_SETTINGS_BASES) for b in bases)
        record = any(b.endswith(("BaseModel", "TypedDict")) for b in bases) or _is_dataclass(cls)
        if not from_environment and not record:
            return None
        given = next((k.value for k in call.keywords if k.arg == name), None) if call else None
        if given is not None and scope is not None:
            return as_constant(self.setting(scope, given))
        owner: Class | None = self._owner(cls, name)
        default = owner.attributes[name][-1] if owner and owner.attributes.get(name) else None
        if owner is None or default is None:
            return None if owner is None else DYNAMIC
        seen = self.setting(Scope(owner.module), default)
        if from_environment and seen.origin != "dynamic":
            return DYNAMIC if seen.value is None else Setting(seen.value, "env-default")
        if call is None or (call.args or any(k.arg is None for k in call.keywords)):
            return DYNAMIC  # any object of the class: somebody may have set it
        return as_constant(seen)

    def _owner(self, cls: Class, name: str, depth: int = 0) -> Class | None:
        if name in cls.attributes or name in cls.annotations:
            return cls
        for base in self.project.bases(cls) if depth < 8 else ():
            found = self._owner(base, name, depth + 1) if isinstance(base, Class) else None
            if found:
                return found
        return None

    def _item(self, scope: Scope, owner: ast.expr, key: ast.expr) -> Setting:
        wanted = self.setting(scope, key)
        if wanted.value is None or not isinstance(owner, ast.Name | ast.Attribute | ast.Subscript):
            return DYNAMIC
        found = self.project.lookup(scope, owner)
        if len(found) != 1 or not isinstance(found[0], Value) or not isinstance(found[0].expr, ast.Dict):
            return DYNAMIC
        table, where = found[0].expr, found[0].scope
        for k, v in zip(table.keys, table.values, strict=True):
            if isinstance(k, ast.Constant) and k.value == wanted.value:
                return as_constant(self.setting(where, v))
        return DYNAMIC

    def prefix(self, scope: Scope, expr: ast.expr) -> str:
        """Return the text that `expr` certainly starts with: of f"{BASE}/v1/{x}" all up to x."""
        whole = self.setting(scope, expr)
        if isinstance(whole.value, str):
            return whole.value
        if isinstance(expr, ast.JoinedStr):
            text = ""
            for part in expr.values:
                inner = self.setting(scope, part.value if isinstance(part, ast.FormattedValue) else part)
                if inner.value is None:
                    return text
                text += str(inner.value)
            return text
        if isinstance(expr, ast.BinOp) and isinstance(expr.op, ast.Add):
            return self.prefix(scope, expr.left)
        if isinstance(expr, ast.Name):
            found = self.project.lookup(scope, expr)
            if len(found) == 1 and isinstance(found[0], Value) and found[0].expr is not None:
                return "" if isinstance(found[0].expr, ast.Name) else self.prefix(found[0].scope, found[0].expr)
        return ""


def _is_dataclass(cls: Class) -> bool:
    return any(last_name(d) in ("dataclass", "define", "frozen", "s") for d in cls.node.decorator_list)
