"""What the variables are for: a real SDK finds the stand-in, pointed there or with its provider's host hard-wired."""

import os
import sys

import pytest

from gonogo.facts import ModelCall, System
from gonogo.prove.drive import bubblewrap, proxied
from gonogo.prove.drive.contain import contained
from gonogo.prove.drive.environment import HOSTS, variables
from gonogo.prove.lab.standins.house import House
from tests.prove.lab.rooms import room as lab_room

CODE = """
import openai
for client in (openai.OpenAI(), openai.OpenAI(base_url="https://api.openai.com/v1")):
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "hello"}])
    print(answer.choices[0].message.content)
"""


@pytest.mark.parametrize("by", [bubblewrap, proxied], ids=["bubblewrap", "proxied"])
async def test_the_openai_sdk_finds_the_lab_with_its_host_hard_wired_too(tmp_path, by):
    system, room = tmp_path / "system", lab_room()
    system.mkdir()
    environment = variables(System(name="system"), House.addresses)
    standins = dict.fromkeys(HOSTS, "provider")
    async with contained(system, [], forward=House.forward, stand_in=standins, by=by) as box, House(room, box.room):
        done = await box.run([sys.executable, "-c", CODE], environment=environment)
    calls = [fact for fact in room.facts if isinstance(fact, ModelCall)]
    assert len(done.stdout.decode().splitlines()) == 2, done
    assert [call.host for call in calls] == ["127.0.0.1:11434", "api.openai.com"]
    assert [call.protocol for call in calls] == ["openai_chat"] * 2
    assert box.contacts == []


def test_what_is_declared_for_a_provider_is_set_and_nothing_is_inherited(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "of the host")
    found = variables(System(name="system"), House.addresses)
    assert found["OPENAI_API_KEY"].startswith("sk-lab")
    assert "of the host" not in found.values()
    assert all(value != os.environ["OPENAI_API_KEY"] for value in found.values())
