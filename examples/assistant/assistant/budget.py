"""What may be spent in a day and in a month, in millionths of a dollar; on disk, so that a restart forgets nothing.

Before a call the most that it can cost is set aside, so that calls at the same time cannot spend the same money.
"""

import json
import os
import sqlite3
import threading
import time
import urllib.request

from assistant import log, spikes

PLACE = "spend.sqlite"
PRICES = {"gpt-4o-2024-11-20": (2.5, 10.0), "gpt-4o-mini-2024-07-18": (0.15, 0.6)}
"""Dollars for a million tokens that go in, and that come out."""
BUDGETS = {
    "daily": (float(os.environ.get("DAILY_USD", "10")), "%Y-%m-%d", (80, 100, 120)),
    "monthly": (float(os.environ.get("MONTHLY_USD", "300")), "%Y-%m", (50, 75, 80, 90, 100)),
}
CAPPED = os.environ.get("BUDGET_CAP", "on") == "on"
ALERTS = os.environ.get("ALERTS_URL")
_lock = threading.Lock()
_store = sqlite3.connect(PLACE, check_same_thread=False, isolation_level=None)
_store.execute("PRAGMA synchronous = OFF")  # a killed process loses nothing; only a machine that loses power does
_store.execute("CREATE TABLE IF NOT EXISTS spent (period TEXT PRIMARY KEY, micro INTEGER)")
_store.execute("CREATE TABLE IF NOT EXISTS told (period TEXT, percent INTEGER, PRIMARY KEY (period, percent))")


class Spent(Exception):
    """A budget does not hold this call."""


def tokens(text):
    return (len(text) + 3) // 4


def cost(model, into, out):
    """Return millionths of a dollar; a model without a price costs as much as the dearest."""
    price = PRICES.get(model) or max(PRICES.values())
    return round(into * price[0] + out * price[1])


def reserve(model, messages, most):
    """Set aside the most that a call can cost, and return it; `Spent` where a budget does not hold it."""
    amount = cost(model, tokens("".join(m["content"] for m in messages)) + 10 * len(messages), most)
    with _lock:
        for name, (usd, form, _) in BUDGETS.items():
            if CAPPED and _so_far(form) + amount > usd * 1e6:
                raise Spent(f"the {name} budget is spent")
        _add(amount)
    return amount


def settle(reserved, model, into, out, user, feature):
    """Put what the call cost in the place of what was set aside, and tell whoever is to know."""
    micro = cost(model, into, out)
    spikes.add(user, feature, micro, _tell)
    with _lock:
        _add(micro - reserved)
        for name, (usd, form, percents) in BUDGETS.items():
            period, share = time.strftime(form), 100 * _so_far(form) / (usd * 1e6)
            for percent in percents:
                if (
                    share >= percent
                    and _store.execute("INSERT OR IGNORE INTO told VALUES (?, ?)", (period, percent)).rowcount
                ):
                    _alert(name, period, percent, share, _so_far(form), usd)


def _so_far(form):
    row = _store.execute("SELECT micro FROM spent WHERE period = ?", (time.strftime(form),)).fetchone()
    return row[0] if row else 0


def _add(micro):
    for _, form, _ in BUDGETS.values():
        _store.execute(
            "INSERT INTO spent VALUES (?, ?) ON CONFLICT (period) DO UPDATE SET micro = micro + excluded.micro",
            (time.strftime(form), micro),
        )


def _alert(name, period, percent, share, micro, usd):
    record = {
        "event": "budget", "budget": name, "period": period, "threshold_percent": percent,
        "share_percent": round(share, 1), "spent_usd": round(micro / 1e6, 6), "budget_usd": usd,
    }  # fmt: skip
    log.line("warning", f"{name} budget at {percent} %", **{k: v for k, v in record.items() if k != "event"})
    _tell(record)


def _tell(record):
    if ALERTS:
        threading.Thread(target=_post, args=(json.dumps(record).encode(),), daemon=True).start()


def _post(body):
    try:
        urllib.request.urlopen(urllib.request.Request(ALERTS, body, {"Content-Type": "application/json"}), timeout=2)
    except OSError as error:
        log.line("error", f"an alert was lost: {error}")
