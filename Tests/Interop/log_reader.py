"""Submits entries to a log of ours, and verifies its proofs and every file that it serves.

Usage: log_reader.py URL POLICY SUBMISSION-KEY COUNT
"""

import base64
import sys
from concurrent.futures import ThreadPoolExecutor

from peer import Peer, claim
from tlog import Checkpoint, Key, leaf_hash, parse_bundle, root, split_note, tile_path, tiles, verify_inclusion


def read_policy(path):
    words = [line.split() for line in open(path)]
    log = next(Key.parse(line[1]) for line in words if line[0] == "log")
    witnesses = [Key.parse(line[2]) for line in words if line[0] == "witness"]
    quorum = next(int(line[2]) for line in words if line[0] == "group")
    return log, witnesses, quorum


def verified(note, log, witnesses, quorum):
    text, signatures = split_note(note)
    claim(log.verify(text, signatures) is not None, "the log signed its checkpoint")
    times = [witness.verify(text, signatures) for witness in witnesses]
    claim(sum(time is not None for time in times) >= quorum, "enough of the strangers' witnesses cosigned it")
    checkpoint = Checkpoint(text)
    claim(checkpoint.origin == log.name, "the checkpoint is of this log")
    return checkpoint


def main():
    url, policy, key, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    log, witnesses, quorum = read_policy(policy)
    peer = Peer(url)
    entries = [f"entry {number} ".encode() * (number % 50 + 1) for number in range(count)]

    def add(entry):
        response, proof = peer.read("POST", "/add", entry, {"authorization": f"Bearer {key}"})
        claim(response.status == 200, f"an entry is taken ({response.status})")
        head, _, note = proof.partition(b"\n\n")
        lines = head.decode().split("\n")
        claim(lines[0] == "c2sp.org/tlog-proof@v1", "the proof says what it is")
        index, hashes = int(lines[1].removeprefix("index ")), [base64.b64decode(line) for line in lines[2:]]
        checkpoint = verified(note, log, witnesses, quorum)
        claim(
            verify_inclusion(index, checkpoint.size, leaf_hash(entry), hashes) == checkpoint.root,
            "the proof leads from the entry to the cosigned root",
        )
        return index

    with ThreadPoolExecutor(16) as pool:
        indices = list(pool.map(add, entries))
    claim(sorted(indices) == list(range(count)), "every entry has an index of its own")
    claim(add(entries[7]) == indices[7], "an entry that is there gets its first index")

    _, note = peer.read("GET", "/checkpoint")
    checkpoint = verified(note, log, witnesses, quorum)
    claim(checkpoint.size == count, "the checkpoint holds them all")
    hashes = []
    for index, width in tiles(count):
        _, tile = peer.read("GET", "/" + tile_path(0, index, width))
        _, bundle = peer.read("GET", "/" + tile_path("entries", index, width))
        leaves = [leaf_hash(entry) for entry in parse_bundle(bundle)]
        claim(b"".join(leaves) == tile and len(leaves) == width, "entries have the hashes of their tile")
        hashes += leaves
    claim(root(hashes) == checkpoint.root, "the tiles have the root of the checkpoint")
    full = count // 256
    if full:
        _, upper = peer.read("GET", "/" + tile_path(1, 0, full))
        expected = [root(hashes[index * 256 : index * 256 + 256]) for index in range(full)]
        claim(upper == b"".join(expected), "a tile of level 1 has the roots of the full tiles below")
    claim([entries.index(entry) for entry in entries] == list(range(count)), "the entries were all different")
    print(f"  {claim.count} claims hold")


if __name__ == "__main__":
    main()
