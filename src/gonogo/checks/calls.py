"""What the checks of model call sites share: which of them count, and how what was seen is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from gonogo.checks.check import Answer, failed, inconclusive, passed
from gonogo.facts import Declaration, Evidence, ModelCallSite, Setting, SourceTree, UnreadableFile

Verdict: TypeAlias = tuple[Literal["good", "bad", "unknown"], str]
Judge: TypeAlias = Callable[[ModelCallSite], Verdict]

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


def weigh(
    sites: Sequence[ModelCallSite],
    trees: Sequence[SourceTree],
    judge: Judge,
    *,
    good: str,
    bad: str,
    unknown: str,
    unread: Sequence[UnreadableFile] = (),
) -> Answer:
    """Judge every call site: one bad fails, one unknown or a file that could not be read leaves it open, all good pass.

    `good`, `bad` and `unknown` are the ends of the sentence that begins with how many calls out of how many.
    """
    if not sites:
        return nothing_found(trees, unread)
    verdicts = [(s, *judge(s)) for s in sites]
    wrong = [(s, d) for s, state, d in verdicts if state == "bad"]
    open_ = [(s, d) for s, state, d in verdicts if state == "unknown"]
    if wrong:
        return failed(f"{_share(wrong, sites)} {bad}", wrong)
    if open_:
        return inconclusive(f"{_share(open_, sites)} {unknown}", open_)
    if broken := unread_code(unread):
        return inconclusive(f"{_share(verdicts, sites)} {good}, but {_files(broken)} could not be read", broken, _MEND)
    return passed(f"{_share(verdicts, sites)} {good}", [(s, d) for s, _, d in verdicts])


def unread_code(unread: Sequence[UnreadableFile]) -> list[Evidence]:
    """Return the Python files outside of tests and examples that could not be parsed: a call may stand in each."""
    return [Evidence(u.path, u.line, u.reason) for u in unread if u.path.endswith(".py") and not u.in_tests]


def nothing_found(trees: Sequence[SourceTree], unread: Sequence[UnreadableFile] = ()) -> Answer:
    """Answer for a repository without a call site: that none was seen does not mean that there is none."""
    if broken := unread_code(unread):
        return inconclusive(f"no model call was found, but {_files(broken)} could not be read", broken, _MEND)
    others = sorted({name for t in trees for name in t.languages} - _READ)
    if others:
        return inconclusive(f"no model call was found by reading; calls in {', '.join(others)} are not looked for yet")
    return inconclusive("no model call was found by reading; it may stand in a library or another service")


_MEND = "Mend the syntax of these files, or run gonogo with the version of Python that they are written for."


def _files(broken: Sequence[Evidence]) -> str:
    return f"{len(broken)} source file{'s' if len(broken) > 1 else ''}"


def _share(some: Sequence[object], sites: Sequence[object]) -> str:
    return f"{len(some)} of {len(sites)} model calls"
