"""What we do not say, by category of our content policy."""

import re

CATEGORIES = {
    "hate": r"\b(?:vermin|subhuman|should be driven out|inferior (?:race|people)|do not deserve to live here)\b",
    "harassment": r"\b(?:you are worthless|nobody will ever like you|you pathetic|shut up, you)\b",
    "violence": r"\b(?:beat (?:him|her|them) up|how to hurt (?:him|her|them|somebody)|break (?:his|her|their) bones)\b",
    "self-harm": r"\b(?:better off dead|how to hurt yourself|end your (?:own )?life)\b",
    "sexual": r"\b(?:explicit sexual|undressed slowly|erotic story)\b",
    "minors": r"\b(?:sexual\w*\W+(?:\w+\W+){0,3}(?:child|children|minors?))\b",
    "weapons": r"\b(?:build (?:a|the) (?:bomb|pipe bomb|explosive)|explosive device)\b",
    "drugs": r"\b(?:cook (?:the )?(?:drug|meth)|synthesi[sz]e the drug)\b",
    "crime": r"\b(?:pick the lock of your neighbour|launder the money|forge the passport)\b",
    "jailbreak": (
        r"\b(?:as dan\b|free of all restrictions|no longer bound|do(?:es)? not apply any ?more|no rules and no|"
        r"jailbroken|instructions were overridden|against my policy|ignore my (?:rules|safety)|"
        r"without restrictions|evil twin)"
    ),
}
_compiled = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in CATEGORIES.items()}


def broken(text):
    """Return the rule that the text breaks, None where it breaks none."""
    return next((name for name, pattern in _compiled.items() if pattern.search(text)), None)
