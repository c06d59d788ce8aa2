"""What old clients want to hear of a PIN block, and nobody should: its PIN's length, and why it cannot be read.

Only with `--compat-errors`, only for keys that are no DUKPT base keys, and only once the HSM has decided: nothing is looked
at that it would not have looked at. It opens the block by itself, because the HSM tells nobody: a named exception to the
rule that keys are used by the HSM alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from keys.ciphers import Aes, Tdes
from keys.errors import PinMismatch
from keys.host.call import Call
from keys.host.codes import ErrorCode, Refusal
from keys.material import Algorithm, KeyUsage
from keys.pinblock import PIN_DIGITS_MAX, PIN_DIGITS_MIN, PinBlockFormat, decrypt_pin
from keys.sensitive import Pan, Secret

_LENGTH_IN_CLEAR: Final = (PinBlockFormat.ISO_0, PinBlockFormat.ISO_1, PinBlockFormat.ISO_3)


@contextmanager
def told_causes(call: Call, key: str, block_format: PinBlockFormat, block: bytes, pan: Pan) -> Iterator[None]:
    """A PIN that was refused because its block cannot be read becomes a Refusal that says so: 24 for its length, else 20."""
    try:
        yield
    except PinMismatch:
        if call.compat_errors and call.keys.get(key).usage is KeyUsage.PIN_ENCRYPTION:
            _check_readable(call, key, block_format, block, pan)
        raise


def pin_digits(call: Call, key: str, block_format: PinBlockFormat, block: bytes, pan: Pan) -> int | None:
    """How long the PIN of a block is that the HSM has read; None where that is not told."""
    if not call.compat_errors or call.keys.get(key).usage is not KeyUsage.PIN_ENCRYPTION:
        return None
    return len(decrypt_pin(_cipher(call, key), block_format, block, pan))


def _check_readable(call: Call, key: str, block_format: PinBlockFormat, block: bytes, pan: Pan) -> None:
    cipher = _cipher(call, key)
    if block_format in _LENGTH_IN_CLEAR:
        head = Secret(cipher.decrypt(block)[:1])
        control, length = divmod(head.expose()[0], 16)
        if control == int(block_format.value) and not PIN_DIGITS_MIN <= length <= PIN_DIGITS_MAX:
            raise Refusal(ErrorCode.PIN_LENGTH, "PIN block: its length is not a PIN's")
    try:
        decrypt_pin(cipher, block_format, block, pan)
    except PinMismatch:
        raise Refusal(ErrorCode.PIN_BLOCK, "PIN block: it cannot be read") from None


def _cipher(call: Call, key: str) -> Tdes | Aes:
    held = call.keys.get(key)
    return Tdes(held.secret) if held.algorithm is Algorithm.TDES else Aes(held.secret)
