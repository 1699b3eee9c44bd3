"""How the ledger reads our answers; it fails where they are not what it needs: python3 ledger.py < response.json"""

import json
import sys

NEEDED = {"id": str, "price": (int, float), "fallback": bool, "version": str}

for prediction in json.load(sys.stdin)["predictions"]:
    for name, kind in NEEDED.items():
        if not isinstance(prediction.get(name), kind):
            sys.exit(f"ledger: {name} is missing, or of another type")
