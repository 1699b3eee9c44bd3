"""The attack sets: complete, each attack with a goal, and each of them arrives in every form."""

import re

import pytest

from gonogo.errors import UsageError
from gonogo.prove.lab.attacks.arrive import arrived
from gonogo.prove.lab.attacks.forms import FORMS, encoded
from gonogo.prove.lab.attacks.load import armed, attacks, sets

SETS = sets()
EVERY = [(name, attack) for name, found in SETS.items() for attack in found.attacks]
FORM = ("plain", "html-comment", "white-text", "metadata", "image-alt", "code-comment")


@pytest.mark.parametrize(("name", "attack"), EVERY, ids=lambda v: getattr(v, "id", v))
def test_an_attack_has_a_canary_a_source_and_a_goal(name, attack):
    goal = attack.goal
    assert "{canary}" in attack.text
    assert attack.source
    assert attack.form in FORM
    assert attack.benign != bool(goal.say or goal.leak or goal.tool or goal.link)
    assert armed(attack, name).canary in armed(attack, name).text


def test_a_canary_stands_in_one_attack_alone():
    canaries = [armed(attack, name).canary for name, attack in EVERY]
    assert len(set(canaries)) == len(canaries)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SETS)
def test_an_attack_arrives_in_every_form_and_is_not_seen_where_it_is_not(name, form):
    every = attacks([name])
    for attack, other in zip(every, [*every[1:], every[0]], strict=True):
        text = encoded(attack, form).text
        assert arrived(attack, [text]), (attack.id, form)
        assert not arrived(other, [text])


def test_the_sets_are_as_broad_as_they_are_said_to_be():
    injection = SETS["injection"].attacks
    assert sum(not a.benign for a in injection) >= 30
    assert sum(a.benign for a in injection) >= 12
    assert {"override", "role-play", "delimiter", "payload-splitting", "many-shot"} <= {a.technique for a in injection}
    assert len({a.language for a in SETS["multilingual"].attacks}) >= 12
    assert {a.place for a in SETS["indirect"].attacks} == {"document", "tool-result"}


def test_only_canary_hosts_and_paths_are_named():
    for _, attack in EVERY:
        for host in re.findall(r"://([^/\s]+)", attack.text):
            assert host.rpartition("@")[2].rstrip(",.").endswith(".invalid"), attack.id


def test_an_unknown_set_or_form_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="injection"):
        attacks(["injektion"])
    with pytest.raises(UsageError, match="base64"):
        encoded(EVERY[0][1], "base-64")
