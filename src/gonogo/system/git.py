"""What the law asks of git: revisions, files of a commit, and the commit that binds HEAD."""

from __future__ import annotations

import re
from pathlib import Path

from gonogo.git import git

_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./@^~+-]{0,200}")


def word(root: Path, *arguments: str) -> str | None:
    """Return the one line that git prints, None where it prints none."""
    answer = git(root, *arguments)
    return (answer.decode("utf-8", "surrogateescape").rstrip("\n") or None) if answer is not None else None


def toplevel(root: Path) -> Path | None:
    """Return the root of the work tree that holds `root`, None without git."""
    found = word(root, "rev-parse", "--show-toplevel")
    return Path(found).resolve() if found else None


def commit_of(root: Path, revision: str) -> str | None:
    """Return the full id of the commit that a revision names, None where there is none."""
    if not _REVISION.fullmatch(revision) or ".." in revision:
        return None
    return word(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")


def mode_of(root: Path, commit: str, path: str) -> str | None:
    """Return the mode of a path in a commit (`100644`, `120000` for a link, `040000`), None where it is not there."""
    rows = git(root, "--literal-pathspecs", "ls-tree", "--full-tree", "-z", commit, "--", path)
    return rows.split(b" ", 1)[0].decode() if rows else None


def blob(root: Path, commit: str, path: str) -> bytes | None:
    """Return the content of a file in a commit, as it was committed."""
    return git(root, "cat-file", "blob", f"{commit}:{path}")


def names_in(root: Path, commit: str, directory: str) -> list[str]:
    """Return the paths of the files that stand directly in a directory of a commit."""
    rows = git(
        root, "--literal-pathspecs", "ls-tree", "--full-tree", "-z", "--name-only", commit, "--", directory + "/"
    )
    return sorted(name.decode("utf-8", "surrogateescape") for name in (rows or b"").split(b"\0") if name)


def default_base(root: Path) -> tuple[str | None, str]:
    """Return the commit whose law binds HEAD, and why there is none.

    It is where HEAD left the default branch (origin/HEAD, main or master); on that branch itself, HEAD's first parent.
    """
    head = commit_of(root, "HEAD")
    if head is None:
        return None, "no commit yet" if toplevel(root) else "no git"
    for branch in _branches(root):
        tip = commit_of(root, branch)
        left = word(root, "merge-base", head, tip) if tip else None
        if left and left != head:
            return left, ""
        if left == head:
            break
    parent = commit_of(root, "HEAD^1")
    if parent:
        return parent, ""
    shallow = word(root, "rev-parse", "--is-shallow-repository") == "true"
    return None, "a shallow clone, fetch its history" if shallow else "the first commit"


def _branches(root: Path) -> list[str]:
    remote = word(root, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    usual = ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"]
    return [remote, *usual] if remote else usual
