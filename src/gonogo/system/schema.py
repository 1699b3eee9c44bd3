"""The JSON Schema of gonogo.yaml for editors, and its reference page: both made from the records that validate it."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from typing import Any

from gonogo.facts.declaration import System
from gonogo.facts.lab_declaration import STRICT
from gonogo.system.shape import record_of
from gonogo.system.tighten import FREE, RULES, UNION

SCHEMA_FILE = "reference/gonogo.schema.json"
PAGE_FILE = "reference/gonogo-yaml.md"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the whole file: one system, or several with what they share."""
    one: dict[str, Any] = _plain(_described(System))
    definitions = one.pop("$defs")
    definitions["System"] = one
    shared = {k: {"$ref": f"#/$defs/System/properties/{k}"} for k in one["properties"] if k not in ("name", "path")}
    several = {
        "type": "object",
        "description": "Several systems of one repository; keys beside `systems` are defaults for all of them.",
        "properties": {
            "systems": {
                "type": "array",
                "minItems": 1,
                "items": {"allOf": [{"$ref": "#/$defs/System"}, {"required": ["name", "path"]}]},
                "description": "The systems, each with its name and directory.",
            },
            **shared,
        },
        "required": ["systems"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gonogo.yaml",
        "description": "What a team declares about the AI system that it is about to ship.",
        "anyOf": [{"$ref": "#/$defs/System"}, {"$ref": "#/$defs/Several"}],
        "$defs": dict(sorted({**definitions, "Several": several}.items())),
    }


def _plain(value: Any) -> Any:
    """Return a schema without pydantic's generated titles and empty defaults, which only lengthen what editors show."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {k: _plain(v) for k, v in value.items() if not (k == "title" and isinstance(v, str))}
    if kept.get("default") in (None, [], {}, "") and "default" in kept:
        del kept["default"]
    return kept


def schema_text() -> str:
    """Return the schema as `gonogo init --schema` prints it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def pages() -> dict[str, str]:
    """Return the generated reference files by their path under docs/."""
    return {SCHEMA_FILE: schema_text(), PAGE_FILE: page()}


def page() -> str:
    """Return the reference page of gonogo.yaml."""
    parts = [_HEAD, "## Keys of a system\n", _table(System)]
    hints = typing.get_type_hints(System)
    for field in dataclasses.fields(System):
        record = record_of(hints[field.name])
        if record is not None:
            parts.append(f"### {field.name}\n\n{_first(record)}\n")
            parts.append(_table(record))
    parts.append(_TIGHTEN)
    rows = [f"| `{key}` | {words} |" for key, (_, words) in sorted(RULES.items())]
    rows += [f"| `{key}` | is joined with the list of the extended file |" for key in sorted(UNION)]
    rows += [f"| `{key}` | is each file's own |" for key in sorted(FREE)]
    parts.append("| Key | In the file that extends, it |\n| --- | --- |\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _first(record: Any) -> str:
    return (record.__doc__ or "").strip()


def _table(record: Any) -> str:
    """Return the fields of a record as a table."""
    made = _described(record)
    described = made["properties"]
    hints = typing.get_type_hints(record)
    rows = []
    for field in dataclasses.fields(record):
        words = described[field.name].get("description", "").replace("|", "\\|").replace("\n", " ")
        need = "required" if field.name in made.get("required", ()) else _default(field)
        rows.append(f"| `{field.name}` | {_type(hints[field.name])} | {need} | {words} |")
    return "| Key | Type | Default | |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _default(field: dataclasses.Field[Any]) -> str:
    value = field.default
    if value is dataclasses.MISSING or value in (None, (), ""):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


_NAMES = {str: "text", int: "whole number", float: "number", bool: "true or false", object: "any value"}


def _type(kind: Any) -> str:
    """Return a field's type in words."""
    if kind in _NAMES:
        return _NAMES[kind]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return ", ".join(f"`{word}`" for word in inner)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type(member) for member in inner if member is not type(None))
    if origin in (tuple, list):
        return "list of " + _type(inner[0])
    if origin is dict:
        return "mapping of " + _type(inner[1])
    return "mapping"


_HEAD = """# gonogo.yaml

What a team declares about the system that it ships. `gonogo init` writes a first draft by reading the repository;
`gonogo check` reads the file and tells everything that is wrong with it at once, each with line, key and the nearest
right name. This page and the [JSON Schema](gonogo.schema.json) are generated from the records that validate the file.

```yaml
name: handbook
kinds: [llm-app, rag]
environments:
  - {name: production, url: https://app.example.org, production: true}
  - {name: staging, url: https://staging.example.org, disposable: true}
journeys:
  - name: ask
    path: /ask
    body: {question: "What are your opening hours?"}
    answer: /answer
budgets: {monthly_usd: 500, daily_usd: 25}
```

**For your editor.** `gonogo init --schema > gonogo.schema.json`, then as the first line of gonogo.yaml:
`# yaml-language-server: $schema=gonogo.schema.json`.

**How it is read.** UTF-8, one YAML document, at most 1 MB. Only `true` and `false` are booleans; `no` and `on` are
text. Tags and merge keys (`<<`) are refused, as is whatever looks like a provider key or a password: name an
environment variable instead. The file is looked for in the given directory and above it, up to the root of the git
work tree.

**Several systems in one repository.** `systems:` lists them, each with `name` and `path`; keys beside it are defaults
that a system may replace. Choose one with `--system NAME`, or by running in its directory.

```yaml
regimes: [gdpr]
systems:
  - {name: search, path: services/search, kinds: [rag]}
  - {name: agent, path: services/agent, kinds: [agent]}
```

**The law.** What decides how a commit is judged is read from its base commit, or from `--policy PATH`, never from the
commit itself: kinds, approvers and their keys, thresholds, not-applicable entries, policies, journeys, objectives,
budgets, tools, predictions, regimes, domain, audience, paths, exclude, extends, the flags of environments, which
providers bill, and the controls under `gonogo/controls/`. The base is where the branch left the default branch
(`origin/HEAD`, `main` or `master`); on that branch itself it is the parent commit. `--base REVISION` names another.
"""

_TIGHTEN = """## extends

`extends:` names a file that this one stands on, and may tighten but not loosen:

- a path from this file on, inside the repository: `extends: ../policy/gonogo.yaml`
- a file at a git revision: `extends: git:v3:policy/gonogo.yaml`
- a file of a package that is installed beside gonogo, read without importing it: `extends: package:our_policy/ai.yaml`

The extended file need not be whole (it may leave out `name`), and may itself extend, five files deep at most. Lists of
named things are merged by name: what the extended file lists stays, new names are added. A value that it gives is
fixed, but for the keys below. A value that it leaves open is free, with four exceptions that hold always: a threshold
may not ask for less than the catalogue; nothing may be declared not applicable; `policies` may not go below their
defaults (approvals 1, `allow_dirty` false, `fail_on` major); and where the extended file lists approvers, they are all
there are. Every loosening is an error that names both files and lines.
"""


def _described(record: Any) -> dict[str, Any]:
    """Return pydantic's schema of a record, with the docstring under each field as its description.

    To read those takes the sources apart, class by class: half a second, which validation alone does not spend.
    """
    from pydantic import TypeAdapter

    STRICT["use_attribute_docstrings"] = True
    try:
        return TypeAdapter(record).json_schema()
    finally:
        del STRICT["use_attribute_docstrings"]
