"""What the service counts, in the Prometheus text format."""

import statistics
import threading
from collections import Counter, defaultdict, deque

LATEST = 1_000
"""So many requests of each route are looked back at."""
counting = threading.Lock()
errors = Counter()
seconds = defaultdict(lambda: deque(maxlen=LATEST))


def error(service, type):
    with counting:
        errors[service, type] += 1


def took(route, model, s):
    with counting:
        seconds[route, model].append(s)


def text():
    lines = ["# TYPE reporter_errors counter"]
    with counting:
        lines += [f'reporter_errors_total{{service="{s}",type="{t}"}} {n}' for (s, t), n in errors.items()]
        lines += ["# TYPE reporter_request_seconds summary"]
        for (route, model), latest in seconds.items():
            cuts = statistics.quantiles(latest, n=100, method="inclusive") if len(latest) > 1 else list(latest) * 99
            labels = f'route="{route}",model="{model}"'
            for percent in (50, 95, 99):
                lines.append(f'reporter_request_seconds{{{labels},quantile="0.{percent}"}} {cuts[percent - 1]:.4f}')
            lines.append(f"reporter_request_seconds_count{{{labels}}} {len(latest)}")
    return "\n".join(lines) + "\n"
