"""Secrets in the tree and in the whole history, by kingfisher and by our own rules; each search is proven by canaries.

A secret's value stays in this module: facts hold its masked form and a keyed hash, errors hold neither.
"""

from __future__ import annotations

import hmac
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from gonogo.facts import Fact, HardcodedSecret, SecretScan
from gonogo.git import git
from gonogo.prove.base import Target
from gonogo.prove.scan import canary, history, kingfisher, pages
from gonogo.prove.scan.tree import Tree
from gonogo.prove.subject import as_text
from gonogo.screen import likeness, secrets

_TESTS = frozenset(
    ("test", "tests", "__tests__", "testing", "testdata", "fixtures", "fixture", "spec", "specs", "e2e", "cassettes")
)
_DOCUMENTS = (".md", ".rst", ".mdx", ".adoc")


@dataclass(frozen=True)
class _Found:
    rule: str
    secret: str = field(repr=False)
    path: str
    line: int
    commit: str | None
    certain: bool


@dataclass
class _Search:
    """One search: pages are searched by our rules at once and by kingfisher at the end, from `directory`."""

    directory: Path
    kept: dict[str, tuple[pages.Page, list[_Found]]] = field(default_factory=dict)
    found: list[_Found] = field(default_factory=list)
    planted: list[_Found] = field(default_factory=list)
    """What was found in the scratch repository with the planted keys."""
    scanners: list[str] = field(default_factory=lambda: ["gonogo"])
    written: bool = True

    def add(self, page: pages.Page, *, planted: bool = False) -> None:
        """Search one page, and keep where its lines come from."""
        found = self.planted if planted else self.found
        for match in secrets.find(page.text):
            line = page.text.count("\n", 0, match.start) + 1
            certain = match.kind not in {rule.name for rule in secrets.GENERIC_RULES}
            found.append(_Found(match.kind, page.text[match.start : match.end], *page.place(line), certain))
        name = f"{len(self.kept):07d}{page.suffix}"
        self._write(name, page.text)
        self.kept[name] = (pages.Page("", page.suffix, page.stretches), found)

    def _write(self, name: str, text: str) -> None:
        try:
            (self.directory / name).write_text(text, errors="replace")
        except OSError:
            self.written = False

    def finish(self) -> str | None:
        """Let kingfisher search all pages; returns why it could not."""
        hits = kingfisher.search(self.directory) if self.written else "had no room for its copy"
        if isinstance(hits, str):
            return hits
        for hit in hits:
            page, found = self.kept.get(hit.file, (None, self.found))
            if page is not None and likeness.is_token(hit.secret):
                found.append(_Found(hit.rule, hit.secret, *page.place(hit.line), certain=True))
        self.scanners.append("kingfisher")
        return None


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield the secrets, and what the search covered."""
    with tempfile.TemporaryDirectory(prefix="gonogo-") as scratch:
        yield from _scan(tree, target, Path(scratch))


def _scan(tree: Tree, target: Target, scratch: Path) -> Iterator[Fact]:
    exclude = target.declaration.system.exclude if target.declaration else ()
    skipped: list[str] = []
    search = _Search(scratch / "pages")
    search.directory.mkdir()
    for page in pages.of_tree(tree.root, exclude, skipped):
        target.tell("looking for secrets")
        search.add(page)
    files, seen = len(search.kept), history.Seen()
    for page in _history(tree.root, exclude, seen, target):
        target.tell("looking for secrets in the history")
        search.add(page)
    keys = _plant(scratch / "repository", search)
    trouble = search.finish()
    if trouble:
        target.problems.append(f"secrets: kingfisher {trouble}: the search used gonogo's own rules only")
    if skipped:
        target.problems.append(
            f"secrets: {len(skipped)} files were not searched, too large or unreadable, as {skipped[0]}"
        )
    if seen.cut:
        target.problems.append(
            f"secrets: the history was too long to search whole; {seen.commits} commits were searched"
        )
    yield from _facts(search.found, target, _key(tree.root, target.digest_key))
    yield SecretScan(
        seen_at=target.now(), run=target.run, files=files, commits=seen.commits, 
        history=history.extent(tree.root, seen),
        canaries=_canaries(keys, search), scanners=tuple(search.scanners),
    )  # fmt: skip


def _history(root: Path, exclude: tuple[str, ...], seen: history.Seen, target: Target) -> Iterator[pages.Page]:
    try:
        yield from history.pages(root, exclude, seen)
    except OSError as e:
        seen.git = False
        target.problems.append(f"secrets: git could not be started ({e.strerror}): the history was not searched")


def _plant(root: Path, search: _Search) -> dict[str, str]:
    """Add a scratch repository with planted keys to the search, by the same steps; return place to key."""
    root.mkdir()
    keys = canary.plant(root)
    for page in pages.of_tree(root, (), []):
        search.add(page, planted=True)
    for page in history.pages(root, (), history.Seen()):
        search.add(page, planted=True)
    return keys


def _canaries(keys: dict[str, str], search: _Search) -> dict[str, bool]:
    """Whether every scanner at hand found the key of each place, there and not elsewhere."""
    counts = {
        place: sum(f.secret == key and (f.commit is not None) == (place == "history") for f in search.planted)
        for place, key in keys.items()
    }
    return {place: count >= len(search.scanners) for place, count in sorted(counts.items())}


def _key(root: Path, machine: bytes) -> bytes:
    """The key of the digests: equal in one machine's runs over one repository, different between repositories."""
    first = (git(root, "rev-list", "--max-parents=0", "HEAD") or b"").split()
    named = first[-1] if first else as_text(root.name).encode()
    return hmac.digest(machine, b"gonogo secret\0" + named, "sha256")


def _facts(found: list[_Found], target: Target, key: bytes) -> Iterator[Fact]:
    in_tree = {f.secret for f in found if f.commit is None}
    taken: list[_Found] = []
    for one in sorted(found, key=lambda f: (f.commit is not None, f.path, f.line, not f.certain)):
        if (one.commit and one.secret in in_tree) or any(_same(one, other) for other in taken):
            continue
        taken.append(one)
        yield HardcodedSecret(
            seen_at=target.now(), run=target.run, path=one.path, line=one.line, rule=one.rule,
            confidence="certain" if one.certain else "likely", digest=secrets.digest(one.secret, key),
            shown=secrets.shown(one.secret), commit=one.commit, in_tests=in_tests(one.path),
        )  # fmt: skip


def _same(one: _Found, other: _Found) -> bool:
    """The same secret at the same place, or anywhere in history."""
    if one.commit and other.commit:
        return one.secret == other.secret
    near = one.path == other.path and one.line == other.line and one.commit == other.commit
    return near and (one.secret in other.secret or other.secret in one.secret)


def in_tests(path: str) -> bool:
    """Tell whether a secret at `path` lies in a test, a fixture or a document, where keys are often made up."""
    parts = PurePosixPath(path.lower())
    named = parts.name.startswith("test_") or ".test." in parts.name or ".spec." in parts.name
    return named or bool(_TESTS.intersection(parts.parts[:-1])) or parts.suffix in _DOCUMENTS
