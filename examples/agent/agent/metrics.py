"""What came of tasks and of calls of tools, counted in the Prometheus text format."""

from collections import Counter
from threading import Lock

counting = Lock()
tasks, calls = Counter(), Counter()


def task(outcome):
    with counting:
        tasks[outcome] += 1


def call(tool, outcome):
    with counting:
        calls[tool, outcome] += 1


def text():
    with counting:
        return "\n".join([
            "# TYPE agent_tasks counter",
            *(f'agent_tasks_total{{outcome="{o}"}} {n}' for o, n in tasks.items()),
            "# TYPE agent_tool_calls counter",
            *(f'agent_tool_calls_total{{tool="{t}",outcome="{o}"}} {n}' for (t, o), n in calls.items()),
            "",
        ])  # fmt: skip
