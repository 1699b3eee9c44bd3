import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.prove.lab.standins.corpus import POINTS, Corpus, Shelf, similarity
from gonogo.wire.store import Index, Point, Query
from tests.prove.lab.rooms import room

FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def test_similarity_is_that_of_the_metric():
    assert similarity("cosine", (1.0, 0.0), (2.0, 2.0)) == pytest.approx(0.7071, abs=1e-4)
    assert similarity("dot", (1.0, 2.0), (3.0, 4.0)) == 11.0
    assert similarity("l2", (1.0, 2.0), (4.0, 6.0)) == -25.0
    assert similarity("cosine", (0.0, 0.0), (1.0, 0.0)) == 0.0


@given(st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=4), st.sampled_from(["cosine", "dot", "l2"]))
def test_a_score_is_always_a_number_that_json_can_carry(pairs, metric):
    one, other = zip(*pairs, strict=True)
    assert -1e300 <= similarity(metric, one, other) <= 1e300


def test_words_find_the_texts_in_which_they_stand_most():
    corpus = Corpus(room())
    shelf = corpus.create(Index(name="docs"))
    for id, text in enumerate(("open office", "the open open office", "closed shop")):
        shelf.put(Point(id=id, payload={"text": text}))
    assert [hit.point.id for hit in corpus.search(shelf, Query(words="Open!"))] == [1, 0]


def test_versions_count_up_and_the_one_before_is_kept():
    shelf = Shelf(Index(name="docs"))
    for text in ("first", "second", "third"):
        shelf.put(Point(id=1, payload={"text": text}))
    new, old = shelf.points[1]
    assert (new.version, new.payload["text"], old.version, old.payload["text"]) == (3, "third", 2, "second")


def test_an_index_takes_no_more_points_than_its_limit(monkeypatch):
    monkeypatch.setattr("gonogo.prove.lab.standins.corpus.POINTS", 2)
    shelf = Shelf(Index(name="docs"))
    for id in range(3):
        shelf.put(Point(id=id))
    assert set(shelf.points) == {0, 1}
    assert POINTS >= 100_000
