"""MACs step by step: ISO/IEC 9797-1 algorithms 1 and 3 block by block, CMAC with its subkeys, HMAC with its two hashes."""

import hashlib
from typing import Final

from keys.ciphers import BlockCipher, HashName, Hmac, Tdes, aes, tdes, xor
from keys.explain.working import Explanation, Working, in_blocks
from keys.mac import aes_cmac, cbc_mac, hmac, pad, retail_mac, tdes_cmac
from keys.sensitive import Secret

# What the subkeys of CMAC are reduced by (NIST SP 800-38B clause 5.3), by block size.
_REDUCTION: Final = {8: 0x1B, 16: 0x87}
_INNER: Final = 0x36  # FIPS 198-1 clause 4.
_OUTER: Final = 0x5C


def explain_retail_mac(key: Secret, data: bytes, *, padding: int, length: int, what: str = "MAC") -> Explanation:
    """Algorithm 3: single DES in CBC under K1, then deciphered under K2 and enciphered under K1."""
    mac = retail_mac(key, data, padding=padding, length=length)
    left, right = key.expose()[:8], key.expose()[8:]
    working = Working()
    working.show("K1", left)
    working.show("K2", right)
    last = _show_chain(working, tdes(key).left, _padded(working, data, padding))
    opened = Tdes(Secret(right)).decrypt(last)
    working.show("deciphered under K2", opened)
    whole = tdes(key).left.encrypt(opened)
    working.show("enciphered under K1", whole)
    return working.conclude(what, whole[:length], mac)


def explain_cbc_mac(key: Secret, data: bytes, *, padding: int, length: int) -> Explanation:
    """Algorithm 1: CBC under the whole key, of which the last block is kept."""
    mac = cbc_mac(key, data, padding=padding, length=length)
    working = Working()
    last = _show_chain(working, tdes(key), _padded(working, data, padding))
    return working.conclude("MAC", last[:length], mac)


def explain_tdes_cmac(key: Secret, data: bytes, *, length: int = 8) -> Explanation:
    """CMAC of TDES: CBC, with a subkey XORed into the last block."""
    return _explain_cmac(tdes(key), data, tdes_cmac(key, data, length=length))


def explain_aes_cmac(key: Secret, data: bytes, *, length: int = 16) -> Explanation:
    """CMAC of AES: CBC, with a subkey XORed into the last block."""
    return _explain_cmac(aes(key), data, aes_cmac(key, data, length=length))


def explain_hmac(key: Secret, data: bytes, hash_name: HashName, *, length: int | None = None) -> Explanation:
    """HMAC: a hash over the inner key and the data, and one over the outer key and that hash."""
    mac = hmac(Hmac(key, hash_name), data, length=length)

    def digest(octets: bytes) -> bytes:
        return hashlib.new(hash_name.value, octets).digest()

    size = hashlib.new(hash_name.value).block_size
    block = (key.expose() if len(key) <= size else digest(key.expose())).ljust(size, b"\x00")
    inner_key, outer_key = xor(block, bytes((_INNER,)) * size), xor(block, bytes((_OUTER,)) * size)
    working = Working()
    working.show(f"key in {size} bytes", block)
    working.show("inner key (XOR 36)", inner_key)
    working.show("data", data)
    inner = digest(inner_key + data)
    working.show("inner hash", inner)
    working.show("outer key (XOR 5C)", outer_key)
    whole = digest(outer_key + inner)
    working.show("outer hash", whole)
    return working.conclude("MAC", whole[: len(mac)], mac)


def _padded(working: Working, data: bytes, padding: int) -> bytes:
    blocks = pad(data, padding)
    working.show("data", data)
    working.show(f"padded, method {padding}", blocks)
    return blocks


def _show_chain(working: Working, cipher: BlockCipher, blocks: bytes) -> bytes:
    """Each block of CBC from zeroes: what goes into the cipher, and what comes out."""
    last = bytes(cipher.block_bytes)
    for number, block in enumerate(in_blocks(blocks, cipher.block_bytes), 1):
        mixed = xor(block, last)
        last = cipher.encrypt(mixed)
        working.show(f"block {number}", block)
        working.show(f"block {number} XOR the one before", mixed)
        working.show(f"block {number} enciphered", last)
    return last


def _explain_cmac(cipher: BlockCipher, data: bytes, mac: bytes) -> Explanation:
    size = cipher.block_bytes
    working = Working()
    working.show("data", data)
    seed = cipher.encrypt(bytes(size))
    working.show("L: zeroes enciphered", seed)
    first = _doubled(seed)
    working.show("subkey K1", first)
    whole = bool(data) and not len(data) % size
    subkey = first
    if not whole:
        subkey = _doubled(first)
        working.show("subkey K2", subkey)
        data += b"\x80" + bytes(-(len(data) + 1) % size)
        working.show("padded by a one bit and zeroes", data)
    head, tail = data[:-size], data[-size:]
    masked = xor(tail, subkey)
    working.show(f"last block XOR subkey {'K1' if whole else 'K2'}", masked)
    last = _show_chain(working, cipher, head + masked)
    return working.conclude("MAC", last[: len(mac)], mac)


def _doubled(block: bytes) -> bytes:
    """The block shifted by one bit, and reduced where a one falls out."""
    bits = 8 * len(block)
    number = int.from_bytes(block, "big") << 1
    if number >> bits:
        number ^= 1 << bits | _REDUCTION[len(block)]
    return number.to_bytes(len(block), "big")
