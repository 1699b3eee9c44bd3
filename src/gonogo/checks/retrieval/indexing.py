"""The app's own indexer, by the lab: what it makes of documents that come, change, go, come again, or are no good."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.documents import field_of, filled, of_document, reads, sentences, text_of
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Declaration, Exchange, LabDocument, ScenarioRun, StoredPoint
from gonogo.facts.declaration import Index

NOTHING_CAME = "nothing that the indexer made of the lab's documents arrived in the lab's store"
_POINT = "point the indexer at the lab's store: lab: {point: {QDRANT_URL: qdrant}} in gonogo.yaml"
Wrong = list[tuple[Exchange | Journey, str]]


def held(points: Iterable[StoredPoint], case: str) -> list[StoredPoint]:
    """Return what the store held at the end of a case."""
    return [p for p in points if p.case == case]


def stored(
    declared: Sequence[Declaration], documents: Iterable[LabDocument], points: Iterable[StoredPoint]
) -> tuple[Index, list[StoredPoint]] | Answer:
    """Return the index that the lab filled, with the points made of its documents; or say that there are none."""
    index, points = filled(declared), list(points)
    if index is None:
        return inconclusive("gonogo.yaml does not say how documents are indexed", fix="add indexes[].ingest")
    known = {p.point for d in documents for p in of_document(d, points, index)}
    if not known:
        return inconclusive(NOTHING_CAME, fix=_POINT)
    return index, [p for p in points if p.point in known]


def ingested(
    declared: Sequence[Declaration], documents: Iterable[LabDocument], points: Iterable[StoredPoint],
    runs: Sequence[ScenarioRun],
) -> tuple[Index, list[StoredPoint]] | Answer:  # fmt: skip
    """Return the same of a scenario whose one case is an ingest; or say that it was not played."""
    return unplayed(runs, "ingest") or stored(declared, documents, held(points, "ingest"))


@check(
    "retrieval.incremental-indexing", by="lab", scenario="incremental-indexing",
    needs=(Journey, Declaration, LabDocument, StoredPoint, Exchange, ScenarioRun), optional=(StoredPoint,),
)  # fmt: skip
def incremental_indexing_by_lab(
    journeys: list[Journey], declared: list[Declaration], documents: list[LabDocument], points: list[StoredPoint],
    exchanges: list[Exchange], runs: list[ScenarioRun], limits: Any,
) -> Answer:  # fmt: skip
    """A document that is added, changed or removed is so in the index and in answers, and nothing else is touched."""
    if bad := unhealthy(journeys) or unplayed(runs, "added", "changed", "removed"):
        return bad
    found = stored(declared, documents, held(points, "ingest"))
    if isinstance(found, Answer):
        return found
    index, _ = found
    gone = next(d for d in documents if d.trait == "removed")
    news = {d.case: d for d in documents if d.case in ("added", "changed")}
    old = next(d for d in documents if d.case == "ingest" and d.name == news["changed"].name)
    indexed = {e.case: e for e in exchanges if e.purpose == "ingest"}
    wrong: Wrong = []
    for before, after, document in (("ingest", "added", news["added"]), ("added", "changed", news["changed"]),
                                    ("changed", "removed", gone)):  # fmt: skip
        touched = _touched(held(points, before), held(points, after), _versions(documents, document), index)
        if len(touched) > limits.touched_other_chunks:
            chunks = counted(touched, "chunk of another document was", "chunks of other documents were")
            wrong.append((indexed[after], f"{after}: {chunks} written anew or removed"))
    for case, document in news.items():
        seen = [j for j in of(journeys, case) if reads(j, _sentences(document, -1))]
        since = indexed[case].started_s
        if not seen:
            wrong.append((indexed[case], f"{case}: what is new in {document.name} did not reach the model"))
        elif (waited := seen[0].exchange.started_s + seen[0].seconds - since) > limits.visible_s:
            wrong.append((seen[0], f"{case}: {document.name} was found after {waited:.0f} s"))
    was = [s for s in sentences(old) if s not in sentences(news["changed"])]
    wrong += _remains(journeys, points, index, "changed", was, f"what {old.name} said before")
    wrong += _remains(journeys, points, index, "removed", sentences(gone), f"the removed {gone.name}")
    if wrong:
        return failed("single documents are not added, changed and removed by themselves", wrong)
    return passed(
        "one document was added, one changed, one removed: at once in answers, and no other chunk was touched"
    )


def _sentences(document: LabDocument, section: int) -> list[str]:
    """Return the sentences of one section: what is new of a changed document stands in its last."""
    return sentences(msgspec.structs.replace(document, sections=document.sections[section:][:1]))


def _versions(documents: Iterable[LabDocument], document: LabDocument) -> list[LabDocument]:
    return [d for d in documents if d.name == document.name]


def _touched(
    before: list[StoredPoint], after: list[StoredPoint], versions: list[LabDocument], index: Index
) -> set[str]:
    """Return the ids of points of other documents that differ, were written again, came or went."""
    own = {p.point for d in versions for p in (*of_document(d, before, index), *of_document(d, after, index))}
    was, now = (
        {p.point: (p.version, p.text, p.payload) for p in side if p.point not in own} for side in (before, after)
    )
    return {id for id in was.keys() | now.keys() if was.get(id) != now.get(id)}


def _remains(
    journeys: Sequence[Journey], points: Sequence[StoredPoint], index: Index, case: str, words: list[str], what: str
) -> Wrong:
    """Say where words that are gone still stand: in the store, or before the model."""
    asked = of(journeys, case)
    wrong: Wrong = []
    if any(s in text_of(p, index) for p in held(points, case) for s in words):
        wrong.append((asked[0], f"{case}: {what} is still in the store"))
    late = asked if case == "removed" else asked[-1:]
    if any(reads(j, words) for j in late):
        wrong.append((asked[-1], f"{case}: {what} still reaches the model"))
    return wrong


@check(
    "retrieval.indexing-idempotent", by="lab", scenario="indexing-idempotent",
    needs=(Declaration, LabDocument, StoredPoint, Exchange, ScenarioRun), optional=(StoredPoint,),
)  # fmt: skip
def indexing_idempotent_by_lab(
    declared: list[Declaration], documents: list[LabDocument], points: list[StoredPoint], exchanges: list[Exchange],
    runs: list[ScenarioRun], limits: Any,
) -> Answer:  # fmt: skip
    """A second run, and one that resumes a killed one, leave the index as the first run made it."""
    if bad := unplayed(runs, "first", "second", "resumed"):
        return bad
    found = stored(declared, documents, held(points, "first"))
    if isinstance(found, Answer):
        return found
    index, _ = found
    indexed = {e.case: e for e in exchanges if e.purpose == "ingest"}
    if indexed["killed"].exit_code == 0:
        return inconclusive(
            "the run that was to be killed had ended before: it wrote nothing that could be held up",
            [indexed["killed"]],
        )
    first = held(points, "first")
    wrong: Wrong = []
    for case in ("second", "resumed"):
        wrong += [
            (indexed[case], f"{case}: {words}") for words in _differences(first, held(points, case), index, limits)
        ]
    if wrong:
        return failed("indexing the same documents again gives another index", wrong)
    return passed(
        f"{counted(first, 'chunk', 'chunks')}: the same ids, texts and vectors after a second run, and after one that "
        "was killed and resumed"
    )


def _differences(one: list[StoredPoint], other: list[StoredPoint], index: Index, limits: Any) -> list[str]:
    """Say in what two states of an index differ: ids, texts with what they say of themselves, vectors."""
    before, after = {p.point: p for p in one}, {p.point: p for p in other}
    new, gone = after.keys() - before.keys(), before.keys() - after.keys()
    said = []
    if len(new) + len(gone) > limits.id_difference:
        said.append(f"{counted(new, 'id is', 'ids are')} new and {len(gone)} gone, of {len(before)}")
    both = before.keys() & after.keys()
    if texts := [id for id in both if _told(before[id], index) != _told(after[id], index)]:
        said.append(f"{counted(texts, 'chunk says', 'chunks say')} something else")
    apart = max((_apart(before[id], after[id]) for id in both), default=0.0)
    if apart > limits.vector_tolerance:
        said.append(f"vectors differ by up to {apart:g}")
    return said


def _told(point: StoredPoint, index: Index) -> tuple[Any, ...]:
    return text_of(point, index), *(field_of(point, index, f) for f in ("source", "date", "author", "section"))


def _apart(one: StoredPoint, other: StoredPoint) -> float:
    """Return by how much the vectors of two points differ at most; without end where one has more numbers."""
    first, second = (_numbers(p.vector) for p in (one, other))
    if len(first) != len(second):
        return math.inf
    return max((abs(a - b) for a, b in zip(first, second, strict=True)), default=0.0)


def _numbers(packed: str) -> tuple[float, ...]:
    raw = base64.b64decode(packed)
    return struct.unpack(f"<{len(raw) // 4}f", raw)


@check(
    "retrieval.duplicates-handled", by="lab", scenario="duplicates-handled",
    needs=(Declaration, LabDocument, StoredPoint, Exchange, ScenarioRun), optional=(StoredPoint,),
)  # fmt: skip
def duplicates_handled_by_lab(
    declared: list[Declaration], documents: list[LabDocument], points: list[StoredPoint], exchanges: list[Exchange],
    runs: list[ScenarioRun], limits: Any,
) -> Answer:  # fmt: skip
    """Of a document and its exact and near copies one is found in the index, and of all others each."""
    found = ingested(declared, documents, points, runs)
    if isinstance(found, Answer):
        return found
    index, _ = found
    run = next(e for e in exchanges if e.purpose == "ingest")
    plain = [p for p in held(points, "ingest") if not field_of(p, index, "flag")]
    copies = [d for d in documents if d.of]
    missed, wrong = 0, []
    for original in (d for d in documents if not d.of):
        times = len({field_of(p, index, "source") or p.point for p in _holding(original, plain, index)})
        if not times:
            wrong.append((run, f"{original.name} is not found in the index, nor a copy of it"))
        elif times > 1:
            missed += times - 1
            wrong.append((run, f"{original.name} stands in the index {times} times, with its copies"))
    recall = 100 * (1 - missed / len(copies)) if copies else 0.0
    if recall < limits.recall:
        return failed(f"{counted(missed, 'copy', 'copies')} of {len(copies)} were indexed beside their original", wrong)
    lost = [w for w in wrong if "is not found" in w[1]]
    if lost:
        return failed("documents that repeat no other were left out", lost)
    return passed(f"of {len(copies)} exact and near copies {len(copies) - missed} were found, and nothing else")


def _holding(document: LabDocument, points: list[StoredPoint], index: Index) -> list[StoredPoint]:
    """Return the points that hold the first sentence of a document, which its copies have as well."""
    first = sentences(document)[0]
    return [p for p in points if first in text_of(p, index)]


@check(
    "retrieval.document-quality-gate", by="lab", scenario="document-quality-gate",
    needs=(Declaration, LabDocument, StoredPoint, Exchange, AppLog, ScenarioRun), optional=(StoredPoint, AppLog),
)  # fmt: skip
def document_quality_gate_by_lab(
    declared: list[Declaration], documents: list[LabDocument], points: list[StoredPoint], exchanges: list[Exchange],
    lines: list[AppLog], runs: list[ScenarioRun], limits: Any,
) -> Answer:  # fmt: skip
    """Each poor document is kept out or flagged, with the reason; good ones are not."""
    found = ingested(declared, documents, points, runs)
    if isinstance(found, Answer):
        return found
    index, _ = found
    (run,) = (e for e in exchanges if e.purpose == "ingest")
    said = [line.text for line in lines if line.case == "ingest"]
    good = [d for d in documents if not d.trait]
    refused = [d for d in good if not _plain(d, points, index)]
    if refused:
        names = ", ".join(d.name for d in refused)
        return failed("good documents are kept out or flagged", [(run, names)])
    poor = [d for d in documents if d.trait and (d.confidence is None or d.confidence < limits.ocr_confidence)]
    wrong: Wrong = []
    for document in poor:
        if _plain(document, points, index):
            wrong.append((run, f"{document.name} ({document.trait}) was indexed like a good one"))
        elif not any(document.name in text and len(text) > len(document.name) + 5 for text in said) and not any(
            isinstance(field_of(p, index, "flag"), str) for p in of_document(document, points, index)
        ):
            wrong.append((run, f"{document.name} ({document.trait}) was kept out, and nothing says why"))
    if 100 * (len(poor) - len(wrong)) < limits.detection * len(poor):
        return failed(f"{len(wrong)} of {len(poor)} poor documents are not kept out or flagged with the reason", wrong)
    return passed(
        f"{len(poor) - len(wrong)} of {len(poor)} poor documents were kept out or flagged with the reason, and none of "
        f"{len(good)} good ones"
    )


def _plain(document: LabDocument, points: list[StoredPoint], index: Index) -> bool:
    """Tell whether a document stands in the index without a flag."""
    return any(not field_of(p, index, "flag") for p in of_document(document, points, index))
