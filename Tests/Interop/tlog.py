"""Transparency logs as C2SP describes them: signed notes, checkpoints, cosignatures, tlog-tiles, tlog-witness, tlog-proof.

Written from the specifications (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-witness,
tlog-proof) and RFC 6962, section 2.1, alone.
"""

import base64
import hashlib
import struct
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.exceptions import InvalidSignature

ED25519, COSIGNATURE = 1, 4


def b64(data):
    return base64.b64encode(data).decode()


class Key:
    """A note key; `seed` is None for one that only verifies."""

    def __init__(self, name, kind, seed=None, public=None):
        self.name, self.kind = name, kind
        self.private = Ed25519PrivateKey.from_private_bytes(seed) if seed else None
        self.public = public or self.private.public_key().public_bytes_raw()
        self.identifier = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + self.public).digest()[:4]

    @classmethod
    def parse(cls, vkey):
        name, identifier, encoded = vkey.split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        key = cls(name, raw[0], public=raw[1:])
        assert key.identifier.hex() == identifier
        return key

    @property
    def vkey(self):
        return f"{self.name}+{self.identifier.hex()}+{b64(bytes([self.kind]) + self.public)}"

    def line(self, signature):
        return f"— {self.name} {b64(self.identifier + signature)}\n"

    def sign(self, text):
        return self.line(self.private.sign(text.encode()))

    def cosign(self, text, now=None):
        stamp = int(time.time() if now is None else now)
        message = f"cosignature/v1\ntime {stamp}\n{text}".encode()
        return self.line(struct.pack(">Q", stamp) + self.private.sign(message))

    def verify(self, text, lines):
        """The cosignature's time, or 0 for a log's signature; None where this key did not sign."""
        for line in lines:
            mark, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
            if mark != "—" or name != self.name or raw[:4] != self.identifier:
                continue
            message, signature, stamp = text.encode(), raw[4:], 0
            if self.kind == COSIGNATURE:
                stamp, signature = struct.unpack(">Q", raw[4:12])[0], raw[12:]
                message = f"cosignature/v1\ntime {stamp}\n{text}".encode()
            try:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            except InvalidSignature:
                return None
            return stamp
        return None


def split_note(note):
    text, _, signatures = note.decode().rpartition("\n\n")
    return text + "\n", signatures.splitlines()


class Checkpoint:
    def __init__(self, text):
        lines = text.split("\n")
        self.text, self.origin, self.size = text, lines[0], int(lines[1])
        self.root = base64.b64decode(lines[2], validate=True)

    @staticmethod
    def make(origin, size, root):
        return f"{origin}\n{size}\n{b64(root)}\n"


# RFC 6962, section 2.1


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(count):
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1


def root(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(root(hashes[:k]), root(hashes[k:]))


def consistency_proof(old, hashes, whole=True):
    if old == len(hashes):
        return [] if whole else [root(hashes)]
    k = split(len(hashes))
    if old <= k:
        return consistency_proof(old, hashes[:k], whole) + [root(hashes[k:])]
    return consistency_proof(old - k, hashes[k:], False) + [root(hashes[:k])]


def verify_inclusion(index, size, leaf, proof):
    """The root that follows (RFC 9162, section 2.1.3.2)."""
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        assert last > 0
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    assert last == 0
    return result


def verify_consistency(old, old_root, new, new_root, proof):
    """RFC 9162, section 2.1.4.2."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof
    proof = list(proof)
    if old & (old - 1) == 0:
        proof.insert(0, old_root)
    if not proof:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


# tlog-tiles


def tile_path(level, index, width=256):
    name = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        name = f"x{index % 1000:03d}/{name}"
    return f"tile/{level}/{name}" + ("" if width == 256 else f".p/{width}")


def tiles(size):
    """Level 0 tiles of a tree, each with its width."""
    return [(index, min(256, size - index * 256)) for index in range((size + 255) // 256)]


def entry_bundle(entries):
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def parse_bundle(data):
    entries = []
    while data:
        (length,) = struct.unpack(">H", data[:2])
        assert len(data) >= 2 + length
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    return entries
