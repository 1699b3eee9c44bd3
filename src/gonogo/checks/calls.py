"""What the checks of model call sites share: which of them count, and how what was seen is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeAlias

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, Check, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.unread import but_unread
from gonogo.facts import Declaration, ModelCallSite, Setting, SourceTree, UnreadableFile

Verdict: TypeAlias = tuple[Literal["good", "bad", "unknown"], str]
Judge: TypeAlias = Callable[[ModelCallSite], Verdict]
Words: TypeAlias = tuple[str, str]
"""What one call does, and what several do."""

WITHOUT_TEXT = frozenset({"embeddings", "count_tokens", "moderations", "audio", "images"})
"""APIs that generate no text: an output limit and a temperature mean nothing there."""
_READ = frozenset(
    {"python", "markdown", "yaml", "json", "toml", "text", "ini", "env", "dockerfile", "make", "shell", "sql", "css"}
    | {"html", "rst", "terraform", "procfile"}
)
"""Languages in which no call can be missed: Python is read, and the others hold none."""


def production(sites: Sequence[ModelCallSite], *, text_only: bool = False) -> list[ModelCallSite]:
    """Return the call sites outside of tests and examples, in order of place."""
    kept = [s for s in sites if not s.in_tests and not (text_only and s.api in WITHOUT_TEXT)]
    return sorted(kept, key=lambda s: (s.path, s.line or 0))


def behind_gateway(site: ModelCallSite, declarations: Sequence[Declaration]) -> bool:
    """Tell whether the team declares that calls to this site's provider go through a gateway that sets its limits."""
    sent_by = f"{site.sdk} {site.client or ''}".lower()
    providers = [p for d in declarations if not d.drafted for p in d.system.providers]
    return any(p.gateway and p.name.lower() in sent_by for p in providers)


def told(setting: Setting) -> str:
    """Say a setting in words."""
    if setting.origin == "dynamic":
        return "a value that reading cannot resolve"
    if setting.origin == "unset":
        return "not set"
    suffix = " (the default of an environment variable)" if setting.origin == "env-default" else ""
    return f"{setting.value}{suffix}"


def number(setting: Setting) -> float | None:
    """Return the figure of a setting, None when it has none."""
    value = setting.value
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except ValueError:
        return None


def explicitly_none(setting: Setting) -> bool:
    """Tell whether somebody wrote None: not unset, but switched off."""
    return setting.value is None and setting.origin in ("literal", "constant")


@dataclass(frozen=True)
class Calls:
    """The call sites of a repository, and what it takes to judge them."""

    trees: Sequence[SourceTree]
    sites: Sequence[ModelCallSite]
    declarations: Sequence[Declaration] = ()
    unread: Sequence[UnreadableFile] = ()

    def weigh(
        self, judge: Judge, *, good: Words, bad: Words, unknown: Words, text_only: bool = False, least: float = 100.0
    ) -> Answer:
        """Judge every call site of the service; one behind a declared gateway is good.

        Fewer than `least` per cent that are not bad fail; one unknown, or a file that could not be read, leaves it
        open; else it passes. `good`, `bad` and `unknown` say what one call does and what several do.
        """
        sites = production(self.sites, text_only=text_only)
        if not sites:
            return nothing_found(self.trees, self.unread, sum(s.in_tests for s in self.sites))
        verdicts = [(s, *(_GATEWAY if behind_gateway(s, self.declarations) else judge(s))) for s in sites]
        wrong = [(s, d) for s, state, d in verdicts if state == "bad"]
        open_ = [(s, d) for s, state, d in verdicts if state == "unknown"]
        if 100 * (len(sites) - len(wrong)) < least * len(sites):
            return failed(share(wrong, sites, "model call", *bad), wrong)
        if open_:
            return inconclusive(share(open_, sites, "model call", *unknown), open_)
        well = [(s, d) for s, state, d in verdicts if state == "good"]
        said = share(well, sites, "model call", *good)
        return but_unread(said, self.unread) or passed(said, well)


_GATEWAY: Verdict = ("good", "goes through the declared gateway")


def of_calls(control: str) -> Callable[[Callable[[Calls, Limits], Answer]], Check]:
    """Declare a check of model call sites by reading: it is given the calls and the limits."""

    def declare(function: Callable[[Calls, Limits], Answer]) -> Check:
        @wraps(function)
        def judged(*facts: Any, limits: Limits) -> Answer:
            return function(Calls(*facts), limits)

        optional = (ModelCallSite, Declaration, UnreadableFile)
        return check(control, by="scan", needs=(SourceTree, *optional), optional=optional)(judged)

    return declare


def nothing_found(trees: Sequence[SourceTree], unread: Sequence[UnreadableFile] = (), aside: int = 0) -> Answer:
    """Answer for a repository without a call site: that none was seen does not mean that there is none.

    `aside` is how many stand in tests and examples, which are not judged.
    """
    if answer := but_unread("no model call was found", unread):
        return answer
    if aside:
        where = counted(aside, "model call stands", "model calls stand")
        return inconclusive(f"{where} in tests and examples, none in what runs in production")
    others = sorted({name for t in trees for name in t.languages} - _READ)
    if others:
        return inconclusive(f"no model call was found by reading; calls in {', '.join(others)} are not looked for yet")
    return inconclusive("no model call was found by reading; it may stand in a library or another service")
