"""What an extractor makes of hard files, by the lab: their words are in the index, in order, or the loss is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.documents import field_of, text_of
from gonogo.checks.journeys import unplayed
from gonogo.checks.retrieval.indexing import held, stored
from gonogo.facts import AppLog, Declaration, Exchange, LabDocument, ScenarioRun, StoredPoint
from gonogo.facts.declaration import Index

_FORMATS = {"columns": "pdf", "table": "pdf", "scan": "scan", "docx": "docx", "html": "html"}
"""The format of each file, by what is hard about it; a broken one has none."""
_WORD, _NUMBER = re.compile(r"\w+"), re.compile(r"\d+")


@check(
    "retrieval.extraction-tested", by="lab", scenario="extraction-tested",
    needs=(Declaration, LabDocument, StoredPoint, AppLog, Exchange, ScenarioRun), optional=(StoredPoint, AppLog),
)  # fmt: skip
def extraction_tested_by_lab(
    declared: list[Declaration], documents: list[LabDocument], points: list[StoredPoint], lines: list[AppLog],
    exchanges: list[Exchange], runs: list[ScenarioRun], limits: Any,
) -> Answer:  # fmt: skip
    """Files that the index takes are in it, their words in order; of each other one the run says so, and goes on."""
    if bad := unplayed(runs, "ingest", "hard"):
        return bad
    found = stored(declared, [d for d in documents if d.case == "ingest"], held(points, "ingest"))
    if isinstance(found, Answer):
        return found
    index, _ = found
    if not index.formats:
        return inconclusive(
            "gonogo.yaml does not say which kinds of files the index takes", fix="add indexes[].formats: [pdf, html]"
        )
    run = next(e for e in exchanges if e.purpose == "ingest" and e.case == "hard")
    given = [d for d in documents if d.case == "hard"]
    files = [_seen(d, held(points, "hard"), given, index) for d in given]
    missed = [f for f in files if not _whole(f, limits)]
    wrong = [(run, f.told) for f in missed if f.format in index.formats]
    said = _named(
        [f.document.name for f in files if _whole(f, limits)], [line for line in lines if line.case == "hard"]
    )
    lost = [f for f in missed if f.format not in index.formats and f.document.name not in said]
    if len(lost) > limits.silent_losses:
        wrong += [(run, f"{f.document.name} is lost, and the output of the run does not say so") for f in lost]
    if run.exit_code is None:
        wrong.append((run, "the run did not end"))
    elif wrong and run.exit_code:
        wrong.append((run, f"the run ended with {run.exit_code}: {run.error or run.body[-200:]}"))
    if wrong:
        return failed(f"{counted(wrong, 'finding', 'findings')} in hard files: {wrong[0][1]}", wrong)
    read = "; ".join(f.told for f in files if _whole(f, limits))
    return passed(f"{read}; {counted(missed, 'file', 'files')} not read, each named in the output of the run")


@dataclass(frozen=True)
class _File:
    """A hard file: the share of its words that the index holds, and of its neighbouring words that still are such."""

    document: LabDocument
    words: float
    order: float

    @property
    def format(self) -> str:
        return _FORMATS.get(self.document.trait, "")

    @property
    def told(self) -> str:
        return f"{self.document.name}: {self.words:.0%} of the words, {self.order:.0%} of the order"


def _whole(file: _File, limits: Any) -> bool:
    """Tell whether its text is in the index; of a scan a few letters may be wrong, wherever they stand."""
    if file.format == "scan":
        return bool(100 * file.words >= limits.scan_recall)
    return bool(file.format and 100 * min(file.words, file.order) >= limits.text_recall)


def _seen(document: LabDocument, points: Iterable[StoredPoint], given: Sequence[LabDocument], index: Index) -> _File:
    """Return what the index holds of a file: in the points that name it, or else in those that name none."""
    sources = [(p, str(field_of(p, index, "source") or "").rsplit("/", 1)[-1]) for p in points]
    own = [p for p, source in sources if source == document.name]
    texts = [_words(text_of(p, index)) for p in own or [p for p, s in sources if s not in {d.name for d in given}]]
    known = [_words(text) for _, text in document.sections]
    return _File(
        document,
        _share([w for k in known for w in k], {w for text in texts for w in text}),
        _share([pair for k in known for pair in pairwise(k)], {pair for text in texts for pair in pairwise(text)}),
    )


def _share(known: Sequence[Any], seen: set[Any]) -> float:
    return sum(one in seen for one in known) / len(known) if known else 0.0


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _named(good: Iterable[str], lines: Iterable[AppLog]) -> str:
    """Return the lines that say something of a file which they do not say of good ones: no mere progress."""
    good = list(good)
    usual = {_shape(line.text, name) for line in lines for name in good if name in line.text}
    told = []
    for line in lines:
        names = re.findall(r"[\w.-]+\.\w+", line.text)
        if any(_shape(line.text, name) not in usual for name in names):
            told.append(line.text)
    return "\n".join(told)


def _shape(text: str, name: str) -> str:
    return _NUMBER.sub("0", text.replace(name, "{}"))
