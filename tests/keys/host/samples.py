"""One good command of each code, over the lab keys and a few more, for the contract that all commands keep."""

from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import common_session_key, icc_master_key
from keys.lab import lab_key
from keys.mac import pad, retail_mac
from keys.material import Algorithm, Key, KeyUsage, Mode
from keys.pin import pin_offset
from keys.pinblock import encrypt_iso0
from keys.sensitive import Pan, Secret
from keys.terms import Terms
from keys.tr31.block import wrap
from keys.tr31.header import Header, Version
from tests.keys.host.words import ACCOUNT, PAN, named, pvv_of

TABLE = "0123456789012345"
PIN = "1234"

KEYS = (
    Key.make(
        "ibm.pvk",
        KeyUsage.PIN_VERIFICATION_IBM_3624,
        "3E5B6D8A02C4F7914A1C2F8E9D0B7563",
        mode=Mode.GENERATE_AND_VERIFY,
        terms=Terms(decimalisation=TABLE),
    ),
    # ANSI X9.24-1:2009 annex A.4, as the serial numbers and PIN blocks below.
    Key.make("x9.bdk", KeyUsage.DUKPT_BASE, "0123456789ABCDEFFEDCBA9876543210", mode=Mode.DERIVE),
    Key.make(
        "zmk",
        KeyUsage.KEY_BLOCK_PROTECTION,
        bytes(range(32)),
        algorithm=Algorithm.AES,
        mode=Mode.ENCRYPT_AND_DECRYPT,
    ),
)

_BLOCK = encrypt_iso0(lab_key("pos.zpk").secret, Secret(PIN.encode()), Pan(PAN)).hex().upper()
_OFFSET = pin_offset(KEYS[0].secret, ACCOUNT + "FFFF", TABLE, Secret(PIN.encode()))
_IBM = named("pos.zpk") + named("ibm.pvk") + "12" + _BLOCK + "0104" + ACCOUNT + TABLE
_IBM += ACCOUNT[:7] + "NFFFF" + _OFFSET + 8 * "F"
_PVV = named("pos.zpk") + named("issuer.pvk") + _BLOCK + "01" + ACCOUNT + "1" + pvv_of(PIN)
_TRANSLATE = named("pos.zpk") + named("issuer-link.zpk") + "12" + _BLOCK + "0101" + ACCOUNT
_DUKPT = named("x9.bdk") + named("pos.zpk") + "A05"
_CVV = named("issuer.cvk")
_MAC = "00131FFF" + named("pos.zak") + "0008ABCDEFGH"
_DATA = "0001FFF" + named("journal.protect") + "0010" + 16 * "x"

_HEAD = bytes.fromhex("000000001000 000000000000 0840 0080048000 0840 251122 00 11223344 1980 0022")
_ATC, _UN = _HEAD[-2:], bytes.fromhex("11223344")
_CARD = bytes.fromhex((PAN + "00")[-16:])
_MK = icc_master_key(lab_key("issuer.imk-ac").secret, Pan(PAN), "00")
_VISA = _HEAD + bytes.fromhex("03A0B800")
_M_CHIP = _HEAD + bytes.fromhex("A00003220000")


def _text(data: bytes) -> str:
    return data.decode("latin-1")


def _imported() -> str:
    header = Header(
        version=Version.D,
        usage=KeyUsage.MAC_ALGORITHM_3,
        algorithm=Algorithm.TDES,
        mode=Mode.GENERATE_AND_VERIFY,
        exportability=lab_key("pos.zak").exportability,
    )
    return wrap(KEYS[2].secret, header, lab_key("pos.zak").secret, fill=bytes)


SAMPLES: dict[str, str] = {
    "A0": "1FFFS" + named("zmk") + "R#P0T2B00E00",
    "A6": "FFF" + named("zmk") + "R" + _imported() + "S",
    "A8": "FFF" + named("zmk") + named("pos.zak") + "R",
    "B2": "0004ECHO",
    "BU": "FFF" + named("pos.zak"),
    "CA": _TRANSLATE,
    "CC": _TRANSLATE,
    "CI": _DUKPT + "FFFF9876543210E00001" + "1B9C1845EB993A7A" + "01" + "401234567890",
    "CW": _CVV + PAN + ";2512201",
    "CY": _CVV + "825" + PAN + ";2512201",
    "DA": _IBM,
    "DC": _PVV,
    "EA": _IBM,
    "EC": _PVV,
    "G0": _DUKPT + "FFFF9876543210E00002" + "10A01C8D02C69107" + "0101" + "401234567890",
    "KQ": _text(
        b"10"
        + named("issuer.imk-ac").encode()
        + _CARD
        + _ATC
        + _UN
        + b"%02X" % len(_VISA)
        + _VISA
        + b";"
        + application_cryptogram(_MK, _VISA, 1)
        + b"00"
    ),
    "KW": _text(
        b"12"
        + named("issuer.imk-ac").encode()
        + _CARD
        + _ATC
        + b"28"
        + pad(_M_CHIP, 2)
        + b";"
        + application_cryptogram(common_session_key(_MK, _ATC), _M_CHIP, 2)
        + b"00"
    ),
    "M0": _DATA,
    "M2": _DATA,
    "M6": _MAC,
    "M8": _MAC + retail_mac(lab_key("pos.zak").secret, b"ABCDEFGH")[:8].hex().upper(),
    "NC": "",
}
"""Code -> what stands behind it."""
