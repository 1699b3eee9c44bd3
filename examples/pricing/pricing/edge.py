"""The HTTP edge: records come in, prices go out, and feedback on them comes later."""

import json
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pricing import accuracy, drift, experiment, explanations, extraction, features, log, model, records, shadow

MOST = 100
"""Records of one request."""


class Edge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    server_version, sys_version = "pricing", ""

    def do_GET(self):
        routes = {"healthz": lambda _: {"status": "ok"}, "accuracy": accuracy.told, "explanations": explanations.of}
        route, _, rest = self.path.removeprefix("/").partition("/")
        found = routes[route](rest) if route in routes else None
        return self.answer(*((200, found) if found is not None else (404, {"error": "not found"})))

    def do_POST(self):
        routes = {"/predict": predict, "/feedback": feedback}
        if self.path not in routes:
            return self.answer(404, {"error": "not found"})
        size = int(self.headers.get("Content-Length") or 0)
        if size > 200_000:
            self.close_connection = True
            return self.answer(413, {"error": "the body is too large"})
        try:
            body = json.loads(self.rfile.read(size), parse_constant=lambda _: None)
        except ValueError:
            return self.answer(400, {"error": "the body is no JSON"})
        return self.answer(*routes[self.path](body, self.client_address[0], self.headers.get("X-User-Id")))

    def answer(self, status, document, headers=()):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def predict(body, caller, user):
    """Return a price for each good record, and why the others have none."""
    given = body.get("records") if isinstance(body, dict) else None
    if not isinstance(given, list) or not 0 < len(given) <= MOST:
        return 422, {"error": f"records: a list of 1 to {MOST}"}
    reasons = [records.wrong(record) for record in given]
    rejected = [{"index": n, "reason": reason} for n, reason in enumerate(reasons) if reason]
    good = [given[n] for n, reason in enumerate(reasons) if not reason]
    if wait := extraction.wait(caller, good):
        return 429, {"error": "that is enough for a day"}, [("Retry-After", str(wait))]
    drift.note(good)
    prices = [{"index": n, **priced(given[n], user)} for n, reason in enumerate(reasons) if not reason]
    return (200 if prices else 422), {"predictions": prices, "rejected": rejected}


def priced(record, user):
    """Return the model's price, or a simpler one that says so."""
    row, id, error, name = features.of(record), uuid.uuid4().hex, None, experiment.model_for(user)
    try:
        if not records.known(record):
            raise model.Failed(f"the district {record['district']!r} is not known")
        price, fallback = model.price(row, name), False
    except model.Failed as failure:
        price, fallback, error = records.simple(record), True, str(failure)
        log.alert("prediction_fallback", id=id, version=model.VERSION, error=error)
    made = {"id": id, "model": name, "version": model.VERSION, "features": row, "output": price, "fallback": fallback}
    accuracy.made(log.keep(**made, error=error, experiment=experiment.NAME))
    shadow.copy(id, row)
    return {"id": id, "price": price, "fallback": fallback, "version": model.VERSION}


def feedback(body, *_):
    """Keep what a flat was really sold for."""
    if not isinstance(body, dict) or not isinstance(body.get("id"), str) or not isinstance(body.get("actual"), int):
        return 422, {"error": "id and actual are needed"}
    accuracy.labelled(log.keep(id=body["id"][:64], feedback=body["actual"]))
    return 200, {"status": "kept"}


def serve():
    with ThreadingHTTPServer(("127.0.0.1", 8000), Edge) as server:
        server.serve_forever()
