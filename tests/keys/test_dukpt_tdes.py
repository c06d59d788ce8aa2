"""Proves TDES DUKPT: host and device agree, a device forgets, counters skip and end; published values are in test_vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Tdes
from keys.dukpt import Device
from keys.dukpt_tdes import (
    KSN_BYTES,
    Variant,
    data_key,
    draw_key,
    initial_key,
    load_device,
    next_ksn,
    transaction_key,
    variant_key,
)
from keys.errors import KeyExhausted, MalformedInput
from keys.sensitive import Secret

BDK = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
IK = Secret(bytes.fromhex("6AC292FAA1315B4D858AB3A3D7D5933A"))
SERIAL = 0xFFFF9876543210E00000
LAST = 0x1FF800  # The ten highest bits.

counters = st.integers(1, 0x1FFFFF).filter(lambda counter: counter.bit_count() <= 10)


def ksn(counter):
    return (SERIAL | counter).to_bytes(KSN_BYTES, "big")


def counter_of(serial_number):
    return int.from_bytes(serial_number, "big") ^ SERIAL


def device_at(counter):
    """A device whose next counter this is, with the registers that it would have: made by the host, bit by bit."""
    registers = list(load_device(IK, ksn(0)).registers)
    so_far, lowest = 0, counter & -counter
    for place in reversed(range(21)):
        if counter & ~lowest & 1 << place:
            so_far |= 1 << place
            registers[place] = None
            registers[:place] = [transaction_key(IK, ksn(so_far | 1 << below)) for below in range(place)]
    return Device(ksn(counter), tuple(registers))


def test_the_published_initial_key():
    """ANSI X9.24-1:2009 A.4; the counter of the KSN does not matter, and a kept cipher gives the same."""
    assert initial_key(BDK, ksn(0)) == initial_key(Tdes(BDK), ksn(0x1FFFFF)) == IK


def test_a_device_and_its_host_agree():
    """The first thousand transactions of a device have the keys that the host finds, and the KSNs that follow each other."""
    device = load_device(IK, ksn(0x1234))
    expected = ksn(1)
    for _ in range(1000):
        drawn = draw_key(device)
        assert drawn.ksn == expected
        assert drawn.key == transaction_key(IK, drawn.ksn)
        device, expected = drawn.device, next_ksn(drawn.ksn)


@given(counters)
def test_a_device_and_its_host_agree_anywhere(counter):
    """From any point of its life on, the next transactions of a device have the host's keys, skipping included."""
    device = device_at(counter)
    for _ in range(3):
        if device.ksn is None:
            break
        drawn = draw_key(device)
        assert drawn.key == transaction_key(IK, drawn.ksn)
        device = drawn.device


def test_a_device_forgets_what_it_used():
    """No register holds a key already used, nor the initial key; what was not used yet is still there."""
    device, used = load_device(IK, ksn(0)), [IK]
    for _ in range(64):
        drawn = draw_key(device)
        used.append(drawn.key)
        device = drawn.device
        held = [register for register in device.registers if register is not None]
        assert not [key for key in held if key in used]


@given(st.integers(0, 0x1FFFFF))
def test_the_next_counter_is_the_next_of_few_ones(counter):
    """No counter of ten one-bits or fewer is left out, and none of more is used."""
    following = next((each for each in range(counter + 1, 0x200000) if each.bit_count() <= 10), None)
    if following is None:
        with pytest.raises(KeyExhausted, match="needs a new initial key"):
            next_ksn(ksn(counter))
    else:
        assert next_ksn(ksn(counter)) == ksn(following)


def test_a_device_ends():
    """After the highest counter of ten one-bits there is no key, and the counter does not begin again (R15)."""
    drawn = draw_key(device_at(LAST))
    assert drawn.ksn == ksn(LAST)
    assert drawn.device.ksn is None
    for _ in range(2):
        with pytest.raises(KeyExhausted, match="needs a new initial key"):
            draw_key(drawn.device)


@pytest.mark.parametrize("counter", [0, 0x7FF, 0x1FFFFF])
def test_a_counter_that_no_device_uses_is_refused(counter):
    """Zero, and more than ten one-bits: a host that took them would accept what no terminal sends (R15)."""
    with pytest.raises(MalformedInput, match="no device uses this KSN"):
        transaction_key(IK, ksn(counter))


def test_every_purpose_has_a_key_of_its_own():
    """PIN, MAC and data, each direction, bare and through the one-way function: all differ, and from the bare key."""
    key = transaction_key(IK, ksn(1))
    made = [key.expose(), *[variant_key(key, each).expose() for each in Variant]]
    made += [data_key(key, each).expose() for each in (Variant.DATA_REQUEST, Variant.DATA_RESPONSE)]
    assert len(set(made)) == len(made) == 8


@pytest.mark.parametrize(
    "act",
    [
        lambda: initial_key(Secret(bytes(8)), ksn(1)),
        lambda: initial_key(Secret(bytes(24)), ksn(1)),
        lambda: initial_key(BDK, bytes(9)),
        lambda: transaction_key(IK, bytes(11)),
        lambda: transaction_key(Secret(bytes(8)), ksn(1)),
        lambda: variant_key(Secret(bytes(24)), Variant.PIN),
        lambda: load_device(Secret(bytes(24)), ksn(1)),
        lambda: load_device(IK, bytes(12)),
        lambda: next_ksn(b""),
    ],
)
def test_other_sizes_are_refused(act):
    """Keys have 16 bytes and KSNs 10."""
    with pytest.raises(MalformedInput):
        act()


def test_nothing_shows_a_key():
    """A device and what it draws print sizes and serial numbers."""
    drawn = draw_key(load_device(IK, ksn(0)))
    shown = repr(drawn) + repr(load_device(IK, ksn(0)))
    assert drawn.key.expose().hex() not in shown.lower()
    assert "Secret(16 bytes)" in shown
