"""`pointsman crypto mac`: a MAC made, or verified; one that is wrong is told what it would match."""

from enum import Enum
from typing import Annotated, Final

import typer

from keys.ciphers import HashName
from keys.cli.crypto.printing import AsJson, Explain, operation, refusals, tell
from keys.cli.crypto.verdicts import judge
from keys.cli.crypto.words import hex_option, key_option, secret
from keys.errors import MalformedInput
from keys.explain.macs import explain_aes_cmac, explain_cbc_mac, explain_hmac, explain_retail_mac, explain_tdes_cmac
from keys.explain.neighbours import WAYS, Match, Way, neighbours
from keys.explain.working import Explanation
from keys.sensitive import Secret


class MacAlgorithm(Enum):
    """The algorithms, as they are typed."""

    ALGORITHM_3 = "3"
    ALGORITHM_1 = "1"
    TDES_CMAC = "tdes-cmac"
    AES_CMAC = "aes-cmac"
    HMAC_SHA256 = "hmac-sha256"
    HMAC_SHA384 = "hmac-sha384"
    HMAC_SHA512 = "hmac-sha512"


_HASHES: Final = {
    MacAlgorithm.HMAC_SHA256: HashName.SHA256,
    MacAlgorithm.HMAC_SHA384: HashName.SHA384,
    MacAlgorithm.HMAC_SHA512: HashName.SHA512,
}


@operation(
    "mac --key 0123456789ABCDEFFEDCBA9876543210 --text 'Now is the time for all ' --explain",
    "mac --key 0123456789ABCDEFFEDCBA9876543210 --data 30323030 --padding 2 --length 4",
    "mac --key 0123456789ABCDEFFEDCBA9876543210 --text 'Now is the time for all ' --verify A1C72E74EA3FA9B6",
)
def mac(
    key: Annotated[Secret, key_option("Test key.")],
    data: Annotated[bytes | None, hex_option("What the MAC covers, in hex.")] = None,
    text: Annotated[str | None, typer.Option(help="What the MAC covers, as characters.")] = None,
    algorithm: Annotated[
        MacAlgorithm, typer.Option(help="3 is the retail MAC (ANSI X9.19), 1 plain CBC.")
    ] = MacAlgorithm.ALGORITHM_3,
    padding: Annotated[int, typer.Option(help="ISO/IEC 9797-1 padding method of algorithms 1 and 3: 1, 2 or 3.")] = 1,
    length: Annotated[int | None, typer.Option(help="Leftmost bytes kept; by default 8, of AES CMAC and HMAC all.")] = None,
    verify: Annotated[bytes | None, hex_option("A MAC to verify; a wrong one is told what it would match.")] = None,
    also: Annotated[
        list[str] | None, typer.Option(metavar="NAME=HEX", help="With --verify, one more key to try; may come often.")
    ] = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make a MAC, or verify one."""
    covered = _covered(data, text)
    others = dict(map(_named_key, also or ()))
    with refusals():
        explanation = _explained(algorithm, key, covered, padding, len(verify) if verify and length is None else length)
    if verify is None:
        tell(explanation, explain=explain, as_json=as_json)
        return
    given = verify
    judge(
        "MAC",
        explanation,
        given,
        lambda: _neighbours(algorithm, key, covered, given, padding, others),
        explain=explain,
        as_json=as_json,
    )


def _covered(data: bytes | None, text: str | None) -> bytes:
    if data is not None and text is not None:
        raise typer.BadParameter("give --data or --text, not both")
    if data is None and text is None:
        raise typer.BadParameter("missing: --data or --text")
    return text.encode("utf-8", "surrogateescape") if text is not None else data or b""


def _named_key(word: str) -> tuple[str, Secret]:
    name, equals, digits = word.partition("=")
    if not (equals and name and name.isprintable()):
        raise typer.BadParameter("--also takes NAME=HEX, such as old=00112233445566778899AABBCCDDEEFF")
    return name, secret(digits)


def _explained(algorithm: MacAlgorithm, key: Secret, data: bytes, padding: int, length: int | None) -> Explanation:
    match algorithm:
        case MacAlgorithm.ALGORITHM_3:
            return explain_retail_mac(key, data, padding=padding, length=8 if length is None else length)
        case MacAlgorithm.ALGORITHM_1:
            return explain_cbc_mac(key, data, padding=padding, length=8 if length is None else length)
        case MacAlgorithm.TDES_CMAC:
            if len(key) == 8:
                raise MalformedInput("a TDES key for CMAC has 16 or 24 bytes, not 8")
            return explain_tdes_cmac(key, data, length=8 if length is None else length)
        case MacAlgorithm.AES_CMAC:
            return explain_aes_cmac(key, data, length=16 if length is None else length)
        case _:
            return explain_hmac(key, data, _HASHES[algorithm], length=length)


def _neighbours(
    algorithm: MacAlgorithm, key: Secret, data: bytes, given: bytes, padding: int, others: dict[str, Secret]
) -> list[Match]:
    pads = algorithm.value in WAYS and WAYS[algorithm.value].pads
    way = Way(algorithm.value if algorithm.value in WAYS else "hmac-sha256", padding if pads else None)
    return neighbours(key, data, given, way=way, others=others)
