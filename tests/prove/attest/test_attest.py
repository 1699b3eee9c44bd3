"""Signed statements as the collector reads them: who signed, whether it is intact, and what is no statement at all."""

import base64
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gonogo.errors import UsageError
from gonogo.facts import Approval, Attestation, Waiver
from gonogo.ledger.dsse import seal
from gonogo.prove.attest.reading import LARGEST
from gonogo.prove.attest.statement import DIRECTORY, PAYLOAD_TYPE, Approved, Attested, Waived
from gonogo.prove.attest.writing import countersign, write

from .conftest import NOW

REPORT = b"# Cost report\n\nTotal: 212.40 USD of 500 USD\n"


def test_a_statement_names_its_author_first_and_then_who_countersigned(office):
    path = office.sign(content=REPORT, date="2026-05-30")
    countersign(path, office.reviewer, {})
    facts, problems = office.read()
    (stated,) = facts
    assert [(s.name, s.valid) for s in stated.signers] == [("author", True), ("reviewer", True)]
    assert stated.intact and stated.path == f"{DIRECTORY}/{path.name}" and not problems
    assert stated.seen_at == NOW - timedelta(days=1)


def test_the_author_stays_first_when_the_signatures_are_reordered(office):
    path = office.sign()
    countersign(path, office.reviewer, {})
    envelope = json.loads(path.read_text())
    envelope["signatures"].reverse()
    path.write_text(json.dumps(envelope))
    assert [s.name for s in office.read()[0][0].signers] == ["author", "reviewer"]


def test_a_key_that_nobody_is_known_by_gives_no_name_and_no_validity(office):
    office.sign(key=office.stranger)
    assert [(s.name, s.valid) for s in office.read()[0][0].signers] == [(None, False)]


def test_people_of_the_law_in_force_are_known_even_when_the_judged_state_dropped_them(office):
    office.sign()
    empty = replace(office.system, owners=(), approvers=())
    assert office.read(system=empty)[0][0].signers[0].name is None
    assert office.read(system=empty, law=office.system)[0][0].signers[0].name == "author"


def test_a_changed_statement_has_no_valid_signature(office):
    path = office.sign(date="2026-05-30")
    envelope = json.loads(path.read_text())
    payload = base64.b64decode(envelope["payload"]).replace(b"2026-05-30", b"2026-05-31")
    path.write_text(json.dumps(envelope | {"payload": base64.b64encode(payload).decode()}))
    (stated,) = office.read()[0]
    assert stated.fields["date"] == "2026-05-31" and not stated.signers[0].valid


def test_a_signature_copied_under_another_key_id_is_not_valid(office):
    path = office.sign()
    envelope = json.loads(path.read_text())
    envelope["signatures"].append(envelope["signatures"][0] | {"keyid": office.reviewer.id})
    path.write_text(json.dumps(envelope))
    assert [(s.name, s.valid) for s in office.read()[0][0].signers] == [("author", True), ("reviewer", False)]


def test_an_artefact_that_changed_or_went_is_not_intact(office):
    office.sign(content=REPORT)
    (office.root / "record.md").write_bytes(REPORT + b"and more\n")
    assert not office.read()[0][0].intact
    (office.root / "record.md").unlink()
    assert not office.read()[0][0].intact


@pytest.mark.parametrize("artifact", ["../outside.md", "/etc/hostname", "linked.md"])
def test_an_artefact_outside_the_repository_is_never_read(office, artifact):
    outside = office.root.parent / "outside.md"
    outside.write_bytes(REPORT)
    (office.root / "linked.md").symlink_to(outside)
    stated = Attested(
        control="cost.monthly-cost-review",
        statement="",
        author=office.author.id,
        signed_at=NOW,
        artifact=artifact,
    )
    write(office.root, stated, office.author, REPORT)
    assert not office.read()[0][0].intact


def test_waivers_and_approvals_are_read_with_their_signers(office):
    waived = Waived(
        control="access.cors",
        owner="author",
        reason="r" * 40,
        compensation="c" * 20,
        expires=date(2026, 6, 30),
        author=office.author.id,
        signed_at=NOW,
    )
    approved = Approved(subject="sha256:0", author=office.reviewer.id, signed_at=NOW, evidence="sha256:" + "0" * 64)
    write(office.root, waived, office.author)
    write(office.root, approved, office.reviewer)
    facts, problems = office.read()
    waiver = next(f for f in facts if isinstance(f, Waiver))
    approval = next(f for f in facts if isinstance(f, Approval))
    assert (waiver.expires, waiver.signers[0].name) == (date(2026, 6, 30), "author")
    assert (approval.evidence, approval.signers[0].name) == (approved.evidence, "reviewer")
    assert not problems


def broken(office):
    """Every way of being no statement, by name."""
    whole = office.sign().read_bytes()
    sealed = lambda payload, kind=PAYLOAD_TYPE: seal(payload, kind, [office.author])  # noqa: E731
    inner = json.loads(base64.b64decode(json.loads(whole)["payload"]))
    changed = lambda **with_: sealed(json.dumps(inner | with_).encode())  # noqa: E731
    predicate = lambda **with_: changed(predicate=inner["predicate"] | with_)  # noqa: E731
    return {
        "empty": b"",
        "truncated": whole[: len(whole) // 2],
        "no JSON": b"\xff\xfe\x00",
        "a list": b"[]",
        "deep": b"[" * 100_000,
        "huge": b" " * (LARGEST + 1),
        "foreign type": sealed(b"{}", "text/plain"),
        "foreign predicate": changed(predicateType="https://slsa.dev/provenance/v1"),
        "no subject": changed(subject=[]),
        "unknown key": predicate(extra=1),
        "no zone": predicate(signed_at="2026-05-01T00:00:00"),
        "in the future": predicate(signed_at="2026-06-02T00:00:00Z"),
        "no control": predicate(control="../../etc"),
        "payload no JSON": sealed(b"\xff{"),
        "payload deep": sealed(b"[" * 100_000),
    }


def test_a_file_that_is_no_statement_is_a_problem_and_the_others_still_count(office):
    files = broken(office)
    for number, content in enumerate(files.values()):
        (office.root / DIRECTORY / f"x{number:02}.json").write_bytes(content)
    (office.root / DIRECTORY / "y.json").mkdir()
    (office.root / DIRECTORY / "z.json").symlink_to("/dev/zero")
    (office.root / DIRECTORY / "note.md").write_text("no statement, and none is expected")
    facts, problems = office.read()
    assert [type(f) for f in facts] == [Attestation]
    assert len(problems) == len(files)
    for number, (name, problem) in enumerate(zip(files, problems, strict=True)):
        assert problem.startswith(f"{DIRECTORY}/x{number:02}.json"), name


def test_nothing_is_read_where_there_is_no_directory_or_a_link_to_another(office, tmp_path_factory):
    assert office.read() == ([], [])
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (office.root / "gonogo").mkdir()
    (office.root / DIRECTORY).symlink_to(elsewhere)
    (elsewhere / "a.json").write_text("{}")
    assert office.read() == ([], [])


def test_nobody_countersigns_their_own_statement_nor_twice(office):
    path = office.sign()
    with pytest.raises(UsageError, match="signed by you"):
        countersign(path, office.author, {})
    names = {office.author.id: "author", office.stranger.id: "author"}
    with pytest.raises(UsageError, match="signed by you"):
        countersign(path, office.stranger, names)
    countersign(path, office.reviewer, {})
    with pytest.raises(UsageError, match="already"):
        countersign(path, office.reviewer, {})


def test_a_secret_is_refused_when_signing(office):
    fake = "sk-" + "proj-" + "Zx9Qw8Er7Ty6Ui5Op4As3Df2Gh1Jk0LzMn"
    with pytest.raises(UsageError, match="secret"):
        office.sign(note=fake)
    assert not list(office.root.rglob("*.json"))


def test_the_same_statement_is_not_written_twice(office):
    path = office.sign()
    before = path.read_bytes()
    with pytest.raises(Exception, match="exists already"):
        office.sign()
    assert path.read_bytes() == before and len(list(path.parent.iterdir())) == 1
