"""The documents for an app's own indexer can be told apart, and say of themselves what the lab knows of them."""

import dataclasses
from collections import Counter

import yaml

from gonogo.prove.lab.pages import pages
from gonogo.prove.lab.procedures.duplicates_handled import exact, near


def test_no_sentence_stands_twice():
    said = Counter(s for page in pages() for _, text in page.sections for s in text.rstrip(".").split(". "))
    assert [sentence for sentence, times in said.items() if times > 1] == []
    assert all(len(sentence) >= 20 for sentence in said)


def test_a_page_says_of_itself_what_is_known_of_it():
    page = dataclasses.replace(next(pages()), tenant="north", confidence=0.8)
    _, head, text = page.content.decode().split("---\n", 2)
    assert yaml.safe_load(head) == {
        "title": page.title, "author": page.author, "date": page.date, "category": page.category, "tenant": "north",
        "ocr_confidence": 0.8,
    }  # fmt: skip
    assert all(f"## {heading}\n\n{words}" in text for heading, words in page.sections)


def test_a_broken_page_is_what_it_is():
    assert dataclasses.replace(next(pages()), raw=b"\xff").content == b"\xff"


def test_copies_are_told_apart_by_their_names_and_near_ones_by_a_word():
    page = next(pages())
    assert exact(page).sections == page.sections
    assert {p.name for p in (page, exact(page), near(page))} == {
        "forklifts.md", "copy-of-forklifts.md", "version-of-forklifts.md",
    }  # fmt: skip
    for (_, one), (_, other) in zip(page.sections, near(page).sections, strict=True):
        assert other.replace(" always", "") == one
