"""A name that is bound more than once means, where it is used, what was bound last on the way there."""

from __future__ import annotations

from pathlib import Path

from tests.prove.scan.reading import DYNAMIC, UNSET, literal, site, sites

FACTORY = """
    from anthropic import Anthropic
    from openai import OpenAI
    from providers import ClaudeSession, OpenAISession

    def make(model):
        if model == "a":
            client = OpenAI(timeout=60)
            return OpenAISession(client=client)
        client = Anthropic(timeout=70)
        return ClaudeSession(client)
    """
PROVIDERS = """
    from anthropic import Anthropic
    from openai import OpenAI

    class OpenAISession:
        def __init__(self, client: OpenAI):
            self._client = client
        def turn(self):
            self._client.responses.create(model="m", input="x")

    class ClaudeSession:
        def __init__(self, client: Anthropic):
            self._client = client
        def turn(self):
            self._client.messages.create(model="m", max_tokens=5, messages=[])
    """


def test_each_branch_of_a_factory_hands_over_its_own_client(tmp_path: Path) -> None:
    found = sites(tmp_path, {"factory.py": FACTORY, "providers.py": PROVIDERS})
    assert [(s.sdk, s.timeout) for s in found] == [("openai", literal(60)), ("anthropic", literal(70))]
    assert [(s.client_path, s.client_line) for s in found] == [("factory.py", 7), ("factory.py", 9)]


def test_a_binding_in_a_branch_on_the_way_remains_possible(tmp_path: Path) -> None:
    text = """
        import openai
        def f(slow):
            client = openai.OpenAI()
            client = openai.OpenAI(timeout=60)
            if slow:
                client = openai.OpenAI(timeout=90)
            client.chat.completions.create(model="m")
        """
    assert site(tmp_path, text).timeout == DYNAMIC


def test_a_later_binding_does_not_count(tmp_path: Path) -> None:
    text = """
        import openai
        def f():
            client = openai.OpenAI()
            client.chat.completions.create(model="m")
            client = openai.OpenAI(timeout=60)
            client.chat.completions.create(model="m")
        """
    assert [s.timeout for s in sites(tmp_path, text)] == [UNSET, literal(60)]


def test_in_a_loop_the_binding_before_it_remains_possible(tmp_path: Path) -> None:
    text = """
        import openai
        def f(texts):
            client = None
            for t in texts:
                if client is None:
                    client = openai.OpenAI(timeout=60)
                client.chat.completions.create(model="m")
        """
    assert site(tmp_path, text).client == "openai.OpenAI"


def test_what_a_loop_binds_after_the_use_holds_in_the_next_round(tmp_path: Path) -> None:
    text = """
        import openai
        def f(texts):
            client = openai.OpenAI(timeout=90)
            for t in texts:
                client.chat.completions.create(model="m")
                client = openai.OpenAI(timeout=60)
        """
    assert site(tmp_path, text).timeout == DYNAMIC
