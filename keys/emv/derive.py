"""The keys of one card and of one transaction, derived from the issuer's master key (EMV Book 2 annex A1).

For derivations only; what a derived key then makes is in `cryptogram`.
"""

from hashlib import sha1
from typing import Final, Literal

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, odd_parity, tdes, xor
from keys.decimals import decimals_first
from keys.errors import MalformedInput
from keys.sensitive import Pan, Secret

MasterKeyOption = Literal["A", "B"]

ATC_BYTES: Final = 2
UNPREDICTABLE_NUMBER_BYTES: Final = 4
EMV2000_BRANCH: Final = 4  # EMV 2000 Book 2 A1.3: four branches and eight floors, or two and sixteen.
EMV2000_HEIGHT: Final = 8
_MASTER_KEY_BYTES: Final = 16
_OPTION_A_DIGITS: Final = 16
_ALL_ONES: Final = b"\xff" * TDES_BLOCK_BYTES


def icc_master_key(imk: Secret | Tdes, pan: Pan, psn: str, option: MasterKeyOption = "A") -> Secret:
    """The card's master key (EMV Book 2 A1.4), 16 bytes of odd parity.

    Args:
        imk: issuer master key, 16 bytes.
        pan: the card number.
        psn: PAN sequence number, two digits; "00" where the card has none.
        option: A uses the rightmost 16 digits of PAN and sequence number; B hashes them where the PAN is
            longer than 16 digits, so that no digit is lost.

    >>> imk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> from keys.ciphers import kcv_tdes_legacy
    >>> kcv_tdes_legacy(icc_master_key(imk, Pan("9901234567890123"), "45"), digits=4)
    '1DA5'
    """
    cipher = _master(imk, "an issuer master key")
    if not (len(psn) == 2 and psn.isascii() and psn.isdigit()):
        raise MalformedInput('a PAN sequence number has two decimal digits: "00" where the card has none')
    match option:
        case "A":
            left = _rightmost_16(pan, psn)
        case "B":
            left = _rightmost_16(pan, psn) if len(pan) <= _OPTION_A_DIGITS else _hashed_16(pan, psn)
        case _:
            raise MalformedInput("an ICC master key is derived by option A or B")
    return odd_parity(Secret(cipher.encrypt(left + xor(left, _ALL_ONES))))


def common_session_key(mk: Secret | Tdes, diversifier: bytes) -> Secret:
    """The session key of the EMV common method (EMV Book 2 A1.3.1), 16 bytes of odd parity.

    Args:
        mk: ICC master key, 16 bytes.
        diversifier: R. The 2-byte ATC for application cryptograms, which six zero bytes follow, or all 8 bytes.

    >>> mk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> common_session_key(mk, bytes.fromhex("001C")).expose().hex().upper()
    'E9FB384AF807B940FEDCEA613461B0C4'
    """
    if len(diversifier) not in (ATC_BYTES, TDES_BLOCK_BYTES):
        raise MalformedInput(
            f"a session key is diversified by {ATC_BYTES} bytes (ATC) or {TDES_BLOCK_BYTES}, not {len(diversifier)}"
        )
    head, tail = diversifier[:2], diversifier[3:].ljust(5, b"\x00")
    blocks = head + b"\xf0" + tail + head + b"\x0f" + tail
    return odd_parity(Secret(_master(mk, "an ICC master key").encrypt(blocks)))


def mastercard_session_key(mk: Secret | Tdes, atc: bytes, unpredictable_number: bytes) -> Secret:
    """Mastercard's session key of M/Chip (SKD), which Interac has too, 16 bytes of odd parity.

    The common method, diversified by the ATC, two zero bytes and the terminal's unpredictable number.

    Args:
        mk: ICC master key, 16 bytes.
        atc: application transaction counter, 2 bytes.
        unpredictable_number: tag 9F37, 4 bytes.

    >>> mk = icc_master_key(Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")), Pan("1234567890123456"), "00")
    >>> from keys.ciphers import kcv_tdes_legacy
    >>> kcv_tdes_legacy(mastercard_session_key(mk, bytes.fromhex("001C"), bytes.fromhex("ABCDEF12")), digits=4)
    '2FD5'
    """
    _check_atc(atc)
    if len(unpredictable_number) != UNPREDICTABLE_NUMBER_BYTES:
        raise MalformedInput(f"an unpredictable number has {UNPREDICTABLE_NUMBER_BYTES} bytes, not {len(unpredictable_number)}")
    return common_session_key(mk, atc + bytes(2) + unpredictable_number)


def visa_session_key(mk: Secret, atc: bytes) -> Secret:
    """Visa's session key of secure messaging (VIS): the ATC and its complement XORed into the master key's halves.

    Args:
        mk: ICC master key, 16 bytes. No kept cipher: the key itself is changed.
        atc: application transaction counter, 2 bytes.

    >>> mk = icc_master_key(Secret(bytes.fromhex("89ABCDEF0123456776543210FEDCBA98")), Pan("1234567890123456"), "00")
    >>> from keys.ciphers import kcv_tdes_legacy
    >>> kcv_tdes_legacy(visa_session_key(mk, bytes.fromhex("001C")), digits=4)
    '6D04'
    """
    _check_master_bytes(len(mk), "an ICC master key")
    _check_atc(atc)
    mask = bytes(6) + atc + bytes(6) + xor(atc, b"\xff\xff")
    return odd_parity(Secret(xor(mk.expose(), mask)))


def emv2000_session_key(
    mk: Secret, atc: bytes, *, iv: bytes = bytes(16), branch: int = EMV2000_BRANCH, height: int = EMV2000_HEIGHT
) -> Secret:
    """The session key at the ATC's leaf of a tree of keys (EMV 2000 Book 2 A1.3), 16 bytes of odd parity.

    The digits of the ATC to the base `branch` lead from the master key down the tree; each key is made of its parent
    and its grandparent, and the leaf is XORed with its own grandparent.

    Args:
        mk: ICC master key, 16 bytes. No kept cipher: it is a grandparent itself.
        atc: application transaction counter, 2 bytes.
        iv: the master key's own parent, 16 bytes, which are not secret.
        branch: children of each key, 2 to 255.
        height: floors of the tree, at least 2, enough for every counter to have a leaf.

    >>> mk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> emv2000_session_key(mk, bytes.fromhex("001C")).expose().hex().upper()
    'E5BF6D1067F194B0A89B7F5D83BC64A2'
    """
    _check_master_bytes(len(mk), "an ICC master key")
    _check_atc(atc)
    if len(iv) != _MASTER_KEY_BYTES:
        raise MalformedInput(f"the tree's initial value has {_MASTER_KEY_BYTES} bytes, not {len(iv)}")
    if not 2 <= branch <= 255 or height < 2 or branch**height < 2 ** (8 * ATC_BYTES):
        raise MalformedInput("the tree has too few leaves for all counters: choose more branches or floors")
    counter = int.from_bytes(atc, "big")
    path = [counter // branch**floor % branch for floor in reversed(range(height))]
    parent, grandparent = mk, Secret(iv)
    for child in path[:-1]:
        parent, grandparent = _tree_child(parent, grandparent, child), parent
    leaf = _tree_child(parent, grandparent, path[-1])
    return odd_parity(Secret(xor(leaf.expose(), grandparent.expose())))


def _tree_child(parent: Secret, grandparent: Secret, child: int) -> Secret:
    mask = bytes(7) + bytes((child,)) + bytes(7) + bytes((child ^ 0xF0,))
    return Secret(Tdes(parent).encrypt(xor(grandparent.expose(), mask)))


def _check_atc(atc: bytes) -> None:
    if len(atc) != ATC_BYTES:
        raise MalformedInput(f"an application transaction counter has {ATC_BYTES} bytes, not {len(atc)}")


def _check_master_bytes(count: int, what: str) -> None:
    if count != _MASTER_KEY_BYTES:
        raise MalformedInput(f"{what} has {_MASTER_KEY_BYTES} bytes, not {count}")


def _master(key: Secret | Tdes, what: str) -> Tdes:
    cipher = tdes(key)
    _check_master_bytes(cipher.key_bytes, what)
    return cipher


def _rightmost_16(pan: Pan, psn: str) -> bytes:
    return bytes.fromhex((pan.expose() + psn)[-_OPTION_A_DIGITS:].zfill(_OPTION_A_DIGITS))


def _hashed_16(pan: Pan, psn: str) -> bytes:
    """Sixteen decimal digits of the SHA-1 of PAN and sequence number (EMV Book 2 A1.4.2)."""
    digits = pan.expose() + psn
    digest = sha1(bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)), usedforsecurity=False).digest()
    return bytes.fromhex(decimals_first(digest, _OPTION_A_DIGITS))
