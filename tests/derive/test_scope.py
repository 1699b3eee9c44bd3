"""Which calls of a tool are in its scope."""

from __future__ import annotations

import pytest

from gonogo.derive.scope import beyond, out_of_scope
from gonogo.facts.declaration import Tool

EXAMPLE = {"url": "https://example.org/a", "as": "text"}
PAGES = Tool(name="fetch", scope={"url": "https://example.org/*"}, example=EXAMPLE)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://example.org/a", []),
        ("https://example.org/a/../../b", ["url"]),
        ("https://example.org.evil.example/a", ["url"]),
        ("HTTPS://EXAMPLE.ORG/a", ["url"]),
    ],
)
def test_an_argument_is_in_scope_where_its_glob_matches_and_nothing_climbs_out(url: str, named: list[str]) -> None:
    assert out_of_scope(PAGES, {"url": url, "as": "anything"}) == named


def test_each_call_beyond_differs_from_the_example_in_one_argument_that_is_out_of_scope() -> None:
    calls = list(beyond(PAGES))
    assert len(calls) >= 4
    assert all(out_of_scope(PAGES, call) == ["url"] and call["as"] == "text" for call in calls)


def test_a_tool_of_any_scope_has_nothing_beyond() -> None:
    assert list(beyond(Tool(name="search", scope={}))) == list(beyond(Tool(name="search"))) == []
