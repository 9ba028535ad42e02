"""Oblivious HTTP (RFC 9458) and its chunked form (draft-ietf-ohai-chunked-ohttp), both sides."""

import os
from dataclasses import dataclass

import hpke
from bhttp import Reader, varint

MEDIA_TYPES = {
    "single-shot": ("message/ohttp-req", "message/ohttp-res"),
    "chunked": ("message/ohttp-chunked-req", "message/ohttp-chunked-res"),
}
LABELS = {
    "single-shot": (b"message/bhttp request", b"message/bhttp response"),
    "chunked": (b"message/bhttp chunked request", b"message/bhttp chunked response"),
}


@dataclass
class KeyConfiguration:
    identifier: int
    kem: int
    public: bytes
    algorithms: list

    def encode(self):
        pairs = b"".join(kdf.to_bytes(2, "big") + aead.to_bytes(2, "big") for kdf, aead in self.algorithms)
        head = bytes([self.identifier]) + self.kem.to_bytes(2, "big") + self.public
        return head + len(pairs).to_bytes(2, "big") + pairs


def encode_list(configurations):
    encoded = [configuration.encode() for configuration in configurations]
    return b"".join(len(data).to_bytes(2, "big") + data for data in encoded)


def decode_list(data):
    """Those of known algorithms."""
    reader, configurations = Reader(data), []
    while not reader.at_end():
        entry = Reader(reader.take(int.from_bytes(reader.take(2), "big")))
        identifier, kem = entry.take(1)[0], int.from_bytes(entry.take(2), "big")
        if kem not in hpke.KEY_LENGTHS:
            continue
        public = entry.take(hpke.KEY_LENGTHS[kem])
        pairs = Reader(entry.take(int.from_bytes(entry.take(2), "big")))
        algorithms = []
        while not pairs.at_end():
            kdf, aead = (int.from_bytes(pairs.take(2), "big") for _ in range(2))
            if kdf == hpke.HKDF_SHA256 and aead in hpke.AEAD_NAMES:
                algorithms.append((kdf, aead))
        if not entry.at_end():
            raise ValueError("bytes after a key configuration")
        configurations.append(KeyConfiguration(identifier, kem, public, algorithms))
    return configurations


class ResponseKey:
    """What seals and opens a response: key and nonces from the request's context (RFC 9458, section 4.4)."""

    def __init__(self, context, enc, aead_id, form, nonce=None):
        key_length = hpke.AEAD_KEY_LENGTHS[aead_id]
        self.length = max(12, key_length)
        self.nonce = nonce or os.urandom(self.length)
        secret = context.export(LABELS[form][1], self.length)
        prk = hpke.extract(enc + self.nonce, secret)
        self.aead = hpke.aead(aead_id, hpke.expand(prk, b"key", key_length))
        self.base_nonce = hpke.expand(prk, b"nonce", 12)
        self.counter = 0

    def _next_nonce(self):
        self.counter += 1
        return hpke.nonce_for(self.base_nonce, self.counter - 1)

    def seal(self, plaintext, aad=b""):
        return self.aead.encrypt(self._next_nonce(), plaintext, aad)

    def open(self, ciphertext, aad=b""):
        return self.aead.decrypt(self._next_nonce(), ciphertext, aad)


def frame(sealer, chunk, is_final):
    if is_final:
        return varint(0) + sealer.seal(chunk, b"final")
    sealed = sealer.seal(chunk)
    return varint(len(sealed)) + sealed


class Chunks:
    """Opens chunks as their bytes come."""

    def __init__(self, opener):
        self.opener, self.pending, self.in_final = opener, b"", False

    def feed(self, data):
        self.pending += data
        chunks = []
        while not self.in_final:
            reader = Reader(self.pending)
            try:
                length = reader.varint()
                if length:
                    sealed = reader.take(length)
            except ValueError:
                break
            self.pending = self.pending[reader.position :]
            if length == 0:
                self.in_final = True
            else:
                chunks.append(self.opener.open(sealed))
        return chunks

    def finish(self):
        if not self.in_final:
            raise ValueError("message ended without its final chunk")
        return self.opener.open(self.pending, b"final")


class ClientExchange:
    """One request and its response, by a client."""

    def __init__(self, configuration, aead_id, form):
        algorithms = (configuration.kem, hpke.HKDF_SHA256, aead_id)
        self.header = bytes([configuration.identifier]) + b"".join(n.to_bytes(2, "big") for n in algorithms)
        self.form, self.aead_id = form, aead_id
        info = LABELS[form][0] + b"\0" + self.header
        self.enc, self.context = hpke.sender(configuration.kem, aead_id, configuration.public, info)

    def seal(self, request):
        return self.header + self.enc + self.context.seal(request)

    def open(self, response):
        length = max(12, hpke.AEAD_KEY_LENGTHS[self.aead_id])
        return ResponseKey(self.context, self.enc, self.aead_id, self.form, response[:length]).open(response[length:])

    def seal_chunks(self, chunks):
        """The pieces of a chunked request, the last chunk final."""
        yield self.header + self.enc
        for index, chunk in enumerate(chunks):
            yield frame(self.context, chunk, index == len(chunks) - 1)

    def open_chunks(self, pieces):
        """The chunks of a chunked response as they come."""
        length, start, chunks = max(12, hpke.AEAD_KEY_LENGTHS[self.aead_id]), b"", None
        for piece in pieces:
            if chunks is None:
                start += piece
                if len(start) < length:
                    continue
                key = ResponseKey(self.context, self.enc, self.aead_id, self.form, start[:length])
                chunks, piece = Chunks(key), start[length:]
            yield from chunks.feed(piece)
        if chunks is None:
            raise ValueError("response ended inside its nonce")
        yield chunks.finish()


class GatewayKey:
    def __init__(self, identifier, kem):
        self.private = hpke.PrivateKey(kem)
        algorithms = [(hpke.HKDF_SHA256, aead) for aead in hpke.AEAD_NAMES]
        self.configuration = KeyConfiguration(identifier, kem, self.private.public, algorithms)


class GatewayExchange:
    """One request and its response, by a gateway. `body` is everything that came."""

    def __init__(self, keys, body, form):
        self.form = form
        reader = Reader(body)
        header = reader.take(7)
        identifier = header[0]
        kem, kdf, self.aead_id = (int.from_bytes(header[i : i + 2], "big") for i in (1, 3, 5))
        key = next((k for k in keys if (k.configuration.identifier, k.configuration.kem) == (identifier, kem)), None)
        if key is None or (kdf, self.aead_id) not in key.configuration.algorithms:
            raise KeyError("ohttp-key")
        self.enc = reader.take(hpke.ENC_LENGTHS[kem])
        self.context = key.private.recipient(self.aead_id, self.enc, LABELS[form][0] + b"\0" + header)
        rest = body[reader.position :]
        if form == "single-shot":
            self.request = self.context.open(rest)
        else:
            chunks = Chunks(self.context)
            self.request = b"".join(chunks.feed(rest)) + chunks.finish()

    def seal(self, response):
        key = ResponseKey(self.context, self.enc, self.aead_id, self.form)
        return key.nonce + key.seal(response)

    def seal_chunks(self, chunks):
        key = ResponseKey(self.context, self.enc, self.aead_id, self.form)
        yield key.nonce
        for index, chunk in enumerate(chunks):
            yield frame(key, chunk, index == len(chunks) - 1)
