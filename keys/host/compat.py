"""What old clients want to hear of a PIN block, and nobody should: its PIN's length, and why it cannot be read.

Only with `--compat-errors`, and only for keys that are no DUKPT base keys. It opens the block by itself, beside the HSM,
which tells nobody: a named exception to the rule that keys are used by the HSM alone. It only ever says more than the HSM
about what the HSM decides.
"""

from typing import Final

from keys.ciphers import Aes, Tdes
from keys.errors import PinMismatch
from keys.host.call import Call
from keys.host.codes import ErrorCode, Refusal
from keys.material import Algorithm, KeyUsage
from keys.pinblock import PIN_DIGITS_MAX, PIN_DIGITS_MIN, PinBlockFormat, decrypt_pin
from keys.sensitive import Pan, Secret

_LENGTH_IN_CLEAR: Final = (PinBlockFormat.ISO_0, PinBlockFormat.ISO_1, PinBlockFormat.ISO_3)


def pin_digits(call: Call, key: str, block_format: PinBlockFormat, block: bytes, pan: Pan) -> int | None:
    """How long the PIN is; None where that is not told.

    Raises:
        Refusal: 24 where the length is not one of a PIN, 20 where the block cannot be read otherwise.
    """
    if not call.compat_errors:
        return None
    held = call.keys.get(key)
    if held.usage is not KeyUsage.PIN_ENCRYPTION or (held.algorithm is Algorithm.AES) != (block_format is PinBlockFormat.ISO_4):
        return None
    if block_format in _LENGTH_IN_CLEAR:
        head = Secret(Tdes(held.secret).decrypt(block)[:1])
        control, length = divmod(head.expose()[0], 16)
        if control == int(block_format.value) and not PIN_DIGITS_MIN <= length <= PIN_DIGITS_MAX:
            raise Refusal(ErrorCode.PIN_LENGTH, "PIN block: its length is not a PIN's")
    try:
        cipher = Tdes(held.secret) if held.algorithm is Algorithm.TDES else Aes(held.secret)
        return len(decrypt_pin(cipher, block_format, block, pan))
    except PinMismatch:
        pass
    raise Refusal(ErrorCode.PIN_BLOCK, "PIN block: it cannot be read")
