from gonogo.prove.load.documents import MARK, documents, questions
from gonogo.prove.load.meter import Meter
from tests.prove.lab.rooms import room


def seen(meter):
    return {(r.step, r.by): r for r in meter.runs(room(), "peak", 10.0)}


def test_calls_are_counted_by_step_and_by_whose_they_are():
    meter = Meter()
    meter.saw("embeddings", 0.1, True, ["a question"])
    meter.saw("embeddings", 0.1, False, ["a text", f"{MARK} 7 and more"])
    meter.saw("query", 0.01, True)
    meter.saw("chat", 1.0, True)
    found = seen(meter)
    assert set(found) == {("embed", "queries"), ("embed", "indexer"), ("search", "queries")}
    assert (found["embed", "indexer"].texts, found["embed", "indexer"].failed) == (2, 1)


def test_a_stage_begins_with_no_calls_and_all_points():
    meter = Meter()
    meter.saw("upsert", 0.01, True, points=["a", "b"])
    meter.saw("query", 0.01, True)
    meter.begin()
    meter.saw("upsert", 0.01, True, points=["b", "c"])
    assert not seen(meter) and meter.points == {"a", "b", "c"}


def test_made_up_documents_are_always_the_same_and_each_different():
    made = list(documents(60))
    assert made == list(documents(60)) and len({page.content for page in made}) == 60
    assert all(MARK in sentence for page in made[12:] for _, text in page.sections for sentence in text.split(". "))
    assert not any(MARK in question for question in questions())
