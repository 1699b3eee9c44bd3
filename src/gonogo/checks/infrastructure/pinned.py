"""Infrastructure, by the lab: whether two clean installs give the same packages though newer releases are there."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.facts import PackageInstall, ScenarioRun

_WORKS = "see that lab.install in gonogo.yaml installs into its directory: gonogo lab --scenario pinned-dependencies"


@check(
    "infrastructure.pinned-dependencies", by="lab", scenario="pinned-dependencies", needs=(PackageInstall, ScenarioRun)
)
def pinned_dependencies_by_lab(installs: list[PackageInstall], runs: list[ScenarioRun]) -> Answer:
    """The second install gives the versions of the first, though the index offers a newer release of each package."""
    first = next((i for i in installs if i.case == "first"), None)
    second = next((i for i in installs if i.case == "second"), None)
    if first is None or second is None:
        return inconclusive("the packages were not installed twice", runs)
    for install in (first, second):
        if install.exit_code != 0:
            how = "did not end in time" if install.exit_code is None else f"ended with {install.exit_code}"
            return inconclusive(
                f"the {install.case} install {how}", [(install, install.said[-500:] or "it said nothing")], fix=_WORKS
            )
    if not first.packages:
        return inconclusive("the install left no package in its directory", [(first, first.said[-500:])], fix=_WORKS)
    names = sorted(first.packages.keys() | second.packages.keys())
    moved = [n for n in names if first.packages.get(n) != second.packages.get(n)]
    if moved:
        return failed(
            f"{counted(moved, 'package is', 'packages are')} not pinned: a second install differs from the first",
            [(second, f"{n}: {first.packages.get(n, 'none')}, then {second.packages.get(n, 'none')}") for n in moved],
        )
    if first.asked and not second.offered:
        return inconclusive(
            "both installs gave the same packages, and no newer release of any could be made, so nothing could move",
            [(first, ", ".join(first.asked))],
        )
    untried = [n for n in names if n in first.asked and n not in second.offered]
    newer = f"though the index offered a newer release of {len(second.offered)}"
    return passed(
        f"two clean installs gave the same {counted(names, 'package', 'packages')}, "
        f"{newer if first.asked else 'and asked no index'}",
        [(second, ", ".join(f"{n} {second.packages[n]}" for n in names)),
         *((second, f"no newer release of {n} could be made") for n in untried)],
    )  # fmt: skip
