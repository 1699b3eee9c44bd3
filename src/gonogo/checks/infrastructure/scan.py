"""Infrastructure, by reading: what is built is pinned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.unread import but_unread
from gonogo.facts import ContainerBase, Dependency, Evidence, LockFile, SourceTree, UnreadableFile

PACKAGES = ("pypi", "npm", "go", "cargo")
MANIFESTS = (".toml", ".lock", ".json", ".txt", ".cfg", "setup.py", "Dockerfile")
"""How the names of files end in which packages and images are named."""
_TWO_PARTS = ("postgres", "debian")
"""Images whose releases have two numbers."""


@check(
    "infrastructure.pinned-dependencies", by="scan",
    needs=(SourceTree, LockFile, Dependency, ContainerBase, UnreadableFile),
    optional=(LockFile, Dependency, ContainerBase, UnreadableFile),
)  # fmt: skip
def pinned_dependencies_by_scan(
    trees: Sequence[SourceTree],
    locks: Sequence[LockFile],
    dependencies: Sequence[Dependency],
    bases: Sequence[ContainerBase],
    unread: Sequence[UnreadableFile],
    limits: Limits,
) -> Answer:
    """Lock files with hashes cover the packages; images, runtimes and system packages have exact versions."""
    loose = [*_packages(locks, dependencies), *_system(dependencies), *_images(bases, limits.runtime == "patch")]
    if len(loose) > limits.unpinned:
        return failed(f"{counted(loose, 'part of the build is', 'parts of the build are')} not pinned", loose)
    if not locks and not dependencies and not bases:
        return inconclusive("no manifest, lock file or Dockerfile was found")
    unclear = [Evidence(b.path, b.line, "a build argument names the image") for b in bases if b.image is None]
    if unclear:
        return inconclusive("an image cannot be told by reading", unclear)
    runtimes = [d for d in dependencies if d.ecosystem == "runtime"]
    if not bases and not runtimes:
        return inconclusive(
            "nothing names the version of the runtime", fix="give it in a Dockerfile or .python-version"
        )
    shown = [Evidence(k.path, k.line, f"{counted(k.packages, 'package', 'packages')} with hashes") for k in locks]
    shown += [Evidence(b.path, b.line, _told(b)) for b in bases]
    shown += [Evidence(d.path, d.line, f"{d.name} {d.version}") for d in runtimes]
    said = "every package, image and runtime that is named has an exact version"
    return but_unread(said, unread, MANIFESTS) or passed(said, shown)


def _packages(locks: Sequence[LockFile], dependencies: Sequence[Dependency]) -> Iterator[Evidence]:
    """Manifests that no lock with hashes covers, one piece of evidence each."""
    for lock in locks:
        if lock.packages and not lock.hashed:
            yield Evidence(lock.path, lock.line, "pins packages without hashes")
    good = {lock.ecosystem: lock for lock in locks if lock.hashed or not lock.packages}
    covered = {lock.covers for lock in locks}
    manifests: dict[tuple[str, str], list[Dependency]] = {}
    for one in dependencies:
        if one.ecosystem in PACKAGES:
            manifests.setdefault((one.ecosystem, one.path), []).append(one)
    for (ecosystem, path), listed in sorted(manifests.items()):
        if path in covered or (ecosystem in good and _beside(good[ecosystem].path, path)):
            continue
        open_ended = [d for d in listed if not d.pinned]
        first = (open_ended or listed)[0]
        what = f"{len(open_ended)} of {len(listed)} without an exact version" if open_ended else "without hashes"
        yield Evidence(path, first.line, f"no lock file covers it: {what}, such as {first.name}{first.version}")


def _beside(lock: str, manifest: str) -> bool:
    """A lock at or above the manifest's directory covers it, as in a workspace."""
    folder = lock.rpartition("/")[0]
    return not folder or manifest.startswith(f"{folder}/")


def _system(dependencies: Sequence[Dependency]) -> Iterator[Evidence]:
    for one in dependencies:
        if one.ecosystem not in PACKAGES and not one.pinned:
            yield Evidence(one.path, one.line, f"{one.ecosystem} {one.name} {one.version}".strip() + " is not exact")


def _images(bases: Sequence[ContainerBase], to_the_patch: bool) -> Iterator[Evidence]:
    for base in bases:
        if base.image is not None and not _exact(base, to_the_patch):
            yield Evidence(base.path, base.line, f"{_told(base)} is not an exact version")


def _told(base: ContainerBase) -> str:
    return f"{base.image}@{base.digest}" if base.digest else f"{base.image}:{base.tag or 'latest'}"


def _exact(base: ContainerBase, to_the_patch: bool) -> bool:
    if base.digest or base.image == "scratch":
        return True
    tag = base.tag or ""
    name = (base.image or "").rpartition("/")[2]
    parts = 3 if to_the_patch and name not in _TWO_PARTS else 2
    version = re.match(r"^v?(\d+(?:\.\d+)*)", tag)
    numbered = version is not None and version.group(1).count(".") + 1 >= parts
    return (
        numbered or re.search(r"\d{8}|\d{4}-\d\d-\d\d", tag) is not None or re.search(r"[0-9a-f]{12,}", tag) is not None
    )
