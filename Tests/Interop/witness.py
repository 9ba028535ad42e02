"""Witnesses of C2SP tlog-witness, several in one process, and what they cosign for one log.

Prints `listening FILE`: a policy of C2SP tlog-policy with the log, the witnesses, their URLs and a quorum of all but one.
Usage: witness.py LOG-VKEY COUNT FILE
"""

import hashlib
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tlog import COSIGNATURE, Checkpoint, Key, split_note, verify_consistency
import base64


class Witness:
    def __init__(self, number, log):
        self.key = Key(f"python-witness-{number}.example", COSIGNATURE, seed=os.urandom(32))
        self.log, self.checkpoint, self.note, self.lock = log, None, None, threading.Lock()

    def add(self, body):
        """Status, media type and content, in the order of the specification."""
        head, _, note = body.partition(b"\n\n")
        lines = head.decode().split("\n")
        old, proof = int(lines[0].removeprefix("old ")), [base64.b64decode(line) for line in lines[1:]]
        text, signatures = split_note(note)
        checkpoint = Checkpoint(text)
        if checkpoint.origin != self.log.name:
            return 404, "text/plain", b"unknown log\n"
        if self.log.verify(text, signatures) is None:
            return 403, "text/plain", b"bad signature\n"
        if old > checkpoint.size:
            return 400, "text/plain", b"old size above the tree's\n"
        with self.lock:
            size, root = (self.checkpoint.size, self.checkpoint.root) if self.checkpoint else (0, b"")
            if old != size:
                return 409, "text/x.tlog.size", f"{size}\n".encode()
            if not verify_consistency(size, root, checkpoint.size, checkpoint.root, proof):
                return 422, "text/plain", b"not consistent\n"
            line = self.key.cosign(text)
            self.checkpoint, self.note = checkpoint, note + line.encode()
        return 200, "text/plain", line.encode()


def handler(witness):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.answer(*(witness.add(body) if self.path == "/add-checkpoint" else (404, "text/plain", b"")))

        def do_GET(self):
            digest = hashlib.sha256(witness.log.name.encode()).hexdigest()
            found = witness.note if self.path == f"/{digest}/checkpoint" else None
            self.answer(*((200, "text/plain", found) if found else (404, "text/plain", b"")))

        def answer(self, status, kind, content):
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    return Handler


def main():
    log, count, path = Key.parse(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    lines = [f"log {log.vkey}\n"]
    for number in range(count):
        witness = Witness(number, log)
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler(witness))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        lines.append(f"witness w{number} {witness.key.vkey} http://127.0.0.1:{server.server_address[1]}\n")
    names = " ".join(f"w{number}" for number in range(count))
    lines.append(f"group all {count - 1} {names}\nquorum all\n")
    with open(path, "w") as file:
        file.writelines(lines)
    print("listening", path, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
