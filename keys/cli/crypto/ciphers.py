"""`pointsman crypto data` and `kcv`: block ciphers alone, and key check values."""

from enum import Enum
from typing import Annotated

import typer

from keys.ciphers import Aes, Tdes
from keys.cli.crypto.printing import AsJson, Explain, operation, refusals, tell
from keys.cli.crypto.words import hex_option, key_option
from keys.explain.ciphers import ChainMode, KcvMethod, explain_decrypt, explain_encrypt, explain_kcv
from keys.sensitive import Secret


class CipherName(Enum):
    """The block ciphers, as they are typed."""

    TDES = "tdes"
    AES = "aes"


@operation(
    "data --key 12345678123456781234567812345678 --data 00112233445566770011223344556677 --explain",
    "data --cipher aes --mode ecb --key 000102030405060708090A0B0C0D0E0F --data 00112233445566778899AABBCCDDEEFF",
    "data --decrypt --mode ecb --key 12345678123456781234567812345678 --data ABFA6F3C28A8CB0C",
)
def data(
    key: Annotated[Secret, key_option("Test key.")],
    blocks: Annotated[bytes, hex_option("Whole blocks.", "--data")],
    cipher: Annotated[CipherName, typer.Option(help="Which block cipher.")] = CipherName.TDES,
    mode: Annotated[ChainMode, typer.Option(help="How blocks are chained.")] = ChainMode.CBC,
    iv: Annotated[bytes | None, hex_option("Initial vector of CBC; by default zeroes.")] = None,
    decrypt: Annotated[bool, typer.Option("--decrypt", help="Decipher in place of enciphering.")] = False,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Encipher or decipher data."""
    with refusals():
        keyed = Tdes(key) if cipher is CipherName.TDES else Aes(key)
        start = bytes(keyed.block_bytes) if iv is None else iv
        explanation = (explain_decrypt if decrypt else explain_encrypt)(keyed, mode, start, blocks)
    tell(explanation, explain=explain, as_json=as_json)


@operation(
    "kcv --key 0123456789ABCDEFFEDCBA9876543210",
    "kcv --method aes-cmac --key 3F419E1CB7079442AA37474C2EFBF8B8 --digits 10 --explain",
    "kcv --method aes-ecb --key 000102030405060708090A0B0C0D0E0F",
)
def kcv(
    key: Annotated[Secret, key_option("Test key.")],
    method: Annotated[KcvMethod, typer.Option(help="Which check value; older tools have aes-ecb for AES.")] = KcvMethod.TDES,
    digits: Annotated[int, typer.Option(help="Hex digits: 4 to 6 of TDES, 4 to 10 of the others.")] = 6,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make a key check value."""
    with refusals():
        explanation = explain_kcv(key, method, digits)
    tell(explanation, explain=explain, as_json=as_json)
