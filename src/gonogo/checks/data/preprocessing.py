"""Feature code, by the lab: its tests pass and run its lines, and training and serving make the same features."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.facts import Evidence, Measure


@check("data.preprocessing-tests", by="lab", scenario="preprocessing-tests", needs=(Measure,))
def preprocessing_tests_by_lab(measures: list[Measure], limits: Any) -> Answer:
    """The tests pass, the lines of each feature module are covered, and no record has other features in training."""
    seen = {m.name: m for m in measures}
    tests = seen["exit-code"]
    if tests.value != 0:
        return failed(
            f"the tests of feature code end with {tests.value:g}" if tests.value > 0 else "the tests did not end",
            [Evidence(None, None, tests.text)],
        )
    modules = [m for m in measures if m.name == "coverage"]
    if not modules:
        return inconclusive(
            "it could not be seen which lines the tests run: no Python told of them",
            fix="let the tests run by Python, without a measurement of coverage of their own",
        )
    thin = [m for m in modules if m.value < limits.coverage]
    if thin:
        return failed(
            f"tests run {thin[0].value:.0f} % of the lines of {thin[0].subject}, {limits.coverage:g} % are wanted",
            [Evidence(m.subject, None, f"{m.value:.0f} %, not {m.text}") for m in thin],
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
    least = min(m.value for m in modules)
    return passed(
        f"tests pass and run {least:.0f} % of the lines of {counted(modules, 'module', 'modules')}; "
        f"{served.value:g} records have the same features in training and in serving"
    )
