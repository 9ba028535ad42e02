"""A model's server on a Unix socket, in OpenAI's form: it says what it heard, word by word. Arguments: the socket, a
file in which it keeps each request's body on a line, and a named pipe. A chat that asks it to wait is held behind its
first word until somebody opens the pipe. A word counts as a token, of the request's limit too; a chat that asks it not
to count gets no counts in a stream."""

import http.server
import json
import socketserver
import sys
import threading

SOCKET, RECORD, PIPE = sys.argv[1:]
WAIT = "please wait"
UNCOUNTED = "do not count"
record_lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with record_lock, open(RECORD, "ab") as record:
            record.write(body + b"\n")
        request = json.loads(body)
        heard = request["messages"][-1]["content"]
        words = ["You ", "said: "] + [heard[:200]]
        limit = request.get("max_tokens", len(words))
        reason = "length" if limit < len(words) else "stop"
        words = words[:limit]
        read = sum(len(message["content"].split()) for message in request["messages"])
        # Without the count of 0 the node's trial refuses an engine.
        usage = {"prompt_tokens": read, "completion_tokens": len(words), "total_tokens": read + len(words),
                 "prompt_tokens_details": {"cached_tokens": 0}}
        if request.get("stream"):
            is_counted = request.get("stream_options") == {"include_usage": True} and UNCOUNTED not in heard
            self.stream(words, reason, WAIT in heard, usage if is_counted else None)
        else:
            message = {"role": "assistant", "content": "".join(words)}
            answer = self.form("chat.completion", reason, message=message) | {"usage": usage}
            self.send("application/json", [json.dumps(answer).encode()])

    def form(self, kind, reason, **choice):
        return {"id": "1", "object": kind, "created": 1, "model": "stand-in",
                "choices": [{"index": 0, "finish_reason": reason} | choice]}

    def stream(self, words, last_reason, waits, usage):
        def events():
            for number, word in enumerate(words):
                reason = last_reason if number == len(words) - 1 else None
                chunk = self.form("chat.completion.chunk", reason, delta={"content": word})
                yield b"data: " + json.dumps(chunk).encode() + b"\n\n"
                if waits and number == 0:
                    open(PIPE).close()
            if usage:
                counted = self.form("chat.completion.chunk", None) | {"choices": [], "usage": usage}
                yield b"data: " + json.dumps(counted).encode() + b"\n\n"
            yield b"data: [DONE]\n\n"

        self.send("text/event-stream", events())

    def send(self, media_type, pieces):
        self.send_response(200)
        self.send_header("content-type", media_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def address_string(self):
        return "socket"

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


server = Server(SOCKET, Handler)
print("listening", SOCKET, flush=True)
server.serve_forever()
