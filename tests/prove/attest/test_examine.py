"""The machine checks of an artefact, each in a case where it holds and one where it does not."""

import struct
import zlib

import pytest

from gonogo.prove.attest.artifacts import FIELDS, fields_of, file_checks, kind_of_file
from gonogo.prove.attest.forms import FORMS, form_of
from gonogo.prove.attest.templates import describe


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + header + rows + chunk(b"IEND", b"")


def holds(checks):
    return {c.name: c.holds for c in checks}


def checks_of(office):
    return holds(office.read()[0][0].checks)


@pytest.mark.parametrize(
    ("name", "content", "fine"),
    [
        ("shot.png", png(800, 600), True),
        ("shot.png", png(1, 1), False),
        ("shot.png", png(800, 600)[:-20], False),
        ("shot.png", b"not a picture, but a text of some length", False),
        ("shot.jpg", b"\xff\xd8\xff" + b"x" * 900 + b"\xff\xd9", True),
        ("shot.jpg", b"\xff\xd8\xff" + b"x" * 900, False),
        ("bill.pdf", b"%PDF-1.7\n" + b"x" * 900 + b"\n%%EOF\n", True),
        ("bill.pdf", b"%PDF-1.7\n" + b"x" * 900, False),
        ("note.md", b"a note of some length, and with words", True),
        ("note.md", b"   \n  \n", False),
        ("note.md", b"\x7fELF\0\0\0" * 10, False),
        ("archive", b"PK\x03\x04\0\0" * 10, False),
    ],
)
def test_a_file_is_what_its_name_says_and_not_an_empty_stand_in(name, content, fine):
    assert all(c.holds for c in file_checks(name, content)) is fine


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "provider,account,limit_usd\nOpenAI,org-1,500\n"),
        ("a.json", '[{"provider": "OpenAI", "account": "org-1", "limit_usd": 500}]'),
        ("b.json", '{"openai": {"account": "org-1", "limit usd": 500}}'),
        ("a.yaml", "openai:\n  account: org-1\n  limit_usd: 500\n"),
        ("a.md", "# Limits\n\n| provider | account | limit_usd |\n|---|---|---|\n| openai | org-1 | 500 |\n"),
        ("b.md", "- **openai.account:** org-1\n- openai.limit_usd: 500\n"),
    ],
)
def test_figures_are_read_from_every_form(name, text):
    assert fields_of(name, text.encode()) == {"openai.account": "org-1", "openai.limit_usd": "500"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"[" * 100_000),
        ("a.yaml", b"a: &a [*a]\nb: {"),
        ("a.yaml", b"!!python/object/apply:os.system ['true']"),
        ("a.csv", b'"'),
        ("a.png", png(10, 10)),
        ("a.csv", b""),
    ],
)
def test_a_broken_artefact_gives_no_figures_and_no_crash(name, content):
    assert fields_of(name, content) == {}
    assert kind_of_file(content) in ("text", "png", "binary")


def test_a_yaml_bomb_stays_small():
    bomb = "a0: &a0 {x: y}\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    assert len(fields_of("a.yaml", bomb.encode())) <= FIELDS


def test_missing_fields_are_named_per_provider(office):
    office.sign("cost.provider-spend-limit", content=b"provider,account,date\nopenai,org-1,2026-05-30\n", name="a.csv")
    found = checks_of(office)
    assert found["field openai.account"] and not found["field openai.limit_usd"]


def test_a_date_of_looking_after_the_signature_does_not_hold(office):
    office.sign(content=b"a record of some length", date="2026-06-01", age_days=1)
    assert not checks_of(office)["date date"]


@pytest.mark.parametrize(("day", "fine"), [("2026-06-01", True), ("2026-05-31", False), ("soon", False)])
def test_a_named_review_date_is_not_past(office, day, fine):
    office.sign(content=b"a record of some length", review_by=day)
    assert checks_of(office)["date review_by"] is fine


def test_statement_and_artefact_may_not_differ(office):
    office.sign(content=b"date: 2026-05-30\nand more words", date="2026-05-29")
    assert not checks_of(office)["agreement"]


def test_a_part_that_changed_since_the_signature_is_said(office):
    import msgspec

    from gonogo.prove.attest.statement import Attested
    from gonogo.prove.attest.writing import write

    from .conftest import NOW

    stated = Attested(
        control="security-input.red-team-done",
        statement="",
        author=office.author.id,
        signed_at=NOW,
        fingerprints={"code": "sha256:1"},
    )
    write(office.root, stated, office.author)
    assert checks_of(office)["unchanged code"]
    office.subject = msgspec.structs.replace(office.subject, fingerprints={"code": "sha256:2"})
    assert not checks_of(office)["unchanged code"]


def report(
    status="fixed", severity="critical", tester="reviewer@example.org", sections="## Scope\n\nall\n\n## Findings\n"
):
    return (
        f"# Report\n\n- scope: /ask\n- release: 1\n- tester: {tester}\n- date: 2026-05-30\n\n{sections}\n"
        f"| id | severity | status |\n|---|---|---|\n| F1 | {severity} | {status} |\n"
    ).encode()


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (report(), []),
        (report(status="accepted by the owner"), []),
        (report(status="open", severity="minor"), []),
        (report(status="open"), ["finding f1"]),
        (report(status=""), ["finding f1"]),
        (report(tester="author@example.org"), ["tester"]),
        (report(sections="## Findings\n"), ["section scope"]),
    ],
)
def test_a_red_team_report_has_scope_an_independent_tester_and_no_open_critical_finding(office, content, wrong):
    office.sign("security-input.red-team-done", content=content)
    assert [name for name, fine in checks_of(office).items() if not fine] == wrong


@pytest.mark.parametrize(
    ("line", "fine"),
    [
        ("└─vg-data  crypt  /var/lib/data", True),
        ("vg-data: LUKS2, active", True),
        ("vg-data: encrypted", True),
        ("vg-data  part  /var/lib/data", False),
        ("vg-data: not encrypted", False),
        ("vg-data: Encrypted: No", False),
        ("vg-data2  crypt  /var/lib/data", False),
    ],
)
def test_each_volume_is_seen_to_be_encrypted_in_the_output(office, line, fine):
    given = {"host": "db-1", "stores": "main", "volumes": "vg-data", "date": "2026-05-30"}
    office.sign("access.encryption-at-rest", content=f"root@db-1 # lsblk\n{line}\n".encode(), name="d.txt", **given)
    found = checks_of(office)
    assert found["volume vg-data"] is fine and found["host"]


def test_the_output_is_of_the_named_host(office):
    given = {"host": "db-2", "stores": "main", "volumes": "vg", "date": "2026-05-30"}
    office.sign("access.encryption-at-rest", content=b"root@db-1 # lsblk\nvg crypt\n", name="d.txt", **given)
    assert not checks_of(office)["host"]


@pytest.mark.parametrize("control", [*FORMS, "data.explanations"])
def test_every_form_prints_its_fields_and_the_command(control):
    page = describe(control)
    assert f"gonogo attest {control}" in page and all(
        key.replace("*", "PROVIDER") in page for key in form_of(control).fields
    )
