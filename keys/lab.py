"""The published lab keys: public, in clear, and worthless. They let a foreign client talk to ours from page one.

Each is the beginning of SHA-256("Pointsman lab key " and its name), with odd parity where it is TDES, so that anybody
can see that nothing was chosen. No key of value may ever have one of these names' material.
"""

from functools import cache
from typing import Final

import msgspec

from keys.keystore import MemoryKeystore
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode


class LabKey(msgspec.Struct, frozen=True):
    """A lab key: its attributes, its clear material in hex, and what it is for."""

    usage: KeyUsage
    algorithm: Algorithm
    mode: Mode
    hex: str
    what: str


LAB_KEYS: Final[dict[str, LabKey]] = {
    "pos.zak": LabKey(
        usage=KeyUsage.MAC_ALGORITHM_3,
        algorithm=Algorithm.TDES,
        mode=Mode.GENERATE_AND_VERIFY,
        hex="5810E0514F70FB2C8F7C15C846318C9D",
        what="MACs between the terminals and the default acquirer link",
    ),
    "pos.zpk": LabKey(
        usage=KeyUsage.PIN_ENCRYPTION,
        algorithm=Algorithm.TDES,
        mode=Mode.ENCRYPT_AND_DECRYPT,
        hex="4F929B7A756EDF4394807C46FDF84AA1",
        what="PIN blocks between the terminals and the default acquirer link",
    ),
    "issuer.pvk": LabKey(
        usage=KeyUsage.PIN_VERIFICATION_PVV,
        algorithm=Algorithm.TDES,
        mode=Mode.GENERATE_AND_VERIFY,
        hex="C4DA57FD5EC8AD4FBFF1A17F68708CAD",
        what="PIN verification values of the embedded issuer's cards",
    ),
    "issuer.cvk": LabKey(
        usage=KeyUsage.CARD_VERIFICATION,
        algorithm=Algorithm.TDES,
        mode=Mode.GENERATE_AND_VERIFY,
        hex="76233154EA5DB36D071C9794499B9208",
        what="CVV, iCVV and CVV2 of the embedded issuer's cards",
    ),
    "issuer.imk-ac": LabKey(
        usage=KeyUsage.EMV_CRYPTOGRAMS,
        algorithm=Algorithm.TDES,
        mode=Mode.DERIVE,
        hex="C7585D2CE932BAA476B3973BD5839110",
        what="master key of the embedded issuer's application cryptograms",
    ),
    "issuer-link.zak": LabKey(
        usage=KeyUsage.MAC_ALGORITHM_3,
        algorithm=Algorithm.TDES,
        mode=Mode.GENERATE_AND_VERIFY,
        hex="625EF45779B5C2FB8C0189F73ED580F7",
        what="MACs between the switch and an issuer link",
    ),
    "issuer-link.zpk": LabKey(
        usage=KeyUsage.PIN_ENCRYPTION,
        algorithm=Algorithm.TDES,
        mode=Mode.ENCRYPT_AND_DECRYPT,
        hex="49F8B331ADC40483B93775586298C8A1",
        what="PIN blocks between the switch and an issuer link",
    ),
    "journal.protect": LabKey(
        usage=KeyUsage.DATA_ENCRYPTION,
        algorithm=Algorithm.AES,
        mode=Mode.ENCRYPT_AND_DECRYPT,
        hex="FDB34F3BC3B032E711FFEE8F9662854CEC060BBA1944F29C489552D83650919B",
        what="card numbers inside the journal, which a reversal will need (AES-SIV)",
    ),
    "journal.token": LabKey(
        usage=KeyUsage.MAC_HMAC,
        algorithm=Algorithm.HMAC,
        mode=Mode.GENERATE,
        hex="63BE5A798808C12D5D18803471D5A4728F735A478949A862F621465640B91007",
        what="tokens that stand for card numbers in the journal (HMAC-SHA-256)",
    ),
    "terminal.protect": LabKey(
        usage=KeyUsage.DATA_ENCRYPTION,
        algorithm=Algorithm.AES,
        mode=Mode.ENCRYPT_AND_DECRYPT,
        hex="5760656A88B709D9DCF34084CDBD8F053D8FFBFCA9EDE34D8B55AEFA4748AA84",
        what="card numbers inside a terminal's own journal, which a reversal will need (AES-SIV)",
    ),
    "pos.zak-2": LabKey(
        usage=KeyUsage.MAC_ALGORITHM_3,
        algorithm=Algorithm.TDES,
        mode=Mode.GENERATE_AND_VERIFY,
        hex="0B31BF378FBFB0AD40ABCE2F3D70311C",
        what="the next generation of pos.zak, to change to",
    ),
    "pos.zpk-2": LabKey(
        usage=KeyUsage.PIN_ENCRYPTION,
        algorithm=Algorithm.TDES,
        mode=Mode.ENCRYPT_AND_DECRYPT,
        hex="45CE85B68C345D6834917F0125A7A226",
        what="the next generation of pos.zpk, to change to",
    ),
    "issuer-link.zak-2": LabKey(
        usage=KeyUsage.MAC_ALGORITHM_3,
        algorithm=Algorithm.TDES,
        mode=Mode.GENERATE_AND_VERIFY,
        hex="2AB5BFB92CE510A8D631E60B19A72A75",
        what="the next generation of issuer-link.zak, to change to",
    ),
    "issuer-link.zpk-2": LabKey(
        usage=KeyUsage.PIN_ENCRYPTION,
        algorithm=Algorithm.TDES,
        mode=Mode.ENCRYPT_AND_DECRYPT,
        hex="40FB73B97046CDDA7C1FBA8A98E3D32A",
        what="the next generation of issuer-link.zpk, to change to",
    ),
}


def lab_keystore() -> MemoryKeystore:
    """All lab keys, in memory."""
    return MemoryKeystore(lab_key(name) for name in LAB_KEYS)


@cache  # Keys do not change, and a world of many terminals asks for each of them many times.
def lab_key(name: str) -> Key:
    """One lab key, ready for use. The name is one of the table's."""
    row = LAB_KEYS[name]
    return Key.make(
        name,
        row.usage,
        row.hex,
        algorithm=row.algorithm,
        mode=row.mode,
        exportability=Exportability.EXPORTABLE,
    )
