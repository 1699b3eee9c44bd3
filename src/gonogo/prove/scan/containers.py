"""What containers are built on: the FROM of each Dockerfile stage, the images of compose files, system packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gonogo.facts import ContainerBase, Dependency, Fact
from gonogo.prove.base import Target
from gonogo.prove.scan import dockerfile, yaml_nodes
from gonogo.prove.scan.placing import seen
from gonogo.prove.scan.tree import SourceFile, Tree

_INSTALL = re.compile(r"\b(apt-get|apt|apk|dnf|yum|microdnf)\s+(?:-\S+\s+)*(?:install|add)\b([^\n;&|]*)")
_PIP = re.compile(r"\b(?:pip3?|pipx)\s+install\b([^\n;&|]*)")
_TAKES_A_VALUE = frozenset(
    {"-r", "-c", "-e", "-i", "-f", "-t", "--requirement", "--constraint", "--editable", "--index-url"}
    | {"--extra-index-url", "--find-links", "--target"}
)
_TOOLS = frozenset({"pip", "setuptools", "wheel"})
"""What an installer itself is made of; its version changes no package."""
COMPOSE = ("docker-compose*.y*ml", "compose*.y*ml")


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield a base for each image that is used, and a dependency for each system package that is installed."""
    for file in used(tree.language("dockerfile")):
        yield from _dockerfile(file, target)
    for file in used(tree.named(*COMPOSE)):
        for document in yaml_nodes.documents(file):
            for _, service, _ in yaml_nodes.pairs(yaml_nodes.child(document, "services")):
                yield from _service(file, service, target)


def used(files: Iterable[SourceFile]) -> list[SourceFile]:
    """Leave out what only tests, examples and documents start."""
    return [f for f in files if not f.in_tests]


def _dockerfile(file: SourceFile, target: Target) -> Iterator[Fact]:
    stages = dockerfile.stages(file.text)
    for stage in stages:
        if stage.parent is None:
            final = stages[-1].root is stage
            user = stages[-1].last("USER") if final else None
            yield _base(file, stage.line, stage.image, user.rest if user else None, target)
        for step in stage.instructions:
            if step.name == "RUN":
                yield from _packages(file, step, target)


def _service(file: SourceFile, service: object, target: Target) -> Iterator[Fact]:
    node = yaml_nodes.child(service, "image")  # type: ignore[arg-type]
    image = yaml_nodes.text(node)
    built = yaml_nodes.child(service, "build") is not None  # type: ignore[arg-type]
    if image and not built:  # with `build` the name is given to what is built here
        user = yaml_nodes.text(yaml_nodes.child(service, "user"))  # type: ignore[arg-type]
        yield _base(file, yaml_nodes.line(node), dockerfile.expand(image, {}), user, target)


def _base(file: SourceFile, line: int | None, image: str | None, user: str | None, target: Target) -> ContainerBase:
    name, tag, digest = split(image) if image else (None, None, None)
    return ContainerBase(**seen(target, file.path, line), image=name, tag=tag, digest=digest, user=user)


def split(image: str) -> tuple[str, str | None, str | None]:
    """Return name, tag and digest of an image reference."""
    rest, _, digest = image.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:  # the colon was that of a registry's port
        name, tag = rest, ""
    return name, tag or None, digest or None


def _packages(file: SourceFile, step: dockerfile.Instruction, target: Target) -> Iterator[Fact]:
    for installer, rest in _INSTALL.findall(step.rest):
        for word in rest.split():
            if re.match(r"^[A-Za-z0-9][A-Za-z0-9+._:-]*(?:[=~<>].*)?$", word):
                name, version = re.match(r"^([^=~<>]+)[=~<>]*(.*)$", word).groups()  # type: ignore[union-attr]
                ecosystem = "apt" if installer.startswith("apt") else installer
                pinned = "=" in word and "*" not in version
                place = seen(target, file.path, step.line)
                yield Dependency(**place, ecosystem=ecosystem, name=name, version=version, pinned=pinned)
    for rest in _PIP.findall(step.rest):
        yield from _by_pip(file, step, rest, target)


def _by_pip(file: SourceFile, step: dockerfile.Instruction, rest: str, target: Target) -> Iterator[Fact]:
    """Packages that `pip install` names itself, beside any requirements file or project."""
    earlier = ""
    for word in dockerfile.words(rest):
        named = re.fullmatch(r"([A-Za-z][\w.-]*)(?:\[[^\]]*\])?([=~<>!].*)?", word)
        if earlier not in _TAKES_A_VALUE and named and named[1].lower() not in _TOOLS:
            version = named[2] or ""
            pinned = version.startswith("==") and "*" not in version
            place = seen(target, file.path, step.line)
            yield Dependency(**place, ecosystem="pip", name=named[1], version=version, pinned=pinned)
        earlier = word
