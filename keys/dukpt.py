"""What TDES and AES DUKPT have in common: a counter that skips, and a tree of keys of which a device keeps one branch.

A transaction's key follows from the initial key by one step for each one-bit of its counter, highest first. A host
descends from the initial key each time; a device keeps the keys next to its branch in registers, makes new ones as
it goes on, and forgets each key that it has used, so that an opened device betrays nothing of its past. The steps
themselves, and what is made of a transaction's key, are in `dukpt_tdes` and `dukpt_aes`.
"""

from collections.abc import Callable

import msgspec

from keys.errors import KeyExhausted, MalformedInput
from keys.sensitive import Secret

Step = Callable[[Secret, bytes], Secret]


class Scheme(msgspec.Struct, frozen=True):
    """One of the two: how its key serial number is laid out, which counters it uses, and its step.

    `step` takes a key of the tree and the serial number with the counter so far, and gives the key below.
    """

    name: str
    ksn_bytes: int
    counter_bits: int
    ones_max: int
    step: Step

    @property
    def counter_mask(self) -> int:
        """Ones where the serial number has its counter."""
        return (1 << self.counter_bits) - 1


class Device(msgspec.Struct, frozen=True):
    """The future keys of one device, one for each bit of the counter, and the serial number that it will use next.

    Without a serial number the device has come to its end. A register is None while nothing may come of it.
    """

    ksn: bytes | None
    registers: tuple[Secret | None, ...]


class Drawn(msgspec.Struct, frozen=True):
    """One transaction's key with its serial number, and the device as it is afterwards."""

    ksn: bytes
    key: Secret
    device: Device


def descend(scheme: Scheme, ik: Secret, ksn: bytes) -> Secret:
    """The transaction's key as a host finds it, from the initial key.

    Raises:
        MalformedInput: no device uses this counter: it is zero, or has too many one-bits.
    """
    transaction_counter(scheme, ksn)
    return walk(scheme, ik, ksn)


def walk(scheme: Scheme, ik: Secret, ksn: bytes) -> Secret:
    """The key at the end of any counter's branch, those included that no transaction has."""
    counter = counter_of(scheme, ksn)
    key, so_far = ik, int.from_bytes(ksn, "big") ^ counter
    for bit in _bits(counter):
        so_far |= bit
        key = scheme.step(key, so_far.to_bytes(scheme.ksn_bytes, "big"))
    return key


def counter_of(scheme: Scheme, ksn: bytes) -> int:
    """The transaction counter at the end of a key serial number."""
    if len(ksn) != scheme.ksn_bytes:
        raise MalformedInput(f"a KSN of {scheme.name} has {scheme.ksn_bytes} bytes, not {len(ksn)}")
    return int.from_bytes(ksn, "big") & scheme.counter_mask


def transaction_counter(scheme: Scheme, ksn: bytes) -> int:
    """The counter, if some transaction of a device has it; else MalformedInput."""
    counter = counter_of(scheme, ksn)
    if not 0 < counter.bit_count() <= scheme.ones_max:
        raise MalformedInput(f"no device uses this KSN: a counter of {scheme.name} has 1 to {scheme.ones_max} one-bits")
    return counter


def next_ksn(scheme: Scheme, ksn: bytes) -> bytes:
    """The serial number that a device uses after this one: the next counter that has not too many one-bits.

    Raises:
        KeyExhausted: this was the last one. The counter is never wrapped.
    """
    counter = counter_of(scheme, ksn)
    serial = int.from_bytes(ksn, "big") ^ counter
    counter += 1
    while counter.bit_count() > scheme.ones_max:
        counter += counter & -counter
    if counter > scheme.counter_mask:
        raise KeyExhausted(f"the counter of {scheme.name} has come to its end: the device needs a new initial key")
    return (serial | counter).to_bytes(scheme.ksn_bytes, "big")


def load_device(scheme: Scheme, ik: Secret, ksn: bytes) -> Device:
    """A device that was just given its initial key, which it does not keep. Whatever counter the KSN has, it begins anew."""
    serial = int.from_bytes(ksn, "big") ^ counter_of(scheme, ksn)
    below = _below(scheme, ik, serial, 1 << scheme.counter_bits)
    return Device((serial | 1).to_bytes(scheme.ksn_bytes, "big"), below)


def draw_key(scheme: Scheme, device: Device) -> Drawn:
    """The key of the device's next transaction. The device that is given back knows it no more.

    Raises:
        KeyExhausted: the device has come to its end.
    """
    if device.ksn is None:
        raise KeyExhausted(f"this device has used its last key of {scheme.name}: it needs a new initial key")
    counter = counter_of(scheme, device.ksn)
    lowest = counter & -counter
    key = device.registers[lowest.bit_length() - 1]
    assert key is not None, counter.bit_count()
    above = device.registers[lowest.bit_length() :]
    if counter.bit_count() < scheme.ones_max:
        below = _below(scheme, key, int.from_bytes(device.ksn, "big"), lowest)
    else:
        below = device.registers[: lowest.bit_length() - 1]
    return Drawn(device.ksn, key, Device(_next_or_none(scheme, device.ksn), (*below, None, *above)))


def _bits(counter: int) -> list[int]:
    """The one-bits of a counter, highest first."""
    return [1 << place for place in reversed(range(counter.bit_length())) if counter >> place & 1]


def _below(scheme: Scheme, key: Secret, ksn: int, bit: int) -> tuple[Secret | None, ...]:
    """The keys that a key makes for all bits below one, lowest first."""
    places = range(bit.bit_length() - 1)
    return tuple(scheme.step(key, (ksn | 1 << place).to_bytes(scheme.ksn_bytes, "big")) for place in places)


def _next_or_none(scheme: Scheme, ksn: bytes) -> bytes | None:
    try:
        return next_ksn(scheme, ksn)
    except KeyExhausted:
        return None
