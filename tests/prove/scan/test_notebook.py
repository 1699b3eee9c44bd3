"""Code cells keep the line numbers of the notebook's JSON."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from gonogo.prove.scan.notebook import source
from tests.prove.scan.reading import literal, site

CELLS = [
    {"cell_type": "markdown", "source": ["# Title\n"]},
    {"cell_type": "code", "source": ["%pip install openai\n", "import openai\n"]},
    {"cell_type": "code", "source": ["%%bash\n", "ls\n"]},
    {"cell_type": "code", "source": ["client = openai.OpenAI()\n", "client.chat.completions.create(model='gpt-4o')"]},
]


def test_each_line_of_code_stands_where_the_json_has_it() -> None:
    text = json.dumps({"cells": CELLS, "metadata": {}}, indent=1)
    code = source(text)
    assert code is not None
    ast.parse(code)
    raw, lines = text.splitlines(), code.splitlines()
    number = next(i for i, line in enumerate(lines) if "create" in line)
    assert "client.chat" in raw[number]
    assert "pass" in lines
    assert "ls" not in lines


def test_a_notebook_on_one_line_is_read_too() -> None:
    code = source(json.dumps({"cells": CELLS}))
    assert code is not None
    assert "client = openai.OpenAI()" in code.splitlines()
    ast.parse(code)


def test_what_is_no_python_notebook_is_not_read() -> None:
    assert source("{") is None
    assert source("[]") is None
    assert source('{"cells": [], "metadata": {"kernelspec": {"language": "julia"}}}') is None


def test_a_call_in_a_notebook_is_no_production_call(tmp_path: Path) -> None:
    found = site(tmp_path, {"a.ipynb": json.dumps({"cells": CELLS}, indent=1)})
    assert found.in_tests
    assert found.model == literal("gpt-4o")
