#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bulk.py - Elasticsearch's bulk interface, as far as a sender can tell: for test_examples_elastic.sh.

    bulk.py PORT FOLDER

POST /_bulk is checked as the reference asks: content type, pairs of lines, each one JSON object, the
first {"create": {"_index", "_id"}}, a newline at the end, an @timestamp for a data stream.  Documents
go to FOLDER/stored, "INDEX ID DOCUMENT" a line, those with an id that is there get status 409.
A fault goes to FOLDER/faults.  While FOLDER/busy exists every request gets status 429.

LIMITS: HTTP without TLS; no authentication but that there is some.
"""

import http.server
import json
import os
import sys

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
stored = {}


def fault(text):
    with open(os.path.join(FOLDER, "faults"), "a") as out:
        out.write(text + "\n")


def pairs(body):
    """The (action, document) pairs of a bulk request; faults are written down."""
    if not body.endswith(b"\n"):
        fault("no newline at the end")
    lines = body.decode("utf-8").split("\n")[:-1]
    if len(lines) % 2:
        fault("an odd number of lines")
    for action, document in zip(lines[::2], lines[1::2]):
        yield json.loads(action), json.loads(document), document


def store(action, document, text):
    """One item of the answer."""
    if list(action) != ["create"]:
        fault("not a create: %s" % action)
        return {"create": {"status": 400, "error": {"type": "not a create"}}}
    meta = action["create"]
    if set(meta) != {"_index", "_id"}:
        fault("fields of the action: %s" % sorted(meta))
    if "@timestamp" not in document:
        fault("a document without @timestamp")
    item = {"_index": meta.get("_index"), "_id": meta.get("_id"), "status": 201}
    if meta.get("_id") in stored:
        item.update(status=409, error={"type": "version_conflict_engine_exception"})
    else:
        stored[meta.get("_id")] = True
        with open(os.path.join(FOLDER, "stored"), "a") as out:
            out.write("%s %s %s\n" % (meta.get("_index"), meta.get("_id"), text))
    return {"create": item}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, what):
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, {"status": "green"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if os.path.exists(os.path.join(FOLDER, "busy")):
            with open(os.path.join(FOLDER, "refused"), "a") as out:
                out.write("%d bytes\n" % len(body))
            self.answer(429, {"error": "busy", "status": 429})
            return
        kind = self.headers.get("Content-Type", "").split(";")[0]
        if kind not in ("application/json", "application/x-ndjson"):
            fault("content type %s" % kind)
        if self.path.split("?")[0] != "/_bulk":
            fault("path %s" % self.path)
        if not self.headers.get("Authorization", "").startswith("Basic "):
            fault("no Authorization")
        try:
            items = [store(*pair) for pair in pairs(body)]
        except ValueError as error:
            fault("no JSON: %s" % error)
            self.answer(400, {"error": str(error), "status": 400})
            return
        self.answer(200, {"took": 1, "errors": any(i["create"]["status"] > 299 for i in items), "items": items})

    def log_message(self, *args):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
