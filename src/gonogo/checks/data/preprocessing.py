"""Feature code, by the lab: its tests pass and run its lines, and training and serving make the same features."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.facts import Evidence, Measure, SuiteRun


@check("data.preprocessing-tests", by="lab", scenario="preprocessing-tests", needs=(Measure, SuiteRun))
def preprocessing_tests_by_lab(measures: list[Measure], suites: list[SuiteRun], limits: Any) -> Answer:
    """The tests pass, the lines of each feature module are covered, and no record has other features in training."""
    suite, seen = suites[-1], {m.name: m for m in measures}
    end = [Evidence(None, None, suite.said[-300:] or "nothing was said")]
    if suite.exit_code is None:
        return inconclusive(f"the tests did not end within {suite.seconds:.0f} s", end)
    if suite.exit_code:
        return failed(f"the tests end with exit code {suite.exit_code}", end, fix="Run tests.command, and mend it.")
    if suite.problem:
        return inconclusive(
            f"what the tests cover is not known: {suite.problem}",
            fix="declare tests: {coverage: FILE} in gonogo.yaml; the file is one in the LCOV format",
        )
    shares = {path: 100 * hit / lines for path, (hit, lines) in suite.covered.items()}
    shares |= dict.fromkeys(suite.unmeasured, 0.0)
    if not shares:
        return inconclusive("predictions[].preprocessing.modules names no file", fix="correct the globs in gonogo.yaml")
    if thin := {path: percent for path, percent in shares.items() if percent < limits.coverage}:
        return failed(
            f"tests run {min(thin.values()):.0f} % of the lines of {min(thin, key=lambda path: thin[path])}, "
            f"{limits.coverage:g} % are wanted",
            [Evidence(path, None, f"{percent:.0f} %") for path, percent in thin.items()],
        )
    served, trained = seen["served"], seen["trained"]
    if not served.value:
        return inconclusive("no record reached the model", fix="mend the journey of the prediction first")
    if served.value != trained.value:
        return inconclusive(
            f"for {served.value:g} records the training code gave features of {trained.value:g}",
            [Evidence(None, None, trained.text)],
            fix="let predictions[].preprocessing.training write one line of JSON for each line that it reads",
        )
    differ = seen["difference"]
    if differ.value > limits.train_serve_difference:
        return failed(
            f"of {counted(range(int(served.value)), 'record', 'records')} training and serving make other features "
            f"of {differ.value:g}", [Evidence(None, None, differ.text)],
        )  # fmt: skip
    return passed(
        f"tests pass and run {min(shares.values()):.0f} % of the lines of {counted(shares, 'module', 'modules')}; "
        f"{served.value:g} records have the same features in training and in serving"
    )
