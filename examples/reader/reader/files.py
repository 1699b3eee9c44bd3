"""What users upload: looked at before it is kept, and kept under a name of our own."""

import io
import re
import secrets
import zipfile
from pathlib import Path

AREA = Path("uploads")
MOST_BYTES = 5 << 20
MOST_UNPACKED = 20 << 20
MOST_ENTRIES = 100
TYPES = {".txt": "text/plain", ".zip": "application/zip"}
NAME = re.compile(r"[\w -]{1,100}(\.[a-z]{3})")


class Refused(Exception):
    """A file that is not taken, and why."""


def keep(name, kind, content):
    """Keep a file, and return its id."""
    found = NAME.fullmatch(name or "")
    if not found or TYPES.get(found[1]) != kind:
        raise Refused(
            f"only files named like note.txt or notes.zip are taken, of the types {', '.join(TYPES.values())}"
        )
    texts = unpacked(content) if found[1] == ".zip" else [content]
    text = "\n".join(plain(each) for each in texts)
    id = secrets.token_hex(16)
    AREA.mkdir(exist_ok=True)
    (AREA / f"{id}.txt").write_text(text)
    return id


def text_of(id):
    """Return the text of a file, None where there is none."""
    place = AREA / f"{id}.txt"
    return place.read_text() if re.fullmatch(r"[0-9a-f]{32}", id) and place.exists() else None


def plain(content):
    """Return content as text; what holds control characters is none, whatever it is called."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Refused("this is no text in UTF-8") from None
    if re.search(r"[\x00-\x08\x0e-\x1f]", text) or text.startswith("#!"):
        raise Refused("this is no plain text")
    return text


def unpacked(content):
    """Return what is packed in an archive. Its own words on sizes are not believed."""
    if not content.startswith(b"PK\x03\x04"):
        raise Refused("this is no archive")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES or any(not NAME.fullmatch(e.filename) for e in entries):
            raise Refused("the archive holds too many files, or some with a path")
        texts, left = [], MOST_UNPACKED
        for entry in entries:
            with archive.open(entry) as file:
                texts.append(file.read(left + 1))
            left -= len(texts[-1])
            if left < 0:
                raise Refused(f"unpacked it has more than {MOST_UNPACKED} bytes")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        raise Refused("the archive is broken") from None
    return texts
