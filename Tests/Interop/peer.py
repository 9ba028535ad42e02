"""What the clients here share: one address that is asked, and claims that must hold."""

import http.client
import sys
from urllib.parse import urlsplit

GATEWAY_PATH = "/.well-known/ohttp-gateway"


def claim(holds, what):
    if not holds:
        sys.exit(f"does not hold: {what}")
    claim.count += 1


claim.count = 0


class Peer:
    """One address that is asked, each time on a connection of its own."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.port, self.path = parts.hostname, parts.port, parts.path.rstrip("/")

    def ask(self, method, path="", body=None, headers={}):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        is_stream = body is not None and not isinstance(body, bytes)
        connection.request(method, self.path + path, body, dict(headers), encode_chunked=is_stream)
        response = connection.getresponse()
        return response, connection

    def read(self, method, path="", body=None, headers={}):
        response, connection = self.ask(method, path, body, headers)
        content = response.read()
        connection.close()
        return response, content
