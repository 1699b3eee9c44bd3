"""What the proof on uploads says where a file is taken, lands elsewhere, or costs too much memory."""

import msgspec

from gonogo.facts import Exchange, LabFile, Measure
from tests.checks.lab_facts import changed, facts_of, judged

UPLOADS = "security-input.file-upload-limits"


def named(what, **fields):
    return changed(facts_of(UPLOADS), Exchange, lambda e: e.said == what, **fields)


def test_a_file_that_is_taken_fails():
    summary = judged(UPLOADS, named("an oversize file", status=201)).summary
    assert summary == "1 of 12 files of wrong kinds got another answer than 4xx: an oversize file"


def test_an_error_of_the_app_is_no_refusal():
    assert judged(UPLOADS, named("a zip bomb", status=500)).outcome == "fail"


def test_a_file_that_lands_elsewhere_fails():
    facts = facts_of(UPLOADS)
    seen = next(f for f in facts if isinstance(f, Measure))
    stray = LabFile(
        seen_at=seen.seen_at, run=seen.run, scenario=seen.scenario, case="refused", path="gonogo-escaped.txt",
        change="created", canaries=("a name that is a path",),
    )  # fmt: skip
    finding = judged(UPLOADS, [*facts, stray])
    assert (finding.summary, finding.evidence[0].path) == (
        "1 file landed outside of the area for uploads",
        "gonogo-escaped.txt",
    )


def test_a_service_that_takes_not_even_a_good_file_is_open():
    assert judged(UPLOADS, named("good", status=422)).outcome == "inconclusive"


def test_a_higher_limit_of_the_team_than_what_was_tried_is_open():
    assert "no more than the limit allows" in judged(UPLOADS, facts_of(UPLOADS), max_mib=50).summary


def test_memory_that_grows_with_a_file_fails():
    facts = [
        msgspec.structs.replace(f, value=300.0) if isinstance(f, Measure) and f.name == "memory-grown" else f
        for f in facts_of(UPLOADS)
    ]
    assert judged(UPLOADS, facts).summary == "one file made the app's memory grow by 300 MiB"
