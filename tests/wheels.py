"""Wheels made by hand: a module of one line, and the metadata that installers read."""

from __future__ import annotations

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
