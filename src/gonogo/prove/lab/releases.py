"""Releases that nobody has published: a wheel or an npm package with a higher version, made of a real one."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Container
from pathlib import Path

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

MOST_BYTES = 1 << 30
"""Bytes of a wheel, unpacked, of which a newer release is made."""
_VERSION = re.compile(rb"^Version:[^\r\n]*", re.MULTILINE)


def release_of(filename: str) -> tuple[str, Version] | None:
    """Return the project and the version of a wheel or a source distribution; None for any other file."""
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[:2]
        name, version = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return canonicalize_name(name), version


def next_version(version: Version, taken: Container[Version]) -> Version:
    """Return the next higher version in the last place that is not taken: 1.4.2 gives 1.4.3."""
    epoch, release = f"{version.epoch}!" if version.epoch else "", list(version.release)
    while True:
        release[-1] += 1
        found = Version(epoch + ".".join(map(str, release)))
        if found not in taken:
            return found


def newer_wheel(filename: str, source: Path, target: Path, version: Version) -> str | None:
    """Write to `target` the wheel `source`, whose name is `filename`, as another version; return that one's name.

    Its files are those of the real one; its metadata differ in the version. None where `source` is not such a wheel, or
    is too large.
    """
    try:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
            _rewritten(old, new, str(version))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        target.unlink(missing_ok=True)
        return None
    name, _, *rest = filename.split("-")
    return "-".join([name, str(version), *rest])


def _rewritten(old: zipfile.ZipFile, new: zipfile.ZipFile, version: str) -> None:
    entries = old.infolist()
    if sum(e.file_size for e in entries) > MOST_BYTES:
        raise ValueError("too large")
    home = next((e.filename.partition("/")[0] for e in entries if e.filename.endswith(".dist-info/METADATA")), "")
    project = home.removesuffix(".dist-info").partition("-")[0]
    if not project:
        raise ValueError("no metadata")
    record, kept = f"{project}-{version}.dist-info/RECORD", []
    for entry in entries:
        top, slash, below = entry.filename.partition("/")
        if top.endswith((".dist-info", ".data")):
            top = f"{project}-{version}.{top.rpartition('.')[2]}"
        name, data = top + slash + below, old.read(entry)
        if below == "METADATA" and top.endswith(".dist-info"):
            data = _VERSION.sub(b"Version: " + version.encode(), data, count=1)
        if name != record:
            made = zipfile.ZipInfo(name, entry.date_time)
            made.external_attr = entry.external_attr
            new.writestr(made, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            kept.append((name, f"sha256={digest}", str(len(data))))
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows([*kept, (record, "", "")])
    new.writestr(record, lines.getvalue())


def next_npm_version(version: str, taken: Container[str]) -> str:
    """Return the next higher patch release that is not taken: 1.4.2-beta gives 1.4.3; `ValueError` for no version."""
    major, minor, patch = (int(part) for part in re.split("[-+]", version, maxsplit=1)[0].split("."))
    while (found := f"{major}.{minor}.{patch + 1}") in taken:
        patch += 1
    return found


def newer_npm(source: Path, target: Path, version: str) -> bool:
    """Write to `target` the npm package `source` as another version; False where it is none, or too large."""
    try:
        with tarfile.open(source, "r:gz") as old, tarfile.open(target, "w:gz", compresslevel=1) as new:
            _repacked(old, new, version)
    except (tarfile.TarError, ValueError, OSError, EOFError):
        target.unlink(missing_ok=True)
        return False
    return True


def _repacked(old: tarfile.TarFile, new: tarfile.TarFile, version: str) -> None:
    size, renamed = 0, False
    for member in old:
        size += member.size
        if size > MOST_BYTES:
            raise ValueError("too large")
        data = file.read() if member.isfile() and (file := old.extractfile(member)) else None
        if data is not None and member.name.count("/") == 1 and member.name.endswith("/package.json"):
            data = json.dumps({**json.loads(data), "version": version}).encode()
            member.size, renamed = len(data), True
        new.addfile(member, None if data is None else io.BytesIO(data))
    if not renamed:
        raise ValueError("no package.json")
