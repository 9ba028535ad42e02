"""HPKE contexts (RFC 9180, base mode) for both sides: pyhpke's for X25519 and P-256. For X-Wing, which it lacks, the
key schedule by hand over ML-KEM-768 and X25519 of PyPI's `cryptography` (draft-connolly-cfrg-xwing-kem)."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

P256, X25519, XWING = 0x0010, 0x0020, 0x647A
KEM_NAMES = {P256: "P-256", X25519: "X25519", XWING: "X-Wing"}
KEY_LENGTHS = {P256: 65, X25519: 32, XWING: 1216}
ENC_LENGTHS = {P256: 65, X25519: 32, XWING: 1120}
XWING_LABEL = bytes.fromhex("5c2e2f2f5e5c")
HKDF_SHA256 = 1
AEAD_NAMES = {1: "AES-128-GCM", 2: "AES-256-GCM", 3: "ChaCha20-Poly1305"}
AEAD_KEY_LENGTHS = {1: 16, 2: 32, 3: 32}


def aead(identifier, key):
    return ChaCha20Poly1305(key) if identifier == 3 else AESGCM(key)


def extract(salt, material):
    return hmac.digest(salt or bytes(32), material, "sha256")


def expand(key, info, length):
    output, block, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        output, counter = output + block, counter + 1
    return output[:length]


class XWing:
    """The KEM: a key is a seed of 32 bytes, a public key ML-KEM's and X25519's side by side."""

    def __init__(self, seed=None):
        self.seed = seed or os.urandom(32)
        expanded = hashlib.shake_256(self.seed).digest(96)
        self.mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self.x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])

    def public_bytes(self):
        return self.mlkem.public_key().public_bytes_raw() + self.x25519.public_key().public_bytes_raw()

    def decapsulate(self, enc):
        theirs = enc[1088:]
        agreed = self.x25519.exchange(X25519PublicKey.from_public_bytes(theirs))
        return self.combine(self.mlkem.decapsulate(enc[:1088]), agreed, theirs, self.public_bytes()[1184:])

    @staticmethod
    def encapsulate(public):
        ephemeral = X25519PrivateKey.generate()
        mine = ephemeral.public_key().public_bytes_raw()
        agreed = ephemeral.exchange(X25519PublicKey.from_public_bytes(public[1184:]))
        secret, ciphertext = MLKEM768PublicKey.from_public_bytes(public[:1184]).encapsulate()
        return XWing.combine(secret, agreed, mine, public[1184:]), ciphertext + mine

    @staticmethod
    def combine(mlkem_secret, x25519_secret, x25519_enc, x25519_public):
        return hashlib.sha3_256(mlkem_secret + x25519_secret + x25519_enc + x25519_public + XWING_LABEL).digest()


class XWingContext:
    """Sender or recipient: HKDF-SHA256, base mode (RFC 9180, section 5.1)."""

    def __init__(self, shared_secret, aead_id, info):
        self.suite = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (XWING, HKDF_SHA256, aead_id))
        context = b"\0" + self._extract(b"", b"psk_id_hash", b"") + self._extract(b"", b"info_hash", info)
        secret = self._extract(shared_secret, b"secret", b"")
        self.aead = aead(aead_id, self._expand(secret, b"key", context, AEAD_KEY_LENGTHS[aead_id]))
        self.base_nonce = self._expand(secret, b"base_nonce", context, 12)
        self.exporter_secret = self._expand(secret, b"exp", context, 32)
        self.sequence = 0

    def _extract(self, salt, label, material):
        return extract(salt, b"HPKE-v1" + self.suite + label + material)

    def _expand(self, key, label, info, length):
        return expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + self.suite + label + info, length)

    def _nonce(self):
        nonce = nonce_for(self.base_nonce, self.sequence)
        self.sequence += 1
        return nonce

    def seal(self, plaintext, aad=b""):
        return self.aead.encrypt(self._nonce(), plaintext, aad)

    def open(self, ciphertext, aad=b""):
        return self.aead.decrypt(self._nonce(), ciphertext, aad)

    def export(self, context, length):
        return self._expand(self.exporter_secret, b"sec", context, length)


def nonce_for(base_nonce, sequence):
    return bytes(a ^ b for a, b in zip(base_nonce, sequence.to_bytes(12, "big")))


def _suite(kem, aead_id):
    kems = {P256: KEMId.DHKEM_P256_HKDF_SHA256, X25519: KEMId.DHKEM_X25519_HKDF_SHA256}
    return CipherSuite.new(kems[kem], KDFId.HKDF_SHA256, AEADId(aead_id))


def sender(kem, aead_id, public, info):
    """The encapsulated key and a context that seals."""
    if kem == XWING:
        secret, enc = XWing.encapsulate(public)
        return enc, XWingContext(secret, aead_id, info)
    suite = _suite(kem, aead_id)
    return suite.create_sender_context(suite.kem.deserialize_public_key(public), info)


class PrivateKey:
    def __init__(self, kem):
        self.kem = kem
        if kem == XWING:
            self.key = XWing()
            self.public = self.key.public_bytes()
        elif kem == X25519:
            key = X25519PrivateKey.generate()
            self.public = key.public_key().public_bytes_raw()
            self.key = KEMKey.from_pyca_cryptography_key(key)
        else:
            key = ec.generate_private_key(ec.SECP256R1())
            self.public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            self.key = KEMKey.from_pyca_cryptography_key(key)

    def recipient(self, aead_id, enc, info):
        """A context that opens."""
        if self.kem == XWING:
            return XWingContext(self.key.decapsulate(enc), aead_id, info)
        return _suite(self.kem, aead_id).create_recipient_context(enc, self.key, info)
