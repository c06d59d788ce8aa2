"""Message type indicators: version, class, function, origin (ISO 8583:1987, message type identifiers).

An MTI is its four digits, a str; the functions here read and change single digits of it. They take only texts for which
`is_mti` is true, which every MTI of a decoded message is.
"""

from switch.wire.errors import DecodeError, Finding
from switch.wire.spec import FieldSpec

VERSIONS = {"0": "ISO 8583:1987", "1": "ISO 8583:1993", "2": "ISO 8583:2003", "8": "national", "9": "private"}

CLASSES = {
    "1": "authorisation",
    "2": "financial",
    "3": "file action",
    "4": "reversal",
    "5": "reconciliation",
    "6": "administrative",
    "7": "fee collection",
    "8": "network management",
}

FUNCTIONS = {
    "0": "request",
    "1": "response",
    "2": "advice",
    "3": "advice response",
    "4": "notification",
    "5": "notification acknowledgement",
    "6": "instruction",
    "7": "instruction acknowledgement",
}

ORIGINS = {
    "0": "",
    "1": "repeat",
    "2": "from the issuer",
    "3": "from the issuer, repeat",
    "4": "from another",
    "5": "from another, repeat",
}
"""Who sent it first; an acquirer where nothing is said."""

_REPEATS = "135"


def is_mti(text: str) -> bool:
    """True for exactly four ASCII digits, whatever they mean."""
    return len(text) == 4 and text.isascii() and text.isdigit()


def is_request(mti: str) -> bool:
    """True when it asks and the answer decides (xx0x)."""
    return mti[2] == "0"


def is_advice(mti: str) -> bool:
    """True when it reports what has happened already (xx2x)."""
    return mti[2] == "2"


def is_response(mti: str) -> bool:
    """True when it answers another message (functions 1, 3, 5 and 7), or has the reserved function 9, which has no answer."""
    return mti[2] in "13579"


def is_repeat(mti: str) -> bool:
    """True when it may have been sent before (origins 1, 3 and 5)."""
    return mti[3] in _REPEATS


def repeat_of(mti: str) -> str:
    """The same message sent once more: "0220" -> "0221"; a repeat stays one."""
    return mti if is_repeat(mti) else mti[:3] + str(int(mti[3]) + 1)


def without_repeat(mti: str) -> str:
    """The message that it repeats: "0221" -> "0220"."""
    return mti[:3] + str(int(mti[3]) - 1) if mti[3] in _REPEATS else mti


def response_mti(mti: str) -> str:
    """The MTI that answers it: "0200" and "0201" -> "0210", "0420" -> "0430". Only what is no response has one."""
    assert not is_response(mti), "a response is not answered"
    first = without_repeat(mti)
    return first[:2] + str(int(first[2]) + 1) + first[3]


def mti_words(mti: str) -> str:
    """What it is, in words: "0421" -> "reversal advice, repeat"; also of a text that only forgiving readers take for an MTI."""
    if not is_mti(mti):
        return "no message type"
    version = VERSIONS.get(mti[0], "reserved version")
    kind = f"{CLASSES.get(mti[1], 'reserved class')} {FUNCTIONS.get(mti[2], 'of a reserved function')}"
    origin = ORIGINS.get(mti[3], "of a reserved origin")
    return ", ".join(part for part in (kind, origin, "" if mti[0] == "0" else version) if part)


class MtiCodec:
    """Decodes and encodes the MTI of one dialect.

    Args:
        spec: entry "t" of its spec.
    """

    __slots__ = ("_form", "size", "spelled")

    def __init__(self, spec: FieldSpec) -> None:
        self._form = spec["data_enc"]
        self.size = 2 if self._form == "b" else 4
        self.spelled: dict[str, bytes] = {}
        """The bytes of the MTIs that were encoded so far. There are ten thousand at most."""

    def decode(self, raw: bytes, at: int) -> str:
        """The MTI at `at`.

        Raises:
            DecodeError: when it is cut short or anything but four digits.
        """
        mti, finding = self.decode_loosely(raw, at)
        if finding is not None:
            raise DecodeError.of(finding)
        return mti

    def decode_loosely(self, raw: bytes, at: int) -> tuple[str, Finding | None]:
        """The MTI at `at`, and why a strict reader would not take it; what is no digit is spelled as it comes.

        Raises:
            DecodeError: when it is cut short or no text of the dialect's charset.
        """
        data = raw[at : at + self.size]
        if len(data) < self.size:
            raise DecodeError("MTI", at, f"{len(data)} of its {self.size} bytes are there", "MTI-LEN-01")
        why = "it must be four decimal digits"
        try:
            text = data.hex().upper() if self._form == "b" else data.decode(self._form)
        except UnicodeError:
            raise DecodeError("MTI", at, why, "MTI-CHR-01") from None
        if not is_mti(text):
            return text, Finding("MTI", at, why, "MTI-CHR-01")
        return text, None

    def encode(self, mti: str) -> bytes:
        """The bytes of an MTI."""
        data = self.spelled.get(mti)
        if data is None:
            data = self.spelled[mti] = self._spell(mti)
        return data

    def _spell(self, mti: str) -> bytes:
        return bytes.fromhex(mti) if self._form == "b" else mti.encode(self._form)
