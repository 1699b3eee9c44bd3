"""`gonogo attest`, `waive` and `approve` as a user calls them, in a real repository with real keys."""

import re
import subprocess

import pytest

from gonogo.cli import main
from gonogo.facts import Approval, Attestation, Waiver
from gonogo.ledger.signature import KeyStore
from gonogo.prove.attest import Attest
from gonogo.prove.base import Target
from gonogo.prove.subject import subject_of
from gonogo.system import load

CONTROL = "cost.provider-spend-limit"
REASON = "the wildcard origin stays until the portal has moved to a host of its own"
COMPENSATION = "credentials are never taken from cookies"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GONOGO_KEYS", str(tmp_path / "keys"))
    root = tmp_path / "repository"
    root.mkdir()
    author, reviewer = (KeyStore().new(name) for name in ("author", "reviewer"))
    (root / "gonogo.yaml").write_text(
        "name: test\nkinds: [llm-app]\nproviders: [{name: openai, account: org-1}]\nbudgets: {monthly_usd: 500}\n"
        f'owners: [{{name: author, key: "{author.public.text}", email: author@example.org}}]\n'
        f'approvers: [{{name: reviewer, key: "{reviewer.public.text}", email: reviewer@example.org}}]\n'
    )
    (root / "limits.csv").write_text("provider,account,limit_usd,date\nopenai,org-1,400,2026-01-02\n")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "first"]):
        identity = ["-c", "user.name=author", "-c", "user.email=author@example.org"]
        subprocess.run(["git", *identity, *command], cwd=root, check=True)
    monkeypatch.chdir(root)
    return root


def facts(root):
    declaration = load(root)
    target = Target(root=root, subject=subject_of(root, declaration), run="test", declaration=declaration)
    return list(Attest().collect(target)), target.problems


def attest(*more):
    return main(["attest", CONTROL, "--artifact", "limits.csv", "--statement", "the limits page was exported", *more])


def test_a_statement_is_signed_countersigned_and_read_back(repository, capsys):
    assert attest("--key", "author") == 0
    (path,) = (repository / "gonogo" / "statements").glob("*.json")
    said = capsys.readouterr().out
    assert f"git add gonogo/statements/{path.name}" in said and "another person runs" in said
    assert main(["attest", "--countersign", str(path), "--key", "reviewer"]) == 0
    (stated,), problems = facts(repository)
    assert isinstance(stated, Attestation) and not problems
    assert [(s.name, s.valid) for s in stated.signers] == [("author", True), ("reviewer", True)]
    assert stated.intact and all(c.holds for c in stated.checks)


def test_the_author_cannot_countersign(repository, capsys):
    attest("--key", "author")
    (path,) = (repository / "gonogo" / "statements").glob("*.json")
    assert main(["attest", "--countersign", str(path), "--key", "author"]) == 2
    assert "another person" in capsys.readouterr().err


def test_nothing_is_signed_while_a_machine_check_does_not_hold(repository, capsys):
    (repository / "limits.csv").write_text("provider,account\nopenai,org-1\n")
    assert attest("--key", "author") == 2
    assert "field openai.limit_usd: missing" in capsys.readouterr().err
    assert not (repository / "gonogo").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["attest"], "no control was named"),
        (["attest", "cost.provider-spend-limt"], "did you mean cost.provider-spend-limit"),
        (["attest", "reliability.timeouts-configured", "-s", "we looked at it"], "no statement stands in"),
        (["attest", CONTROL, "-s", "short"], "says nothing"),
        (["attest", CONTROL, "-s", "long enough", "--key", "author", "--field", "account"], "is not KEY=VALUE"),
        (
            ["attest", CONTROL, "-s", "long enough", "--key", "author", "--artifact", "no.csv"],
            "no file of the repository",
        ),
        (["attest", CONTROL, "-s", "long enough", "--key", "nobody"], "no signing key called 'nobody'"),
        (["attest", "--countersign", "gonogo.yaml", "--key", "reviewer"], "no DSSE envelope"),
        (["waive"], "no control was named"),
        (["waive", "access.cors", "--reason", "short"], "at least 40"),
        (["waive", "access.cors", "--reason", REASON], "compensating control is missing"),
        (["approve"], "nothing to approve"),
        (["approve", "--evidence", "abc"], "no digest of evidence"),
    ],
)
def test_wrong_use_is_a_sentence_with_a_mend_and_writes_nothing(repository, capsys, arguments, said):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error and "mend:" in error
    assert not (repository / "gonogo").exists()


def test_the_template_says_what_to_give(repository, capsys):
    assert main(["attest", CONTROL, "--template"]) == 0
    assert "openai.limit_usd" in capsys.readouterr().out


def test_a_waiver_is_written_for_its_owner_and_countersigned_by_an_approver(repository, capsys):
    from datetime import UTC, datetime, timedelta

    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    texts = ["--reason", REASON, "--compensation", COMPENSATION, "--expires", day]
    assert main(["waive", "access.cors", *texts, "--key", "author"]) == 0
    (path,) = (repository / "gonogo" / "statements").glob("*.json")
    assert main(["waive", "--countersign", str(path), "--key", "reviewer"]) == 0
    (waiver,), _ = facts(repository)
    assert isinstance(waiver, Waiver)
    assert (waiver.owner, waiver.expires.isoformat()) == ("author", day)
    assert [s.name for s in waiver.signers] == ["author", "reviewer"]
    assert f"through {day}" in capsys.readouterr().out


def test_a_waiver_of_an_unknown_control_is_refused_with_the_nearest(repository, capsys):
    from datetime import UTC, datetime

    texts = ["--reason", REASON, "--compensation", COMPENSATION, "--expires", datetime.now(UTC).date().isoformat()]
    assert main(["waive", "access.corse", *texts, "--key", "author"]) == 2
    assert "access.cors" in capsys.readouterr().err


def test_an_approval_is_for_the_tree_and_leaves_it_clean(repository):
    digest = "sha256:" + "a" * 64
    assert main(["approve", "--evidence", digest, "--law", "--key", "reviewer"]) == 0
    (approval,), _ = facts(repository)
    subject = subject_of(repository)
    assert isinstance(approval, Approval)
    assert (approval.subject, approval.evidence) == (subject.tree, digest)
    assert approval.law and approval.law.startswith("sha256:")
    assert not subject.dirty


def test_the_sample_that_gonogo_drew_is_filled_in_and_signed(repository, capsys):
    from datetime import UTC, datetime, timedelta

    from gonogo import assess
    from gonogo.facts import Declaration, ModelCall, Run
    from gonogo.ledger import Ledger

    released = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    declared = load(repository)
    run = Run(
        seen_at=released, run="r", method="records", collector="records", subject=subject_of(repository),
        started_at=released, environment="production",
    )  # fmt: skip
    calls = [
        ModelCall(seen_at=released + timedelta(minutes=4 * n), run="r", protocol="openai_chat", trace=f"trace-{n}")
        for n in range(40)
    ]
    other = repository.parent / "production"
    with Ledger.open(other) as kept:
        kept.extend([*calls, Declaration(seen_at=released, run="r", system=declared.system), run])
    control = "quality.live-sample-reviewed"
    template = ["attest", control, "--template", "--field", f"released_at={released.isoformat()}"]
    assert main([*template, "--evidence", str(other)]) == 0
    page = capsys.readouterr().out
    record = repository / "gonogo" / "statements" / "artifacts" / "sample.md"
    record.parent.mkdir(parents=True)
    record.write_text(page)
    sign = ["attest", control, "--artifact", str(record), "--statement", "the sample was read", "--key", "author"]
    assert main(sign) == 2
    assert "sample.md:" in capsys.readouterr().err
    filled = page.replace("<who read the sample>", "author").replace("<good or bad>", "good")
    filled = filled.replace("<what was seen>", "a right answer")
    record.write_text(
        re.sub(r"(reviewed_at: )<.*>", rf"\g<1>{datetime.now(UTC).replace(microsecond=0).isoformat()}", filled)
    )
    assert main(sign) == 0
    request = assess.Request(root=repository, profile="first-day", evidence=(other,), record=False)
    found = next(f for f in assess.check(request).findings if f.control == control)
    assert found.outcome == "pass", found.summary
    assert "20 of 30 interactions were read" in found.summary
