"""What was looked at, when, and by which collector: the frame that binds facts to a subject."""

from __future__ import annotations

from datetime import datetime

import msgspec

from gonogo.facts.record import Fact, Method

PARTS = ("code", "prompts", "models", "tools", "index", "dependencies", "infrastructure", "configuration")
"""The parts of a system that have a fingerprint of their own, so that an unrelated commit stales nothing."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The exact state that is judged.

    `tree` is the digest of the files looked at (`sha256:...`), `commit` the git commit (None without git), `dirty` true
    when the tree differs from that commit or there is no git. `fingerprints` maps each of `PARTS` that exists to the
    digest of the files that make it up. `authors` are the e-mail addresses that wrote the commits under judgement.
    """

    tree: str
    commit: str | None = None
    branch: str | None = None
    dirty: bool = True
    fingerprints: dict[str, str] = msgspec.field(default_factory=dict)
    authors: tuple[str, ...] = ()


class Run(Fact, frozen=True, kw_only=True):
    """One run of one collector, written when it ended. `run` is its id; the facts that it collected carry the same id.

    `complete` is false when it stopped early; `problems` says why in sentences. `environment` is the name from
    gonogo.yaml for methods that look at a deployment.
    """

    method: Method
    collector: str
    subject: Subject
    started_at: datetime
    environment: str | None = None
    complete: bool = True
    problems: tuple[str, ...] = ()
    gonogo: str = ""
