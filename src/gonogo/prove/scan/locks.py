"""Count what each kind of lock file pins, and whether every package in it has a hash."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_LOCAL = ("@workspace:", "@file:", "@link:", "@portal:")


@dataclass(frozen=True)
class Counted:
    """How many packages a lock pins, and how many of them carry a hash."""

    packages: int
    hashed: int


def uv(text: str) -> Counted:
    """uv.lock: local and git packages need no hash."""
    packages = [p for p in tomllib.loads(text).get("package", []) if "registry" in p.get("source", {})]
    return Counted(len(packages), sum(_all_hashed([*p.get("wheels", []), *_list(p.get("sdist"))]) for p in packages))


def poetry(text: str) -> Counted:
    """poetry.lock and pdm.lock; old files of poetry keep their hashes in one table."""
    data = tomllib.loads(text)
    table = data.get("metadata", {}).get("files", {})
    packages = [p for p in data.get("package", []) if p.get("source", {}).get("type") != "git"]
    files = [p.get("files") or table.get(p.get("name")) or [] for p in packages]
    return Counted(len(packages), sum(_all_hashed(f) for f in files))


def pylock(text: str) -> Counted:
    """pylock.toml (PEP 751)."""
    packages = tomllib.loads(text).get("packages", [])
    found = [[*p.get("wheels", []), *_list(p.get("sdist")), *_list(p.get("archive"))] for p in packages]
    return Counted(len(packages), sum(bool(f) and all("hashes" in x for x in f) for f in found))


def pipfile(text: str) -> Counted:
    """Pipfile.lock."""
    data = json.loads(text)
    packages = [*data.get("default", {}).values(), *data.get("develop", {}).values()]
    return Counted(len(packages), sum(bool(p.get("hashes")) for p in packages))


def npm(text: str) -> Counted:
    """package-lock.json of any version; linked workspaces need no hash."""
    data = json.loads(text)
    if "packages" in data:
        packages = [p for name, p in data["packages"].items() if name and not p.get("link") and "node_modules" in name]
    else:
        packages = _nested(data.get("dependencies", {}))
    real = [p for p in packages if not p.get("inBundle") and not p.get("bundled")]
    return Counted(len(real), sum("integrity" in p for p in real))


def pnpm(text: str) -> Counted:
    """pnpm-lock.yaml: one resolution with an integrity for each package."""
    resolutions = [line for line in text.splitlines() if line.strip().startswith("resolution:")]
    return Counted(len(resolutions), sum("integrity:" in line for line in resolutions))


def yarn(text: str) -> Counted:
    """yarn.lock, version 1 (integrity) and later ones (checksum)."""
    entries = [e for e in text.split("\n\n") if "version" in e and not e.lstrip().startswith("__metadata")]
    real = [e for e in entries if not any(local in e.partition("\n")[0] for local in _LOCAL)]
    return Counted(len(real), sum("integrity " in e or "checksum:" in e for e in real))


def go(text: str) -> Counted:
    """go.sum: every line is a hash."""
    modules = {tuple(line.split()[:2]) for line in text.splitlines() if line.strip() and "/go.mod " not in line}
    return Counted(len(modules), len(modules))


def cargo(text: str) -> Counted:
    """Cargo.lock."""
    packages = [p for p in tomllib.loads(text).get("package", []) if "registry" in str(p.get("source", ""))]
    return Counted(len(packages), sum("checksum" in p for p in packages))


def _list(value: Any) -> list[Any]:
    return [value] if value else []


def _all_hashed(files: list[Any]) -> bool:
    return bool(files) and all(isinstance(f, dict) and "hash" in f for f in files)


def _nested(dependencies: dict[str, Any]) -> list[dict[str, Any]]:
    found, todo = [], list(dependencies.values())
    while todo:
        one = todo.pop()
        found.append(one)
        todo += one.get("dependencies", {}).values()
    return found


READERS: dict[str, tuple[str, Callable[[str], Counted], tuple[str, ...]]] = {
    "uv.lock": ("pypi", uv, ("pyproject.toml",)),
    "poetry.lock": ("pypi", poetry, ("pyproject.toml",)),
    "pdm.lock": ("pypi", poetry, ("pyproject.toml",)),
    "pylock.toml": ("pypi", pylock, ("pyproject.toml",)),
    "Pipfile.lock": ("pypi", pipfile, ("Pipfile",)),
    "package-lock.json": ("npm", npm, ("package.json",)),
    "npm-shrinkwrap.json": ("npm", npm, ("package.json",)),
    "pnpm-lock.yaml": ("npm", pnpm, ("package.json",)),
    "yarn.lock": ("npm", yarn, ("package.json",)),
    "go.sum": ("go", go, ("go.mod",)),
    "Cargo.lock": ("cargo", cargo, ("Cargo.toml",)),
}
"""By the name of the lock file: ecosystem, reader, and the names of the manifests that it locks."""
