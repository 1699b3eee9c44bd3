"""Makes of a question what is searched for: misspellings, abbreviations and nicknames become the handbook's words."""

import re

WORDS = {
    "ofice": "office", "recieve": "receive", "adress": "address",
    "PTO": "paid time off", "IT": "information technology", "US": "United States",
    "HQ": "head office", "Millie": "Mill Lane store",
}  # fmt: skip


def parts_of(question):
    """Return the questions that stand in one text, at most three."""
    parts = [part.strip() for part in re.findall(r"[^?]*[^?\s][^?]*\?*", question)]
    return [*parts[:2], " ".join(parts[2:])] if len(parts) > 3 else parts


def searched_for(question):
    """Return the question in the words of the handbook."""
    return re.sub(r"\w+", lambda word: WORDS.get(word[0], word[0]), question)
