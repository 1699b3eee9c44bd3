"""Which evidence counts: of every way of looking, the newest run."""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.facts import Declaration, Fact, Run


def newest_runs(runs: Iterable[Run], environment: str | None = None) -> list[Run]:
    """Return the newest run of each (method, collector), ordered by when it ended.

    With an `environment` given, runs against another one do not count; runs that looked at no deployment always do.
    """
    best: dict[tuple[str, str], Run] = {}
    for run in runs:
        if environment and run.environment not in (None, environment):
            continue
        key = (run.method, run.collector)
        if key not in best or best[key].seen_at <= run.seen_at:
            best[key] = run
    return sorted(best.values(), key=lambda run: (run.seen_at, run.run))


def of_runs(facts: Iterable[Fact], runs: Iterable[Run]) -> list[Fact]:
    """Return the facts that were collected in one of `runs`, the runs themselves included."""
    wanted = {run.run for run in runs}
    return [fact for fact in facts if fact.run in wanted]


def with_one_declaration(facts: Iterable[Fact]) -> list[Fact]:
    """Return `facts` with the newest declaration only: every run that reads the repository carries one."""
    facts = list(facts)
    ended = {fact.run: fact.seen_at for fact in facts if isinstance(fact, Run)}
    declared = [fact for fact in facts if isinstance(fact, Declaration)]
    newest = max(declared, key=lambda d: (ended.get(d.run, d.seen_at), d.run), default=None)
    return [fact for fact in facts if not isinstance(fact, Declaration) or fact is newest]
