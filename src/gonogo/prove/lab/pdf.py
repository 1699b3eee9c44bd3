"""Writes PDF files of known text: lines of Helvetica at given places, and pages that are a picture alone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 612, 792
"""A page in points (US Letter)."""
_TEXT_SIZE = 10


@dataclass(frozen=True)
class Line:
    """A piece of text and where it begins, in points from the lower left corner."""

    x: float
    y: float
    text: str


Sheet = Sequence[Line] | bytes
"""A page: lines in the order in which the file has them, or a PNG file of one bit per pixel that fills it."""


def pdf(sheets: Sequence[Sheet]) -> bytes:
    """Return a PDF file of these pages."""
    kids = " ".join(f"{4 + 3 * number} 0 R" for number in range(len(sheets)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for sheet in sheets:
        objects += _page(len(objects) + 1, sheet)
    return _file(objects)


def _page(number: int, sheet: Sheet) -> Iterator[bytes]:
    """Yield the three objects of a page, of which the first has this number: page, content, picture."""
    drawn = isinstance(sheet, bytes)
    has = f"/XObject << /Scan {number + 2} 0 R >>" if drawn else "/Font << /F1 3 0 R >>"
    yield (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << {has} >> "
        f"/Contents {number + 1} 0 R >>"
    ).encode()
    content = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Scan Do Q".encode() if isinstance(sheet, bytes) else _lines(sheet)
    yield _stream("/Filter /FlateDecode", zlib.compress(content))
    yield _picture(sheet) if isinstance(sheet, bytes) else b"null"


def _lines(lines: Iterable[Line]) -> bytes:
    parts = [f"BT /F1 {_TEXT_SIZE} Tf 1 0 0 1 {line.x:g} {line.y:g} Tm ({_escaped(line.text)}) Tj ET" for line in lines]
    return "\n".join(parts).encode("cp1252")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _picture(png: bytes) -> bytes:
    """Return a PNG file as a picture: PDF takes its compressed rows as they are."""
    width, height = struct.unpack(">II", png[16:24])
    rows, at = b"", 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            rows += png[at + 8 : at + 8 + size]
        at += size + 12
    form = f"/BitsPerComponent 1 /ColorSpace /DeviceGray /Width {width} /Height {height}"
    how = f"/Filter /FlateDecode /DecodeParms << /Predictor 15 /BitsPerComponent 1 /Colors 1 /Columns {width} >>"
    return _stream(f"/Type /XObject /Subtype /Image {form} {how}", rows)


def _stream(says: str, data: bytes) -> bytes:
    return f"<< {says} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    """Return the file of these objects, with its table of where each begins."""
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return made + head + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(made))
