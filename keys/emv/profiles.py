"""What each cryptogram version number (CVN) means: keys, tags in order, padding, ARPC method.

The card (which makes cryptograms) and SoftHsm (which verifies them) read the same rows. Parsing of DE 55 is not
here: tags come as a mapping from upper-case hex names to values.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from keys.ciphers import Tdes
from keys.emv.cryptogram import arpc_method_2
from keys.emv.derive import MasterKeyOption, common_session_key
from keys.errors import CryptogramUnsupported, MalformedInput, TagMissing
from keys.sensitive import Secret


class SessionKeyMethod(Enum):
    """How a transaction's key comes from the card's."""

    COMMON = "EMV common session key (EMV Book 2 A1.3.1)"


class ArpcMethod(Enum):
    """How the issuer's answer is made."""

    METHOD_2 = "ARPC method 2 (EMV Book 2 8.2.2)"


class CvnProfile(msgspec.Struct, frozen=True):
    """One cryptogram version."""

    cvn: int
    name: str
    master_key_option: MasterKeyOption
    session: SessionKeyMethod
    tags: tuple[str, ...]
    padding: int
    arpc: ArpcMethod


CVN_PROFILES: Final[dict[int, CvnProfile]] = {
    0x12: CvnProfile(
        cvn=0x12,
        name="Visa CVN 18",
        master_key_option="B",
        session=SessionKeyMethod.COMMON,
        tags=("9F02", "9F03", "9F1A", "95", "5F2A", "9A", "9C", "9F37", "82", "9F36", "9F10"),
        padding=2,
        arpc=ArpcMethod.METHOD_2,
    ),
}

# Bytes that each covered tag has (EMV Book 3 annex A). Values are joined without lengths, so a tag of another
# length would let two different transactions have one cryptogram.
TAG_BYTES: Final[dict[str, tuple[int, int]]] = {
    "5F2A": (2, 2),
    "82": (2, 2),
    "95": (5, 5),
    "9A": (3, 3),
    "9C": (1, 1),
    "9F02": (6, 6),
    "9F03": (6, 6),
    "9F10": (7, 32),
    "9F1A": (2, 2),
    "9F26": (8, 8),
    "9F36": (2, 2),
    "9F37": (4, 4),
}

# Visa issuer application data of format 0/1/3: length 06, key index, CVN, CVR of 4 bytes whose first is 03.
_IAD_HEAD_LENGTH: Final = 0x06
_CVR_LENGTH: Final = 0x03
_IAD_CVN: Final = 2
_IAD_CVR: Final = slice(3, 7)


def cryptogram_input(profile: CvnProfile, tags: Mapping[str, bytes]) -> bytes:
    """The bytes that the version's cryptogram covers: the values of its tags, joined in its order.

    Raises:
        TagMissing: a covered tag is absent; the text names it.
        MalformedInput: a covered tag has a length that EMV does not give it.

    >>> tags = {"9F02": bytes(6), "9F03": bytes(6)}
    >>> cryptogram_input(CVN_PROFILES[0x12], tags)
    Traceback (most recent call last):
    ...
    keys.errors.TagMissing: Visa CVN 18 needs tag 9F1A, which was not given: send it in DE 55
    """
    return b"".join(required_tag(tags, name, profile.name) for name in profile.tags)


def required_tag(tags: Mapping[str, bytes], name: str, by: str) -> bytes:
    """The value of one tag, present and of the length that EMV gives it; `by` says in errors who needs it."""
    value = tags.get(name)
    if value is None:
        raise TagMissing(f"{by} needs tag {name}, which was not given: send it in DE 55")
    least, most = TAG_BYTES[name]
    if not least <= len(value) <= most:
        size = f"{least}" if least == most else f"{least} to {most}"
        raise MalformedInput(f"tag {name} has {size} bytes, not {len(value)}")
    return value


def session_key(profile: CvnProfile, mk: Secret | Tdes, atc: bytes) -> Secret:
    """The key that makes this transaction's cryptograms, from the card's master key and its counter (tag 9F36)."""
    match profile.session:
        case SessionKeyMethod.COMMON:
            return common_session_key(mk, atc)


def issuer_authentication(profile: CvnProfile, key: Secret | Tdes, arqc: bytes, csu: bytes) -> bytes:
    """The value of tag 91 that answers the ARQC: ARPC and card status update, eight bytes for method 2."""
    match profile.arpc:
        case ArpcMethod.METHOD_2:
            return arpc_method_2(key, arqc, csu) + csu


def cvn_profile(iad: bytes) -> CvnProfile:
    """The row that issuer application data (tag 9F10) names; CryptogramUnsupported if there is none."""
    cvn = iad_cvn(iad)
    profile = CVN_PROFILES.get(cvn)
    if profile is None:
        known = ", ".join(row.name for row in CVN_PROFILES.values())
        raise CryptogramUnsupported(f"cryptogram version {cvn} (0x{cvn:02X}) is not among those known: {known}")
    return profile


def iad_cvn(iad: bytes) -> int:
    """The cryptogram version number in Visa issuer application data of format 0, 1 or 3.

    >>> iad_cvn(bytes.fromhex("06011203A0B800"))
    18
    """
    _check_iad(iad)
    return iad[_IAD_CVN]


def iad_cvr(iad: bytes) -> bytes:
    """The card verification results in it, four bytes with their own length byte.

    >>> iad_cvr(bytes.fromhex("06011203A0B800")).hex().upper()
    '03A0B800'
    """
    _check_iad(iad)
    return iad[_IAD_CVR]


def _check_iad(iad: bytes) -> None:
    """Issuer discretionary data may follow the seven bytes: one byte of length, then as many bytes."""
    least, most = TAG_BYTES["9F10"]
    framed = least <= len(iad) <= most and iad[0] == _IAD_HEAD_LENGTH and iad[_IAD_CVR.start] == _CVR_LENGTH
    if not framed or (len(iad) > least and iad[least] != len(iad) - least - 1):
        raise CryptogramUnsupported(
            "the issuer application data (tag 9F10) is in no format known: 06, key index, version, results (03 and three bytes)"
        )
