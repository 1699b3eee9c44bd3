"""How much of the personal data of a labelled set is found, and how much of what is found is none.

    make bench NAME=personal ARGS="--data DIR"

DIR holds `generated_large.json` of presidio-research (MIT): sentences with character spans. A span counts as found
where what was found of its type overlaps it; types that the set does not label (dates of birth) are left out.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from gonogo.screen import personal
from gonogo.screen.match import Match

NAMES = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "credit-card",
    "IBAN_CODE": "iban",
    "US_SSN": "ssn",
    "US_DRIVER_LICENSE": "driving-licence",
    "IP_ADDRESS": "ip-address",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="print what was missed and what was wrong")
    given = parser.parse_args()
    rows = json.loads((given.data / "generated_large.json").read_text())
    there, found, right, wrong = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    began = time.perf_counter()
    every = [personal.find(row["full_text"], hosts=True) for row in rows]
    seconds = time.perf_counter() - began
    for row, seen in zip(rows, every, strict=True):
        spans = [(NAMES[s["entity_type"]], s) for s in row["spans"] if s["entity_type"] in NAMES]
        for kind, span in spans:
            there[kind] += 1
            hit = any(f.kind == kind and _overlap(f, span) for f in seen)
            right[kind] += hit
            if given.show and not hit:
                print(f"missed {kind}: {span['entity_value']!r} in {row['full_text']!r}")
        for each in seen:
            found[each.kind] += 1
            good = any(kind == each.kind and _overlap(each, span) for kind, span in spans)
            wrong[each.kind] += not good
            if given.show and not good:
                print(f"wrong {each.kind}: {row['full_text'][each.start : each.end]!r} in {row['full_text']!r}")
    table = {}
    print(f"{'type':12} {'there':>6} {'recall':>7} {'found':>6} {'precision':>9}")
    for kind in NAMES.values():
        recall = right[kind] / there[kind] if there[kind] else 0.0
        precision = 1 - wrong[kind] / found[kind] if found[kind] else 1.0
        print(f"{kind:12} {there[kind]:6} {recall:7.3f} {found[kind]:6} {precision:9.3f}")
        table[kind] = {"recall": round(recall, 4), "precision": round(precision, 4)}
    size = sum(len(row["full_text"]) for row in rows)
    print(json.dumps({"bench": "personal", "types": table, "megabytes_per_s": round(size / seconds / 1e6, 1)}))


def _overlap(each: Match, span: dict[str, int]) -> bool:
    return each.start < span["end_position"] and span["start_position"] < each.end


if __name__ == "__main__":
    main()
