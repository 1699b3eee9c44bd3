"""Flags unusual questions and answers, and queues them with the reason for a person to look at."""

import json
import re
import threading
import time
import unicodedata
from collections import deque

QUEUE = "review.jsonl"
LONG_QUESTION, LONG_ANSWER = 1_000, 4_000
FOREIGN_SHARE = 0.3
REFUSALS, SAME, LATEST = 5, 5, 20
REFUSED = re.compile(
    r"\bI(?:'m sorry,? but I)? ?(?:can't|cannot|am unable to|won't)\b|\bunable to (?:help|assist)\b", re.I
)
RUDE = re.compile(r"\b(?:idiots?|worthless|garbage|hate you|shut up|stupid|kill yourself)\b", re.I)
writing = threading.Lock()
questions, refusals = deque(maxlen=LATEST), deque(maxlen=LATEST)


def reasons(question, answer):
    """Return what is unusual about a question and its answer, seen with those before."""
    if len(question) > LONG_QUESTION:
        yield "the question is unusually long"
    if len(answer) > LONG_ANSWER:
        yield "the answer is unusually long"
    letters = [c for c in question if c.isalpha()]
    foreign = [c for c in letters if not unicodedata.name(c, "").startswith("LATIN")]
    if letters and len(foreign) > FOREIGN_SHARE * len(letters):
        yield "the question is in an unusual script"
    questions.append(" ".join(question.lower().split()))
    if questions.count(questions[-1]) >= SAME:
        yield "the same question comes again and again"
    refusals.append(REFUSED.search(answer) is not None)
    if refusals[-1] and sum(refusals) >= REFUSALS:
        yield "the model refuses unusually often"
    if RUDE.search(question) or RUDE.search(answer):
        yield "the words are hostile"


def look(question, answer, trace):
    with writing:
        found = list(reasons(question, answer))
        if found:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            with open(QUEUE, "a") as file:
                file.write(json.dumps({"time": at, "trace": trace, "reason": "; ".join(found)}) + "\n")
