"""What may come in and what may go out."""

import re
import unicodedata

from assistant import injection, log, policy, redact

MOST_CHARACTERS = 4000
WITHHELD = "I cannot answer that."
HOLD_MOST = 2000
LOOKED_AT = 800
OPEN = re.compile(r"-----BEGIN (?:(?!-----END [A-Z ]*KEY-----).)*$|!?\[[^\]]*\]?\(?[^)]*$|<[^>]*$", re.DOTALL)
"""A key, a link or a tag that has not ended yet."""
RISKY = re.compile(r"[^\w\s.,;?]|\d")

INVISIBLE = dict.fromkeys(
    i for i in range(0x110000) if unicodedata.category(chr(i)) in ("Cf", "Cc") and chr(i) not in "\n\t"
)


class Refused(Exception):
    """The text is not passed on."""


def incoming(text):
    """Return the user's text as the model gets it; `Refused` where it gives orders to the model."""
    if injection.suspect(text):
        raise Refused("Please ask a question about your account; this reads like an instruction.")
    return redact.private(unicodedata.normalize("NFKC", text).translate(INVISIBLE))


def outgoing(text, trace=""):
    """Return the model's text as the user gets it."""
    return "".join(outgoing_pieces([text[: MOST_CHARACTERS + 1]], trace))


def outgoing_pieces(pieces, trace=""):
    """Yield the pieces of an answer as the user gets them.

    What may be the beginning of something that is to be taken out is held back until it is whole.
    """
    so_far, held, sent = "", "", 0
    for piece in pieces:
        so_far, held = so_far[-LOOKED_AT:] + piece, held + piece
        if rule := policy.broken(so_far) or (redact.quotes_us(so_far) and "instructions"):
            log.line("warning", "answer withheld", trace, event="output_withheld", rule=rule)
            yield WITHHELD
            return
        at = whole(held) if len(held) < HOLD_MOST else len(held)
        if ready := held[:at]:
            held = held[at:]
            yield from within(cleaned(ready, trace), len(ready), sent)
            sent += len(ready)
        if sent > MOST_CHARACTERS:
            return
    yield from within(cleaned(held, trace), len(held), sent)


def whole(text):
    """Return where that begins what may still grow: the last words with digits or signs, or something that is open."""
    at = len(text)
    for word in reversed(re.findall(r"\s*\S+\s*$|\S+\s+", text)):
        if word[-1:].isspace() and len(word.strip()) > 2 and not RISKY.search(word):
            break
        at -= len(word)
    opened = OPEN.search(text)
    at = min(at, opened.start()) if opened else at
    return redact.before(text, at)


def cleaned(text, trace):
    """Return the text without what nobody is to read; each thing taken out is an event."""
    text, found = redact.redacted(text)
    for rule in found:
        log.line("warning", "answer redacted", trace, event="output_redacted", rule=rule)
    return text


def within(text, size, sent):
    """Yield as much of the text as the answer may still have, and say so where that is not all of it."""
    if text:
        yield text[: max(0, MOST_CHARACTERS - sent)]
    if sent + size > MOST_CHARACTERS:
        yield " [cut: the answer was too long]"
