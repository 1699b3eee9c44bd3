"""The plan of a crash-test: what is played, and what is not and why."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gonogo.facts import System
from gonogo.facts.lab_declaration import Install
from gonogo.facts.lab_declaration import Lab as Settings
from gonogo.prove.lab import spare
from gonogo.prove.lab.collect import Lab
from gonogo.prove.lab.needs import _NEEDS, Need, missing
from gonogo.prove.lab.scenario import Scenario, load
from gonogo.system import load as declared

EXAMPLES = Path(__file__).parents[3] / "examples"


def plan(app, *scenarios):
    declaration = declared(EXAMPLES / app)
    assert declaration
    return Lab(scenarios).plan(EXAMPLES / app, declaration)


def tale(need):
    return Scenario(scenario="tale", title="Tale", needs=(need,))


def test_what_concerns_another_kind_of_system_is_not_played():
    made = plan("assistant")
    assert "tool-misuse" not in {s.scenario for s in made.scenarios}
    assert made.elsewhere["tool-misuse"] == "it concerns agent; this system is declared as llm-app"
    assert "tool-misuse" in {s.scenario for s in plan("agent").scenarios}


def test_what_gonogo_yaml_does_not_declare_is_left_out_with_the_key():
    made = plan("agent")
    assert made.lacking["session-security"].endswith("lab.sessions")
    assert made.lacking["security-alerting"].endswith("{YOUR_SECURITY_URL: security}}")


def test_a_scenario_that_proves_nothing_is_played_for_everybody():
    assert {s.scenario for s in plan("pricing", "observe").scenarios} == {"observe"}


def test_the_longest_comes_first_and_bounds_the_time():
    made, system = plan("reporter"), declared(EXAMPLES / "reporter").system
    assert made.scenarios[0].scenario == "cost-anomaly-detection"
    assert made.seconds(system, quick=False) >= made.scenarios[0].waits_s


@pytest.mark.parametrize("need", sorted(_NEEDS))
def test_each_need_is_met_by_an_example_and_missed_by_a_bare_system(need: Need):
    systems = [d.system for each in sorted(EXAMPLES.glob("*/gonogo.yaml")) if (d := declared(each.parent))]
    systems.append(
        System(name="packed", lab=Settings(install=Install(command=("pip", "install", "."), index="wheels")))
    )
    assert any(missing(tale(need), system) is None for system in systems)
    assert missing(tale(need), System(name="bare"))


def test_every_need_is_asked_for_by_a_scenario():
    assert {need for scenario in load() for need in scenario.needs} == set(_NEEDS)


async def test_a_machine_that_idles_has_time_to_spare_and_a_late_lab_has_not(monkeypatch):
    monkeypatch.setattr(spare, "IDLE", -1.0)  # whatever else this machine does now
    looking = spare.Spare()
    await asyncio.sleep(0.05)
    assert looking.enough(late_s=0.0)
    assert not looking.enough(late_s=2 * spare.LATE_S)
    monkeypatch.setattr(spare, "IDLE", 1.0)
    await asyncio.sleep(0.05)
    assert not looking.enough(late_s=0.0)
