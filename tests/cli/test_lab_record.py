"""`gonogo lab record`: the app's calls pass to a provider and back, and the lab says its answers again."""

import json
import shutil
from hashlib import blake2b
from pathlib import Path

import pytest

from gonogo import assess
from gonogo.cli import main
from gonogo.facts import Exchange
from gonogo.prove.lab.collect import Lab
from gonogo.prove.lab.tape import TAPE

APP = Path(__file__).parents[2] / "examples" / "assistant"
KEY = "key-of-the-test-that-nobody-may-read"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(APP, tmp_path / "assistant", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def provider(gonogo_lab, monkeypatch):
    """A provider outside the lab: another stand-in, which the verb finds as it would find a real one."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return gonogo_lab


def takes(root: Path) -> list[dict]:
    return [json.loads(line) for line in (root / TAPE).read_text().splitlines()]


def test_the_answers_of_every_journey_are_recorded_screened_and_without_the_key(root, provider, capsys):
    provider.answer("Please write to jane.roe@example.com about it.")
    assert main(["lab", "record", str(root)]) == 0
    recorded = takes(root)
    assert [t["operation"] for t in recorded] == ["chat"] * 2, "one journey streams, the other does not"
    for take in recorded:
        assert take["answer"]["text"].startswith("Please write to ")
        assert "jane.roe" not in take["answer"]["text"]
    assert KEY not in (root / TAPE).read_text()
    shown = capsys.readouterr().out
    assert "2 answers of gpt-4o" in shown
    assert "gonogo/tape.jsonl holds 2 answers; commit it. Next: gonogo lab" in shown


def test_the_provider_got_the_real_key_and_the_app_only_the_labs(root, provider, monkeypatch):
    main(["lab", "record", str(root)])
    key = provider._standing.room.digest_key
    digest = blake2b(f"Bearer {KEY}".encode(), key=key, digest_size=8).hexdigest()
    assert [call.key for call in provider.calls] == [digest] * 2


def test_the_lab_then_says_what_was_recorded(root, provider):
    provider.answer("We are open from nine to five.")
    main(["lab", "record", str(root)])
    state = assess.look(assess.Request(root=root, record=False))
    _, facts = assess.prove(state.request, Lab(("observe",)), state)
    answers = [exchange.answer for exchange in facts.of(Exchange)]
    assert answers
    assert [a for a in answers if not a.startswith("We are open from nine to five. lab")] == []


def test_a_provider_that_refuses_leaves_no_tape_and_a_clear_line(root, provider, capsys):
    provider.fail("status", status=401)
    assert main(["lab", "record", str(root)]) == 2
    assert "the provider answered nothing that can be recorded: status 401" in capsys.readouterr().err
    assert not (root / TAPE).exists()


def test_a_key_that_is_not_set_is_named(root, provider, monkeypatch, capsys):
    monkeypatch.delenv("OPENAI_API_KEY")
    assert main(["lab", "record", str(root)]) == 2
    shown = capsys.readouterr().err
    assert "the provider's key is not set: OPENAI_API_KEY" in shown
    assert "export OPENAI_API_KEY=..." in shown


def test_a_directory_of_that_name_can_still_be_played(tmp_path, monkeypatch, capsys):
    (tmp_path / "record").mkdir()
    monkeypatch.chdir(tmp_path)
    main(["lab", "./record", "--list", "-s", "observe"])
    assert "observe" in capsys.readouterr().out
