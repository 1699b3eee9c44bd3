"""Reading what became of the documents that the lab gave to an app's indexer: in its store, and before its model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, LabDocument, StoredPoint
from gonogo.facts.declaration import Index

_SPACES = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LEAST = 20
"""Characters of a sentence by which a document can be known."""


def filled(declared: Sequence[Declaration]) -> Index | None:
    """Return the index that the lab fills: the first that declares its `ingest`."""
    return next((i for d in declared for i in d.system.indexes if i.ingest), None)


def sentences(document: LabDocument) -> list[str]:
    """Return the sentences by which a document can be known, in plain spaces."""
    return [s for _, text in document.sections for s in _sentences(text)]


def told(journey: Journey, documents: Iterable[LabDocument]) -> set[str]:
    """Return the names of the documents that reached the model, or the user as they are."""
    return {d.name for d in documents if reads(journey, sentences(d))}


def reads(journey: Journey, words: Iterable[str]) -> bool:
    """Tell whether any of these sentences reached the model, or the user as it is."""
    prompts = [turn.text for call in journey.calls if call.operation == "chat" for turn in call.prompt]
    whole = flat("\n".join([*prompts, journey.exchange.body]))
    return any(sentence in whole for sentence in words)


def text_of(point: StoredPoint, index: Index) -> str:
    """Return the text of a stored point, in plain spaces: its declared field, or the longest text that it holds."""
    stated = field_of(point, index, "text")
    if isinstance(stated, str):
        return flat(stated)
    return flat(max([point.text, *_texts(point.payload)], key=len))


def field_of(point: StoredPoint, index: Index, name: str) -> Any:
    """Return what a point says of its source, date, author, section or flag; None where it says nothing."""
    path = index.metadata.get(name, name)
    found: Any = point.payload
    for part in (path,) if path in point.payload else path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def of_document(document: LabDocument, points: Iterable[StoredPoint], index: Index) -> list[StoredPoint]:
    """Return the points that were made of a document: that name it as their source, else those that hold its words."""
    named = [p for p in points if str(field_of(p, index, "source") or "").rsplit("/", 1)[-1] == document.name]
    return named or [p for p in points if any(s in text_of(p, index) for s in sentences(document))]


def flat(text: str) -> str:
    """Return a text in plain spaces."""
    return _SPACES.sub(" ", text).strip()


def _sentences(text: str) -> list[str]:
    return [s for s in _SENTENCE.split(flat(text)) if len(s) >= _LEAST]


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
