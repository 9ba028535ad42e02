"""A log of a stranger's: asks a witness of ours, in every way that it must answer, and writes a log's files.

Usage: log_writer.py keys FOLDER                 makes the log's key and prints its verifier key
       log_writer.py ask FOLDER URL WITNESS-VKEY
       log_writer.py files FOLDER SIZE           writes FOLDER/log and FOLDER/policy
"""

import hashlib
import os
import sys

from peer import Peer, claim
from tlog import (
    COSIGNATURE, ED25519, Checkpoint, Key, consistency_proof, entry_bundle, leaf_hash, root, tile_path, tiles, b64,
)

ORIGIN = "python-log.example/entries"


def entries(size, salt=""):
    return [f"{salt}entry {number}".encode() for number in range(size)]


def hashes(size, salt=""):
    return [leaf_hash(entry) for entry in entries(size, salt)]


def ask(log, peer, witness):
    def body(old, size, salt="", key=log, origin=ORIGIN, damage=False):
        leaves = hashes(size, salt)
        proof = consistency_proof(old, leaves) if 0 < old <= size else []
        if damage and proof:
            proof[0] = bytes(32)
        text = Checkpoint.make(origin, size, root(leaves))
        lines = "".join(b64(node) + "\n" for node in proof)
        return text, f"old {old}\n{lines}\n{text}\n{key.sign(text)}".encode()

    def send(*arguments, **changes):
        text, content = body(*arguments, **changes)
        response, answer = peer.read("POST", "/add-checkpoint", content)
        return text, response, answer

    stranger = Key(ORIGIN, ED25519, seed=os.urandom(32))
    other = Key("other.example/log", ED25519, seed=os.urandom(32))
    for old, size in [(0, 1), (1, 5), (5, 5), (5, 8), (8, 300), (300, 700)]:
        text, response, answer = send(old, size)
        claim(response.status == 200, f"a tree of {size} that extends {old} is cosigned ({response.status})")
        claim(witness.verify(text, answer.decode().splitlines()), "the cosignature verifies")
    _, response, answer = send(5, 700)
    claim(response.status == 409 and answer == b"700\n", "another old size is answered with the size that is held")
    claim(response.headers["content-type"].startswith("text/x.tlog.size"), "as a size")
    for what, expected, arguments, changes in [
        ("an old size above the tree's", {400}, (701, 700), {}),
        ("a stranger's signature", {403}, (700, 800), {"key": stranger}),
        ("an unknown log", {403, 404}, (0, 1), {"key": other, "origin": other.name}),
        ("a damaged proof", {422}, (700, 800), {"damage": True}),
        ("another history", {422}, (700, 800), {"salt": "x"}),
        ("another tree of the same size", {409, 422}, (700, 700), {"salt": "x"}),
    ]:
        _, response, _ = send(*arguments, **changes)
        claim(response.status in expected, f"{what} is refused ({response.status})")
    response, _ = peer.read("POST", "/add-checkpoint", b"old 700\n")
    claim(response.status == 400, "a body that ends early is malformed")
    digest = hashlib.sha256(ORIGIN.encode()).hexdigest()
    _, note = peer.read("GET", f"/{digest}/checkpoint")
    claim(note.startswith(Checkpoint.make(ORIGIN, 700, root(hashes(700))).encode()), "it shows what it cosigned last")
    print(f"  {claim.count} claims hold")


def write_files(folder, log, size):
    def write(path, content):
        path = os.path.join(folder, "log", path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    witnesses = [Key(f"python-witness-{number}.example", COSIGNATURE, seed=os.urandom(32)) for number in range(4)]
    leaves, all_entries = hashes(size), entries(size)
    for index, width in tiles(size):
        write(tile_path(0, index, width), b"".join(leaves[index * 256 : index * 256 + width]))
        write(tile_path("entries", index, width), entry_bundle(all_entries[index * 256 : index * 256 + width]))
    level, below = 1, [root(leaves[index * 256 : index * 256 + 256]) for index in range(size // 256)]
    while below:
        for index, width in tiles(len(below)):
            write(tile_path(level, index, width), b"".join(below[index * 256 : index * 256 + width]))
        level, below = level + 1, [root(below[index * 256 : index * 256 + 256]) for index in range(len(below) // 256)]
    text = Checkpoint.make(ORIGIN, size, root(leaves))
    cosignatures = "".join(witness.cosign(text) for witness in witnesses[:3])
    write("checkpoint", f"{text}\n{log.sign(text)}{cosignatures}".encode())
    with open(os.path.join(folder, "policy"), "w") as file:
        file.write(f"log {log.vkey}\n")
        file.writelines(f"witness w{number} {witness.vkey}\n" for number, witness in enumerate(witnesses))
        file.write("group all 3 w0 w1 w2 w3\nquorum all\n")


def main():
    verb, folder = sys.argv[1], sys.argv[2]
    seed_path = os.path.join(folder, "python-log.seed")
    if verb == "keys":
        os.makedirs(folder, exist_ok=True)
        with open(seed_path, "wb") as file:
            file.write(os.urandom(32))
    log = Key(ORIGIN, ED25519, seed=open(seed_path, "rb").read())
    if verb == "keys":
        print(log.vkey)
    elif verb == "ask":
        ask(log, Peer(sys.argv[3]), Key.parse(sys.argv[4]))
    else:
        write_files(folder, log, int(sys.argv[3]))


if __name__ == "__main__":
    main()
