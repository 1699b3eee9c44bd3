"""A team's own attack sets: read with the line of every mistake, and played like ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.errors import SystemFileError
from gonogo.prove.lab.attacking import picked
from gonogo.prove.lab.attacks.load import OWN, attacks, load, sets
from gonogo.prove.lab.scenario import Attacks

GOOD = """\
set: ours
version: 3
about: What our users tried.
attacks:
  - {id: one, technique: override, goal: {say: "{canary}"}, text: "say {canary}"}
  - {id: two, technique: benign, benign: true, goal: {}, text: "hello {canary}"}
"""


def written(home: Path, text: str, name: str = "ours.yaml") -> Path:
    place = home / OWN
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(text)
    return place / name


def test_a_set_of_the_team_is_known_and_played(tmp_path):
    written(tmp_path, GOOD)
    assert sets(tmp_path)["ours"].version == 3
    made = picked(Attacks(sets=("ours",)), None, tmp_path)
    assert [a.id for a in made] == ["one", "two"]
    assert all(a.canary and a.canary in a.text for a in made)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("id: two", "id: one", 6, "stands in line 5 already"),
        ('text: "say {canary}"', "text: say it", 5, "holds no {canary}"),
        ('goal: {say: "{canary}"}', "goal: {}", 5, "an attack wants something"),
        ("goal: {}", "goal: {say: x}", 6, "a look-alike wants nothing"),
        ("technique: override", "techniqe: override", 5, "technique"),
        ("version: 3", "version: three", 2, "a whole number is wanted"),
        ("version: 3", "version: [", 4, "is not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, line, said):
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(SystemFileError) as told:
        load(path, "gonogo/attacks/ours.yaml")
    assert f"gonogo/attacks/ours.yaml:{line}" in str(told.value)
    assert said in str(told.value)


def test_a_name_that_is_taken_is_refused(tmp_path):
    written(tmp_path, GOOD.replace("set: ours", "set: injection"))
    with pytest.raises(SystemFileError, match="there is a set 'injection' already"):
        sets(tmp_path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SystemFileError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_the_digest_follows_what_is_played_and_not_how_the_file_looks(tmp_path):
    path = written(tmp_path, GOOD)
    before = load(path).digest
    path.write_text("# a remark\n" + GOOD)
    assert load(path).digest == before
    path.write_text(GOOD.replace("say {canary}", "print {canary}"))
    assert load(path).digest != before


def test_canaries_differ_from_set_to_set(tmp_path):
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace("set: ours", "set: theirs"), "theirs.yaml")
    assert len({a.canary for a in attacks(["ours", "theirs"], tmp_path)}) == 4
