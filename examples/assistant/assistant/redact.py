"""Takes out of the model's words what nobody is to read: personal data, credentials, links, our own instructions."""

import re
import unicodedata

from assistant import injection, prompt, release

AT = r"(?:@|%40|&#64;)"
DIGIT = r"\d(?:[ .-]?\d)"
CARD = re.compile(rf"(?<![\w.])(?:{DIGIT}{{12,18}})(?![\w])")
PERSONAL = re.compile(
    rf"(?<![\w.+-])[\w.+-]++{AT}[\w-]+(?:\.[\w-]+)+|(?:\b[\w.+-] ){{2,}}@(?: [\w.-]\b)+|"
    r"(?<!\w)(?:\+ ?\d(?:[ .()-]{0,2}\d){7,14}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?!\w)|%2B\d[\d%]{8,30}|"
    r"\b(?!9|000|666)(?:\d{3}[- ]\d{2}[- ]\d{4}|\d \d \d - \d \d - \d \d \d \d)\b|"
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b"
)
OURS = re.compile(r"\bAC-\d{4}-\d{4}\b|\bTK\d{4}-\d{5}\b")
"""Numbers of accounts and tickets."""
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|"
    r"\b[a-z][a-z0-9+]{2,20}://[^\s:/@]+:[^\s@/]{6,}@\S+|\b\d{8,10}:AA[\w-]{30,}|"
    r"\b(?:sk|pk|rk|gsk|hf|npm|r8|xai|pplx|tvly|glpat|pcsk|lsv2|nvapi|GOCSPX|xox[a-z]|gh[pousr]|github_pat|AKIA|AIza|SG|dapi|"
    r"eyJ)[\w.-]{15,}|(?i:password|secret|token|key)\W{1,3}[\w/+.-]{16,}",
    re.DOTALL,
)
LINKS = re.compile(
    r"!?\[[^\]\n]*\](?:\(\s*<?[a-z][a-z0-9+.-]*:[^)\n]*\)|\(//[^)\n]*\)|\[\d+\])|(?m:^ {0,3}\[[^\]\n]+\]:.*$)|"
    r"</?[a-zA-Z!][^>\n]*>?|\b(?:https?|ftp)://\S+|\b(?:javascript|vbscript|data):\S+",
    re.IGNORECASE,
)
OWN = 16
"""So many characters of our own instructions, one after the other, are a leak."""


def redacted(text, patterns=(("secret", SECRETS), ("link", LINKS), ("personal", PERSONAL), ("own", OURS))):
    """Return the text without what nobody is to read, and what was taken out."""
    found = []
    for name, pattern in patterns:
        text, count = pattern.subn(f"[{name}]", text)
        found += [name] * count
    text = CARD.sub(lambda match: take(match[0], found), text)
    return text, found


def private(text):
    """Return the beginning of the text without personal data and credentials."""
    return redacted(text[:4000], (("secret", SECRETS), ("personal", PERSONAL)))[0]


def before(text, at):
    """Return `at`, or an earlier place where `at` lies within something that is to be taken out."""
    for pattern in (SECRETS, LINKS, PERSONAL, OURS, CARD):
        at = next((m.start() for m in pattern.finditer(text) if m.start() < at < m.end()), at)
    return at


def take(number, found):
    digits = [int(c) for c in number if c.isdigit()]
    doubled = [d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits))]
    if sum(doubled) % 10:
        return number
    found.append("personal")
    return "[personal]"


def quotes_us(text):
    """Return whether the text holds a piece of our instructions, whatever its spacing, case and encoding."""
    ours = plain(f"{prompt.SYSTEM} {release.current()[1]}")
    pieces = {ours[i : i + OWN] for i in range(len(ours) - OWN)}
    return any(piece in flat for flat in map(plain, injection.readings(text)) for piece in pieces)


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
