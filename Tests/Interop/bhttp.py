"""Binary HTTP (RFC 9292), from the RFC alone: what a stranger would write. Raises ValueError for anything invalid."""

from dataclasses import dataclass, field

KNOWN_LENGTH, INDETERMINATE_LENGTH = 0, 2


@dataclass
class Request:
    method: str
    scheme: str
    authority: str
    path: str
    fields: list = field(default_factory=list)
    content: bytes = b""
    trailers: list = field(default_factory=list)


@dataclass
class Response:
    status: int
    fields: list = field(default_factory=list)
    content: bytes = b""
    trailers: list = field(default_factory=list)
    informational: list = field(default_factory=list)

    def field(self, name):
        return next((value for key, value in self.fields if key == name), None)


def varint(number):
    """RFC 9000, section 16."""
    for bits, mark in ((6, 0), (14, 1), (30, 2), (62, 3)):
        if number < 1 << bits:
            size = (bits + 2) // 8
            return (number | mark << bits).to_bytes(size, "big")
    raise ValueError("integer does not fit")


def prefixed(data):
    return varint(len(data)) + data


class Reader:
    def __init__(self, data):
        self.data, self.position = data, 0

    def at_end(self):
        return self.position == len(self.data)

    def take(self, count):
        if self.position + count > len(self.data):
            raise ValueError("message is truncated")
        self.position += count
        return self.data[self.position - count : self.position]

    def varint(self):
        first = self.take(1)[0]
        rest = self.take((1 << (first >> 6)) - 1)
        return int.from_bytes(bytes([first & 0x3F]) + rest, "big")

    def prefixed(self):
        return self.take(self.varint())


def _lines(fields):
    return b"".join(prefixed(name.encode()) + prefixed(value.encode("latin-1")) for name, value in fields)


def _section(fields, framing):
    return prefixed(_lines(fields)) if framing == KNOWN_LENGTH else _lines(fields) + varint(0)


def _content(content, framing, piece=1000):
    if framing == KNOWN_LENGTH:
        return prefixed(content)
    pieces = [content[start : start + piece] for start in range(0, len(content), piece)]
    return b"".join(prefixed(part) for part in pieces) + varint(0)


def encode_request(request, framing=KNOWN_LENGTH):
    parts = (request.method, request.scheme, request.authority, request.path)
    head = varint(framing) + b"".join(prefixed(part.encode()) for part in parts)
    return (
        head
        + _section(request.fields, framing)
        + _content(request.content, framing)
        + _section(request.trailers, framing)
    )


def encode_response(response, framing=KNOWN_LENGTH):
    head = varint(framing + 1)
    for status, fields in response.informational:
        head += varint(status) + _section(fields, framing)
    return (
        head
        + varint(response.status)
        + _section(response.fields, framing)
        + _content(response.content, framing)
        + _section(response.trailers, framing)
    )


def _read_lines(reader, is_done):
    fields = []
    while not is_done(reader):
        name, value = reader.prefixed(), reader.prefixed()
        if not name:
            raise ValueError("field name is invalid")
        # Names are compared without case.
        fields.append((name.decode("ascii").lower(), value.decode("latin-1")))
    return fields


def _read_section(reader, framing):
    if framing == KNOWN_LENGTH:
        return _read_lines(Reader(reader.prefixed()), Reader.at_end)

    def is_terminated(reader):
        if reader.data[reader.position : reader.position + 1] == b"\0":
            reader.take(1)
            return True
        return False

    return _read_lines(reader, is_terminated)


def _read_content(reader, framing):
    if framing == KNOWN_LENGTH:
        return reader.prefixed()
    content = b""
    while length := reader.varint():
        content += reader.take(length)
    return content


def _read_rest(reader, framing):
    """Header section, content and trailer section, each of which may be cut off where nothing follows."""
    fields = [] if reader.at_end() else _read_section(reader, framing)
    content = b"" if reader.at_end() else _read_content(reader, framing)
    trailers = [] if reader.at_end() else _read_section(reader, framing)
    if any(reader.data[reader.position :]):
        raise ValueError("padding is not zero")
    return fields, content, trailers


def _framing(indicator, kind):
    if indicator not in (kind, kind + 2):
        raise ValueError("framing indicator is invalid")
    return indicator - kind


def decode_request(data):
    reader = Reader(data)
    framing = _framing(reader.varint(), 0)
    parts = [reader.prefixed().decode("ascii") for _ in range(4)]
    fields, content, trailers = _read_rest(reader, framing)
    return Request(*parts, fields, content, trailers)


def decode_response(data):
    reader = Reader(data)
    framing = _framing(reader.varint(), 1)
    informational = []
    while 100 <= (status := reader.varint()) < 200:
        informational.append((status, _read_section(reader, framing)))
    if not 200 <= status < 600:
        raise ValueError("status is invalid")
    fields, content, trailers = _read_rest(reader, framing)
    return Response(status, fields, content, trailers, informational)
