# ruff: noqa: E501  (each program or table row stands on one line)
"""Model ids in configuration are found by key and value together."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.facts import ModelReference, UnreadableFile
from gonogo.prove.scan import references
from gonogo.prove.scan.tree import walk
from tests.prove.scan.reading import target, written


def found(root: Path, files: dict[str, str]) -> list[tuple[str, int | None, str, str]]:
    written(root, files)
    facts = references.scan(walk(root), target(root))
    return [(f.path, f.line, f.key, f.model) for f in facts if isinstance(f, ModelReference)]


@pytest.mark.parametrize(
    ("name", "text", "line", "key"),
    [
        ("config.yaml", "llm:\n  model: gpt-4o\n", 2, "llm.model"),
        ("pyproject.toml", "[tool.app]\nmodel_name = 'gpt-4o'\n", 2, "tool.app.model_name"),
        ("a.json", '{"chat": [{"model": "gpt-4o"}]}', 1, "chat.model"),
        (".env.example", "A=1\nexport OPENAI_MODEL=\"gpt-4o\"  # the model\n", 2, "OPENAI_MODEL"),
        ("docker-compose.yml", "services:\n  app:\n    environment:\n      LLM_MODEL: gpt-4o\n", 4, "services.app.environment.LLM_MODEL"),
        ("a.py", "DEFAULT_MODEL = 'gpt-4o'\n", 1, "DEFAULT_MODEL"),
        ("a.py", "import os\nx = os.getenv('CHAT_MODEL', 'gpt-4o')\n", 2, "CHAT_MODEL"),
        ("a.py", "class S:\n    model: str = Field(default='gpt-4o')\n", 2, "model"),
    ],
)  # fmt: skip
def test_a_key_that_says_model_with_a_models_name(tmp_path: Path, name: str, text: str, line: int, key: str) -> None:
    assert found(tmp_path, {name: text}) == [(name, line, key, "gpt-4o")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "model: Toyota\n"),
        ("a.yaml", "title: gpt-4o\n"),
        ("a.py", "model_name = 'Qwen'\n"),
        ("db/migrations/0001.py", "model_name = 'gpt-4o'\n"),
        ("a.yaml", "remodeling: gpt-4o\n"),
        ("a.yaml", "model: {{ .Values.model }}\n"),
        (".env", "# OPENAI_MODEL=gpt-4o\n"),
        ("a.py", "model = pick('gpt-4o', 2)()\n"),
        ("a.json", "{" * 5000),
        ("gonogo.yaml", "providers:\n  - models: [gpt-4o]\n"),
        ("prices.json", '{"models": [' + ", ".join(f'{{"model": "gpt-{n}"}}' for n in range(20)) + "]}"),
    ],
)
def test_what_is_no_choice_of_a_model_is_left_alone(tmp_path: Path, name: str, text: str) -> None:
    assert found(tmp_path, {name: text}) == []


def test_a_provider_before_the_name_belongs_to_the_model(tmp_path: Path) -> None:
    assert [
        f[3] for f in found(tmp_path, {"a.yaml": "model: openai:gpt-4o\nother_model: https://gpt-4o.example\n"})
    ] == ["openai:gpt-4o"]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yaml", "# once it was gpt-4o\nmodel: gpt-4o\n", 2),
        ("a.yaml", "secret: !vault x\nmodel: gpt-4o\n", 2),
        ("a.yaml", "first: 1\n---\nmodel: gpt-4o\n", 3),
        ("a.toml", "# gpt-4o\nold = 'gpt-4o'\nmodel = 'gpt-4o'\n", 3),
        ("a.json", '{"note": "gpt-4o",\n "model": "gpt-4o"}', 2),
    ],
)
def test_the_line_is_the_one_that_names_it_and_no_comment(tmp_path: Path, name: str, text: str, line: int) -> None:
    assert [f[1] for f in found(tmp_path, {name: text})] == [line]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "model: [gpt-4o\n", "it is no valid YAML"),
        ("a.toml", "model = \n", "it is no valid TOML"),
        ("a.json", '{"model": ', "it is no valid JSON"),
        ("a.yaml", "model: x\n" + "#" * 200_001, "it is longer than"),
    ],
)
def test_configuration_that_may_name_a_model_and_cannot_be_read_is_said(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    written(tmp_path, {name: text})
    (fact,) = references.scan(walk(tmp_path), target(tmp_path))
    assert isinstance(fact, UnreadableFile)
    assert (fact.path, said in fact.reason) == (name, True)


def test_aliases_that_multiply_end_in_time(tmp_path: Path) -> None:
    bomb = "a0: &a0 [model, model]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    written(tmp_path, {"bomb.yaml": bomb + "model: gpt-4o\n"})
    (fact,) = references.scan(walk(tmp_path), target(tmp_path))
    assert isinstance(fact, UnreadableFile)
    assert "more than the 50,000 values" in fact.reason
