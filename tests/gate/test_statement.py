from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import msgspec
import pytest

from gonogo.errors import VerificationError
from gonogo.gate import close_commands, decide
from gonogo.gate.statement import PAYLOAD_TYPE, read, write
from gonogo.ledger import dsse
from gonogo.ledger.signature import SigningKey
from tests.gate import build
from tests.gate.build import NOW


def decision(outcome="pass", **given):
    values = {
        "subject": build.subject(),
        "law_old": build.law(),
        "law_new": build.law(),
        "policy": build.policy(approvals=0),
        "now": NOW,
        "system": "shop front",
        "heads": {"laptop": "sha256:" + "1" * 64, "ci/2": "2" * 64},
        "gonogo": "0.1.0",
        "waivers": [build.waiver("cost.other")],
    }
    catalog = build.catalog(build.control())
    found = [build.finding(outcome=outcome)]
    return decide(found, catalog, build.profile("cost.example"), **{**values, **given})


def test_the_statement_is_an_in_toto_statement_with_the_verification_summary():
    made = json.loads(write(decision()))
    assert made["_type"] == "https://in-toto.io/Statement/v1"
    assert made["predicateType"] == "https://slsa.dev/verification_summary/v1"
    assert made["subject"] == [{"name": "shop front", "digest": {"sha256": "a" * 64, "gitCommit": build.COMMIT}}]
    predicate = made["predicate"]
    assert predicate["verifier"] == {"id": "pkg:pypi/gonogo", "version": {"gonogo": "0.1.0"}}
    assert predicate["timeVerified"] == "2026-03-10T12:00:00Z"
    assert predicate["resourceUri"] == f"pkg:generic/shop%20front@{build.COMMIT}"
    assert predicate["policy"]["uri"] == "base 1a2b3c4d5e6f"
    assert predicate["policy"]["digest"] == {"sha256": build.law().digest.removeprefix("sha256:")}
    assert predicate["verificationResult"] == "PASSED"
    assert predicate["verifiedLevels"] == ["GONOGO_PRE_LAUNCH"]
    assert [a["uri"] for a in predicate["inputAttestations"]] == [
        "gonogo:evidence", "gonogo:ledger/ci/2", "gonogo:ledger/laptop",
    ]  # fmt: skip
    assert predicate["inputAttestations"][0]["digest"] == {"sha256": decision().evidence.removeprefix("sha256:")}
    assert predicate["inputAttestations"][1]["digest"] == {"sha256": "2" * 64}
    assert predicate["inputAttestations"][2]["digest"] == {"sha256": "1" * 64}


def test_a_no_go_is_failed():
    predicate = json.loads(write(decision("fail")))["predicate"]
    assert (predicate["verificationResult"], predicate["verifiedLevels"]) == ("FAILED", ["FAILED"])


def test_a_dirty_state_is_named_by_its_tree():
    made = json.loads(write(decision(subject=build.subject(dirty=True))))
    assert made["subject"][0]["digest"] == {"sha256": "a" * 64}
    assert made["predicate"]["resourceUri"] == f"pkg:generic/shop%20front@sha256%3A{'a' * 64}"
    without = json.loads(write(decision(subject=build.subject(commit=None))))
    assert without["subject"][0]["digest"] == {"sha256": "a" * 64}
    assert without["predicate"]["resourceUri"].endswith("sha256%3A" + "a" * 64)


def test_names_and_digests_of_other_forms_are_told_apart():
    made = json.loads(write(decision(system="team/shop", subject=build.subject(tree="sha512:b/c", dirty=True))))
    assert made["subject"][0]["digest"] == {"sha512": "b/c"}
    assert made["predicate"]["resourceUri"] == "pkg:generic/team%2Fshop@sha512%3Ab%2Fc"


def test_without_a_name_or_a_law_the_fields_are_there_all_the_same():
    made = json.loads(write(decision(system="", law_old=None, law_new=None)))
    assert made["subject"][0]["name"] == "system"
    assert made["predicate"]["resourceUri"].startswith("pkg:generic/system@")
    assert made["predicate"]["policy"] == {"uri": "none", "digest": {}}


@pytest.mark.parametrize("outcome", ["pass", "fail", "not-collected"])
def test_the_decision_is_read_back_as_it_was(outcome):
    given = decision(outcome)
    assert read(write(given)) == given
    assert write(read(write(given))) == write(given)
    assert close_commands(read(write(given))) == close_commands(given)


def test_now_in_another_zone_is_the_same_decision():
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    assert write(decision(now=east)) == write(decision())
    assert json.loads(write(decision(now=datetime(2026, 3, 10, 12, 0, 0, 5, tzinfo=NOW.tzinfo))))["predicate"][
        "timeVerified"
    ] == "2026-03-10T12:00:00.000005Z"  # fmt: skip


def test_signed_and_sealed_it_verifies_offline_with_the_public_key():
    signing, other = SigningKey.generate("ci"), SigningKey.generate("other")
    envelope = dsse.parse(dsse.seal(write(decision()), PAYLOAD_TYPE, [signing]))
    assert envelope.payload_type == "application/vnd.in-toto+json"
    assert envelope.signed_by(signing.public) and not envelope.signed_by(other.public)
    assert read(envelope.payload) == decision()


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"not json", "is no decision of gonogo"),
        (b"[]", "is no decision of gonogo"),
        (b"{}", "is no decision of gonogo: 'predicate'"),
        (b'{"predicate": {}}', "is no decision of gonogo: 'gonogo_decision'"),
        (b'{"predicate": {"gonogo_decision": {"verdict": "MAYBE"}}}', "is no decision of gonogo"),
    ],
)
def test_what_is_no_decision_is_refused_in_a_sentence(payload, says):
    with pytest.raises(VerificationError, match=says) as error:
        read(payload)
    assert error.value.exit_code == 1
    assert error.value.mend == "check that the right file was given"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("_type",), "https://in-toto.io/Statement/v0.1"),
        (("predicateType",), "https://example.org/other"),
        (("subject",), []),
        (("predicate", "verificationResult"), "PASSED"),
        (("predicate", "verifiedLevels"), ["GONOGO_PRE_LAUNCH"]),
        (("predicate", "timeVerified"), "2027-01-01T00:00:00Z"),
        (("predicate", "resourceUri"), "pkg:generic/other@1"),
        (("predicate", "policy"), {}),
        (("predicate", "inputAttestations"), []),
        (("predicate", "verifier"), {"id": "https://example.org"}),
    ],
)
def test_standard_fields_that_contradict_the_decision_are_refused(path, value):
    made = json.loads(write(decision("fail")))
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(VerificationError, match="contradicts the decision that it carries: " + ".".join(path)) as error:
        read(msgspec.json.encode(made))
    assert error.value.mend.startswith("do not trust it")


def test_a_verdict_turned_inside_the_decision_contradicts_the_standard_fields():
    made = json.loads(write(decision("fail")))
    made["predicate"]["gonogo_decision"]["verdict"] = "GO"
    with pytest.raises(VerificationError, match=r"predicate\.verificationResult, predicate\.verifiedLevels"):
        read(msgspec.json.encode(made))


def test_what_others_add_to_the_predicate_is_ignored():
    made = json.loads(write(decision()))
    made["predicate"]["slsaVersion"] = "1.0"
    assert read(msgspec.json.encode(made)) == decision()
