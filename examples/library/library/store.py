"""A small vector store that speaks Qdrant's protocol, for a library of some thousand chunks: python3 -m library.store

It compares a question with every vector. A larger library runs Qdrant itself in its place.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import hypot
from operator import mul
from threading import Lock

PORT = int(os.environ.get("STORE_PORT", "6333"))
_points = {}
_lock = Lock()


class Store(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body leave in one packet

    def do_GET(self):
        name = self.path.removeprefix("/collections").strip("/")
        known = not name or name in _points
        self.answer(200 if known else 404, {"collections": [{"name": one} for one in _points]})

    def do_PUT(self):
        body, name = self.body(), self.path.split("/")[2]
        with _lock:
            if "vectors" in body:
                _points[name] = {}
            for point in body.get("points", []):
                _points[name][point["id"]] = point | {"vector": unit(point["vector"])}
        self.answer(200, {"status": "completed"})

    def do_POST(self):
        body, (_, _, name, _, action) = self.body(), self.path.partition("?")[0].split("/")
        with _lock:
            points = dict(_points[name])
            for id in body.get("points", []):
                _points[name].pop(id, None)
        match action:
            case "delete":
                self.answer(200, {"status": "completed"})
            case "scroll":
                ids = sorted(id for id in points if id >= body.get("offset", ""))
                page, rest = [{"id": id} for id in ids[: body["limit"]]], ids[body["limit"] :]
                self.answer(200, {"points": page, "next_page_offset": rest[0] if rest else None})
            case "query":
                self.answer(200, {"points": nearest(points.values(), body)})

    def body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, status, result):
        body = json.dumps({"result": result}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def unit(vector):
    """Return a vector of length 1: a comparison is then a product, and nothing has to be divided in a search."""
    length = hypot(*vector) or 1.0
    return [number / length for number in vector]


def nearest(points, body):
    """Return the points that pass the filter and are most similar to the query, best first."""
    query, filter = unit(body["query"]), body.get("filter") or {}
    scored = [(sum(map(mul, query, p["vector"])), p) for p in points if passes(p["payload"], filter)]
    scored.sort(key=lambda pair: -pair[0])
    return [{"id": p["id"], "score": score, "payload": p["payload"]} for score, p in scored[: body["limit"]]]


def passes(payload, clause):
    """Tell whether a payload satisfies a clause of a filter: the kinds of clauses that this library sends."""
    if "must" in clause:
        return all(passes(payload, one) for one in clause["must"])
    if "should" in clause:
        return any(passes(payload, one) for one in clause["should"])
    if "is_empty" in clause:
        return not payload.get(clause["is_empty"]["key"])
    value, match, range = payload.get(clause.get("key")), clause.get("match", {}), clause.get("range", {})
    if value is None:
        return "except" in match
    return (
        match.get("value", value) == value
        and value in match.get("any", [value])
        and value not in match.get("except", [])
        and range.get("gte", value) <= value <= range.get("lte", value)
    )


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", PORT), Store) as server:
        server.serve_forever()
