"""A stand-in for the model of a deployment's nodes: OpenAI's protocol on a Unix socket, with answers known beforehand.

Whoever drives the page may hold a stream behind its first word, break the next one off in its second line, and see what
a node asked for: `POST /hold`, `POST /release`, `POST /break`, `GET /chats`.
Usage: engine.py SOCKET        prints a line once it listens
"""

import contextlib
import http.client
import http.server
import json
import socket
import socketserver
import sys
import threading

REPLY = "Thank you, the tap suits me and I call them at ten."
# Longer than a walk waits for a word: a stream that nobody lets go must not keep a node for ever.
HOLD_SECONDS = 20


def answer(messages):
    """Tells how much of a conversation came; the prompt of a reply is the release's own."""
    if messages[0]["role"] == "system":
        return REPLY
    questions = sum(message["role"] == "user" for message in messages)
    return f"Basil likes a bright window. That answers question {questions} of this conversation."


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing: what is asked is content."""

    def do_GET(self):
        self.respond(self.server.chats if self.path == "/chats" else None)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        if self.path == "/hold":
            self.server.gate.clear()
            return self.respond({})
        if self.path == "/release":
            self.server.gate.set()
            return self.respond({})
        if self.path == "/break":
            self.server.breaks_next = True
            return self.respond({})
        if self.path != "/v1/chat/completions":
            return self.respond(None)
        request = json.loads(body)
        text = answer(request["messages"])
        chat = {"messages": request["messages"], "said": ""}
        self.server.chats.append(chat)
        if request.get("stream"):
            return self.stream(text, chat)
        chat["said"] = text
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return self.respond(
            {"id": "1", "object": "chat.completion", "created": 1, "model": "stand-in", "choices": [choice]})

    def respond(self, value):
        body = json.dumps(value).encode()
        self.send_response(404 if value is None else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, text, chat):
        """Word by word; the end of the connection is the end of the answer."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        if self.server.breaks_next:
            self.server.breaks_next = False
            self.event({"delta": {"content": text.replace(" ", "\n", 1)}, "finish_reason": None})
            return
        first, *rest = text.split(" ")
        for word in [first] + [" " + word for word in rest]:
            if chat["said"]:
                self.server.gate.wait(HOLD_SECONDS)
            chat["said"] += word
            self.event({"delta": {"content": word}, "finish_reason": None})
        self.event({"delta": {}, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, choice):
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "stand-in"}
        self.wfile.write(f"data: {json.dumps(chunk | {'choices': [{'index': 0} | choice]})}\n\n".encode())


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def __init__(self, path):
        super().__init__(path, Handler)
        self.chats = []
        self.breaks_next = False
        self.gate = threading.Event()
        self.gate.set()

    def handle_error(self, *_):
        """A node that hangs up is no failure of the engine's."""


class EngineDriver:
    """The other side of `hold`, `release`, `break` and `chats`."""

    def __init__(self, path):
        self.path = path

    def hold(self):
        self._ask("POST", "/hold")

    def release(self):
        self._ask("POST", "/release")

    def break_next(self):
        self._ask("POST", "/break")

    def newest(self):
        return self._ask("GET", "/chats")[-1]

    def _ask(self, method, path):
        connection = http.client.HTTPConnection("engine")
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.connect(self.path)
        with contextlib.closing(connection):
            connection.request(method, path)
            return json.load(connection.getresponse())


if __name__ == "__main__":
    with Server(sys.argv[1]) as server:
        print("listening", flush=True)
        server.serve_forever()
