"""Proves that the planted-secret scan finds what is planted, in every spelling and place, and nothing where nothing is."""

import base64
import random

import pytest

from tests.e2e import leaks

PAN = "4111111111111111"
TRACK2 = "4111111111111111=31121011234567"
KEY = bytes.fromhex("5810E0514F70FB2C8F7C15C846318C9D")
SECRETS = {"PAN": PAN, "track": TRACK2, "key": KEY}

AROUND = [(b"", b""), (b"x", b"yz"), (b"\x00\xff", b"\x00"), (b"abc", b"")]
"""What may stand before and after: every alignment is among them."""

WRITERS = {
    "ASCII": (str.encode, PAN),
    "EBCDIC": (lambda text: text.encode("cp500"), PAN),
    "EBCDIC of a track": (lambda text: text.encode("cp500"), TRACK2),
    "packed digits": (bytes.fromhex, PAN),
    "packed digits, filled on the left": (lambda text: bytes.fromhex("0" + text + "9"), PAN),
    "packed digits between others": (lambda text: bytes.fromhex("161" + text + "3"), PAN),
    "a packed track": (lambda text: bytes.fromhex(text.replace("=", "D") + "F"), TRACK2),
    "hexadecimal of ASCII": (lambda text: text.encode().hex().encode(), PAN),
    "hexadecimal of ASCII, upper case": (lambda text: text.encode().hex().upper().encode(), TRACK2),
    "raw bytes": (lambda value: value, KEY),
    "hexadecimal": (lambda value: value.hex().encode(), KEY),
    "hexadecimal, upper case": (lambda value: value.hex().upper().encode(), KEY),
    "hexadecimal in groups": (lambda value: value.hex(" ", 2).encode(), KEY),
    "hexadecimal over lines": (lambda value: value.hex("\n", 4).upper().encode(), KEY),
    "escapes": (lambda value: "".join(f"\\x{byte:02x}" for byte in value).encode(), KEY),
    "escapes of JSON": (lambda text: "".join(f"\\u{ord(character):04x}" for character in text).encode(), TRACK2),
    "a repr": (lambda text: repr(bytes.fromhex(text)).encode(), PAN),
    "a card number in groups": (lambda text: " ".join(text[at : at + 4] for at in range(0, 16, 4)).encode(), PAN),
}
"""How a secret may be written by mistake."""


@pytest.mark.parametrize(("before", "after"), AROUND)
@pytest.mark.parametrize(("write", "secret"), WRITERS.values(), ids=WRITERS)
def test_planted(write, secret, before, after):
    """Written in any of these ways between any bytes, the secret is found."""
    name = next(name for name, value in SECRETS.items() if value == secret)
    assert any(found.startswith(f"{name} as ") for found in leaks.find(before + write(secret) + after, SECRETS))


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize(("before", "after"), AROUND)
@pytest.mark.parametrize("value", [PAN.encode(), bytes.fromhex(PAN), TRACK2.encode(), KEY, KEY.hex().encode()])
def test_planted_in_base64(value, before, after, encode):
    """Inside a longer text that was encoded as a whole, wherever it lies there, the secret is found."""
    assert leaks.find(b'{"blob":"' + encode(before + value + after) + b'"}', SECRETS)


def test_nothing_planted():
    """Masks, other card numbers, parts of secrets and a megabyte of noise are not taken for one."""
    innocent = f"411111******1111 4111111111111 1234567 {KEY.hex()[:-2]} 4761739001010119".encode()
    assert leaks.find(innocent, SECRETS) == []
    assert leaks.find(random.Random(8583).randbytes(1_000_000), SECRETS) == []
