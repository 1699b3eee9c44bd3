import msgspec
import pytest

from gonogo.facts import AppLog, Exchange, LabDocument, ScenarioRun, StoredPoint
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

EXTRACTION = "retrieval.extraction-tested"


def said(facts, *texts):
    """The same facts where the hard run prints this instead."""
    line = next(f for f in facts if isinstance(f, AppLog) and f.case == "hard")
    return [*without(facts, AppLog, "hard"), *(msgspec.structs.replace(line, text=text) for text in texts)]


def point(facts, text, source="scan.pdf"):
    """The same facts with a further point in the store."""
    one = next(f for f in facts if isinstance(f, StoredPoint) and f.case == "hard")
    return [*facts, msgspec.structs.replace(one, point="further", payload={"source": source, "text": text})]


def scan(facts):
    return next(text for f in facts if isinstance(f, LabDocument) and f.trait == "scan" for _, text in f.sections)


BROKEN = ("damaged.docx", "damaged.pdf", "empty.pdf")
REPORTS = [f"left out {name}: it cannot be read" for name in BROKEN]


def test_a_file_that_is_not_read_and_not_named_is_a_silent_loss():
    finding = judged(EXTRACTION, said(facts_of(EXTRACTION), *REPORTS))
    assert finding.outcome == "fail"
    assert [e.detail for e in finding.evidence] == ["scan.pdf is lost, and the output of the run does not say so"]


def test_that_every_file_is_named_as_it_comes_is_no_report_of_those_that_fail():
    names = ["columns.pdf", *BROKEN, "letter.docx", "page.html", "scan.pdf", "table.pdf"]
    finding = judged(EXTRACTION, said(facts_of(EXTRACTION), *(f"reading {name} (12 bytes)" for name in names)))
    assert finding.outcome == "fail" and len(finding.evidence) == 4


def test_a_scan_may_lack_a_few_words_where_it_is_taken():
    facts = declared_each(facts_of(EXTRACTION), "indexes", formats=("pdf", "docx", "html", "scan"))
    words = scan(facts).split()
    most = " ".join(word for number, word in enumerate(words) if number % 12)
    assert judged(EXTRACTION, point(facts, most)).outcome == "pass"
    half = judged(EXTRACTION, point(facts, " ".join(words[:30])))
    assert half.outcome == "fail" and "scan.pdf" in half.summary


def test_a_file_that_is_taken_and_not_read_fails_even_where_the_run_says_so():
    facts = declared_each(facts_of(EXTRACTION), "indexes", formats=("pdf", "docx", "html", "scan"))
    finding = judged(EXTRACTION, facts)
    assert finding.outcome == "fail" and "scan.pdf: " in finding.summary


def test_words_out_of_order_fail():
    facts = []
    for fact in facts_of(EXTRACTION):
        if isinstance(fact, StoredPoint) and fact.case == "hard" and fact.payload["source"] == "letter.docx":
            words = sorted(fact.payload["text"].split())
            fact = msgspec.structs.replace(fact, payload=fact.payload | {"text": " ".join(words)})
        facts.append(fact)
    finding = judged(EXTRACTION, facts)
    assert finding.outcome == "fail" and "letter.docx: 100% of the words" in finding.summary


def test_points_that_name_no_source_are_known_by_their_words():
    facts = [
        msgspec.structs.replace(f, payload={"text": f.payload["text"]}) if isinstance(f, StoredPoint) else f
        for f in facts_of(EXTRACTION)
    ]
    assert judged(EXTRACTION, facts).outcome == "pass"


def test_a_run_that_broken_files_end_is_told_with_its_last_words():
    facts = changed(facts_of(EXTRACTION), Exchange, lambda e: e.case == "hard", exit_code=1, error="Traceback: boom")
    finding = judged(EXTRACTION, without(facts, StoredPoint, "hard"))
    assert finding.outcome == "fail"
    assert finding.evidence[-1].detail == "the run ended with 1: Traceback: boom"


def test_a_run_that_does_not_end_fails():
    facts = changed(facts_of(EXTRACTION), Exchange, lambda e: e.case == "hard", exit_code=None)
    assert judged(EXTRACTION, facts).outcome == "fail"


@pytest.mark.parametrize("exit_code", [0, 3])
def test_a_run_that_reports_by_its_exit_code_as_well_passes(exit_code):
    facts = changed(facts_of(EXTRACTION), Exchange, lambda e: e.case == "hard", exit_code=exit_code)
    assert judged(EXTRACTION, facts).outcome == "pass"


def test_which_kinds_of_files_it_takes_must_be_declared():
    finding = judged(EXTRACTION, declared_each(facts_of(EXTRACTION), "indexes", formats=()))
    assert finding.outcome == "inconclusive" and "indexes[].formats" in finding.fix


def test_without_a_plain_document_in_the_store_nothing_is_concluded():
    assert judged(EXTRACTION, without(facts_of(EXTRACTION), StoredPoint, "ingest")).outcome == "inconclusive"


def test_a_case_that_was_not_played_concludes_nothing():
    facts = changed(facts_of(EXTRACTION), ScenarioRun, lambda r: True, cases=("ingest",))
    assert judged(EXTRACTION, facts).outcome == "inconclusive"
