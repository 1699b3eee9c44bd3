"""The app's own indexer gets documents, and what it made of them is read back from the store."""

import sys

import pytest

from gonogo.errors import CollectError
from gonogo.facts import AppLog, LabDocument, StoredPoint
from gonogo.facts.declaration import Index, Service, System
from gonogo.facts.lab_declaration import Lab
from gonogo.prove.lab.indexing import FOLDER, Indexer
from gonogo.prove.lab.pages import pages
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Scenario
from gonogo.prove.lab.session import Session
from tests.prove.lab.rooms import room

INGEST = """
import json, os, pathlib, sys, time, urllib.request

def put(path, body):
    url = os.environ["STORE"] + "/collections/docs" + path
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), method="PUT")).close()

put("", {"vectors": {"size": 2, "distance": "Cosine"}})
for number, file in enumerate(sorted(pathlib.Path(sys.argv[1]).glob("*.md")), 1):
    text = file.read_text()
    put("/points", {"points": [{"id": number, "vector": [0.5, 1], "payload": {"text": text, "source": file.name}}]})
    print("indexed", file.name, flush=True)
    if "wait" in sys.argv:
        time.sleep(60)
"""


def play(tmp_path, *more):
    (tmp_path / "ingest.py").write_text(INGEST)
    index = Index(name="docs", ingest=(sys.executable, "ingest.py", "{folder}", *more))
    service = Service(start=(sys.executable, "-m", "http.server", "8126"), port=8126)
    system = System(name="app", service=service, indexes=(index,), lab=Lab(point={"STORE": "qdrant"}))
    return Play(Scenario(scenario="s", title="t"), Session(root=tmp_path, system=system, room=room()))


def kept(played, kind):
    return [fact for fact in played.session.room.facts if isinstance(fact, kind)]


async def test_documents_are_laid_down_indexed_and_read_back(tmp_path):
    played = play(tmp_path)
    first, second, *_ = pages()
    async with played.session:
        indexer = Indexer(played)
        indexer.put(first, second)
        came = await indexer.run()
        indexer.read_back(vectors=True)
        indexer.remove(second)
        assert [p.name for p in (played.session.box.copy / FOLDER).iterdir()] == [first.name]
    assert came.exit_code == 0
    assert [(d.name, d.trait) for d in kept(played, LabDocument)] == [
        (first.name, ""), (second.name, ""), (second.name, "removed"),
    ]  # fmt: skip
    assert [(p.index, p.point, p.payload["source"], p.vector) for p in kept(played, StoredPoint)] == [
        ("docs", "1", first.name, "AAAAPwAAgD8="),
        ("docs", "2", second.name, "AAAAPwAAgD8="),
    ]
    assert [(line.stream, line.text) for line in kept(played, AppLog)] == [
        ("stdout", f"indexed {first.name}"), ("stdout", f"indexed {second.name}"),
    ]  # fmt: skip


async def test_a_run_that_takes_too_long_is_killed_and_what_it_wrote_stays(tmp_path):
    played = play(tmp_path, "wait")
    async with played.session:
        indexer = Indexer(played)
        indexer.put(*list(pages())[:2])
        came = await indexer.run(deadline_s=8, must=False)
        indexer.read_back()
    assert came.exit_code is None
    assert len(kept(played, StoredPoint)) == 1


async def test_a_run_that_ends_badly_says_how(tmp_path):
    played = play(tmp_path)
    (tmp_path / "ingest.py").write_text("raise SystemExit(3)")
    async with played.session:
        with pytest.raises(CollectError, match=r"indexes\[docs\]\.ingest ended with 3"):
            await Indexer(played).run()


async def test_an_index_that_nobody_says_how_to_fill_is_not_guessed(tmp_path):
    played = Play(
        Scenario(scenario="s", title="t"), Session(root=tmp_path, system=System(name="app"), room=room())
    )  # fmt: skip
    with pytest.raises(CollectError, match=r"indexes\[\]\.ingest"):
        Indexer(played)
