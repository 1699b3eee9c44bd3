"""Tell a telephone number from an order number, a date, a version or a measurement. Pure.

An international number has a country's code and a length that ITU-T E.164 allows. A national one has its country's
way of writing it: three, three and four digits (North America), or a leading zero and groups. Any other run of
digits is one only beside a word that says so.
"""

from __future__ import annotations

import re

from gonogo.screen.match import Beside

_NO_CALL = "(?! an? )"
"""Who calls a function or a taxi does not say a number."""
_WORDS = (
    rf"phones?|tele?phone|tel|mobile|cell|cellphone|call(?:ed|ing)?{_NO_CALL}|dial|fax|whatsapp|sms|text me|ring me"
    r"|reach|answering at|contact number|telefon(?:nummer)?|telefoon(?:nummer)?|rufnummer|handy|mobil|tlf|téléphone"
    r"|portable|teléfono|móvil|llamar?|telefono|cellulare|telefone|celular|hotline|extension"
)
_WORDS_AFTER = "office|fax|mobile|cell|home|work|direct|phone|tel"
SAID = rf"\b(?:{_WORDS}|{_WORDS_AFTER})\b".replace(_NO_CALL, "")
"""What every text with a number beside a word holds, in lower case (RE2)."""
WRITTEN = r"\b0\d|\d{3}\)? ?[ .-]?\d{3}[ .-]\d{4}"
"""What every text with a number that needs no word holds (RE2)."""
_WORD = re.compile(rf"\b(?:{_WORDS})\b")
_ENDS = re.compile(r"[.!?;]\s|\n")
_WORD_AFTER = re.compile(rf"[\s(,\\-]{{0,3}}(?:{_WORDS_AFTER})\b")
_OTHER = re.compile(
    r"\b(?:orders?|invoice|ticket|ref|reference|tracking|parcel|shipment|id|ids|sku|isbn|issn|serial|part|version"
    r"|build"
    r"|commit|revision|case|claim|policy|batch|lot|pid|port|timestamp|epoch|page|pages|lines?|rows?|tokens?|bytes"
    r"|ip|doi|gtin|ean|upc|po|po box|section|model|rfc|iban|account|card|ssn|social security|passport|licen[cs]e"
    r"|bestell(?:ung|nummer)|rechnung|commande|facture|pedido|factura|ordine)\b[^a-z]*(?:(?:is|was|are|no|nr"
    r"|number|code)\b[^a-z]*)?\Z"
)
_DATE = re.compile(
    r"^\(?(?:\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2}|(?:19|20)\d{2}[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]"
    r"|[12]\d|3[01]))\b"
)
_NORTH_AMERICA = re.compile(
    r"(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?: ?(?:x|ext\.? ?)\d{1,6})?"
)
_GROUPED = re.compile(r"\(?0\d{1,4}\)?(?:[ /.-]{1,2}\d{2,8}){1,5}")
_COUNTRIES = frozenset(
    (  # noqa: SIM905
        "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66"
        " 81 82 "
        "84 86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 "
        "235 236 237 238 239 240 241 242 243 244 245 246 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 "
        "264 265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 "
        "376 377 378 379 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 "
        "592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 "
        "691 692 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 "
        "971 972 973 974 975 976 977 979 992 993 994 995 996 998"
    ).split()
)
"""Country codes assigned by ITU-T E.164."""


def is_phone(found: Beside) -> bool:
    """Tell whether a run of digits is a telephone number by the way it is written, or by the word beside it."""
    digits = _digits(found.text)
    if found.text.startswith("+") or found.text.startswith("00"):
        return _international(digits.removeprefix("00")) and not found.before.endswith(("+", "-"))
    grouped = 10 <= len(digits) <= 11 and _GROUPED.fullmatch(found.text)
    if grouped or _NORTH_AMERICA.fullmatch(found.text):
        return not _is_other(found)
    return is_phone_beside_word(found)


def is_phone_beside_word(found: Beside) -> bool:
    """Tell whether a run of 6 to 15 digits stands beside a word such as `call` or `fax`, and is no date."""
    said = _near_word(found.before) or _WORD_AFTER.match(found.after) is not None
    return said and 6 <= len(_digits(found.text)) <= 15 and not _is_other(found)


def _is_other(found: Beside) -> bool:
    """Tell whether it is a date, or the number of an order, a page, a version..."""
    return _DATE.match(found.text) is not None or _OTHER.search(found.before) is not None


def _digits(text: str) -> str:
    """Return the digits of a number without those of its extension."""
    return _NO_DIGITS.sub("", text.partition("x")[0])


_NO_DIGITS = re.compile(r"\D+")


def _near_word(before: str) -> bool:
    """Tell whether such a word stands in the same sentence or line before."""
    return any(not _ENDS.search(before, found.end()) for found in _WORD.finditer(before))


def _international(digits: str) -> bool:
    return 8 <= len(digits) <= 15 and any(digits[:size] in _COUNTRIES for size in (1, 2, 3))
