"""Hard files of known text for the app's own extractor: columns, a table, a scan, notes, nested markup, broken ones.

The trait of each says what is hard about it; its sections are its words in reading order.
"""

from __future__ import annotations

import html
import io
import textwrap
import zipfile
from collections.abc import Iterator
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path

import yaml

from gonogo.prove.lab.pages import Page
from gonogo.prove.lab.pdf import HEIGHT, WIDTH, Line, pdf

_LAB = Path(__file__).parent
_TOP, _LEFT, _LEADING, _COLUMN = HEIGHT - 72, 72, 14, 40
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def papers() -> Iterator[Page]:
    """Yield the files: good ones, and between them some that nothing can read."""
    yield _paper("columns.pdf", "columns", pdf(list(_columns())))
    yield _broken("damaged.docx", _docx()[:400])
    yield _broken("damaged.pdf", pdf(list(_columns()))[:90])
    yield _broken("empty.pdf", b"")
    yield _paper("letter.docx", "docx", _docx())
    yield _paper("page.html", "html", _html())
    yield _paper("scan.pdf", "scan", pdf([(_LAB / "scan.png").read_bytes()]))
    yield _paper("table.pdf", "table", pdf([list(_table())]))


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load((_LAB / "papers.yaml").read_text())
    return found


def _paper(name: str, trait: str, content: bytes) -> Page:
    return Page(name=name, title=trait, sections=tuple(_texts()[trait].items()), trait=trait, raw=content)


def _broken(name: str, content: bytes) -> Page:
    return Page(name=name, title="broken", sections=(), trait="broken", raw=content)


def _columns() -> Iterator[list[Line]]:
    """Yield two pages of two columns: one written column by column, one row by row across both, as programs do."""
    texts = list(_texts()["columns"].values())
    for number in (0, 2):
        left, right = (list(_set(text, x)) for text, x in zip(texts[number:], (_LEFT, WIDTH / 2 + 18), strict=False))
        rows = chain.from_iterable(zip_longest(left, right))
        yield [*left, *right] if number == 0 else [line for line in rows if line]


def _set(text: str, x: float) -> Iterator[Line]:
    for number, line in enumerate(textwrap.wrap(text, _COLUMN)):
        yield Line(x, _TOP - _LEADING * number, line)


def _table() -> Iterator[Line]:
    """Yield the cells of a table, row by row; a cell holds one or two words."""
    for number, row in enumerate(_texts()["table"].values()):
        for column, cell in enumerate(_cells(row)):
            yield Line(_LEFT + 120 * column, _TOP - 2 * _LEADING * number, cell)


def _cells(row: str) -> list[str]:
    words = row.split()
    return words if len(words) == 4 else [" ".join(words[at : at + 2]) for at in range(0, len(words), 2)]


def _docx() -> bytes:
    """Return a letter with a paragraph, a table and a footnote."""
    pilots, fees, note = (html.escape(text) for text in _texts()["docx"].values())
    half = len(fees.split()) // 2
    cells = (" ".join(fees.split()[:half]), " ".join(fees.split()[half:]))
    row = "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in cells)
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = f"{_paragraph(pilots, mark)}<w:tbl><w:tr>{row}</w:tr></w:tbl>"
    types = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{kind}+xml"/>'
        for part, kind in (("document", "document.main"), ("footnotes", "footnotes"))
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}'
        "</Types>",
        "_rels/.rels": _relation(f"{_OFFICE}/officeDocument", "word/document.xml"),
        "word/_rels/document.xml.rels": _relation(f"{_OFFICE}/footnotes", "footnotes.xml"),
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{_WORD}"><w:footnote w:id="2">{_paragraph(note)}</w:footnote>'
        "</w:footnotes>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return made.getvalue()


def _paragraph(text: str, more: str = "") -> str:
    """Return a paragraph in two runs, as Word splits it wherever somebody stopped typing."""
    words = text.split(" ")
    half = len(words) // 2
    texts = (" ".join(words[:half]) + " ", " ".join(words[half:]))
    runs = "".join(f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' for text in texts)
    return f"<w:p>{runs}{more}</w:p>"


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{kind}" Target="{target}"/>'
        "</Relationships>"
    )


def _html() -> bytes:
    """Return a page whose text lies deep, in lists and tables within each other, between styles and scripts."""
    first, second, third, last = (html.escape(text) for text in _texts()["html"].values())
    bold = second.replace("lifted", "<b>lifted</b>", 1)
    page = f"""<!doctype html><html><head><title>Buoys</title><style>p {{ color: navy }}</style>
<script>var words = "of a script";</script></head><body><div><div><section><div><p>{first}.</p>
<ul><li>{bold}<ul><li><span>{third}</span></li></ul></li></ul></div></section></div>
<table><tr><td><table><tr><td><p>{last}.</p></td></tr></table></td></tr></table></div></body></html>
"""
    return page.encode()
