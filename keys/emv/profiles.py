"""What each cryptogram version number (CVN) means: keys, tags in order, padding, ARPC method, issuer scripts.

The card (which makes cryptograms) and SoftHsm (which verifies them) read the same rows. Parsing of DE 55 is not
here: tags come as a mapping from upper-case hex names to values. What scripts are made of is in `scripts`.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeVar

import msgspec

from keys.ciphers import Tdes
from keys.emv.cryptogram import arpc_method_1, arpc_method_2
from keys.emv.derive import MasterKeyOption, common_session_key, mastercard_session_key
from keys.emv.iad import IAD_BYTES_MAX, Scheme, decode_iad
from keys.errors import CryptogramUnsupported, MalformedInput, TagMissing
from keys.sensitive import Secret

_CardKey = TypeVar("_CardKey", Secret, Tdes)


class SessionKeyMethod(Enum):
    """How a transaction's key comes from the card's."""

    NONE = "the ICC master key itself"
    COMMON = "EMV common session key (EMV Book 2 A1.3.1)"
    MASTERCARD = "Mastercard session key (SKD) of ATC and unpredictable number"


class ArpcMethod(Enum):
    """How the issuer's answer is made."""

    METHOD_1 = "ARPC method 1 (EMV Book 2 8.2.1)"
    METHOD_2 = "ARPC method 2 (EMV Book 2 8.2.2)"


class IadPart(Enum):
    """How much of the issuer application data a cryptogram covers."""

    WHOLE = "all of it"
    RESULTS = "the card verification results"
    RESULTS_AND_COUNTERS = "the card verification results and the counters"
    SECOND_RESULT = "the second byte of the card verification results"


class ScriptSession(Enum):
    """How the keys of secure messaging come from the card's."""

    COMMON_ARQC = "EMV common session key, diversified by the ARQC"
    VISA_ATC = "Visa's: the ATC XORed into the ICC master key"


class ScriptEncipherment(Enum):
    """How data of a script is padded and enciphered."""

    EMV = "padding method 2 always, CBC (EMV Book 2 9.3)"
    MASTERCARD = "padding method 2 unless in whole blocks, CBC"
    VISA = "length byte before, padding method 2 always, ECB"


class ScriptPinBlock(Enum):
    """Which PIN block a PIN change carries."""

    ISO_2 = "ISO 9564-1 format 2"
    VISA = "Visa's, with part of the card's master key, and of the current PIN where it is known"
    VISA_WITH_CURRENT = "Visa's where the current PIN is known, ISO 9564-1 format 2 where not"


class ScriptProfile(msgspec.Struct, frozen=True):
    """How the issuer talks to the card after the cryptogram."""

    session: ScriptSession
    mac_tags: tuple[str, ...]  # What a command's MAC covers between its header and its data.
    encipherment: ScriptEncipherment
    pin_block: ScriptPinBlock


class CvnProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One cryptogram version."""

    scheme: Scheme
    cvn: int
    name: str
    master_key_option: MasterKeyOption
    session: SessionKeyMethod
    tags: tuple[str, ...]
    iad: IadPart
    padding: int
    arpc: ArpcMethod
    arpc_session: SessionKeyMethod
    scripts: ScriptProfile


_EMV_TAGS: Final = ("9F02", "9F03", "9F1A", "95", "5F2A", "9A", "9C", "9F37", "82", "9F36", "9F10")
_QVSDC_TAGS: Final = ("9F02", "9F37", "9F36", "9F10")

_MAC_TAGS: Final = ("9F36", "9F26")
_VISA_SCRIPTS: Final = ScriptProfile(ScriptSession.VISA_ATC, _MAC_TAGS, ScriptEncipherment.VISA, ScriptPinBlock.VISA)
_VISA_22_SCRIPTS: Final = ScriptProfile(
    ScriptSession.COMMON_ARQC, _MAC_TAGS, ScriptEncipherment.VISA, ScriptPinBlock.VISA_WITH_CURRENT
)
_MASTERCARD_SCRIPTS: Final = ScriptProfile(
    ScriptSession.COMMON_ARQC, _MAC_TAGS, ScriptEncipherment.MASTERCARD, ScriptPinBlock.ISO_2
)
_INTERAC_SCRIPTS: Final = ScriptProfile(ScriptSession.COMMON_ARQC, (), ScriptEncipherment.MASTERCARD, ScriptPinBlock.ISO_2)


def _visa(cvn: int, name: str, *, tags: tuple[str, ...], iad: IadPart) -> CvnProfile:
    """Visa's older versions, which have no session key."""
    return CvnProfile(
        scheme=Scheme.VISA,
        cvn=cvn,
        name=name,
        master_key_option="A",
        session=SessionKeyMethod.NONE,
        tags=tags,
        iad=iad,
        padding=1,
        arpc=ArpcMethod.METHOD_1,
        arpc_session=SessionKeyMethod.NONE,
        scripts=_VISA_SCRIPTS,
    )


def _visa_common(cvn: int, name: str, scripts: ScriptProfile) -> CvnProfile:
    return CvnProfile(
        scheme=Scheme.VISA,
        cvn=cvn,
        name=name,
        master_key_option="B",
        session=SessionKeyMethod.COMMON,
        tags=_EMV_TAGS,
        iad=IadPart.WHOLE,
        padding=2,
        arpc=ArpcMethod.METHOD_2,
        arpc_session=SessionKeyMethod.COMMON,
        scripts=scripts,
    )


def _mastercard(cvn: int, name: str, *, session: SessionKeyMethod, arpc_session: SessionKeyMethod, iad: IadPart) -> CvnProfile:
    return CvnProfile(
        scheme=Scheme.MASTERCARD,
        cvn=cvn,
        name=name,
        master_key_option="A",
        session=session,
        tags=_EMV_TAGS,
        iad=iad,
        padding=2,
        arpc=ArpcMethod.METHOD_1,
        arpc_session=arpc_session,
        scripts=_MASTERCARD_SCRIPTS,
    )


_NONE: Final = SessionKeyMethod.NONE
_SKD: Final = SessionKeyMethod.MASTERCARD
_COMMON: Final = SessionKeyMethod.COMMON
# Names are the field's own: Visa's 10, 17 and 18 and all others are decimal, Visa's 22 is hexadecimal (VIS 1.6).
_ROWS: Final = (
    _visa(0x0A, "Visa CVN 10", tags=_EMV_TAGS, iad=IadPart.RESULTS),
    _visa(0x11, "Visa CVN 17", tags=_QVSDC_TAGS, iad=IadPart.SECOND_RESULT),
    _visa_common(0x12, "Visa CVN 18", _VISA_SCRIPTS),
    _visa_common(0x22, "Visa CVN 22 (hexadecimal)", _VISA_22_SCRIPTS),
    _mastercard(0x10, "Mastercard CVN 16", session=_SKD, arpc_session=_NONE, iad=IadPart.RESULTS),
    _mastercard(0x11, "Mastercard CVN 17", session=_SKD, arpc_session=_NONE, iad=IadPart.RESULTS_AND_COUNTERS),
    _mastercard(0x14, "Mastercard CVN 20", session=_COMMON, arpc_session=_COMMON, iad=IadPart.RESULTS),
    _mastercard(0x15, "Mastercard CVN 21", session=_COMMON, arpc_session=_COMMON, iad=IadPart.RESULTS_AND_COUNTERS),
    CvnProfile(
        scheme=Scheme.INTERAC,
        cvn=0x85,
        name="Interac CVN 133",
        master_key_option="A",
        session=_SKD,
        tags=_EMV_TAGS,
        iad=IadPart.WHOLE,
        padding=2,
        arpc=ArpcMethod.METHOD_1,
        arpc_session=_SKD,
        scripts=_INTERAC_SCRIPTS,
    ),
)

CVN_PROFILES: Final[dict[tuple[Scheme, int], CvnProfile]] = {(row.scheme, row.cvn): row for row in _ROWS}

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
    "9F10": (7, IAD_BYTES_MAX),
    "9F1A": (2, 2),
    "9F26": (8, 8),
    "9F36": (2, 2),
    "9F37": (4, 4),
}


def cryptogram_input(profile: CvnProfile, tags: Mapping[str, bytes]) -> bytes:
    """The bytes that the version's cryptogram covers: the values of its tags, joined in its order.

    Raises:
        TagMissing: a covered tag is absent; the text names it.
        MalformedInput: a covered tag has a length that EMV does not give it.
        CryptogramUnsupported: only a part of tag 9F10 is covered, and it is in no format known.

    >>> tags = {"9F02": bytes(6), "9F03": bytes(6)}
    >>> cryptogram_input(CVN_PROFILES[Scheme.VISA, 0x12], tags)
    Traceback (most recent call last):
    ...
    keys.errors.TagMissing: Visa CVN 18 needs tag 9F1A, which was not given: send it in DE 55
    """
    values: list[bytes] = []
    for name in profile.tags:
        value, (least, most) = tags.get(name, b""), TAG_BYTES[name]
        # Nearly all are right; what is wrong with one of them is found where a single tag is asked for.
        values.append(value if least <= len(value) <= most else required_tag(tags, name, profile.name))
    assert profile.tags[-1] == "9F10", profile.name  # All versions end with it, or with a part of it.
    return b"".join(values[:-1]) + _covered_part(profile.iad, values[-1])


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


def session_key(profile: CvnProfile, mk: _CardKey, atc: bytes, unpredictable_number: bytes = b"") -> Secret | _CardKey:
    """The key that makes this transaction's cryptograms.

    Args:
        profile: the cryptogram version.
        mk: the card's master key, 16 bytes, or its cipher, which comes back where the version has no session key.
        atc: tag 9F36, 2 bytes.
        unpredictable_number: tag 9F37, 4 bytes; only Mastercard's and Interac's versions need it.
    """
    return _session_key(profile.session, mk, atc, unpredictable_number)


def issuer_authentication(
    profile: CvnProfile, key: Secret | Tdes, arqc: bytes, status: bytes, *, proprietary: bytes = b""
) -> bytes:
    """The value of tag 91 that answers the ARQC: the ARPC, and what it was made with.

    Args:
        profile: the cryptogram version.
        key: the one that `arpc_key` gives.
        arqc: 8 bytes.
        status: for method 1 the authorisation response code, 2 bytes; for method 2 the card status update, 4 bytes.
        proprietary: for method 2 what the issuer adds, 0 to 8 bytes; for method 1 nothing.
    """
    match profile.arpc:
        case ArpcMethod.METHOD_1:
            if proprietary:
                raise MalformedInput("ARPC method 1 covers no proprietary authentication data")
            return arpc_method_1(key, arqc, status) + status
        case ArpcMethod.METHOD_2:
            return arpc_method_2(key, arqc, status, proprietary) + status + proprietary


def arpc_key(profile: CvnProfile, mk: _CardKey, atc: bytes, unpredictable_number: bytes = b"") -> Secret | _CardKey:
    """The key that makes the answer: of most versions the transaction's, of some the card's master key."""
    return _session_key(profile.arpc_session, mk, atc, unpredictable_number)


def cvn_profile(iad: bytes) -> CvnProfile:
    """The row that issuer application data (tag 9F10) names; CryptogramUnsupported if there is none.

    >>> cvn_profile(bytes.fromhex("0110A00003220000DAC000000000000000FF")).name
    'Mastercard CVN 16'
    """
    found = decode_iad(iad)
    profile = CVN_PROFILES.get((found.scheme, found.cvn))
    if profile is None:
        known = ", ".join(row.name for row in CVN_PROFILES.values())
        raise CryptogramUnsupported(
            f"{found.scheme.value}'s cryptogram version {found.cvn} (0x{found.cvn:02X}) is not among those known: {known}"
        )
    return profile


def _session_key(method: SessionKeyMethod, mk: _CardKey, atc: bytes, unpredictable_number: bytes) -> Secret | _CardKey:
    match method:
        case SessionKeyMethod.NONE:
            return mk
        case SessionKeyMethod.COMMON:
            return common_session_key(mk, atc)
        case SessionKeyMethod.MASTERCARD:
            return mastercard_session_key(mk, atc, unpredictable_number)


def _covered_part(part: IadPart, iad: bytes) -> bytes:
    match part:
        case IadPart.WHOLE:
            return iad
        case IadPart.RESULTS:
            return decode_iad(iad).cvr
        case IadPart.RESULTS_AND_COUNTERS:
            found = decode_iad(iad)
            return found.cvr + found.counters
        case IadPart.SECOND_RESULT:
            return decode_iad(iad).cvr[1:2]
