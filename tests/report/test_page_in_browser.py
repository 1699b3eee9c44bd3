"""In a real browser nothing of a hostile assessment runs, and nothing is requested."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import playwright as playwright_package
import pytest

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment
from gonogo.report import html

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTLE = "new Promise((done) => setTimeout(done, 50))"
"""Long enough for handlers, refreshes of zero seconds and first requests."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = os.environ.get("GONOGO_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = Path(playwright_package.__file__).parent / "driver" / "node"
    reason = ""
    if path is None:
        reason = "no Chromium on PATH: `apt-get install chromium`, or name one in GONOGO_CHROMIUM"
    elif subprocess.run([driver, "--version"], capture_output=True, check=False).returncode:
        reason = "playwright's driver does not start here: `apt-get install libatomic1`"
    if reason:
        print(reason)
        if os.environ.get("GONOGO_NO_SKIP") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


class Watched:
    """A page that records what happens to it."""

    def __init__(self, browser: Any, file: Path) -> None:
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.context.on("page", lambda page: self.dialogs.append(page.url) if page is not self.page else None)
        self.open(file)

    def open(self, file: Path) -> None:
        self.asked.clear()
        self.page.goto(file.as_uri())
        self.page.evaluate(SETTLE)

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def test_nothing_runs_and_nothing_is_requested(
    browser: Any, tmp_path: Path, corpus: list[tuple[str, Assessment, Catalog]]
) -> None:
    file = tmp_path / "report.html"
    file.write_text("")
    with Watched(browser, file) as seen:
        for attack, assessment, catalog in corpus:
            file.write_text(html.render(assessment, catalog, commands=[(attack, 1)], verify=[attack]), encoding="utf-8")
            seen.open(file)
            seen.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            seen.page.evaluate("window.dispatchEvent(new Event('focus'))")
            assert seen.page.evaluate("window.__pwned") is None, attack[:80]
            assert seen.asked == [file.as_uri()], attack[:80]
            assert seen.dialogs == [], attack[:80]
            assert seen.errors == [], attack[:80]  # no violation of the page's policy either: escaping held first
            assert seen.page.url == file.as_uri()


def test_the_watch_itself_sees_a_script_and_a_request(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_text("<img src='http://127.0.0.1:9/x.png'><script>window.__pwned = 1; alert(1)</script>")
    with Watched(browser, file) as seen:
        assert seen.page.evaluate("window.__pwned") == 1
        assert len(seen.asked) == 2
        assert seen.dialogs == ["1"]


def test_the_policy_alone_would_stop_what_escaped(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "escaped.html"
    policy = f'<meta http-equiv="Content-Security-Policy" content="{html.POLICY}">'
    file.write_text(policy + "<img src='http://127.0.0.1:9/x.png'><script>window.__pwned = 1</script>")
    with Watched(browser, file) as seen:
        assert seen.page.evaluate("window.__pwned") is None
        assert len(seen.errors) == 2


@pytest.mark.parametrize("width", [360, 420, 768, 1280])
def test_the_page_never_scrolls_sideways(
    browser: Any, tmp_path: Path, width: int, corpus: list[tuple[str, Assessment, Catalog]]
) -> None:
    file = tmp_path / "wide.html"
    _, assessment, catalog = next(case for case in corpus if case[0].startswith("%s"))
    file.write_text(html.render(assessment, catalog), encoding="utf-8")
    with Watched(browser, file) as seen:
        seen.page.set_viewport_size({"width": width, "height": 900})
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


CONTRAST = """() => {
  const part = (v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * part(r / 255) + .7152 * part(g / 255) + .0722 * part(b / 255);
  const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
  const behind = (el) => {
    const c = rgb(getComputedStyle(el).backgroundColor);
    return c.length < 4 || c[3] === 1 || !el.parentElement ? c : behind(el.parentElement);
  };
  const says = (el) => [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const bad = [];
  for (const el of document.querySelectorAll('body *')) {
    if (!says(el) || !el.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(el).color)), light(behind(el))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(`${el.tagName} ${el.className} ${ratio.toFixed(2)}`);
  }
  return [...new Set(bad)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_the_contrast_that_wcag_asks_for(
    browser: Any, tmp_path: Path, scheme: str, assessment: Assessment, catalog: Catalog
) -> None:
    file = tmp_path / "page.html"
    file.write_text(html.render(assessment, catalog), encoding="utf-8")
    with Watched(browser, file) as seen:
        seen.page.emulate_media(color_scheme=scheme)
        assert seen.page.evaluate(CONTRAST) == []
