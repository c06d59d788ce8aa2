"""The LMK sealed to an RSA key or a certificate's (RSAES-OAEP with SHA-256, RFC 8017 clause 7.1).

Beside `ciphers` the only import of `cryptography`: padding and the reading of keys and certificates are its own.
"""

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from keys.entropy import Entropy
from keys.errors import KeystoreError
from keys.keystore.seals import LMK_BYTES, RsaSeal, Seal
from keys.sensitive import Secret

RSA_BITS_MIN: Final = 2048
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"


class RsaKey:
    """Opens by an RSA private key; seals by the public key or certificate alone.

    Args:
        public: PEM of a public key or of an X.509 certificate, to seal to; not needed where the private key is given.
        private: PEM of the private key, to open with.
        password: of the private key's PEM, if it has one.
    """

    __slots__ = ("_private", "_public")

    def __init__(self, *, public: bytes | None = None, private: Secret | None = None, password: Secret | None = None) -> None:
        self._private = None if private is None else _read_private(private, password)
        if public is not None:
            self._public = _read_public(public)
        elif self._private is not None:
            self._public = self._private.public_key()
        else:
            raise KeystoreError("an RSA seal takes a public key, a certificate or a private key")
        if self._public.key_size < RSA_BITS_MIN:
            raise KeystoreError(f"an RSA key that seals a master key has {RSA_BITS_MIN} bits or more")

    def draw_lmk(self, entropy: Entropy) -> Secret:
        return Secret(entropy.draw(LMK_BYTES))

    def seal(self, lmk: Secret, entropy: Entropy) -> Seal:
        return RsaSeal(_fingerprint(self._public), self._public.encrypt(lmk.expose(), _OAEP).hex().upper())

    def unseal(self, seal: Seal) -> Secret:
        if not isinstance(seal, RsaSeal):
            raise KeystoreError("this keystore is not opened by an RSA key")
        if self._private is None:
            raise KeystoreError("a public key seals only: the private key opens this keystore")
        if _fingerprint(self._private.public_key()) != seal.fingerprint:
            raise KeystoreError("this keystore is sealed to another RSA key: its fingerprint stands in the file")
        try:
            lmk = Secret(self._private.decrypt(bytes.fromhex(seal.sealed), _OAEP))
            if len(lmk) == LMK_BYTES:
                return lmk
        except ValueError:
            pass
        raise KeystoreError("the seal of this keystore was changed: the RSA key does not open it")

    def __repr__(self) -> str:
        return "RsaKey(...)"


_OAEP: Final = OAEP(MGF1(SHA256()), SHA256(), None)


def _read_public(pem: bytes) -> RSAPublicKey:
    try:
        key = x509.load_pem_x509_certificate(pem).public_key() if _CERTIFICATE in pem else load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey):
        raise KeystoreError("this is no PEM of an RSA public key or of a certificate with one")
    return key


def _read_private(pem: Secret, password: Secret | None) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.expose(), None if password is None else password.expose())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise KeystoreError("this is no PEM of an RSA private key, or it takes another password")
    return key


def _fingerprint(key: RSAPublicKey) -> str:
    digest = Hash(SHA256())
    digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex().upper()
