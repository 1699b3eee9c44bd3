"""Which file belongs to which part of a system, and the fingerprint of each part.

A file belongs to one part: the first whose globs, declared in gonogo.yaml or ours, match it. Source files are code
unless the team says otherwise, so that a change of a tool's code is never taken for nothing. The part `models` is
made of the model names that stand in code and configuration, together with the files declared for it.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import re2

from gonogo.facts import PARTS, Declaration


@dataclass(frozen=True)
class Entry:
    """One file: relative path, mode (`100644`, `100755` or `120000` for a link), sha256 of its content."""

    path: str
    mode: str
    digest: str


_GLOBS = {
    "dependencies": "requirements*.txt requirements*.in requirements/* constraints*.txt pyproject.toml setup.py"
    " setup.cfg"
    " uv.lock poetry.lock pdm.lock Pipfile Pipfile.lock pylock*.toml environment.yml environment.yaml conda-lock.yml"
    " package.json package-lock.json pnpm-lock.yaml yarn.lock bun.lock go.mod go.sum .python-version .nvmrc",
    "infrastructure": "Dockerfile Dockerfile.* *.dockerfile Containerfile .dockerignore docker-compose*.y*ml"
    " compose*.y*ml"
    " *.tf *.tfvars Procfile fly.toml render.yaml railway.json vercel.json app.yaml serverless.y*ml nginx*.conf"
    " Makefile"
    " .github/workflows/* .gitlab-ci.yml Jenkinsfile azure-pipelines.yml k8s/* kubernetes/* helm/* charts/* deploy/*"
    " deployment/* infra/* terraform/* deploy.sh",
    "prompts": "prompts/* prompt/* *.prompt *.prompty *.prompt.* *system_prompt*.txt *system_prompt*.md",
    "tools": "tools/*.json tools/*.y*ml .mcp.json mcp.json mcp.y*ml mcp_config.json",
    "index": "index/*.json index/*.y*ml indexes/*.json indexes/*.y*ml indexing/*.y*ml *.index.y*ml *.index.json",
    "configuration": "gonogo.yaml *.yaml *.yml *.toml *.ini *.cfg *.json .env .env.* *.env *.conf *.properties",
    "code": "*.py *.pyi *.ipynb *.js *.mjs *.cjs *.jsx *.ts *.mts *.cts *.tsx *.go *.java *.kt *.rs *.rb *.php *.cs"
    " *.c *.h *.cc *.cpp *.swift *.scala *.sh *.sql *.html *.vue *.svelte",
}
DEFAULTS: Mapping[str, tuple[str, ...]] = {part: tuple(globs.split()) for part, globs in _GLOBS.items()}
"""Globs by part, in the order they are tried. One with a slash matches from any directory down, one
without one the name."""

MAX_BYTES = 2_000_000

_FAMILIES = (
    "gpt|chatgpt|claude|gemini|gemma|mistral|mixtral|magistral|codestral|ministral|llama|qwen|deepseek|command|grok|phi|"
    "text-embedding|embed|whisper|dall-e|sonar|rerank|nova|titan"
)
_MODEL = re2.compile(
    rf"\b((?:{_FAMILIES})-[A-Za-z0-9][A-Za-z0-9._:@-]{{0,60}}|o[134](?:-mini|-pro)?)\b"
    r"|(?i:\bmodel(?:_?name|_?id)?[\"']?\s{0,3}[:=]\s{0,3}[\"']([^\"'\n]{2,100})[\"'])"
)


def fingerprints(root: Path, entries: Sequence[Entry], declaration: Declaration | None) -> dict[str, str]:
    """Return the digest of each part that has files."""
    declared = dict(declaration.system.paths) if declaration else {}
    parts: dict[str, list[str]] = {}
    for entry in entries:
        line = f"{entry.mode} {entry.digest} {entry.path}"
        part = part_of(entry.path, declared)
        if part:
            parts.setdefault(part, []).append(line)
        if part in ("code", "configuration", "models"):
            parts.setdefault("models", []).extend(_models(root / entry.path))
    return {part: _digest(parts[part]) for part in PARTS if parts.get(part)}


def _digest(lines: list[str]) -> str:
    joined = "\0".join(sorted(set(lines)))
    return f"sha256:{hashlib.sha256(joined.encode(errors='surrogateescape')).hexdigest()}"


def part_of(path: str, declared: Mapping[str, Sequence[str]]) -> str | None:
    """Return the part that the file at `path` belongs to, None for documents, data and the like."""
    for globs in (declared, {part: globs for part, globs in DEFAULTS.items() if part not in declared}):
        for part, patterns in globs.items():
            if any(matches(path, glob) for glob in patterns):
                return part
    return None


@lru_cache(maxsize=4096)
def _plain(glob: str) -> str:
    return glob.removeprefix("./").removeprefix("**/").rstrip("/")


def matches(path: str, glob: str) -> bool:
    """Tell whether `glob` matches `path`, a directory above it or, for a glob without a slash, its name."""
    plain = _plain(glob)
    if "/" not in plain:
        return any(fnmatch.fnmatchcase(name, plain) for name in _names(path, glob))
    return fnmatch.fnmatchcase(path, plain) or fnmatch.fnmatchcase(path, f"*/{plain}") or _under(path, plain)


def _names(path: str, glob: str) -> list[str]:
    return path.split("/") if glob.endswith("/") else path.split("/")[-1:]


def _under(path: str, plain: str) -> bool:
    folder = plain.removesuffix("/**")
    return fnmatch.fnmatchcase(path, f"{folder}/*")


def _models(place: Path) -> set[str]:
    """The model names in a file, each as `path-free` text: moving a line does not change the model."""
    try:
        if place.is_symlink() or place.stat().st_size > MAX_BYTES:
            return set()
        text = place.read_bytes().decode(errors="replace")
    except OSError:
        return set()
    return {f"model {a or b}" for a, b in _MODEL.findall(text)}
