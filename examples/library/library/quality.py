"""Says what is wrong with a document that must not be found: nobody can read it, or it means to be obeyed in secret."""

import re

from library.sources import HIDDEN, ORDERS

OCR_CONFIDENCE = 0.8
LEAST_WORDS = 6
GARBLED = re.compile(r"Ã.|Â.|â€.|\ufffd")
"""UTF-8 that was read as something else, and what no decoder could read."""
STYLED = re.compile(r"<(\w+) style=[^>]*>.*?</\1>", re.DOTALL)
HEADINGS = re.compile(r"^#.*$", re.MULTILINE)
FURNITURE = re.compile(
    r"cookie|privacy policy|terms of use|all rights reserved|copyright|imprint|skip to content|log in|sign up|"
    r"follow us|contact\b|about us|\bhome\b|\bproducts\b|lorem ipsum|dolor sit|eiusmod", re.I
)  # fmt: skip


def problem(head, text):
    """Return the reason why a document is kept out, None for a good one."""
    plain = HEADINGS.sub("", text)
    if (confidence := head.get("ocr_confidence", 1)) < OCR_CONFIDENCE:
        return f"its text was recognised with a confidence of {confidence}"
    if len(re.findall(r"\w+", plain)) < LEAST_WORDS:
        return "it has no text"
    if len(GARBLED.findall(plain)) > 2:
        return "its characters are garbled"
    sentences = [part for part in re.split(r"[.!?]\s", plain) if part.strip()]
    if 2 * sum(bool(FURNITURE.search(part)) for part in sentences) >= len(sentences):
        return "it is the furniture of a page"
    if any(ORDERS.search(found[0]) for pattern in (HIDDEN, STYLED) for found in pattern.finditer(text)):
        return "it hides instructions"
    return None
