"""What is shown of the machine: programs and what they are made of, and nothing that lies beside them in a home."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from gonogo.prove.drive import bubblewrap, proxied
from gonogo.prove.drive.contain import contained
from gonogo.prove.drive.places import caches, installed, path, within


@pytest.fixture
def home(tmp_path, monkeypatch):
    made = tmp_path / "home"
    (made / ".local" / "bin").mkdir(parents=True)
    (made / ".local" / "share" / "keyrings").mkdir(parents=True)
    (made / ".cargo" / "bin").mkdir(parents=True)
    (made / "bin").mkdir()
    (made / ".cargo" / "credentials.toml").write_text("token")
    monkeypatch.setenv("HOME", str(made))
    places = [made / "bin", made / ".local" / "bin", made / ".cargo" / "bin"]
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, places), os.environ["PATH"]]))
    return made


def shown(place, root):
    return within(str(place), installed(root / "system", []))


def test_of_a_home_only_programs_are_shown(home, tmp_path):
    assert shown(home / ".cargo" / "bin" / "x", tmp_path)
    assert shown(home / "bin" / "x", tmp_path)
    assert not shown(home / ".cargo" / "credentials.toml", tmp_path)
    assert not shown(home / ".local" / "share" / "keyrings", tmp_path)
    assert not shown(home / ".ssh", tmp_path)
    assert not shown(home, tmp_path)


def test_the_systems_own_programs_come_first_then_those_of_path_then_gonogos(tmp_path, monkeypatch):
    repository = tmp_path / "repository"
    for place in (repository / ".git", repository / ".venv" / "bin", repository / "app" / "node_modules" / ".bin"):
        place.mkdir(parents=True)
    monkeypatch.setenv("PATH", "/usr/bin")
    found = path(repository / "app")
    assert found == [
        str(repository / "app" / "node_modules" / ".bin"), str(repository / ".venv" / "bin"), "/usr/bin",
        str(Path(sys.executable).parent),
    ]  # fmt: skip


def test_packages_that_stand_beside_the_system_in_its_repository_are_shown(tmp_path):
    repository, library = tmp_path / "repository", tmp_path / "library"
    for place in (repository / ".git", repository / "node_modules" / ".bin", repository / "app", library):
        place.mkdir(parents=True)
    venv.create(repository / ".venv", symlinks=True)
    packages = next((repository / ".venv").glob("lib/python*/site-packages"))
    (packages / "editable.pth").write_text(f"{library}\nimport nothing\n")
    for place in (repository / "node_modules" / "x", repository / ".venv" / "x", library / "x"):
        assert within(str(place), installed(repository / "app", []))
    assert not within(str(repository / "other"), installed(repository / "app", []))


def test_the_caches_of_models_are_shown_where_they_are(home):
    assert "HF_HUB_CACHE" not in caches()
    (home / ".cache" / "huggingface" / "hub").mkdir(parents=True)
    assert caches()["HF_HUB_CACHE"] == str(home / ".cache" / "huggingface" / "hub")


@pytest.mark.parametrize("by", [bubblewrap, proxied], ids=["bubblewrap", "proxied"])
async def test_an_app_runs_by_its_own_environment_by_name_and_by_absolute_path(tmp_path, by):
    system = tmp_path / "system"
    system.mkdir()
    venv.create(system / ".venv", symlinks=True)
    script = system / ".venv" / "bin" / "tool"
    script.write_text(f"#!{system}/.venv/bin/python\nimport sys; print(sys.prefix)\n")
    script.chmod(0o755)
    assert subprocess.run(["tool"], env={"PATH": str(script.parent)}, capture_output=True).returncode == 0
    async with contained(system, [], forward={}, by=by) as box:
        for command in (["tool"], [str(script)]):
            done = await box.run(command, environment={})
            assert Path(done.stdout.decode().strip()).name == ".venv", done
