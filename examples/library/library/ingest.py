"""Makes the index hold the documents of a folder, and no others: python3 -m library.ingest FOLDER

The id of a chunk follows from its content, so that a run writes what is missing, removes what is gone, and touches
nothing else; one that was killed is made good by the next.
"""

import json
import re
import sys
import time
import urllib.error
import uuid
from pathlib import Path

from library import extract
from library.cache import PUBLISHED
from library.copies import Seen
from library.freshness import indexed
from library.quality import problem
from library.wire import DIMENSION, EMBEDDING_MODEL, embedded, store

SPACE = uuid.UUID("6f1d3c1e-8f5b-4b1e-9c55-0a3f6f0f3a11")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
BATCH = 4
PER_MINUTE, AT_ONCE = 300, 20
"""Requests to the embedder: the rest of what it takes is for the readers."""
_due = 0.0


def ingest(folder):
    """Bring the index in line with the folder; return how many chunks were written and how many removed."""
    create()
    held = ids_held()
    wanted = {chunk["id"]: chunk for document in admitted(folder) for chunk in chunks(*document)}
    missing = [chunk for id, chunk in wanted.items() if id not in held]
    for start in range(0, len(missing), BATCH):
        write(missing[start : start + BATCH])
    gone = sorted(held - set(wanted))
    if gone:
        store("POST", "/points/delete?wait=true", {"points": gone})
    if missing or gone:
        PUBLISHED.write_text(str(uuid.uuid4()))
    indexed("handbook")
    return len(missing), len(gone)


def create():
    """Make the collection where it is not there yet."""
    try:
        store("GET", "")
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        store("PUT", "", {"vectors": {"size": DIMENSION, "distance": "Cosine"}})


def ids_held():
    """Return the ids of all points."""
    held, offset = set(), None
    while True:
        body = {"limit": 100, "with_payload": False} | ({} if offset is None else {"offset": offset})
        page = store("POST", "/points/scroll", body)
        held |= {point["id"] for point in page["points"]}
        offset = page.get("next_page_offset")
        if offset is None:
            return held


def admitted(folder):
    """Yield the name, head and text of each document that is to be found; say why the others are not."""
    seen = Seen()
    for file in sorted(file for file in folder.iterdir() if file.is_file()):
        try:
            head, text = front_matter(extract.markdown(file))
        except extract.UnreadableError as unread:
            print(f"left out {file.name}: {unread}")
            continue
        if reason := problem(head, text):
            print(f"left out {file.name}: {reason}")
        elif other := seen.repeats(file.name, head.get("tenant"), text):
            print(f"left out {file.name}: it repeats {other}")
        else:
            yield file.name, head, text


def chunks(name, head, text):
    """Yield the sections of a Markdown document, each with what the document says of itself."""
    known = {"source": name, "author": head.get("author", ""), "date": head.get("date", "")}
    known |= {field: head[field] for field in ("category", "tenant") if head.get(field)}
    title, *parts = [part.strip() for part in HEADING.split(text)[1:]]
    sections = zip(parts[1::2], parts[2::2], strict=False)
    for heading, body in sections:
        payload = {**known, "section": heading, "text": f"{title}: {heading}\n{body}"}
        content = json.dumps([EMBEDDING_MODEL, DIMENSION, payload], sort_keys=True)
        yield {"id": str(uuid.uuid5(SPACE, content)), "payload": payload}


def front_matter(text):
    """Return the fields at the head of a document, and the rest of it."""
    if not text.startswith("---\n"):
        return {}, text
    head, _, rest = text[4:].partition("\n---\n")
    fields = (line.partition(":") for line in head.splitlines())
    return {name.strip(): json.loads(value) for name, _, value in fields if value.strip()}, rest


def pace():
    """Wait until the next request may be sent."""
    global _due
    gap, now = 60 / PER_MINUTE, time.monotonic()
    _due = max(_due, now - AT_ONCE * gap) + gap
    time.sleep(max(0.0, _due - now))


def write(batch):
    pace()
    vectors = embedded([chunk["payload"]["text"] for chunk in batch], None)
    points = [{**chunk, "vector": vector} for chunk, vector in zip(batch, vectors, strict=True)]
    store("PUT", "/points?wait=true", {"points": points})


if __name__ == "__main__":
    written, removed = ingest(Path(sys.argv[1]))
    print(f"{written} chunks written, {removed} removed")
