import io
import zipfile
from xml.etree import ElementTree

import pypdf
import pytest

from gonogo.prove.lab.papers import papers

FILES = {page.name: page for page in papers()}


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["columns.pdf", "table.pdf"])
def test_another_reader_of_pdf_finds_every_word(name):
    reader = pypdf.PdfReader(io.BytesIO(FILES[name].content), strict=True)
    found = words(" ".join(page.extract_text() for page in reader.pages)).split()
    assert sorted(found) == sorted(words(" ".join(text for _, text in FILES[name].sections)).split())


def test_a_page_of_two_columns_is_read_as_it_is_written_or_across():
    first, second = pypdf.PdfReader(io.BytesIO(FILES["columns.pdf"].content)).pages
    texts = [text for _, text in FILES["columns.pdf"].sections]
    assert words(first.extract_text()) == f"{texts[0]} {texts[1]}"
    assert words(second.extract_text()) != f"{texts[2]} {texts[3]}"


def test_a_scan_is_a_picture_that_other_programs_can_show():
    (page,) = pypdf.PdfReader(io.BytesIO(FILES["scan.pdf"].content)).pages
    assert not page.extract_text()
    picture = page["/Resources"]["/XObject"]["/Scan"]
    rows = picture.get_data()
    assert len(rows) == picture["/Height"] * ((picture["/Width"] + 7) // 8)
    assert 0 < sum(byte != 255 for byte in rows) < len(rows) / 4


def test_a_letter_is_a_package_of_well_formed_parts():
    with zipfile.ZipFile(io.BytesIO(FILES["letter.docx"].content)) as archive:
        texts = ["".join(ElementTree.fromstring(archive.read(name)).itertext()) for name in archive.namelist()]
    assert any(FILES["letter.docx"].sections[-1][1] in text for text in texts)


def test_broken_files_are_so_and_the_others_always_the_same():
    assert [name for name, page in FILES.items() if page.trait == "broken"] == [
        "damaged.docx", "damaged.pdf", "empty.pdf",
    ]  # fmt: skip
    assert {page.name: page.content for page in papers()} == {name: page.content for name, page in FILES.items()}
