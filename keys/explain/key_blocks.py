"""Key blocks step by step: header, derived keys, cipher text, what the MAC covers, and the key inside."""

from collections.abc import Callable

from keys.ciphers import AES_BLOCK_BYTES, Tdes, xor
from keys.explain.working import Explanation, Working
from keys.mac import cbc_mac
from keys.sensitive import Secret
from keys.tr31.block import METHODS, Protection, derive_protection, unwrap, wrap
from keys.tr31.header import Header, Version, frame, parse_header


def explain_unwrap(kbpk: Secret, block: str) -> Explanation:
    """The key in a block of any version, those of the past included; KeyBlockError as `unwrap` has it.

    What is shown before the refusal of a block whose MAC is wrong, `show_block` gives.
    """
    right = unwrap(kbpk, block, legacy=True)
    working = Working()
    field = show_block(working, kbpk, block)
    bits = int.from_bytes(field[:2], "big")
    working.show("key's length in bits", str(bits))
    working.show("random bytes behind it", field[2 + bits // 8 :])
    return working.conclude("key", field[2 : 2 + bits // 8], right.key)


def explain_wrap(kbpk: Secret, header: Header, key: Secret, fill: Callable[[int], bytes]) -> Explanation:
    """A key block with this key in it, taken apart, and put together again of its header, the key and what is random."""
    block = wrap(kbpk, header, key, fill=fill)
    working = Working()
    field = show_block(working, kbpk, block)
    working.show("key in it", key)
    _, head = frame(block)
    made = (8 * len(key)).to_bytes(2, "big") + key.expose() + field[2 + len(key) :]
    return working.conclude("key block", head + _sealed(Protection(kbpk, header.version), head, made), block)


def show_block(working: Working, kbpk: Secret, block: str) -> bytes:
    """Everything that leads to the deciphered field, its MAC as it is and as it should be; judges nothing."""
    version, head = frame(block)
    method = METHODS[version]
    protection = Protection(kbpk, version)
    _show_header(working, head)
    payload = bytes.fromhex(block[len(head) :])
    ciphertext, mac = payload[: -method.mac_bytes], payload[-method.mac_bytes :]
    enciphering, maccing = derive_protection(kbpk, version)
    working.show("derived key that enciphers", enciphering)
    working.show("derived key that makes MACs", maccing)
    working.show("cipher text", ciphertext)
    working.show("MAC in the block", mac)
    covered, field = _opened(protection, head.encode("ascii"), ciphertext, mac)
    working.show("deciphered: length, key, random bytes", field)
    working.show("what the MAC covers", covered)
    working.show("MAC over it", _mac(protection, covered, len(mac)))
    return field


def _show_header(working: Working, head: str) -> None:
    header = parse_header(head)
    working.show("header", head)
    working.show("version", f"{header.version.value}, {int(head[1:5])} characters")
    working.show("usage", f"{header.usage.value} {_words(header.usage.name)}")
    working.show("algorithm", f"{header.algorithm.value} {_words(header.algorithm.name)}")
    working.show("mode of use", f"{header.mode.value} {_words(header.mode.name)}")
    working.show("key version", header.key_version)
    working.show("exportability", f"{header.exportability.value} {_words(header.exportability.name)}")
    for each in header.blocks:
        working.show(f"optional block {each.name}", each.data)


def _opened(protection: Protection, head: bytes, ciphertext: bytes, mac: bytes) -> tuple[bytes, bytes]:
    """What the MAC covers, and the deciphered field."""
    match protection.version:
        case Version.A | Version.C:
            return head + ciphertext, protection.encryption.decrypt_cbc(head[:8], ciphertext)
        case Version.B | Version.D:
            field = protection.encryption.decrypt_cbc(mac, ciphertext)
        case Version.E:
            field = _counted(protection, mac, ciphertext)
    return head + field, field


def _sealed(protection: Protection, head: str, field: bytes) -> str:
    """Cipher text and MAC of a block of today."""
    mac = protection.mac.cmac(head.encode("ascii") + field)
    if protection.version is Version.E:
        return (_counted(protection, mac, field) + mac).hex().upper()
    return (protection.encryption.encrypt_cbc(mac, field) + mac).hex().upper()


def _counted(protection: Protection, mac: bytes, text: bytes) -> bytes:
    """Counter mode, both ways: the MAC is the first counter (ISO 20038:2017)."""
    start = int.from_bytes(mac, "big")
    count = -(-len(text) // AES_BLOCK_BYTES)
    counters = b"".join(((start + index) % 2**128).to_bytes(AES_BLOCK_BYTES, "big") for index in range(count))
    return xor(text, protection.encryption.encrypt(counters)[: len(text)])


def _mac(protection: Protection, covered: bytes, length: int) -> bytes:
    if protection.version in (Version.A, Version.C):
        assert isinstance(protection.mac, Tdes)
        return cbc_mac(protection.mac, covered, length=length)
    return protection.mac.cmac(covered)


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
