"""Which model answers what: the rules, and what the small model is not trusted with."""

import re

from desk import model, settings

RULES = (
    (re.compile(r"(?i)\b(?:compare|why|explain|calculate|write|plan|summari[sz]e)\b"), settings.LARGE),
    (re.compile(r"(?s).{300}"), settings.LARGE),
    (re.compile(r""), settings.SMALL),
)
"""What asks for reasoning or is long goes to the large model, the rest to the small one; the first that fits counts."""
DOUBT = re.compile(r"(?i)\bI(?: am|'m) not (?:sure|certain)\b|\bI (?:do not|don't|cannot) (?:know|tell)\b")


def chosen(text):
    """Return the model that the rules choose."""
    return next(model for rule, model in RULES if rule.search(text))


def answer(question, messages, trace):
    """Return an answer and the model that gave it. What the small one is unsure of the large one is asked, once."""
    first = chosen(question)
    said = model.asked(first, messages, trace)
    if first == settings.SMALL and (not said.strip() or DOUBT.search(said)):
        first, said = settings.LARGE, model.asked(settings.LARGE, messages, trace)
    if not said.strip():
        raise model.Away
    return said, first
