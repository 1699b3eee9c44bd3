"""Tells a text that wants to replace our instructions from a question, whatever its language and disguise."""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from urllib.parse import unquote

LOOKALIKES = str.maketrans("асеорхуіѕјԁԛԝАВСЕНКМОРТХαορνικ", "aceopxyisjdqwABCEHKMOPTXaopvik")
DROP = (
    "ignor|disregard|forget|overrid|overrule|bypass|set aside|drop|neglect|vergiss|oublie|olvid|esque|dimentica|"
    "negeer|vergeet|zignoruj|zapomnij|игнорируй|забудь|yok say|unut|تجاهل|انس|अनदेखा|भूल|忽略|忘记|無視|忘れ|무시|잊어"
)
RULES = (
    "instru[cç]|rules?\\b|guideline|restrict|system prompt|everything you were told|anweisung|regeln|"
    "règles|reglas|regras|istruzion|regole|regels|instrukcj|zasad|инструкци|правил|talimat|kural|تعليمات|قواعد|निर्देश|नियम|指令|规则|指示|ルール|지시|규칙"
)
SIGNS = re.compile(
    rf"(?:{DROP}).{{0,60}}(?:{RULES})|"
    rf"(?:{RULES}).{{0,40}}(?:are void|do not apply|unut|yok say|अनदेखा|भूल|無視|忘れ|무시|잊어)|"
    r"\bnew instructions?\b|your (?:only|new) (?:task|instructions)|"
    r"\byou are now\b|\b(?:un(?:filtered|restricted|bound))\b|do anything now|developer mode (?:is|output|enabled)|"
    r"without any (?:rules|guidelines)|no (?:rules|restrictions)|must obey|never refuse|not refuse|each refusal|"
    r"whatever your instructions|drop my instructions|"
    r"<\|im_|\[/?inst\]|<</?sys>>|</?(?:system|user|assistant)>|^\W*(?:system|assistant)\s*:|end of user input|"
    r'"role"\s*:|(?:\b(?:user|q|human)\s*:.{1,120}?\b(?:assistant|a)\s*:.{0,120}?){2}|'
    r"\bdo what [a-z] \+|(?:\[\w+\]\s*){4}|obey the sentence|step \d.{0,80}system prompt|"
    r"(?:print|show|quote|repeat|translate|encode|write|put|summarise|output|finish|read me)\b.{0,60}"
    r"\b(?:your|the text|system|everything)\b.{0,30}\b"
    r"(?:instructions|prompt|rules|message|role|yours|above|got before|system_prompt)|"
    r"\bsystem_prompt\b|your (?:initial )?instructions\?|what were your|configuration that you run|"
    r"read me yours|current ones first",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)


def suspect(text):
    """Return whether the text, in any of its readings, looks as if it gave us orders."""
    return any(0xE0000 <= ord(c) <= 0xE007F for c in text) or any(SIGNS.search(form) for form in readings(text))


def readings(text, depth=3):
    """Yield the text as a model might read it: without disguise, decoded, joined, reversed."""
    shown = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cf", "Cc") or c == "\n"
    )
    plain = shown.translate(LOOKALIKES)
    joined = plain.replace("  ", "\0").replace(" ", "").replace("\0", " ")
    found = {shown, plain, joined, plain[::-1], unquote(plain), html.unescape(plain), codecs.encode(plain, "rot13")}
    yield from found
    if depth > 1:
        for word in re.findall(r"[A-Za-z0-9+/_-]{16,}={0,2}", plain):
            yield from (form for inner in decoded(word) for form in readings(inner, depth - 1))
        if unquote(plain) != plain:
            yield from readings(unquote(plain), depth - 1)


def decoded(word):
    """Yield what a Base64 or hexadecimal word says, where it says something."""
    padded = word.replace("+", "-").replace("/", "_") + "=" * (-len(word) % 4)
    for decode, given in ((bytes.fromhex, word), (base64.urlsafe_b64decode, padded)):
        try:
            yield decode(given).decode()
        except (ValueError, binascii.Error):
            continue
