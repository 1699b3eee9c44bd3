"""Makes Markdown of the files that a library is given: Markdown itself, PDF, Word and HTML. PDF needs pypdf."""

import io
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
APART, CELL_WORDS = 36.0, 3
"""Points between pieces of a line that are not one sentence; a cell of a table has no more words than these."""


class UnreadableError(Exception):
    """Says why a file gives no text."""


def markdown(file):
    """Return the text of a file, its pages or parts as sections; raises UnreadableError where there is none to have."""
    read = {".md": plain, ".pdf": of_pdf, ".docx": of_docx, ".html": of_html}.get(file.suffix.lower())
    if read is None:
        raise UnreadableError(f"{file.suffix or 'this'} is no kind of file that is read here")
    try:
        return read(file)
    except UnreadableError:
        raise
    except Exception as problem:  # parsers fail in many ways, and one bad file must not stop the others
        raise UnreadableError(f"it cannot be read: {type(problem).__name__}: {problem}") from problem


def plain(file):
    return file.read_text(errors="replace")


def of_pdf(file):
    from pypdf import PdfReader

    pages = [in_order(pieces_of(page)) for page in PdfReader(io.BytesIO(file.read_bytes())).pages]
    empty = [str(number) for number, text in enumerate(pages, 1) if not text]
    if empty:
        raise UnreadableError(f"page {', '.join(empty)} holds no text: it is a picture, and no text is recognised here")
    return sections(file, {f"Page {number}": text for number, text in enumerate(pages, 1)})


def pieces_of(page):
    """Return the pieces of text of a page as (x, y, text)."""
    found = []

    def visit(text, _, place, *__):
        if text.strip():
            found.append((place[4], place[5], text.strip()))

    page.extract_text(visitor_text=visit)
    return found


def in_order(pieces):
    """Return the text of a page as it is read: columns of prose one after the other, a table row by row."""
    by_row = sorted(pieces, key=lambda piece: (-piece[1], piece[0]))
    words = sorted(len(text.split()) for _, _, text in pieces)
    if pieces and words[len(words) // 2] > CELL_WORDS:
        columns = []
        for x in sorted({x for x, _, _ in pieces}):
            if not columns or x - columns[-1] > APART:
                columns.append(x)
        by_row.sort(key=lambda piece: max(column for column in columns if column <= piece[0]))
    return "\n".join(text for _, _, text in by_row)


def of_docx(file):
    with zipfile.ZipFile(file) as archive:
        body = paragraphs(archive.read("word/document.xml"))
        notes = paragraphs(archive.read("word/footnotes.xml")) if "word/footnotes.xml" in archive.namelist() else ""
    return sections(file, {"Text": body, "Notes": notes})


def paragraphs(xml):
    rows = ("".join(run.text or "" for run in p.iter(f"{WORD}t")) for p in ElementTree.fromstring(xml).iter(f"{WORD}p"))
    return "\n".join(row for row in rows if row.strip())


BLOCKS = {"p", "div", "section", "li", "td", "th", "tr", "table", "ul", "ol", "h1", "h2", "h3", "title", "br"}
HIDDEN = {"script", "style", "template"}


class Reader(HTMLParser):
    """Collects what a reader of a page sees."""

    def __init__(self):
        super().__init__()
        self.text, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in HIDDEN
        self.text.append("\n" if tag in BLOCKS else "")

    def handle_endtag(self, tag):
        self.hidden -= tag in HIDDEN
        self.text.append("\n" if tag in BLOCKS else "")

    def handle_data(self, data):
        self.text.append("" if self.hidden else data)


def of_html(file):
    reader = Reader()
    reader.feed(plain(file))
    lines = (line.strip() for line in "".join(reader.text).splitlines())
    return sections(file, {"Text": "\n".join(line for line in lines if line)})


def sections(file, parts):
    """Return Markdown with a heading for the file and for each of its parts that has a text."""
    if not any(parts.values()):
        raise UnreadableError("it holds no text")
    return "\n\n".join([f"# {file.stem}", *(f"## {name}\n\n{text}" for name, text in parts.items() if text)])
