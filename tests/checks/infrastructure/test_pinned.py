"""What the check on pinned packages makes of two installs, in a recorded run changed in one point."""

from __future__ import annotations

import pytest

from gonogo.facts import Fact, PackageInstall
from tests.checks.lab_facts import changed, facts_of, judged, without

PINNED = "infrastructure.pinned-dependencies"
FACTS = facts_of(PINNED)


def second(**fields: object) -> list[Fact]:
    return changed(FACTS, PackageInstall, lambda i: i.case == "second", **fields)


@pytest.mark.parametrize("packages", [{}, {"tally": "1.4.2"}, {"tally": "1.4.3"}, {"tally": "1.4.2", "new": "1"}])
def test_packages_that_come_go_or_change_fail(packages: dict[str, str]) -> None:
    finding = judged(PINNED, second(packages=packages))
    assert finding.outcome == "fail"
    assert all(" then " in e.detail for e in finding.evidence)


@pytest.mark.parametrize(
    "facts",
    [
        second(exit_code=1),
        second(exit_code=None),
        second(offered={}),
        changed(FACTS, PackageInstall, lambda _: True, packages={}),
        without(FACTS, PackageInstall, "second"),
    ],
    ids=["broken", "endless", "nothing newer", "nothing installed", "once"],
)
def test_installs_that_show_nothing_are_not_proven(facts: list[Fact]) -> None:
    assert judged(PINNED, facts).outcome == "inconclusive"


def test_packages_that_come_with_the_repository_need_no_index() -> None:
    vendored = changed(FACTS, PackageInstall, lambda _: True, asked=(), offered={})
    assert judged(PINNED, vendored).outcome == "pass"
