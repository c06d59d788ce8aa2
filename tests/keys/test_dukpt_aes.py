"""Proves AES DUKPT: host and device agree, a device forgets, counters skip and end; published values are in test_vectors."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Aes
from keys.dukpt import Device
from keys.dukpt_aes import (
    KSN_BYTES,
    KeyType,
    Usage,
    draw_key,
    initial_key,
    load_device,
    next_ksn,
    transaction_key,
    update_key,
    working_key,
)
from keys.errors import KeyExhausted, MalformedInput
from keys.sensitive import Secret

BDKS = {size: Secret(bytes(range(7, 7 + size))) for size in (16, 24, 32)}
IK_ID = bytes.fromhex("1234567890123456")
IKS = {size: initial_key(bdk, IK_ID) for size, bdk in BDKS.items()}
LAST = 0xFFFF0000  # The sixteen highest bits.

counters = st.integers(1, 0xFFFFFFFF).filter(lambda counter: counter.bit_count() <= 16)
sizes = st.sampled_from([16, 24, 32])


def ksn(counter):
    return IK_ID + counter.to_bytes(4, "big")


def device_at(ik, counter):
    """A device whose next counter this is, with the registers that it would have: made by the host, bit by bit."""
    registers = list(load_device(ik, IK_ID).registers)
    so_far, lowest = 0, counter & -counter
    for place in reversed(range(32)):
        if counter & ~lowest & 1 << place:
            so_far |= 1 << place
            registers[place] = None
            registers[:place] = [transaction_key(ik, ksn(so_far | 1 << below)) for below in range(place)]
    return Device(ksn(counter), tuple(registers))


def test_initial_keys_are_as_long_as_their_base():
    """AES-128, 192 and 256, from a key or a kept cipher; each device has its own."""
    for size, bdk in BDKS.items():
        assert len(IKS[size]) == size
        assert initial_key(Aes(bdk), IK_ID) == IKS[size]
        assert initial_key(bdk, bytes(8)) != IKS[size]


@pytest.mark.parametrize("size", BDKS)
def test_a_device_and_its_host_agree(size):
    """The first three hundred transactions of a device have the keys that the host finds, and the KSNs that follow."""
    device, expected = load_device(IKS[size], IK_ID), ksn(1)
    for _ in range(300):
        drawn = draw_key(device)
        assert drawn.ksn == expected
        assert drawn.key == transaction_key(IKS[size], drawn.ksn)
        device, expected = drawn.device, next_ksn(drawn.ksn)


@given(counters, sizes)
def test_a_device_and_its_host_agree_anywhere(counter, size):
    """From any point of its life on, the next transactions of a device have the host's keys, skipping included."""
    device = device_at(IKS[size], counter)
    for _ in range(3):
        if device.ksn is None:
            break
        drawn = draw_key(device)
        assert drawn.key == transaction_key(IKS[size], drawn.ksn)
        device = drawn.device


def test_a_device_forgets_what_it_used():
    """No register holds a key already used, nor the initial key."""
    device, used = load_device(IKS[16], IK_ID), [IKS[16]]
    for _ in range(64):
        drawn = draw_key(device)
        used.append(drawn.key)
        device = drawn.device
        assert not [key for key in device.registers if key is not None and key in used]


@given(st.integers(0, 0xFFFFFFFF))
def test_the_next_counter_is_the_next_of_few_ones(counter):
    """Of all counters with sixteen one-bits or fewer it is the lowest above; where there is none the device has ended."""
    try:
        following = int.from_bytes(next_ksn(ksn(counter))[8:], "big")
    except KeyExhausted:
        assert counter >= LAST
        return
    assert following.bit_count() <= 16
    assert following > counter
    # Whatever lies between has too many: it begins as the counter above this one does, and has more ones after that.
    candidate = counter + 1
    while candidate.bit_count() > 16:
        candidate += candidate & -candidate
    assert following == candidate
    assert all(each.bit_count() > 16 for each in range(counter + 1, min(following, counter + 200)))


def test_a_device_ends():
    """After the highest counter of sixteen one-bits there is no key, and the counter does not begin again (R15)."""
    drawn = draw_key(device_at(IKS[16], LAST))
    assert drawn.ksn == ksn(LAST)
    assert drawn.device.ksn is None
    for _ in range(2):
        with pytest.raises(KeyExhausted, match="needs a new initial key"):
            draw_key(drawn.device)


@pytest.mark.parametrize("counter", [0, 0x1FFFF, 0xFFFFFFFF])
def test_a_counter_that_no_device_uses_is_refused(counter):
    """Zero, and more than sixteen one-bits: a host that took them would accept what no terminal sends (R15)."""
    with pytest.raises(MalformedInput, match="no device uses this KSN"):
        transaction_key(IKS[16], ksn(counter))


def test_every_usage_and_type_has_a_key_of_its_own():
    """What a key is for and what it is a key of are both in it, of every length that there is."""
    key = transaction_key(IKS[32], ksn(1))
    made = {
        (usage, key_type): working_key(key, ksn(1), usage, key_type).expose() for usage, key_type in product(Usage, KeyType)
    }
    assert len(set(made.values())) == len(Usage) * len(KeyType)
    assert all(len(value) * 8 == key_type.value[1] for (_, key_type), value in made.items())
    assert all(working_key(Aes(key), ksn(1), *pair).expose() == value for pair, value in made.items())


@pytest.mark.parametrize(
    ("size", "key_type"),
    [(16, KeyType.AES192), (16, KeyType.AES256), (16, KeyType.HMAC192), (16, KeyType.HMAC256), (24, KeyType.AES256),
     (24, KeyType.HMAC256)],
)  # fmt: skip
def test_no_key_is_stronger_than_its_origin(size, key_type):
    """A longer key out of a shorter one would only look stronger; three-key TDES has no more than 112 bits."""
    for act in (
        lambda: working_key(IKS[size], ksn(1), Usage.DATA_ENCRYPTION, key_type),
        lambda: update_key(IKS[size], IK_ID, key_type),
    ):
        with pytest.raises(MalformedInput, match="is not derived from"):
            act()
    assert len(working_key(IKS[size], ksn(1), Usage.DATA_ENCRYPTION, KeyType.TDES3)) == 24


def test_the_update_key_is_no_transaction_key():
    """It differs from the key-encryption keys of transactions, and by type."""
    made = {update_key(IKS[32], IK_ID, each).expose() for each in KeyType}
    transactions = [transaction_key(IKS[32], ksn(counter)) for counter in (1, 0xFFFF, LAST)]
    assert len(made) == len(KeyType)
    assert not made & {working_key(key, ksn(1), Usage.KEY_ENCRYPTION, KeyType.AES128).expose() for key in transactions}


@pytest.mark.parametrize(
    "act",
    [
        lambda: initial_key(Secret(bytes(8)), IK_ID),
        lambda: initial_key(BDKS[16], bytes(12)),
        lambda: transaction_key(IKS[16], bytes(10)),
        lambda: transaction_key(Secret(bytes(20)), ksn(1)),
        lambda: working_key(IKS[16], IK_ID, Usage.PIN_ENCRYPTION, KeyType.AES128),
        lambda: update_key(IKS[16], ksn(1), KeyType.AES128),
        lambda: load_device(IKS[16], ksn(1)),
        lambda: load_device(Secret(bytes(8)), IK_ID),
        lambda: next_ksn(bytes(10)),
    ],
)
def test_other_sizes_are_refused(act):
    """Keys have 16, 24 or 32 bytes, KSNs 12 and the identities of initial keys 8."""
    with pytest.raises(MalformedInput):
        act()


def test_a_ksn_is_twelve_bytes():
    """Identity and counter, side by side."""
    assert len(ksn(1)) == KSN_BYTES
    assert load_device(IKS[16], IK_ID).ksn == ksn(1)
