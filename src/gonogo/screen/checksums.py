"""Check digits of cards, accounts and national numbers: what tells one from any other run of digits. Pure."""

from __future__ import annotations

import string

_VERHOEFF_TIMES = (  # noqa: SIM905
    "0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210"
).split()
_VERHOEFF_PLACE = (  # noqa: SIM905
    "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258"
).split()
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_FISCAL_ODD = dict(
    zip(
        string.digits + string.ascii_uppercase,
        (
            *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21),  # digits
            *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18),  # A to M
            *(20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),  # N to Z
        ),
        strict=True,
    )
)
IBAN_LENGTHS = {
    word[:2]: int(word[2:])
    for word in (  # noqa: SIM905
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 "
        "FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 "
        "LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 "
        "SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
    ).split()
}
"""Length of an account number by country, from the SWIFT IBAN registry."""


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7812-1."""
    doubled = (sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def iban(account: str) -> bool:
    """Tell whether an account number (capitals, no spaces) has its country's length and ISO 13616 check digits."""
    if IBAN_LENGTHS.get(account[:2]) != len(account):
        return False
    return int("".join(str(int(c, 36)) for c in account[4:] + account[:4])) % 97 == 1


def bsn(digits: str) -> bool:
    """Tell whether nine digits pass the eleven test of Dutch citizen numbers."""
    return sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0


def dni(number: str) -> bool:
    """Tell whether the letter of a Spanish DNI (8 digits) or NIE (X, Y or Z and 7 digits) is right."""
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI[int(digits) % 23] == number[-1]


def codice_fiscale(code: str) -> bool:
    """Tell whether the last letter of an Italian tax code of 16 capitals and digits is right."""
    odd = sum(_FISCAL_ODD[c] for c in code[:15:2])
    even = sum(int(c) if c.isdigit() else ord(c) - ord("A") for c in code[1:15:2])
    return (odd + even) % 26 == ord(code[15]) - ord("A")


def cpf(digits: str) -> bool:
    """Tell whether the last two of eleven digits are the check digits of a Brazilian CPF."""
    if len(set(digits)) == 1:
        return False
    for length in (9, 10):
        total = sum(int(d) * w for d, w in zip(digits[:length], range(length + 1, 1, -1), strict=True))
        if total * 10 % 11 % 10 != int(digits[length]):
            return False
    return True


def aadhaar(digits: str) -> bool:
    """Tell whether twelve digits end in the check digit of Verhoeff's scheme, as Indian Aadhaar numbers do."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF_TIMES[check][int(_VERHOEFF_PLACE[place % 8][int(digit)])])
    return check == 0
