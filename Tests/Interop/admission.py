"""A stranger at the door of a real deployment: `cloister-gateway` answers it inside the encapsulation, and lets nobody
in without a token. Arguments: the gateway's http://HOST:PORT, and the relay's URL for encapsulated requests."""

import hashlib
import json
import os
import sys

import bhttp
import hpke
import ohttp
from peer import GATEWAY_PATH, Peer, claim


def node_identifiers(epoch_file):
    """SHA-256 of every X-Wing key configuration with AES-256-GCM in an epoch's file: the names of nodes, and the
    gateway's own."""
    mark, tail = hpke.XWING.to_bytes(2, "big"), bytes.fromhex("000400010002")
    length = 1 + 2 + hpke.KEY_LENGTHS[hpke.XWING]
    start = -1
    while (start := epoch_file.find(mark, start + 1)) > 0:
        configuration = epoch_file[start - 1 : start - 1 + length + len(tail)]
        if configuration.endswith(tail):
            yield hashlib.sha256(configuration).hexdigest()


def ask(relay, configuration, aead, form, path, token=None):
    """The gateway's answer inside the encapsulation; None where it does not take this form."""
    fields = [("content-type", ohttp.MEDIA_TYPES[form][0])]
    fields += [("authorization", token)] if token else []
    request = bhttp.Request("POST", "https", "demo.cloister.test", path, fields, os.urandom(2000))
    client = ohttp.ClientExchange(configuration, aead, form)
    message = bhttp.encode_request(request)
    headers = {"Content-Type": ohttp.MEDIA_TYPES[form][0]}
    if form == "single-shot":
        response, content = relay.read("POST", "", client.seal(message), headers)
    else:
        headers |= {"Incremental": "?1", "Transfer-Encoding": "chunked"}
        response, content = relay.read("POST", "", client.seal_chunks([message, b""]), headers)
    if response.status == 415:
        return None
    claim(response.status == 200, f"status {response.status} outside, expected 200")
    open_ = client.open if form == "single-shot" else lambda data: b"".join(client.open_chunks([data]))
    return bhttp.decode_response(open_(content))


def main():
    gateway, relay = Peer(sys.argv[1]), Peer(sys.argv[2])
    configurations = ohttp.decode_list(gateway.read("GET", GATEWAY_PATH)[1])
    claim(bool(configurations), "the gateway offers keys")
    epoch = json.loads(gateway.read("GET", "/health")[1])["epoch"]
    nodes = list(node_identifiers(gateway.read("GET", f"/epoch/{epoch}")[1]))
    claim(len(nodes) >= 3, "the epoch's file names its nodes")
    for configuration in configurations:
        for _, aead in configuration.algorithms:
            for form in ohttp.MEDIA_TYPES:
                names = f"{hpke.KEM_NAMES[configuration.kem]}, {hpke.AEAD_NAMES[aead]}, {form}"
                unknown = ask(relay, configuration, aead, form, "/nodes/" + "0" * 64)
                if unknown is None:
                    print(f"  {names}: not offered")
                    continue
                claim(unknown.status == 404, "an unknown node is refused inside")
                answers = [ask(relay, configuration, aead, form, "/nodes/" + node) for node in nodes]
                refused = [answer for answer in answers if answer.status == 401]
                claim(len(refused) >= 3, "every node is closed without a token")
                for answer in refused:
                    claim(json.loads(answer.content)["code"] == "token-refused", "the refusal has its code")
                forged = ask(relay, configuration, aead, form, "/nodes/" + nodes[0], "PrivateToken token=AAAA")
                claim(forged.status in (401, 404), "a forged token opens nothing")
                print(f"  {names}: answered inside, refused without a token")
    print(f"  {claim.count} claims held")


main()
