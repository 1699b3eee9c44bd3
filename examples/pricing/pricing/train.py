"""Makes the features that a model is trained on, a line for each record: python3 -m pricing.train < raw.jsonl"""

import json
import sys

from pricing import features

for line in sys.stdin:
    print(json.dumps(features.of(json.loads(line))))
