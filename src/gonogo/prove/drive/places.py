"""What of the machine an app needs to see in order to run: installed programs, and nothing of anybody's own files."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix", "/snap")
"""Where systems keep installed programs."""

ETC = tuple(
    f"/etc/{name}"
    for name in (
        "ssl", "ca-certificates", "pki", "crypto-policies", "localtime", "timezone", "ld.so.cache", "ld.so.conf",
        "ld.so.conf.d", "alternatives", "fonts", "mime.types", "protocols", "services", "java-17-openjdk",
        "java-21-openjdk", "java-25-openjdk", "os-release",
    )
)  # fmt: skip
"""What programs read of the system's configuration."""

_CACHES = {
    "HF_HUB_CACHE": "~/.cache/huggingface/hub",
    "TIKTOKEN_CACHE_DIR": f"{tempfile.gettempdir()}/data-gym-cache",
    "TORCH_HOME": "~/.cache/torch",
    "NLTK_DATA": "~/nltk_data",
    "PLAYWRIGHT_BROWSERS_PATH": "~/.cache/ms-playwright",
}
"""Where libraries keep what they download at the first start, by their variable."""

_LIBRARIES = ("lib", "lib64", "libexec", "include")
_OWN_PROGRAMS = (".venv/bin", "venv/bin", "node_modules/.bin")


def path(root: Path) -> list[str]:
    """Return the directories of programs, in order: the system's own, those of PATH, those that gonogo came with.

    The system's own stand in its directory, or above it within the repository.
    """
    top = next((p for p in (root, *root.parents) if (p / ".git").exists()), root)
    above = [p for p in (root, *root.parents) if p.is_relative_to(top)]
    own = [str(place / name) for place in above for name in _OWN_PROGRAMS]
    places = [*own, *os.environ.get("PATH", os.defpath).split(os.pathsep), str(Path(sys.executable).parent)]
    return list(dict.fromkeys(os.path.normpath(p) for p in places if p.startswith("/") and os.path.isdir(p)))


def caches() -> dict[str, str]:
    """Return what this machine has of downloaded models and tables, by variable: nothing can be downloaded in a box."""
    found = {name: os.environ.get(name) or os.path.expanduser(usual) for name, usual in _CACHES.items()}
    return {name: place for name, place in found.items() if os.path.isdir(place) and not _holds_a_home(place)}


def installed(root: Path, commands: Iterable[Sequence[str]]) -> list[str]:
    """Return directories outside `SYSTEM` that the programs of `commands` and of PATH live in.

    Of a home it is the directories of programs and libraries alone: what lies beside them may be secret.
    """
    found = {os.path.realpath(sys.base_prefix)}
    places = path(root)
    for place in places:
        found.update(_around(Path(place)))
    words = [command[0] for command in commands if command]
    for word in ("python3", "python", "node", *words):
        program = shutil.which(word, path=os.pathsep.join(places))
        if program:
            found.update(_behind(Path(program)))
    kept = [p for p in sorted(found) if os.path.isdir(p) and not within(p, SYSTEM) and not _holds_a_home(p)]
    kept = [p for p in kept if not within(p, [str(root)])]
    return [p for p in kept if not within(p, [k for k in kept if k != p])]


def within(place: str, others: Iterable[str]) -> bool:
    """Tell whether `place` is one of `others`, or lies in one."""
    return any(place == other or place.startswith(other + "/") for other in others)


def _around(place: Path) -> Iterator[str]:
    """Yield what belongs to a directory of programs: the whole prefix of an environment, or its libraries."""
    prefix = place.parent
    yield str(place)
    yield os.path.realpath(place)
    if (prefix / "pyvenv.cfg").is_file():
        yield str(prefix)
        for python in place.glob("python*"):
            yield from _behind(python)
        yield from _linked(prefix)
    elif place.name == "shims" or prefix.name == "node_modules" or (prefix / "conda-meta").is_dir():
        yield str(prefix)
    elif place.name == "bin":
        yield from (str(prefix / name) for name in _LIBRARIES)


def _linked(environment: Path) -> Iterator[str]:
    """Yield the directories that packages of an environment stand in where they are installed for editing."""
    for file in environment.glob("lib/python*/site-packages/*.pth"):
        try:
            lines = file.read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        yield from (line.strip() for line in lines if line.startswith("/"))


def _behind(program: Path) -> Iterator[str]:
    """Yield the prefix of the file that a program really is, and of what interprets it."""
    real = Path(os.path.realpath(program))
    if real.parent.name == "bin":
        prefix = real.parent.parent
        yield from _around(real.parent) if within(str(prefix), _common()) else (str(prefix),)
    else:
        yield str(real.parent)
    try:
        with real.open("rb") as file:
            line = file.readline(512)
    except OSError:
        return
    if line.startswith(b"#!/") and (words := line[2:].split()):
        interpreter = Path(os.fsdecode(words[0]))
        if interpreter != program and interpreter.exists() and not within(str(interpreter), SYSTEM):
            yield from _around(interpreter.parent)


def _common() -> list[str]:
    return [str(Path.home() / ".local")] if not (Path.home() / ".local" / "pyvenv.cfg").exists() else []


def _holds_a_home(place: str) -> bool:
    """Tell whether a directory is a home, the place of homes, or above them: never shown."""
    homes = {"/root", "/home", str(Path.home()), os.path.realpath(Path.home())}
    return place == "/" or any(within(home, [place]) for home in homes) or os.path.dirname(place) == "/home"
