"""Rollout, by reading: models are named by an exact version."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.calls import nothing_found, production, told
from gonogo.checks.check import Answer, check, failed, inconclusive, not_collected, passed
from gonogo.checks.counts import share
from gonogo.checks.unread import CODE, CONFIGURATION, but_unread
from gonogo.derive.models import pinning
from gonogo.facts import Declaration, Document, Evidence, ModelCallSite, ModelReference, SourceTree, UnreadableFile

RUNBOOKS = ("runbook", "operations", "incident")

Named = tuple[str | None, Evidence]
"""A model id, None where it cannot be read, and where it stands."""


@check(
    "rollout.model-pinned", by="scan", needs=(SourceTree, ModelCallSite, ModelReference, Declaration, UnreadableFile),
    optional=(ModelCallSite, ModelReference, Declaration, UnreadableFile),
)  # fmt: skip
def model_pinned_by_scan(
    trees: Sequence[SourceTree],
    sites: Sequence[ModelCallSite],
    references: Sequence[ModelReference],
    declarations: Sequence[Declaration],
    unread: Sequence[UnreadableFile] = (),
    *,
    limits: Limits,
) -> Answer:
    """No call, configuration or declaration names a floating alias."""
    named = _unique([*_called(sites), *_referred(references), *_declared(declarations)])
    if not named:
        return nothing_found(trees, unread)
    floating: list[Evidence] = []
    unclear: list[Evidence] = []
    pinned: list[Evidence] = []
    for model, seen in named:
        verdict, reason = pinning(model) if model is not None else (None, "")
        kept = pinned if verdict else unclear if verdict is None else floating
        kept.append(Evidence(seen.path, seen.line, f"{model}: {reason}" if model is not None else seen.detail))
    if len(floating) > limits.floating:
        return failed(share(floating, named, "place", "names", "name") + " a floating model", floating)
    if unclear:
        return inconclusive(share(unclear, named, "place") + " may not be pinned: it cannot be told", unclear)
    said = share(pinned, named, "place", "names", "name") + " a pinned model"
    return but_unread(said, unread, (*CODE, *CONFIGURATION)) or passed(said, pinned)


def _called(sites: Sequence[ModelCallSite]) -> Iterator[Named]:
    for site in production(sites):
        model = site.model.value
        if not isinstance(model, str):
            unset = "no model is named: it is the library's default, which its next version may change"
            said = unset if site.model.origin == "unset" else f"the model is {told(site.model)}"
            yield None, Evidence(site.path, site.line, said)
        elif "Azure" in (site.client or ""):
            yield None, Evidence(site.path, site.line, f"{model}: an Azure deployment, whose version is set at Azure")
        else:
            yield model, Evidence(site.path, site.line)


def _referred(references: Sequence[ModelReference]) -> Iterator[Named]:
    for reference in references:
        if not reference.in_tests:
            yield reference.model, Evidence(reference.path, reference.line)


def _declared(declarations: Sequence[Declaration]) -> Iterator[Named]:
    for declaration in declarations:
        if declaration.drafted:
            continue
        for model in (m for p in declaration.system.providers for m in p.models):
            yield model, Evidence(declaration.path, declaration.lines.get("providers"))


def _unique(named: Sequence[Named]) -> list[Named]:
    """Keep the first of each model at each place, by place."""
    kept = {(seen.path, seen.line, model): (model, seen) for model, seen in reversed(named)}
    return [kept[key] for key in sorted(kept, key=lambda k: (k[0] or "", k[1] or 0, k[2] or ""))]


@check(
    "rollout.one-command-rollback",
    by="scan",
    needs=(SourceTree, Declaration, Document),
    optional=(Declaration, Document),
)
def one_command_rollback_by_scan(
    trees: Sequence[SourceTree], declarations: Sequence[Declaration], documents: Sequence[Document]
) -> Answer:
    """The declared rollback command stands in a runbook, character for character."""
    deployment = declarations[-1].system.deployment if declarations and not declarations[-1].drafted else None
    if deployment is None or not deployment.rollback:
        return not_collected("no rollback command is declared", fix="declare `deployment.rollback` in gonogo.yaml")
    wanted = shlex.join(deployment.rollback)
    books = [d for d in documents if d.role in RUNBOOKS]
    if not books:
        return failed("there is no runbook for the rollback command to stand in", [declarations[-1]])
    holding = [Evidence(d.path, c.line, wanted) for d in books for c in d.commands if c.text == wanted]
    if holding:
        return passed("the rollback command stands in the runbook as it is declared", holding)
    return failed(f"no runbook has the command `{wanted}` in a code block", [(d, d.title) for d in books])
