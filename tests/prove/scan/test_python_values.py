# ruff: noqa: E501  (each program or table row stands on one line)
"""Values are resolved within the project, and where they cannot be, that is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.facts import Setting
from tests.prove.scan.reading import DYNAMIC, UNSET, constant, literal, site, sites

CALL = "from openai import OpenAI\nimport os, httpx, openai\n{before}\nOpenAI(timeout={value})\\\n.chat.completions.create(model='m')\n"


def timeout(root: Path, value: str, before: str = "") -> Setting:
    return site(root, CALL.format(before=before, value=value)).timeout


@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [
        ("30", "", literal(30)),
        ("60*2", "", literal(120)),
        ("-1", "", literal(-1)),
        ("None", "", literal(None)),
        ("T", "T = 45.5", constant(45.5)),
        ("T", "A = 5\nT = A * 2", constant(10)),
        ("T", "T = 1\nT = 2", DYNAMIC),
        ("T", "T = 1\nT += 1", DYNAMIC),
        ("T", "T = T + 1", DYNAMIC),
        ("A", "A = B\nB = A", DYNAMIC),
        ("C.T", "class C:\n    T = 7", constant(7)),
        ("D['t']", "D = {'t': 8}", constant(8)),
        ("int(os.getenv('T', '30'))", "", Setting(30, "env-default")),
        ("float(os.environ.get('T', 2))", "", Setting(2.0, "env-default")),
        ("os.environ['T']", "", DYNAMIC),
        ("os.getenv('T')", "", DYNAMIC),
        ("os.getenv('T') or 20", "", Setting(20, "env-default")),
        ("T", "T = int(os.getenv('T', '30'))", Setting(30, "env-default")),
        ("httpx.Timeout(60, connect=5)", "", literal(60)),
        ("httpx.Timeout(connect=5, read=90, write=5, pool=5)", "", literal(90)),
        ("openai.Timeout(T)", "T = 30", constant(30)),
        ("httpx.Timeout(None)", "", literal(None)),
        ("openai.NOT_GIVEN", "", UNSET),
        ("30 if os.name else 30", "", literal(30)),
        ("30 if os.name else 60", "", DYNAMIC),
        ("f()", "def f():\n    return 30", literal(30)),
        ("unknown", "", DYNAMIC),
        ("1/0", "", DYNAMIC),
    ],
)
def test_expressions(tmp_path: Path, value: str, before: str, expected: Setting) -> None:
    assert timeout(tmp_path, value, before) == expected


def test_the_connect_part_of_a_timeout_is_told_apart(tmp_path: Path) -> None:
    text = CALL.format(before="T = httpx.Timeout(60, connect=5)", value="T")
    assert site(tmp_path, text).connect_timeout == literal(5)


def test_constants_are_followed_through_imports_and_reexports(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        {
            "app/__init__.py": "from .config import *\n",
            "app/config.py": "from .deep import MODEL as CHOSEN\nclass Models:\n    SMALL = f'{CHOSEN}-2024-07-18'\n",
            "app/deep.py": "MODEL = 'gpt-4o-mini'\n",
            "app/llm.py": """
                import openai
                from app import Models
                openai.OpenAI().chat.completions.create(model=Models.SMALL)
                """,
        },
    )
    assert found.model == constant("gpt-4o-mini-2024-07-18")


def test_a_settings_class_gives_the_default_of_its_environment_variable(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        {
            "config.py": """
                from functools import lru_cache
                from pydantic import Field
                from pydantic_settings import BaseSettings
                class Settings(BaseSettings):
                    model: str = "gpt-4o"
                    limit: int = Field(500, alias="LIMIT")
                    key: str
                @lru_cache
                def get_settings() -> Settings:
                    return Settings()
                settings = get_settings()
                """,
            "app.py": """
                import openai
                from config import get_settings, settings
                openai.OpenAI(timeout=settings.key).chat.completions.create(
                    model=settings.model, max_tokens=get_settings().limit)
                """,
        },
    )
    assert found.model == Setting("gpt-4o", "env-default")
    assert found.max_output_tokens == Setting(500, "env-default")
    assert found.timeout == DYNAMIC


def test_a_field_of_a_data_class_is_dynamic_unless_its_object_is_known(tmp_path: Path) -> None:
    text = """
        import openai
        from dataclasses import dataclass
        @dataclass
        class Config:
            model: str = "gpt-4o"
        KNOWN = Config()
        GIVEN = Config(model="o3")
        def ask(config: Config):
            openai.OpenAI().chat.completions.create(model=config.model)
        openai.OpenAI().chat.completions.create(model=KNOWN.model)
        openai.OpenAI().chat.completions.create(model=GIVEN.model)
        """
    assert [s.model for s in sites(tmp_path, text)] == [DYNAMIC, constant("gpt-4o"), constant("o3")]


WRAPPER = """
    from openai import OpenAI
    client = OpenAI()
    def ask(text, model="gpt-4o", limit=None):
        return client.chat.completions.create(model=model, max_tokens=limit, messages=text)
    {callers}
    """


@pytest.mark.parametrize(
    ("callers", "model", "limit"),
    [
        ("", DYNAMIC, DYNAMIC),
        ("ask('a', limit=100); ask('b', limit=100)", constant("gpt-4o"), constant(100)),
        ("ask('a', 'o3', 100)", constant("o3"), constant(100)),
        ("ask('a', limit=100); ask('b', limit=200)", constant("gpt-4o"), DYNAMIC),
        ("ask('a', **options)", DYNAMIC, DYNAMIC),
        ("ask('a'); later = ask", DYNAMIC, DYNAMIC),
    ],
)
def test_a_parameter_is_known_where_all_callers_agree(
    tmp_path: Path, callers: str, model: Setting, limit: Setting
) -> None:
    found = site(tmp_path, WRAPPER.format(callers=callers))
    assert (found.model, found.max_output_tokens) == (model, limit)


def test_a_parameter_that_is_also_assigned_is_dynamic(tmp_path: Path) -> None:
    text = """
        import openai
        def ask(temperature, deep):
            if deep:
                temperature = 1.0
            return openai.OpenAI().chat.completions.create(model="m", temperature=temperature)
        """
    assert site(tmp_path, text).temperature == DYNAMIC


@pytest.mark.parametrize(
    ("body", "limit", "temperature"),
    [
        ("create(**{'max_tokens': 5})", literal(5), UNSET),
        ("create(**DEFAULTS)", literal(7), UNSET),
        ("create(**dict(DEFAULTS, temperature=0))", literal(7), literal(0)),
        ("create(**DEFAULTS, temperature=1)", literal(7), literal(1)),
        ("create(**{**DEFAULTS, 'max_tokens': 9})", literal(9), UNSET),
        ("create(**(DEFAULTS | {'temperature': 0.5}))", literal(7), literal(0.5)),
        ("create(**options)", DYNAMIC, DYNAMIC),
        ("create(max_tokens=5, **options)", literal(5), DYNAMIC),
        ("p = {'max_tokens': 5}\n    p['temperature'] = 0.1\n    create(**p)", literal(5), literal(0.1)),
        (
            "p = {'max_tokens': 5}\n    if options:\n        p['temperature'] = 0.1\n    create(**p)",
            literal(5),
            DYNAMIC,
        ),
        ("p = {}\n    p.update(DEFAULTS)\n    create(**p)", literal(7), UNSET),
        ("p = {'max_tokens': 5}\n    p.update(options)\n    create(**p)", DYNAMIC, DYNAMIC),
        ("create(**build())", literal(11), UNSET),
    ],
)
def test_splatted_dictionaries(tmp_path: Path, body: str, limit: Setting, temperature: Setting) -> None:
    text = f"""import openai
DEFAULTS = {{'max_tokens': 7}}
create = None
def build():
    made = {{'model': 'm'}}
    made['max_tokens'] = 11
    return made
def ask(client: openai.OpenAI, options):
    {body.replace("create(", "client.chat.completions.create(")}
"""
    found = site(tmp_path, text)
    assert (found.max_output_tokens, found.temperature) == (limit, temperature)


def test_deep_and_circular_code_ends(tmp_path: Path) -> None:
    chain = "\n".join(f"def f{i}(x):\n    return f{i + 1}(f{i + 1}(x))" for i in range(60))
    text = f"import openai\nx = f0(1)\n{chain}\ndef f60(x):\n    return f0(x)\n"
    text += "openai.OpenAI(**x).chat.completions.create(model=x, max_tokens=f0(2))\n"
    found = site(tmp_path, text)
    assert found.model == DYNAMIC
