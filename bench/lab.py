"""How long a full crash-test of a quick app takes: every scenario of the lab, on `examples/assistant`.

The app's own timeouts are at most 5 s. Nothing is cut (no `--quick`); load and soak are verbs of their own. Beside the
whole, the table tells the scenarios that took longest, and how many seconds they would take one after the other.
No peer does this; what counts is the limit of 90 s.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gonogo import assess
from gonogo.facts import ScenarioRun
from gonogo.prove.lab.collect import Lab

EXAMPLES = Path(__file__).parents[1] / "examples"
LIMIT_S = 90
SHOWN = 12


def main() -> int:
    """Play all scenarios, and print what took how long."""
    parser = argparse.ArgumentParser(prog="bench/run.py lab", description=__doc__)
    parser.add_argument("--app", default="assistant", help="the app of examples/ (default: assistant)")
    app = parser.parse_args().app
    with tempfile.TemporaryDirectory(prefix="gonogo-bench-") as scratch:
        home = Path(scratch) / app
        shutil.copytree(EXAMPLES / app, home, ignore=shutil.ignore_patterns(".gonogo", "__pycache__"))
        subprocess.run(["git", "init", "--quiet", str(home)], check=True)
        began = time.perf_counter()
        request = assess.Request(root=home, record=False, tell=lambda said: print(said, file=sys.stderr))
        state = assess.look(request)
        lab = Lab()
        if state.declaration is None:
            parser.error(f"examples/{app} has no gonogo.yaml")
        plan = lab.plan(home, state.declaration)
        state = assess.narrowed(state, [c for s in plan.scenarios for c in s.feeds], "lab")
        result, facts = assess.prove(state.request, lab, state)
        seconds = time.perf_counter() - began
    runs = sorted(facts.needed(ScenarioRun), key=lambda run: -run.seconds)
    print(f"{'scenario':28} {'seconds':>8} {'journeys':>9}  not played")
    for run in runs[:SHOWN]:
        print(f"{run.scenario:28} {run.seconds:8.1f} {run.journeys:9}  {run.problem or ', '.join(run.cut)}")
    judged = [f for f in result.findings if f.method == "lab"]
    outcomes = {o: sum(f.outcome == o for f in judged) for o in sorted({f.outcome for f in judged})}
    print(f"\n{len(runs)} scenarios, {sum(r.journeys for r in runs)} journeys; one after the other "
          f"{sum(r.seconds for r in runs):.0f} s; whole {seconds:.1f} s (limit {LIMIT_S} s)")  # fmt: skip
    for f in judged:
        if f.outcome == "fail":
            print(f"{f.control}: {f.summary}")
    print(", ".join(f"{n} {outcome}" for outcome, n in outcomes.items()))
    print(json.dumps({"full_seconds": round(seconds, 1), "scenarios": len(runs), "proofs": outcomes}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
