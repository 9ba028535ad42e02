"""A stranger's Oblivious HTTP client against a gateway of ours, directly or through a relay.

Asks in every key configuration, AEAD and form that the gateway offers, and tries what must be refused. Prints one line
for each claim that held; ends with status 1 at the first that does not.
"""

import argparse
import json
import os
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import bhttp
import hpke
import ohttp
from peer import GATEWAY_PATH, Peer, claim

PROBLEM = "https://iana.org/assignments/http-problem-types#"
# What a client should not say, and a relay must not carry.
IDENTIFYING = {
    "User-Agent": "stranger/1.0",
    "Cookie": "id=7",
    "X-Forwarded-For": "192.0.2.7",
    "X-Real-IP": "192.0.2.7",
    "Forwarded": "for=192.0.2.7",
    "Via": "1.1 somewhere",
    "Accept-Language": "tlh",
    "Referer": "https://example.test/",
    "Authorization": "Bearer x",
    "X-Request-ID": "77",
    "Traceparent": "00-1-2-00",
}


def now(offset=0):
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=offset), usegmt=True)


class Session:
    def __init__(self, gateway, relay):
        self.gateway, self.relay = Peer(gateway), Peer(relay)
        response, content = self.gateway.read("GET", GATEWAY_PATH)
        claim(response.status == 200, "key configurations are served")
        claim(response.getheader("content-type") == "application/ohttp-keys", "key configurations have their type")
        self.configurations = ohttp.decode_list(content)

    def headers(self, form):
        headers = {"Content-Type": ohttp.MEDIA_TYPES[form][0], **IDENTIFYING}
        if form == "chunked":
            headers |= {"Incremental": "?1", "Transfer-Encoding": "chunked"}
        return headers

    def send(self, body, form):
        """A whole encapsulated request; the encapsulated response."""
        sent = body if form == "single-shot" else iter([body])
        response, content = self.relay.read("POST", "", sent, self.headers(form))
        return response, content

    def exchange(self, configuration, aead, form, request, framing=bhttp.KNOWN_LENGTH, chunk=3000):
        client = ohttp.ClientExchange(configuration, aead, form)
        message = bhttp.encode_request(request, framing)
        if form == "single-shot":
            response, content = self.send(client.seal(message), form)
        else:
            chunks = [message[i : i + chunk] for i in range(0, len(message), chunk)] + [b""]
            response, content = self.relay.read("POST", "", client.seal_chunks(chunks), self.headers(form))
        claim(response.status == 200, f"{form}: status {response.status} outside, expected 200")
        claim(response.getheader("content-type") == ohttp.MEDIA_TYPES[form][1], f"{form}: media type of the response")
        if form == "single-shot":
            return bhttp.decode_response(client.open(content))
        return bhttp.decode_response(b"".join(client.open_chunks([content])))


def request(path, content=b"", date=None, authority="target.example"):
    fields = [("content-type", "application/octet-stream")]
    fields += [("date", date)] if date else []
    return bhttp.Request("POST", "https", authority, path, fields, content)


def check_echo(session, forms):
    for configuration in session.configurations:
        for _, aead in configuration.algorithms:
            for form in forms:
                for size, framing in ((0, 0), (1, 2), (5000, 0), (70000, 2)):
                    content = os.urandom(size)
                    answer = session.exchange(configuration, aead, form, request("/echo", content, now()), framing)
                    claim(answer.status == 200, "echo: status inside")
                    claim(answer.content == content, f"echo of {size} bytes")
                names = f"{hpke.KEM_NAMES[configuration.kem]}, {hpke.AEAD_NAMES[aead]}, {form}"
                print(f"  {names}: requests and responses pass")


def check_dates(session, form):
    configuration = session.configurations[0]
    aead = configuration.algorithms[0][1]
    for date in (None, "yesterday", now(-3600), now(3600)):
        answer = session.exchange(configuration, aead, form, request("/echo", b"x", date))
        claim(answer.status == 400, "a date outside the window is refused inside the encapsulation")
        claim(answer.field("content-type") == "application/problem+json", "a refused date has its media type")
        claim(json.loads(answer.content)["type"] == PROBLEM + "date", "a refused date has its problem type")
        again = session.exchange(configuration, aead, form, request("/echo", b"x", answer.field("date")))
        claim(again.status == 200, "the date of the answer is accepted")
    print(f"  {form}: dates outside the window are refused inside, and the answer's date helps")


def check_refusals(session, form):
    configuration = session.configurations[0]
    aead = configuration.algorithms[0][1]
    client = ohttp.ClientExchange(configuration, aead, form)
    message = bhttp.encode_request(request("/echo", b"once", now()))
    body = client.seal(message) if form == "single-shot" else b"".join(client.seal_chunks([message]))
    open_ = client.open if form == "single-shot" else lambda data: b"".join(client.open_chunks([data]))
    first = bhttp.decode_response(open_(session.send(body, form)[1]))
    claim(first.content == b"once", "a request is answered")
    second = bhttp.decode_response(open_(session.send(body, form)[1]))
    claim(second.status == 400 and not second.content, "a replayed request is refused inside the encapsulation")

    response, content = session.send(bytes([body[0] ^ 0x80]) + body[1:], form)
    claim(response.status == 400, "an unknown key identifier is refused outside")
    claim(json.loads(content)["type"] == PROBLEM + "ohttp-key", "an unknown key has its problem type")
    damaged = body[:-1] + bytes([body[-1] ^ 1])
    claim(session.send(damaged, form)[0].status == 400, "a damaged request is refused outside")
    claim(session.send(body[:20], form)[0].status == 400, "a truncated request is refused outside")
    claim(session.send(b"", form)[0].status == 400, "an empty request is refused outside")
    print(f"  {form}: replays, unknown keys, damaged and truncated requests are refused")


def check_response_stream(session):
    """The gateway holds the second piece back until told otherwise, over another connection."""
    configuration = session.configurations[0]
    client = ohttp.ClientExchange(configuration, configuration.algorithms[0][1], "chunked")
    message = bhttp.encode_request(request("/steps", b"", now()))
    response, connection = session.relay.ask("POST", "", client.seal_chunks([message]), session.headers("chunked"))
    claim(response.status == 200, "stream: status outside")
    pieces = client.open_chunks(iter(lambda: response.read1(65536), b""))
    received = b""
    while b"first" not in received:
        received += next(pieces)
    claim(b"second" not in received, "the first piece comes alone")
    session.gateway.read("POST", "/control/release", b"")
    received += b"".join(pieces)
    connection.close()
    answer = bhttp.decode_response(received)
    claim(answer.content == b"first second third", "the rest of the stream follows")
    print("  the first chunk of a response arrives before the second is made")


def check_request_stream(session):
    """The gateway says over another connection that it has the first chunk; only then is the second one sent."""
    configuration = session.configurations[0]
    client = ohttp.ClientExchange(configuration, configuration.algorithms[0][1], "chunked")
    message = bhttp.encode_request(request("/echo", b"a" * 400, now()), bhttp.INDETERMINATE_LENGTH)
    chunks = [message[:200], message[200:]]

    def body():
        session.gateway.read("POST", "/control/forget", b"")
        for index, piece in enumerate(client.seal_chunks(chunks)):
            yield piece
            if index == 1:
                response, _ = session.gateway.read("GET", "/control/received")
                claim(response.status == 200, "the first chunk of a request arrives before the second is sent")

    response, content = session.relay.read("POST", "", body(), session.headers("chunked"))
    claim(response.status == 200, "request stream: status outside")
    answer = bhttp.decode_response(b"".join(client.open_chunks([content])))
    claim(answer.content == b"a" * 400, "request stream: echo")
    print("  the first chunk of a request arrives before the second is sent")


def check_relay(session):
    """What reaches the gateway, and what the relay does not carry."""
    allowed = {"host", "content-type", "content-length", "transfer-encoding", "incremental", "connection"}
    for form in ohttp.MEDIA_TYPES:
        configuration = session.configurations[0]
        session.exchange(configuration, configuration.algorithms[0][1], form, request("/echo", b"", now()))
        names = set(json.loads(session.gateway.read("GET", "/control/headers")[1]))
        claim(names <= allowed, f"the gateway sees no header of the client's: {sorted(names - allowed)}")
        claim(("incremental" in names) == (form == "chunked"), "the Incremental field passes")
    good = session.headers("single-shot")
    for method, path, headers, status in (
        ("GET", "", good, 405),
        ("PUT", "", good, 405),
        ("POST", "", {**good, "Content-Type": "application/json"}, 415),
        ("POST", "?x=1", good, 400),
        ("POST", "/more", good, 404),
    ):
        claim(session.relay.read(method, path, b"x", headers)[0].status == status, f"{method} {path}: status {status}")
    large = session.relay.read("POST", "", bytes(3 << 19), good)[0]
    claim(large.status == 413, "a body above the limit is refused")
    response, _ = session.send(b"x", "single-shot")
    names = {name.lower() for name, _ in response.getheaders()}
    claim(not {"set-cookie", "etag"} & names, "nothing passes back that marks a client")
    print("  the relay carries no header of the client's, and nothing but what it should")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gateway", help="http://HOST:PORT of the gateway, for its keys and its control")
    parser.add_argument("--relay", help="the URL that requests go to; the gateway's own without it")
    arguments = parser.parse_args()
    session = Session(arguments.gateway, arguments.relay or arguments.gateway + GATEWAY_PATH)
    kems = {configuration.kem for configuration in session.configurations}
    claim(kems == set(hpke.KEM_NAMES), "the gateway offers every KEM")
    check_echo(session, ohttp.MEDIA_TYPES)
    for form in ohttp.MEDIA_TYPES:
        check_dates(session, form)
        check_refusals(session, form)
    check_response_stream(session)
    check_request_stream(session)
    if arguments.relay:
        check_relay(session)
    print(f"  {claim.count} claims held")


main()
