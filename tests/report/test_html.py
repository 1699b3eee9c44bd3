from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Decision
from gonogo.report.html import POLICY, render

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Outline(HTMLParser):
    """Reads headings and landmarks, and holds that every element is closed where it was opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.landmarks: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        named = dict(attrs)
        self.ids += [named["id"]] if "id" in named else []
        self.targets += [named[k].lstrip("#") for k in ("href", "aria-labelledby") if k in named]
        self.headings += [tag] if re.fullmatch(r"h[1-6]", tag) else []
        self.landmarks += [tag] if tag in ("main", "header", "footer", "nav") else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def text(page: str) -> str:
    body = page[page.index("<body>") :]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_page_stands_alone(assessment: Assessment, catalog: Catalog) -> None:
    page = render(assessment, catalog)
    assert f'content="{POLICY}"'.replace("'", "&#39;") in page
    assert not re.search(r"<(script|img|link|iframe|object|embed)\b|@import|url\(", page)
    assert not re.search(r'(?:href|src)="(?!#)', page)


def test_the_page_is_well_formed_with_landmarks_and_headings_in_order(assessment: Assessment, catalog: Catalog) -> None:
    outline = Outline(render(assessment, catalog, commands=[("gonogo lab", 3)]))
    assert outline.landmarks == ["header", "nav", "main", "footer"]
    assert outline.headings[0] == "h1" and outline.headings.count("h1") == 1
    levels = [int(h[1]) for h in outline.headings]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert len(set(outline.ids)) == len(outline.ids)
    assert set(outline.targets) <= set(outline.ids)


def test_a_blocker_says_what_was_seen_why_it_matters_and_how_to_mend_it(
    assessment: Assessment, catalog: Catalog
) -> None:
    said = text(render(assessment, catalog))
    for words in (
        "NO-GO",
        "5 of 6 call sites set no timeout",
        "app/llm.py:41",
        "A hung call holds a worker for good.",
        "Give the client timeout=60 where it is made.",
        "scan: Looked at by scan.",
        "the law changed in this commit",
    ):
        assert words in said


def test_passes_tell_their_age_and_end_and_the_sample(assessment: Assessment, catalog: Catalog) -> None:
    said = text(render(assessment, catalog))
    assert "baseline 0.81, now 0.84 (n = 40, 95 % interval 0.79 to 0.89) eval 3 hours 2026-04-03" in said


def test_waivers_stand_beside_the_outcome(assessment: Assessment, catalog: Catalog) -> None:
    page = render(assessment, catalog)
    assert "alice@example.org" in page and "expires soon, on 2026-03-20" in page
    assert re.search(r"rollout\.model-pinned</span></td>.*?c-fail.*?c-waived", page)


def test_every_control_is_in_the_table_of_all(assessment: Assessment, catalog: Catalog) -> None:
    page = render(assessment, catalog)
    table = page[page.index('id="controls"') :]
    assert all(f">{control}</span>" in table for control in catalog.controls)


def test_how_to_verify_names_the_commands_and_digests(assessment: Assessment, catalog: Catalog) -> None:
    said = text(render(assessment, catalog, verify=["gonogo verify decision.json", "gonogo verify --head HEAD"]))
    assert "gonogo verify decision.json gonogo verify --head HEAD" in said
    for digest in (assessment.decision.law, assessment.decision.evidence, assessment.decision.catalog):
        assert digest in said


def test_what_could_not_be_read_and_approvals_are_said(assessment: Assessment, catalog: Catalog) -> None:
    said = text(render(assessment, catalog))
    assert "app/legacy.py could not be parsed (line 3)" in said
    assert "refused for the law: the key is not in the old law" in said
    assert "2 attestations were countersigned by the same person" in said


def test_a_go_is_calm(make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog) -> None:
    base = decide()
    passing = tuple(r for r in base.results if r.outcome == "pass")
    held = decide("GO", results=passing, reasons=(), blockers=(), expires=base.decided_at + timedelta(days=12))
    page = render(make(decision=held, problems=()), catalog, commands=[("gonogo lab", 1)])
    assert 'class="verdict go"' in page and "What blocks" not in text(page).replace("Skip to what blocks", "")
    assert "2026-03-26 09:26 UTC" in page
    Outline(page)


def test_the_smallest_assessment_is_a_page(
    make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog
) -> None:
    bare = decide(results=(), waivers=(), heads={}, law="", evidence="", catalog="", gonogo="", approvals=(), notes=())
    Outline(render(make(decision=bare, findings=(), facts={}, runs=(), environment=None, problems=()), catalog))
