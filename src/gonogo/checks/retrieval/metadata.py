"""What chunks say of themselves, by the lab: the source, date, author and section of what they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from gonogo.checks.check import Answer, check, failed, passed
from gonogo.checks.counts import counted
from gonogo.checks.documents import field_of, of_document, sentences, text_of
from gonogo.checks.retrieval.indexing import ingested
from gonogo.facts import Declaration, Exchange, LabDocument, ScenarioRun, StoredPoint
from gonogo.facts.declaration import Index


@check(
    "retrieval.metadata-captured", by="lab", scenario="metadata-captured",
    needs=(Declaration, LabDocument, StoredPoint, Exchange, ScenarioRun), optional=(StoredPoint,),
)  # fmt: skip
def metadata_captured_by_lab(
    declared: list[Declaration], documents: list[LabDocument], points: list[StoredPoint], exchanges: list[Exchange],
    runs: list[ScenarioRun], limits: Any,
) -> Answer:  # fmt: skip
    """Each chunk says where it is from, of which day, by whom, and from which section, and says it rightly."""
    found = ingested(declared, documents, points, runs)
    if isinstance(found, Answer):
        return found
    index, chunks = found
    run = next(e for e in exchanges if e.purpose == "ingest")
    made = [(d, p) for d in documents for p in of_document(d, chunks, index)]
    wrong: list[tuple[Exchange, str]] = []
    missing = [d for d in documents if not of_document(d, chunks, index)]
    if missing:
        names = ", ".join(d.name for d in missing)
        return failed(f"{counted(missing, 'document is', 'documents are')} not in the index", [(run, names)])
    for field in limits.fields:
        right = [p for d, p in made if field_of(p, index, field) and _right(field, d, p, index)]
        if 100 * len(right) < limits.completeness * len(made):
            seen = next((field_of(p, index, field) for d, p in made if not _right(field, d, p, index)), None)
            path = index.metadata.get(field, field)
            wrong.append((run, f"{field}: right in {len(right)} of {len(made)} chunks; one says {path}: {seen!r}"))
    if wrong:
        return failed(
            "chunks do not say rightly what they are made of", wrong,
            fix="Store it with each chunk, and name its field in indexes[].metadata where it has another name.",
        )  # fmt: skip
    return passed(f"{counted(made, 'chunk', 'chunks')}, each with the right {', '.join(limits.fields)}")


def _right(field: str, document: LabDocument, point: StoredPoint, index: Index) -> bool:
    """Tell whether a chunk says of itself what its document is; of an unknown field, that it is there."""
    said = field_of(point, index, field)
    texts = [str(one) for one in (said if isinstance(said, list) else [said])]
    match field:
        case "source":
            return any(document.name in text for text in texts)
        case "date":
            return any(text.startswith(document.date) for text in texts)
        case "author":
            return document.author in texts
        case "section":
            return any(heading in text for heading in _sections(document, point, index) for text in texts)
    return bool(said)


def _sections(document: LabDocument, point: StoredPoint, index: Index) -> Iterator[str]:
    """Yield the headings under which the words of a chunk stand in its document."""
    text = text_of(point, index)
    for section in document.sections:
        if any(s in text for s in sentences(msgspec.structs.replace(document, sections=(section,)))):
            yield section[0]
