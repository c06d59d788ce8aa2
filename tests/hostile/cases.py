"""Bytes that nobody should send, class by class, and what each of them must come to.

The classes are those of every parser's nightmares: framing, MTI and bitmap, fields, chip data, MAC and PIN. A case has bytes
for the public functions and for a listener; which error it is, where it shows and what a live switch does about it are typed by
hand here and nowhere computed. `test_public` and `test_live` try all of them.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from switch.wire import DIALECTS
from switch.wire.bitmap import mask_of
from switch.wire.tlv import encode


class Layer(Enum):
    """What is given the bytes: a frame buffer, a dialect, the reader of chip data or of a request; or a switch only."""

    STREAM = "stream"
    MESSAGE = "message"
    TLV = "tlv"
    MEANING = "meaning"
    SWITCH = "switch"


class Live(Enum):
    """What a switch does about it, beside the code of an answer: hang up at once, hang up after ten seconds, say nothing."""

    HUNG_UP = "hung up"
    GIVEN_UP = "given up"
    SILENT = "silent"


class Case(NamedTuple):
    """One hostile input.

    Args:
        kind: its class.
        name: what is wrong with it.
        link: the listener that it is sent to, which has the dialect and the framing that it is read in.
        layer: what is given `data` in `test_public`; a STREAM comes with its framing, all others without.
        data: the bytes; of a TLV case the value of DE 55.
        rule: the broken one; empty where the bytes are lawful.
        offset: where it shows, in what the layer is given; None where the meaning is wrong and not a byte.
        live: what a switch does: DE 39 of its answer, or what it does instead.
        signed: True when the message is given a right MAC on its way to the switch.
    """

    kind: str
    name: str
    link: str
    layer: Layer
    data: bytes
    rule: str
    offset: int | None
    live: str | Live
    signed: bool = False


LINKS: dict[str, tuple[str, str]] = {
    "pos": ("iso87-ascii", "len2-big"),
    "packed": ("iso87-binary", "ascii4"),
    "ebcdic": ("iso87-ebcdic", "len2-big"),
    "four": ("iso87-ascii", "len4-big"),
    "little": ("iso87-ascii", "len2-little"),
    "itself": ("iso87-ascii", "len2-big-incl"),
    "tpdu": ("iso87-ascii", "len2-big-tpdu"),
    "visa": ("visa-base1", "visa"),
    "etx": ("iso87-ascii", "stx-etx"),
    "trailer": ("iso87-ascii", "len2-big-etx"),
}
"""Listener -> its dialect and framing."""

PAYMENT: dict[int, str] = {
    2: "4761739001010119",
    3: "000000",
    4: "000000000150",
    7: "0701120000",
    11: "666000",
    14: "3112",
    22: "012",
    25: "00",
    41: "EVIL0000",
    42: "MERCHANT0000001",
    49: "978",
}
"""A key-entered purchase that would be approved, were it signed and nothing wrong with it."""

Elements = Mapping[int, str | bytes]
"""Elements by DE: a value is encoded, bytes are put where the whole element stands, its prefix included."""


def compose(dialect: str, elements: Elements, mti: str = "0200", *, bitmap: bytes | None = None) -> bytes:
    """A message of these elements, lawful or not."""
    codec = DIALECTS[dialect].codec
    body = b"".join(
        value if isinstance(value, bytes) else codec.encode_element(de, value) for de, value in sorted(elements.items())
    )
    head = codec.encode_head(mti, mask_of(elements))
    return (head if bitmap is None else head[: codec.mti_bytes] + bitmap) + body


def changed(**elements: str | bytes) -> dict[int, str | bytes]:
    """The payment with some elements changed: `d4="..."`; an empty text leaves one out."""
    every = PAYMENT | {int(name[1:]): value for name, value in elements.items()}
    return {de: value for de, value in every.items() if value != ""}


def ascii_payment(mti: str = "0200", **elements: str | bytes) -> bytes:
    """`changed`, in `iso87-ascii`."""
    return compose("iso87-ascii", changed(**elements), mti)


def packed_payment(mti: str = "0200", **elements: str | bytes) -> bytes:
    """`changed`, in `iso87-binary`."""
    return compose("iso87-binary", changed(**elements), mti)


def framed(data: bytes) -> bytes:
    """Behind a length of two bytes."""
    return len(data).to_bytes(2, "big") + data


ECHO = compose("iso87-ascii", {7: "0701120000", 11: "666000", 70: "301"}, "0800")
"""64 bytes of `iso87-ascii`: MTI and two bitmaps are 36 of them."""

HTTP = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
TLS = bytes.fromhex("16030100c5010000c10303") + bytes(range(186))
"""The record header of a ClientHello of 197 bytes, and as many bytes behind it."""


def _nested(depth: int) -> bytes:
    """Constructed objects, one in the other; each level costs the length of all below, so it is built from the inside."""
    lengths = [0]
    for _ in range(depth - 1):
        below = lengths[-1]
        lengths.append(below + 2 + (0 if below < 0x80 else (below.bit_length() + 7) // 8))
    pieces = []
    for length in reversed(lengths):
        size = (length.bit_length() + 7) // 8
        pieces.append(b"\xe1" + (bytes([length]) if length < 0x80 else bytes([0x80 | size]) + length.to_bytes(size, "big")))
    return b"".join(pieces)


def _stream(kind: str, name: str, link: str, data: bytes, rule: str, live: str | Live = Live.HUNG_UP, offset: int = 0) -> Case:
    return Case(kind, name, link, Layer.STREAM, data, rule, offset, live)


def _message(kind: str, name: str, link: str, data: bytes, rule: str, offset: int, live: str | Live) -> Case:
    return Case(kind, name, link, Layer.MESSAGE, data, rule, offset, live)


def _lawful(kind: str, name: str, link: str, data: bytes, live: str | Live, *, signed: bool = True) -> Case:
    """Nothing is wrong with the bytes; the switch says no for what they mean."""
    return Case(kind, name, link, Layer.SWITCH, data, "", None, live, signed)


def _meaning(kind: str, name: str, data: bytes, rule: str, live: str | Live = "30", link: str = "pos") -> Case:
    return Case(kind, name, link, Layer.MEANING, data, rule, None, live, True)


def _chip(kind: str, name: str, data: bytes, rule: str, offset: int) -> Case:
    return Case(kind, name, "pos", Layer.TLV, data, rule, offset, "30", True)


FRAMING = (
    _stream("B1", "two bytes of zero", "pos", b"\0\0", "FRM-LEN-01"),
    _stream("B1", "four digits of zero", "packed", b"0000", "FRM-LEN-01"),
    _stream("B1", "a trailer and nothing before it", "trailer", b"\0\1\3", "FRM-LEN-01"),
    _stream("B1", "a TPDU and no message", "tpdu", b"\0\5\x60\0\1\0\2", "FRM-LEN-01"),
    _message("B2", "one byte", "pos", b"0", "MTI-LEN-01", 0, Live.SILENT),
    _message("B2", "an MTI alone", "pos", b"0200", "BMP-LEN-01", 4, Live.SILENT),
    _message("B2", "an MTI and half a bitmap", "packed", b"\2\0\x30\x20\5\x80", "BMP-LEN-01", 2, Live.SILENT),
    _stream("B3", "65,535 and nothing", "pos", b"\xff\xff", "FRM-LEN-02"),
    _stream("B3", "8,192 and nothing", "pos", b"\x20\0", "", Live.GIVEN_UP),
    _stream("B4", "FFFFFFFF", "four", b"\xff\xff\xff\xff", "FRM-LEN-02"),
    _stream("B4", "80000000, which some read as less than zero", "four", b"\x80\0\0\0", "FRM-LEN-02"),
    _stream("B5", "one byte above 8 KB", "pos", b"\x20\1" + b"0" * 0x2001, "FRM-LEN-02"),
    _stream("B5", "one digit above 8 KB", "packed", b"8193" + bytes(8193), "FRM-LEN-02"),
    _stream("B5", "text without an end", "etx", b"\2" + b"0" * 9000, "FRM-LEN-02"),
    _stream("B6", "letters", "packed", b"01A4" + bytes(100), "FRM-LEN-03"),
    _stream("B6", "a sign", "packed", b"+100" + bytes(100), "FRM-LEN-03"),
    _stream("B6", "a blank", "packed", b" 100" + bytes(100), "FRM-LEN-03"),
    _stream("B6", "an underscore", "packed", b"1_00" + bytes(100), "FRM-LEN-03"),
    _stream("B6", "random bytes", "packed", bytes(range(255, 127, -1)), "FRM-LEN-03"),
    _stream("B7", "counts itself where it must not", "pos", b"\0\x42" + ECHO, "", Live.GIVEN_UP),
    _stream("B7", "does not count itself where it must", "itself", b"\0\1" + ECHO, "FRM-LEN-01"),
    _message("B7", "cut by two bytes", "pos", ECHO[:-2], "FLD-END-01", len(ECHO) - 3, "30"),
    _stream("B8", "little end first on a big-endian link", "pos", b"\x40\0" + ECHO, "FRM-LEN-02"),
    _stream("B8", "big end first on a little-endian link", "little", b"\0\x40" + ECHO, "FRM-LEN-02"),
    _stream("B9", "no TPDU", "tpdu", framed(ECHO), "FRM-HDR-01"),
    _stream("B9", "a TPDU of four bytes", "tpdu", framed(b"\x60\0\1\0"), "FRM-HDR-01"),
    _stream("B9", "a BASE I header that states another length", "visa", b"\0\x1a\0\0\x16\1\2\0\x1b" + bytes(21), "FRM-HDR-01"),
    _message("B9", "a TPDU too many", "pos", b"\x60\0\1\0\2" + ECHO, "MTI-CHR-01", 0, Live.SILENT),
    _stream("B10", "HTTP", "pos", HTTP, "FRM-LEN-02"),
    _stream("B10", "HTTP on a link of digits", "packed", HTTP, "FRM-LEN-03"),
    _stream("B10", "TLS on a link of digits", "packed", TLS, "FRM-LEN-03"),
    _stream("B10", "TLS, which looks like the beginning of a long message", "pos", TLS, "", Live.GIVEN_UP),
    _stream("B10", "HTTP on a link of text", "etx", HTTP, "FRM-STX-01"),
    _stream("B11", "half a length", "pos", b"\1", "", Live.GIVEN_UP),
    _stream("B11", "a length and no more", "pos", b"\1\0", "", Live.GIVEN_UP),
    _stream("B11", "half a message", "pos", b"\1\x000200", "", Live.GIVEN_UP),
    _stream("B11", "half of some digits", "packed", b"01", "", Live.GIVEN_UP),
    _stream("B11", "text that goes on", "etx", b"\x020200", "", Live.GIVEN_UP),
    _stream("B12", "10,000 messages, and not one answer read", "pos", framed(b"0200" + b"0" * 16) * 10_000, "", "63"),
    _message("B13", "one byte too many", "pos", ECHO + b"0", "MSG-END-01", 55, "30"),
    _message("B13", "a line end", "pos", ECHO + b"\r\n", "MSG-END-01", 55, "30"),
    _message("B14", "two in one frame", "pos", ECHO + ECHO, "MSG-END-01", 55, "30"),
    _stream("B15", "a check byte behind the ETX", "etx", b"\2" + b"0200\3\x77" + b"\x020200\3", "FRM-STX-01", offset=6),
    _stream("B15", "no ETX where one must be", "trailer", b"\0\5" + b"0200\x04", "FRM-END-01"),
)

HEADS = (
    _message("B16", "letters", "pos", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "MTI-CHR-01", 0, Live.SILENT),
    _message("B16", "one letter", "pos", b"02O0" + ECHO[4:], "MTI-CHR-01", 0, Live.SILENT),
    _message("B16", "a half byte A", "packed", b"\x02\x0a" + bytes(8), "MTI-CHR-01", 0, Live.SILENT),
    _message("B16", "control characters", "pos", b"\x1b[2J\x1b]0;owned\7\r\n0200", "MTI-CHR-01", 0, Live.SILENT),
    _lawful("B17", "an unknown version", "pos", ascii_payment("9200"), "12"),
    _lawful("B17", "an unknown class", "pos", ascii_payment("0900"), "12"),
    _lawful("B17", "an unknown function", "pos", ascii_payment("0280"), "12"),
    _lawful("B17", "a function that answers nothing", "pos", ascii_payment("0290"), Live.SILENT),
    _lawful("B18", "the answer to a purchase", "pos", ascii_payment("0210", d39="00"), Live.SILENT),
    _lawful(
        "B18",
        "the answer to a sign-on",
        "pos",
        compose("iso87-ascii", {7: "0701120000", 11: "666001", 39: "00", 70: "001"}, "0810"),
        Live.SILENT,
    ),
    _message("B19", "and nothing else", "pos", b"0200" + b"F" * 32, "BMP-LEN-01", 36, Live.SILENT),
    _message("B19", "and 8 KB of zeroes", "pos", b"0200" + b"F" * 48 + b"0" * 8000, "FLD-LL-02", 52, Live.SILENT),
    _message("B19", "in bytes", "packed", b"\2\0" + b"\xff" * 24, "FLD-LL-05", 26, Live.SILENT),
    _lawful("B20", "in text", "pos", b"0200" + b"0" * 16, "63", signed=False),
    _lawful("B20", "in bytes", "packed", b"\2\0" + bytes(8), "63", signed=False),
    _message("B21", "the end instead of it", "pos", b"0200" + b"8000000000000000", "BMP-LEN-01", 20, Live.SILENT),
    _message(
        "B21",
        "elements instead of it",
        "pos",
        b"0800" + b"8000000000000000" + b"POINTSMAN8583000",
        "BMP-HEX-01",
        20,
        Live.SILENT,
    ),
    _message("B21", "empty", "pos", b"0800" + b"8020000000000000" + b"0" * 16 + b"666000", "BMP-EMP-01", 20, Live.SILENT),
    _message(
        "B22",
        "DE 192",
        "pos",
        b"0200" + b"8020000000000000" + b"8000000000000000" + b"0000000000000001" + b"666000",
        "FLD-UNK-01",
        58,
        "30",
    ),
    _message(
        "B22",
        "nothing in it",
        "pos",
        b"0200" + b"8000000000000000" + b"8000000000000000" + b"0" * 16,
        "BMP-EMP-01",
        36,
        Live.SILENT,
    ),
    _message("B22", "cut off", "packed", b"\2\0" + b"\x80" + bytes(7) + b"\x80" + bytes(7), "BMP-LEN-01", 18, Live.SILENT),
    _message(
        "B23",
        "lower case",
        "pos",
        b"0800" + b"822000000000000a" + b"0400000000000000" + b"0701120000666000301",
        "BMP-HEX-01",
        19,
        Live.SILENT,
    ),
    _message("B23", "no hexadecimal digit", "pos", b"0800" + b"82200000000000G0" + b"0" * 16, "BMP-HEX-01", 18, Live.SILENT),
    _message("B23", "blanks", "pos", b"0800" + b"82 20 00 00 0000" + b"0" * 16, "BMP-HEX-01", 6, Live.SILENT),
    _message("B24", "EBCDIC on an ASCII link", "pos", ECHO.decode().encode("cp500"), "MTI-CHR-01", 0, Live.SILENT),
    _message("B24", "ASCII on an EBCDIC link", "ebcdic", ECHO, "MTI-CHR-01", 0, Live.SILENT),
    _message("B25", "packed digits on an ASCII link", "pos", packed_payment(), "MTI-CHR-01", 0, Live.SILENT),
    _message("B25", "ASCII on a link of packed digits", "packed", ECHO, "FLD-PAD-01", 25, Live.SILENT),
)
"""MTI and bitmap."""

FIELDS = (
    *(
        _message("B26", name, "pos", ascii_payment(d32=spelled + b"4761"), "FLD-LL-01", 81, "30")
        for name, spelled in (
            ("letters", b"O4"),
            ("a sign", b"+4"),
            ("a blank", b" 4"),
            ("a tab", b"\t4"),
            ("an underscore", b"4_"),
        )
    ),
    _message("B26", "a half byte A", "packed", packed_payment(d32=b"\x0a\x47\x61"), "FLD-LL-04", 41, "30"),
    _message("B27", "twelve digits of eleven", "pos", ascii_payment(d32=b"12" + b"4" * 12), "FLD-LL-03", 81, "30"),
    _message("B27", "a track of 38", "pos", ascii_payment(d35=b"38" + b"4" * 38), "FLD-LL-03", 81, "30"),
    _message("B27", "a track of 99 half bytes", "packed", packed_payment(d35=b"\x99" + b"\x44" * 50), "FLD-LL-03", 41, "30"),
    _message("B28", "DE 32", "pos", ascii_payment(d32=b"00"), "FLD-LL-02", 81, "30"),
    _message("B28", "DE 55", "packed", packed_payment(d55=b"\0\0"), "FLD-LL-02", 66, "30"),
    _message(
        "B29",
        "the last element",
        "pos",
        compose("iso87-ascii", {7: "0701120000", 11: "666000", 60: b"999X"}, "0800"),
        "FLD-END-01",
        36,
        "30",
    ),
    _message(
        "B29",
        "a prefix and nothing",
        "packed",
        compose("iso87-binary", {7: "0701120000", 11: "666000", 60: b"\x09\x99"}, "0800"),
        "FLD-END-01",
        18,
        "30",
    ),
    _message("B30", "DE 4", "pos", ascii_payment(d4=b"00000000015O"), "FLD-N-01", 55, "30"),
    _message("B30", "DE 4, a sign", "pos", ascii_payment(d4=b"-00000000150"), "FLD-N-01", 44, "30"),
    _message("B30", "DE 49", "pos", ascii_payment(d49=b"97X"), "FLD-N-01", 106, "30"),
    _message("B31", "NUL", "pos", ascii_payment(d42=b"MERCHANT\x00000001"), "FLD-ANS-01", 97, "30"),
    _message("B31", "an escape sequence", "pos", ascii_payment(d42=b"\x1b[2J\x1b]0;owned\7"), "FLD-ANS-01", 89, "30"),
    _message("B31", "a high byte", "pos", ascii_payment(d42=b"CAF\xc9 0000000001"), "FLD-ANS-01", 92, "30"),
    _message("B32", "an amount with an A", "packed", packed_payment(d4=bytes.fromhex("00000000015A")), "FLD-BCD-01", 27, "30"),
    _message("B32", "DE 49 filled with F", "packed", packed_payment(d49=b"\xf9\x78"), "FLD-PAD-01", 64, "30"),
    _message(
        "B32",
        "an odd card number filled with 1",
        "packed",
        packed_payment(d2=bytes.fromhex("15 1476173900101011")),
        "FLD-PAD-01",
        11,
        "30",
    ),
    _lawful("B33", "nothing", "pos", ascii_payment(d4="000000000000"), "13"),
    _lawful("B33", "all there is", "pos", ascii_payment(d4="999999999999"), "51"),
    _lawful("B33", "yen", "pos", ascii_payment(d49="392"), "40"),
    _meaning("B33", "a currency that is none", ascii_payment(d49="000"), "VAL-CUR-01"),
    _lawful(
        "B34",
        "another card",
        "pos",
        compose(
            "iso87-ascii",
            {7: "0701120001", 11: "666002", 41: "EVIL0000", 90: "0200" + "000001" + "0101000000" + "0" * 22},
            "0420",
        ),
        "00",
    ),
    _lawful(
        "B34",
        "an MTI that asks nothing",
        "pos",
        compose(
            "iso87-ascii",
            {7: "0701120001", 11: "666003", 41: "EVIL0000", 90: "9999" + "000001" + "9999999999" + "9" * 22},
            "0420",
        ),
        "00",
    ),
    _meaning("B35", "29 February of no year", ascii_payment(d7="0230120000"), "VAL-DAT-01"),
    _meaning("B35", "month 13", ascii_payment(d7="1332120000"), "VAL-DAT-01"),
    _meaning("B35", "hour 24", ascii_payment(d12="246060"), "VAL-DAT-01"),
    _meaning("B35", "day 32", ascii_payment(d13="0132"), "VAL-DAT-01"),
    _meaning("B35", "expiry in month 0", ascii_payment(d14="3100"), "VAL-DAT-01"),
    _lawful("B36", "a wrong check digit", "pos", ascii_payment(d2="4761739001010118"), "14"),
    _lawful("B36", "twelve digits", "pos", ascii_payment(d2="476173900101"), "58"),
    _lawful("B36", "nineteen digits", "pos", ascii_payment(d2="4761739001010119000"), "58"),
    _message("B36", "twenty digits", "pos", ascii_payment(d2=b"20" + b"47617390010101190000"), "FLD-LL-03", 20, Live.SILENT),
    _meaning("B36", "seven digits", ascii_payment(d2="4761739"), "VAL-PAN-01"),
    _meaning("B36", "another one than the track", ascii_payment(d35="4111111111111111=31121011234"), "VAL-TRK-02"),
    _meaning("B37", "no separator", ascii_payment(d35="476173900101011931121011234"), "VAL-TRK-01"),
    _meaning("B37", "two separators", ascii_payment(d35="4761739001010119=3112=1011234"), "VAL-TRK-01"),
    _message("B37", "sentinels", "pos", ascii_payment(d35=b"30;4761739001010119=31121011234?"), "FLD-Z-01", 83, "30"),
    _lawful("B38", "an answer without it", "pos", ascii_payment("0210"), Live.SILENT),
    _lawful("B38", "a request with it", "pos", ascii_payment(d39="00"), "30"),
    _lawful("B39", "no amount", "pos", ascii_payment(d4=""), "30"),
    _lawful("B39", "no card", "pos", ascii_payment(d2=""), "30"),
    _lawful(
        "B39",
        "a reversal of nothing",
        "pos",
        compose("iso87-ascii", {7: "0701120001", 11: "666004", 41: "EVIL0000"}, "0420"),
        "30",
    ),
    _message(
        "B40",
        "DE 3 before DE 2",
        "pos",
        compose("iso87-ascii", {2: b"000000", 3: b"164761739001010119", 11: "666000"}),
        "FLD-LL-02",
        20,
        Live.SILENT,
    ),
    _meaning("B40", "an inner length that lies", ascii_payment(d22="052", d55="9F2608AABB"), "VAL-TLV-01"),
)

CHIP = (
    _chip("B41", "a tag of five bytes", bytes.fromhex("DF8181810100"), "TLV-TAG-01", 0),
    _chip("B41", "a length of 127 bytes of length", bytes.fromhex("9F26FF0102"), "TLV-LEN-04", 2),
    _chip("B41", "no end in sight", bytes.fromhex("9F26800000"), "TLV-LEN-01", 2),
    _chip("B42", "10,000 levels", _nested(10_000), "TLV-DEP-01", 32),
    _chip("B42", "100 levels", _nested(100), "TLV-DEP-01", 24),
    _chip("B43", "a child longer than its parent", bytes.fromhex("E1039F26089F3602"), "TLV-LEN-03", 4),
    _chip("B43", "a length of four bytes", bytes.fromhex("9F2684FFFFFFFF00"), "TLV-LEN-03", 2),
    _chip("B44", "the cryptogram twice", encode([("9F26", bytes(8)), ("95", bytes(5)), ("9F26", b"\1" * 8)]), "TLV-DUP-01", 18),
    Case(
        "B45",
        "333 objects that nobody knows, all of them empty",
        "packed",
        Layer.TLV,
        encode([(f"{first}{second:02X}", b"") for first in ("9F", "5F", "DF") for second in range(1, 112)]),
        "",
        None,
        "05",
        True,
    ),
)
"""Chip data: what `tlv.parse_flat` is given, and DE 55 of a purchase by chip."""

_SIGNED = ascii_payment(d64="0000000000000000")

CRYPTO = (
    _lawful("B46", "no MAC", "pos", ascii_payment(), "63", signed=False),
    _lawful("B46", "zeroes for a MAC", "pos", _SIGNED, "63", signed=False),
    _message("B46", "half a MAC", "pos", _SIGNED[:-8], "FLD-END-01", 107, "30"),
    _message("B46", "a MAC in lower case", "pos", _SIGNED[:-16] + b"00112233445566aa", "FLD-B-01", 121, "30"),
    _lawful(
        "B46",
        "a MAC, and elements behind it",
        "pos",
        compose("iso87-ascii", changed(d64="0" * 16, d70="301")),
        "63",
        signed=False,
    ),
    _message("B47", "fifteen digits", "pos", ascii_payment(d52=b"0123456789ABCDE", d64="0" * 16), "FLD-END-01", 123, "30"),
    _message("B47", "no hexadecimal digits", "pos", ascii_payment(d52=b"0123456789ABCDEX"), "FLD-B-01", 122, "30"),
    _lawful("B47", "a block of another key", "pos", ascii_payment(d52="0123456789ABCDEF"), "55"),
)
"""MAC and PIN block, as far as a link carries them today."""

HOSTILE: tuple[Case, ...] = (*FRAMING, *HEADS, *FIELDS, *CHIP, *CRYPTO)

CLASSES: tuple[str, ...] = tuple(f"B{number}" for number in range(1, 48))
"""What every run must have tried. B48 (key serial numbers) and B49 (key blocks) have no place in any message of a link yet."""
