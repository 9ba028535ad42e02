"""A stranger's gateway and target in one, on loopback: what it is asked comes back. Prints `listening HOST:PORT`.

`/echo` answers with the request's content; `/steps` with three pieces, of which the second waits for
`POST /control/release`; `/dated` refuses any date, as RFC 9458, section 6.5.2, describes.
"""

import json
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from pyhpke import PyHPKEError

import bhttp
import hpke
import ohttp

KEYS = [ohttp.GatewayKey(index, kem) for index, kem in enumerate(hpke.KEM_NAMES)]
RELEASED, RECEIVED = threading.Semaphore(0), threading.Semaphore(0)
PROBLEM = "https://iana.org/assignments/http-problem-types#"
FORMS = {types[0]: form for form, types in ohttp.MEDIA_TYPES.items()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, media_type="text/plain", body=b""):
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/.well-known/ohttp-gateway":
            body = ohttp.encode_list([key.configuration for key in KEYS])
            self.answer(200, "application/ohttp-keys", body)
        elif self.path == "/control/received":
            RECEIVED.acquire()
            self.answer(200)
        else:
            self.answer(404)

    def do_POST(self):
        body = self.read_body()
        if self.path == "/control/release":
            RELEASED.release()
            return self.answer(200)
        if self.path == "/control/forget":
            while RECEIVED.acquire(blocking=False):
                pass
            return self.answer(200)
        form = FORMS.get(self.headers["Content-Type"])
        if self.path != "/.well-known/ohttp-gateway" or form is None:
            return self.answer(404)
        try:
            exchange = ohttp.GatewayExchange(KEYS, body, form)
        except KeyError:
            problem = json.dumps({"type": PROBLEM + "ohttp-key", "title": "key identifier unknown"})
            return self.answer(400, "application/problem+json", problem.encode())
        except (ValueError, InvalidTag, PyHPKEError):
            return self.answer(400)
        if form == "single-shot":
            response = bhttp.encode_response(self.respond(exchange.request))
            return self.answer(200, ohttp.MEDIA_TYPES[form][1], exchange.seal(response))
        self.answer_in_chunks(exchange)

    def read_body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while length := int(self.rfile.readline(), 16):
            body += self.rfile.read(length)
            self.rfile.readline()
            # More than a header of any KEM: at least one chunk is there.
            if len(body) > 1300:
                RECEIVED.release()
        self.rfile.readline()
        return body

    def respond(self, message):
        request = bhttp.decode_request(message)
        if request.path == "/dated":
            body = json.dumps({"type": PROBLEM + "date", "title": "date field in request outside of acceptable range"})
            fields = [("content-type", "application/problem+json"), ("date", formatdate(usegmt=True))]
            return bhttp.Response(400, fields, body.encode())
        informational = [(103, [("link", "</style.css>; rel=preload")])]
        return bhttp.Response(200, [("server", "stranger")], request.content, [("t", "1")], informational)

    def answer_in_chunks(self, exchange):
        self.send_response(200)
        self.send_header("Content-Type", ohttp.MEDIA_TYPES["chunked"][1])
        self.send_header("Incremental", "?1")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        is_stepwise = bhttp.decode_request(exchange.request).path == "/steps"
        if is_stepwise:
            head = bhttp.encode_response(bhttp.Response(200), bhttp.INDETERMINATE_LENGTH)[:-2]
            first, second, third = (bhttp.prefixed(piece) for piece in (b"first", b" second", b" third"))
            chunks = [head + first, second, third + b"\0\0", b""]
        else:
            message = bhttp.encode_response(self.respond(exchange.request), bhttp.INDETERMINATE_LENGTH)
            chunks = [message[i : i + 2000] for i in range(0, len(message), 2000)]
        for index, piece in enumerate(exchange.seal_chunks(chunks)):
            if is_stepwise and index == 2:
                RELEASED.acquire()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"listening 127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
