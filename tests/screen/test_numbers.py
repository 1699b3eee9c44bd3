"""National numbers, dates of birth and documents: found by check digit or by the word beside them, and only so."""

from __future__ import annotations

import pytest

from gonogo.screen import checksums, personal


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("my BSN is 111222333", "bsn", "111222333"),
        ("burgerservicenummer: 1112.22.333", "bsn", "1112.22.333"),
        ("DNI 12345678Z", "dni", "12345678Z"),
        ("NIE X1234567L", "dni", "X1234567L"),
        ("CF: RSSMRA85T10A562S.", "codice-fiscale", "RSSMRA85T10A562S"),
        ("o CPF 529.982.247-25 foi", "cpf", "529.982.247-25"),
        ("CPF: 52998224725", "cpf", "52998224725"),
        ("Aadhaar 2345 6789 0124", "aadhaar", "2345 6789 0124"),
        ("NI number AB 12 34 56 C", "nino", "AB 12 34 56 C"),
        ("Passport No. X1234567", "passport", "X1234567"),
        ("Reisepass: C01234567", "passport", "C01234567"),
        ("driver's license D1234567", "driving-licence", "D1234567"),
        ("date of birth: 1985-07-04", "birth-date", "1985-07-04"),
        ("born on 4 July 1985", "birth-date", "4 July 1985"),
        ("geboren am 04.07.1985", "birth-date", "04.07.1985"),
        ("née le 4 juillet 1985", "birth-date", "4 juillet 1985"),
        ("my SSN: 253141234", "ssn", "253141234"),
        ("Tel. 06 12 34 56 78", "phone", "06 12 34 56 78"),
        ("Rufnummer 0170 1234567", "phone", "0170 1234567"),
        ("+49 (0)170 1234567", "phone", "+49 (0)170 1234567"),
        ("0033 6 12 34 56 78", "phone", "0033 6 12 34 56 78"),
        ("IBAN GB82-WEST-1234-5698-7654-32", "iban", "GB82-WEST-1234-5698-7654-32"),
        ("karte 4111\u00a01111\u00a01111\u00a01111", "credit-card", "4111\u00a01111\u00a01111\u00a01111"),
        ("４１１１ １１１１ １１１１ １１１１", "credit-card", "４１１１ １１１１ １１１１ １１１１"),
        ("josé.muñoz@correo.es", "email", "josé.muñoz@correo.es"),
    ],
)
def test_a_number_is_found_whole(text, kind, found):
    assert [(m.kind, text[m.start : m.end]) for m in personal.find(text)] == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "my BSN is 111222334",
        "serial 111222333 of the batch",
        "DNI 12345678A",
        "RSSMRA85T10A562T",
        "529.982.247-26",
        "code 52998224725",
        "2345 6789 0125",
        "GB 12 34 56 C",
        "X1234567 is the part",
        "released on 1985-07-04",
        "order 06 12 34 56 78 90",
        "invoice no. 415-555-0132",
        "tracking 0170 1234567",
        "commit 4155550132 of 2024",
        "ISBN 978-3-16-148410-0",
        "at 48.858370, 2.294481",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "2026-11-27 08:50:35,123 INFO 4155",
        "epoch 1732697435123 ms",
        "sha 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "traceparent 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "https://example.org/orders/4155550132?ref=4111111111111111",
        "postgres://svc:pw@db.example.org/app",
        "git@github.com:team/app.git",
        "icon@2x.png",
        "look at example.com and call it a day",
        "pip install app==1.2.3.post4",
        "width 1920-1080-60, ratio 16-9",
        "call me at 10:30 on 27.11.2026",
        "call a taxi to 1234 567 Main Street",
        "$1,234,567.89 or 1.234.567,89 EUR",
        "0 1 1 0 1 0 0 1 0 1 1 0",
    ],
)
def test_what_only_resembles_one_is_left_alone(text):
    assert personal.find(text) == []


def test_ip_addresses_are_found_where_hosts_are_asked_for():
    text = "from 86.231.85.193 and 2001:db8:0:0:0:0:2:1, version 1.2.3.4, local 127.0.0.1"
    assert personal.find(text) == []
    assert [text[m.start : m.end] for m in personal.find(text, hosts=True)] == ["86.231.85.193", "2001:db8:0:0:0:0:2:1"]


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (checksums.luhn, "4111111111111111"),
        (checksums.bsn, "111222333"),
        (checksums.cpf, "52998224725"),
        (checksums.aadhaar, "234567890124"),
    ],
)
def test_a_checksum_refuses_every_other_digit_in_each_place(check, right):
    assert check(right)
    wrong = [right[:i] + d + right[i + 1 :] for i in range(len(right)) for d in "0123456789" if d != right[i]]
    assert not any(check(each) for each in wrong)
