"""Packages made by hand, wheels and those of npm: a module of one line, and the metadata that installers read."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path


def made_wheel(place: Path, name: str, version: str, *requires: str) -> Path:
    """Write a wheel of `name` to the directory `place`, which needs `requires`; return it."""
    home = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    files = {
        f"{name}.py": f"made_by = {name!r}\n",
        f"{home}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{home}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{home}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{home}/RECORD"])
    place.mkdir(parents=True, exist_ok=True)
    target = place / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(zipfile.ZipInfo(path), text)
    return target


def made_tarball(place: Path, name: str, version: str, **requires: str) -> Path:
    """Write an npm package of `name` to the directory `place`, which needs `requires`; return it."""
    manifest = {"name": name, "version": version, "dependencies": requires}
    files = {"package/package.json": json.dumps(manifest), "package/index.js": f"// {name}"}
    place.mkdir(parents=True, exist_ok=True)
    target = place / f"{name}-{version}.tgz"
    with tarfile.open(target, "w:gz") as tarball:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(text), 0o644
            tarball.addfile(member, io.BytesIO(text.encode()))
    return target
