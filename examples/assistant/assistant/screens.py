"""What may come in and what may go out."""

import unicodedata

from assistant import injection

INVISIBLE = dict.fromkeys(
    i for i in range(0x110000) if unicodedata.category(chr(i)) in ("Cf", "Cc") and chr(i) not in "\n\t"
)


class Refused(Exception):
    """The text is not passed on."""


def incoming(text):
    """Return the user's text as the model gets it; `Refused` where it gives orders to the model."""
    if injection.suspect(text):
        raise Refused("Please ask a question about your account; this reads like an instruction.")
    return unicodedata.normalize("NFKC", text).translate(INVISIBLE)


def outgoing(text):
    """Return the model's text as the user gets it."""
    return text[:4000]


def outgoing_pieces(pieces):
    """Return the pieces of a stream as the user gets them."""
    return pieces
