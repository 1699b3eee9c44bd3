"""The law of a commit, read where the judged commit cannot write: from its base, or from a policy the user names."""

from __future__ import annotations

import hashlib
import posixpath
from pathlib import Path

from gonogo.catalog.control import Catalog
from gonogo.facts.declaration import Declaration
from gonogo.facts.law import Law, law_digest
from gonogo.facts.record import encode
from gonogo.system import git
from gonogo.system.choose import NoSuchSystemError
from gonogo.system.load import find, load, load_at, load_file
from gonogo.system.overrides import CONTROLS, catalog_of
from gonogo.system.source import Source, Tree, revision


def law_of(
    root: Path,
    base: str | None = None,
    *,
    name: str | None = None,
    policy: Path | None = None,
    catalog: Catalog | None = None,
    tree: bool = False,
) -> Law:
    """Return the law that binds the state in `root`; with `tree`, the one that this state itself writes.

    It is that of `policy` where the user names one; else of the revision `base`; else of the commit where HEAD left the
    default branch. Without any of these it is the working tree's own, and `independent` is false. Raises
    `SystemFileError` where that law is wrong, `UsageError` where there is no such revision.
    """
    if tree:
        return law_of_tree(root, name=name, catalog=catalog)
    if policy is not None:
        declared = load_file(policy, name, catalog=catalog)
        return _law(f"--policy {policy}", True, declared, _controls(Tree(policy.resolve().parent), CONTROLS))
    if base is None:
        base, why = git.default_base(root)
        if base is None:
            return law_of_tree(root, name=name, catalog=catalog, why=why)
    source = revision(root, base)
    if source.commit == git.commit_of(root, "HEAD"):
        return law_of_tree(root, name=name, catalog=catalog, why="the base that was named is the judged commit itself")
    try:
        declared_then = load_at(root, source.commit, name, catalog=catalog)
    except NoSuchSystemError:
        declared_then = None  # a system that is new since the base: no older law knows it
    directory = _directory(declared_then, root, source.root)
    controls = _controls(source, posixpath.join(directory, CONTROLS))
    return _law(f"base {source.commit[:12]}", True, declared_then, controls, source.commit)


def law_of_tree(root: Path, *, name: str | None = None, catalog: Catalog | None = None, why: str = "") -> Law:
    """Return the law that the working tree itself writes: what the gate holds against the one that binds."""
    found = find(root)
    directory = root if found is None else (found[0] / found[1]).parent
    origin = f"working tree (no base: {why})" if why else "working tree"
    return _law(origin, False, load(root, name, catalog=catalog), _controls(Tree(directory), CONTROLS))


def catalog_in_force(root: Path, law: Law, declared: Law | None, policy: Path | None, tree: Catalog) -> Catalog:
    """Return the catalogue with the custom controls of the law in force; `tree` is the one with the judged state's own.

    A state whose law does not bind it, or whose custom controls are the same, is judged by its own.
    """
    own = declared.controls_digest if declared else law_of_tree(root, catalog=tree).controls_digest
    if not law.independent or law.system is None or law.controls_digest == own:
        return tree
    if policy is not None:
        return catalog_of(Tree(policy.resolve().parent), "")
    source = revision(root, law.commit or "")
    return catalog_of(source, posixpath.dirname(law.files[0].partition(":")[2]))


def _law(
    origin: str, independent: bool, declared: Declaration | None, controls: dict[str, str], commit: str | None = None
) -> Law:
    system = declared.system if declared else None
    return Law(
        origin=origin,
        independent=independent,
        commit=commit,
        system=system,
        files=(declared.path, *declared.extended) if declared else (),
        controls=controls,
        controls_digest="sha256:" + hashlib.sha256(encode(controls)).hexdigest(),
        digest=law_digest(system, controls),
    )


def _directory(declared: Declaration | None, root: Path, top: Path) -> str:
    """Return the directory of the law's gonogo.yaml relative to the repository's top; that of `root` without one."""
    if declared is None:
        return root.resolve().relative_to(top).as_posix()
    return posixpath.dirname(declared.path.partition(":")[2])


def _controls(source: Source, directory: str) -> dict[str, str]:
    """Return the file names of the custom controls in a directory, with their sha256."""
    found: dict[str, str] = {}
    for name in source.names(posixpath.normpath(directory)):
        data = source.read(name) if name.endswith((".yaml", ".yml")) else None
        if data is not None:
            found[posixpath.basename(name)] = "sha256:" + hashlib.sha256(data).hexdigest()
    return found
