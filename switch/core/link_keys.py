"""What the keys of a link must be able to do. One that may do half of it would let us book what we cannot answer."""

from keys.errors import KeyUsageError
from keys.hsm import MAC_BYTES, SoftHsm
from keys.pinblock import PinBlockFormat
from keys.policy import Operation
from switch.core.plan import KeySet, Role

Roles = tuple[tuple[Operation, str], ...]
"""Roles in operations of the HSM."""

MAC_KEY: Roles = ((Operation.VERIFY_MAC, "key"), (Operation.GENERATE_MAC, "key"))
PIN_KEYS: dict[Role, Roles] = {
    Role.ACQUIRER: ((Operation.TRANSLATE_PIN, "source"), (Operation.VERIFY_PIN_PVV, "pin_key")),
    Role.ISSUER: ((Operation.TRANSLATE_PIN, "target"),),
}


def check_keys(hsm: SoftHsm, role: Role, keys: KeySet) -> None:
    """Nothing, if a party of that role can speak under these keys.

    Raises:
        KeysError: one of them is unknown, or is for another use.
    """
    if keys.mac_key:
        check_mac_key(hsm, keys.mac_key)
    if keys.pin_key:
        check_pin_key(hsm, keys.pin_key, role)


def check_mac_key(hsm: SoftHsm, name: str) -> None:
    """Nothing, if the key makes and verifies MACs that DE 64 and DE 128 have room for; else KeysError."""
    hsm.check_key(name, MAC_KEY)
    mac = hsm.generate_mac(name, b"")
    if len(mac) != MAC_BYTES:
        raise KeyUsageError(f"key {name!r} makes MACs of {len(mac)} bytes, and a message has {MAC_BYTES}")


def check_pin_key(hsm: SoftHsm, name: str, role: Role) -> None:
    """Nothing, if the key is for the PIN blocks that come from, or go to, a party of that role; else KeysError."""
    hsm.check_key(name, PIN_KEYS[role], pin_format=PinBlockFormat.ISO_0)
