"""Tells documents that repeat another one, in the same words or nearly so."""

import re

ALIKE = 0.7
"""Share of runs of three words that two documents have in common, from which on one repeats the other."""


class Seen:
    """The documents so far. Comparing each with all is enough for some thousands; MinHash is for more."""

    def __init__(self):
        self.runs = {}

    def repeats(self, name, tenant, text):
        """Return the name of the document of this tenant that a text repeats, None where it is new."""
        words = re.findall(r"\w+", text.lower())
        runs = set(zip(words, words[1:], words[2:], strict=False))
        for (other, whose), known in self.runs.items():
            if whose == tenant and len(runs & known) >= ALIKE * len(runs | known):
                return other
        self.runs[name, tenant] = runs
        return None
