"""The files that the lab uploads are what they say, or what is wrong with them."""

import io
import zipfile

import pytest

from gonogo.prove.lab import uploads


@pytest.mark.parametrize(
    ("type", "begin"),
    [("text/plain", b"A note"), ("application/zip", b"PK"), ("image/png", b"\x89PNG"), ("application/pdf", b"%PDF")],
)
def test_a_good_file_is_of_its_type(type, begin):
    assert uploads.good(type).content.startswith(begin)


def test_of_an_unknown_type_there_is_none():
    assert uploads.good("application/x-unknown") is None


def test_the_bomb_is_small_until_it_is_unpacked():
    bomb = next(f for f in uploads.bad(["text/plain"]) if f.what == "a zip bomb")
    entry = zipfile.ZipFile(io.BytesIO(bomb.content)).infolist()[0]
    assert len(bomb.content) < 1 << 20 < uploads.UNPACKED_MIB << 20 == entry.file_size


def test_two_kinds_in_one_can_be_read_as_an_archive():
    both = next(f for f in uploads.bad(["image/png"]) if "in one" in f.what)
    assert both.content.startswith(b"\x89PNG")
    assert zipfile.ZipFile(io.BytesIO(both.content)).namelist() == ["setup.exe"]


def test_a_path_within_an_archive_is_tried_where_archives_are_allowed():
    assert any(f.inner for f in uploads.bad(["application/zip"]))
    assert not any(f.inner for f in uploads.bad(["text/plain"]))
