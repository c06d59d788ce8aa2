"""DUKPT step by step, TDES and AES: the initial key, each step down the tree of keys, and the key for one purpose."""

from keys import dukpt, dukpt_aes, dukpt_tdes
from keys.ciphers import Tdes, aes, tdes, xor
from keys.dukpt_aes import KeyType, Usage
from keys.dukpt_tdes import Variant
from keys.explain.working import Explanation, Working
from keys.sensitive import Secret

_HALF = 8
_OTHER_HALF = bytes.fromhex("C0C0C0C000000000C0C0C0C000000000")  # ANSI X9.24-1 A.6.


def explain_tdes_initial_key(bdk: Secret, ksn: bytes) -> Explanation:
    """The key that is loaded into a device (X9.24-1 A.6): its serial number under the base key, and under a variant of it."""
    right = dukpt_tdes.initial_key(bdk, ksn)
    working = Working()
    whole = int.from_bytes(ksn, "big")
    serial = (whole ^ dukpt.counter_of(dukpt_tdes.SCHEME, ksn)).to_bytes(len(ksn), "big")[:_HALF]
    working.show("KSN, first 8 bytes, counter zero", serial)
    left_half = tdes(bdk).encrypt(serial)
    working.show("left half: enciphered under the BDK", left_half)
    other = xor(bdk.expose(), _OTHER_HALF)
    working.show("BDK XOR C0C0C0C000000000 twice", other)
    right_half = Tdes(Secret(other)).encrypt(serial)
    working.show("right half: enciphered under that", right_half)
    return working.conclude("initial key", left_half + right_half, right)


def explain_tdes_key(ik: Secret, ksn: bytes) -> Explanation:
    """The key of one transaction (X9.24-1 A.3): one step for each one-bit of its counter, highest first."""
    right = dukpt_tdes.transaction_key(ik, ksn)
    working = Working()
    _show_counter(working, dukpt_tdes.SCHEME, ksn)
    key = ik.expose()
    for number, so_far in enumerate(_path(dukpt_tdes.SCHEME, ksn), 1):
        register = so_far[-_HALF:]
        working.show(f"step {number}: KSN so far, last 8 bytes", register)
        right_half = _tdes_half(working, f"step {number}, right half", key, register)
        other = xor(key, _OTHER_HALF)
        working.show(f"step {number}: key XOR C0C0C0C000000000 twice", other)
        left_half = _tdes_half(working, f"step {number}, left half", other, register)
        key = left_half + right_half
        working.show(f"step {number}: key", key)
    return working.conclude("transaction's key", key, right)


def explain_tdes_variant(key: Secret, variant: Variant) -> Explanation:
    """The transaction's key for one purpose (X9.24-1 A.4.1), bare."""
    right = dukpt_tdes.variant_key(key, variant)
    working = Working()
    working.show("variant", variant.value)
    return working.conclude("key XOR variant", xor(key.expose(), variant.value), right)


def explain_tdes_data_key(key: Secret, variant: Variant) -> Explanation:
    """The transaction's key for data: each half of the variant enciphered under the variant (X9.24-1 A.4.1)."""
    right = dukpt_tdes.data_key(key, variant)
    working = Working()
    working.include(explain_tdes_variant(key, variant))
    bare = bytes.fromhex(working.last.expose())
    cipher = Tdes(Secret(bare))
    left_half, right_half = cipher.encrypt(bare[:_HALF]), cipher.encrypt(bare[_HALF:])
    working.show("left half enciphered under it", left_half)
    working.show("right half enciphered under it", right_half)
    return working.conclude("data key", left_half + right_half, right)


def explain_aes_initial_key(bdk: Secret, ksn: bytes) -> Explanation:
    """The key that is loaded into a device (X9.24-3 clause 6.3.3): derivation data under the base key."""
    dukpt.counter_of(dukpt_aes.SCHEME, ksn)
    ik_id = ksn[: dukpt_aes.IK_ID_BYTES]
    right = dukpt_aes.initial_key(bdk, ik_id)
    working = Working()
    working.show("initial key's identity", ik_id)
    made = _aes_derived(working, "initial key", bdk, Usage.INITIAL_KEY, _own_type(bdk), ik_id)
    return working.conclude("initial key", made, right)


def explain_aes_key(ik: Secret, ksn: bytes) -> Explanation:
    """The derivation key of one transaction: one step for each one-bit of its counter, highest first."""
    right = dukpt_aes.transaction_key(ik, ksn)
    working = Working()
    _show_counter(working, dukpt_aes.SCHEME, ksn)
    key = ik
    for number, so_far in enumerate(_path(dukpt_aes.SCHEME, ksn), 1):
        name = f"step {number}"
        key = Secret(_aes_derived(working, name, key, Usage.KEY_DERIVATION, _own_type(key), so_far[4:]))
        working.show(f"{name}: key", key)
    return working.conclude("transaction's derivation key", key, right)


def explain_aes_working_key(key: Secret, ksn: bytes, usage: Usage, key_type: KeyType) -> Explanation:
    """The transaction's key for one usage and algorithm (X9.24-3 clause 6.3.4)."""
    right = dukpt_aes.working_key(key, ksn, usage, key_type)
    working = Working()
    made = _aes_derived(working, "working key", key, usage, key_type, ksn[4:])
    return working.conclude(f"working key, {key_type.name} for {usage.name.lower().replace('_', ' ')}", made, right)


def _show_counter(working: Working, scheme: dukpt.Scheme, ksn: bytes) -> None:
    counter = dukpt.counter_of(scheme, ksn)
    working.show("counter", f"{counter:X}, one-bits: {counter.bit_count()}")


def _path(scheme: dukpt.Scheme, ksn: bytes) -> list[bytes]:
    """The serial number with one one-bit more of its counter each time, highest first."""
    counter = dukpt.counter_of(scheme, ksn)
    so_far = int.from_bytes(ksn, "big") ^ counter
    path = []
    for place in reversed(range(counter.bit_length())):
        if counter >> place & 1:
            so_far |= 1 << place
            path.append(so_far.to_bytes(scheme.ksn_bytes, "big"))
    return path


def _tdes_half(working: Working, name: str, key: bytes, register: bytes) -> bytes:
    """Half of the non-reversible key generation process (X9.24-1 A.2)."""
    left, right = key[:_HALF], key[_HALF:]
    mixed = xor(register, right)
    working.show(f"{name}: register XOR the key's right half", mixed)
    enciphered = Tdes(Secret(left)).encrypt(mixed)
    working.show(f"{name}: enciphered under its left half", enciphered)
    return xor(enciphered, right)


def _aes_derived(working: Working, name: str, key: Secret, usage: Usage, key_type: KeyType, context: bytes) -> bytes:
    """Derivation data (X9.24-3 clause 6.3.1): version, number of the block, usage, algorithm, bits, context."""
    algorithm, bits = key_type.value
    tail = b"".join(number.to_bytes(2, "big") for number in (usage.value, algorithm, bits)) + context
    blocks = b"".join(bytes((1, number)) + tail for number in range(1, 1 + -(-bits // 128)))
    working.show(f"{name}: derivation data", blocks)
    enciphered = aes(key).encrypt(blocks)
    if len(enciphered) > bits // 8:
        working.show(f"{name}: enciphered", enciphered)
    return enciphered[: bits // 8]


def _own_type(key: Secret) -> KeyType:
    return {16: KeyType.AES128, 24: KeyType.AES192, 32: KeyType.AES256}[len(key)]
