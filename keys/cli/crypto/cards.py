"""`pointsman crypto cvv`, `dcvv` and `cvc3`: what verifies a card that is not asked for a cryptogram."""

from enum import Enum
from typing import Annotated, Final

import typer

from keys.cli.crypto.emv import KeyOption, Psn
from keys.cli.crypto.printing import AsJson, Explain, operation, refusals, tell
from keys.cli.crypto.words import hex_option, key_option, pan_option
from keys.cvv import CVV2_SERVICE_CODE, ICVV_SERVICE_CODE
from keys.emv.derive import icc_master_key
from keys.explain.cards import explain_cvc3, explain_cvv, explain_dcvv, explain_ivcvc3
from keys.explain.emv import explain_master_key
from keys.explain.working import Explanation
from keys.sensitive import Pan, Secret


class CvvKind(Enum):
    """The three values that one algorithm makes."""

    CVV = "cvv"
    CVV2 = "cvv2"
    ICVV = "icvv"


_SERVICE_CODES: Final = {CvvKind.CVV2: CVV2_SERVICE_CODE, CvvKind.ICVV: ICVV_SERVICE_CODE}

Imk = Annotated[Secret, key_option("Issuer master key, a test key of 16 bytes.")]
CardPan = Annotated[Pan, pan_option("Card number; test cards only.")]
Expiry = Annotated[str, typer.Option(help="Four digits in the order that the value was made with, mostly YYMM.")]


@operation(
    "cvv --cvk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --expiry 2912 --service-code 201 --explain",
    "cvv --kind cvv2 --cvk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --expiry 1229",
    "cvv --kind icvv --cvk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --expiry 2912",
)
def cvv(
    cvk: Annotated[Secret, key_option("Card verification key pair, a test key of 16 bytes.")],
    pan: CardPan,
    expiry: Expiry,
    kind: Annotated[CvvKind, typer.Option(help="cvv of a stripe, cvv2 on the back, icvv in a chip.")] = CvvKind.CVV,
    service_code: Annotated[str | None, typer.Option(help="Three digits, for a CVV; the other kinds have theirs.")] = None,
    length: Annotated[int, typer.Option(help="Digits kept.")] = 3,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make a CVV, a CVV2 or an iCVV."""
    own = _SERVICE_CODES.get(kind)
    if own is None and service_code is None:
        raise typer.BadParameter("missing: --service-code, the three digits behind the expiry date on the stripe")
    if own is not None and service_code is not None:
        raise typer.BadParameter(f"an {kind.value} has service code {own}: leave --service-code out")
    with refusals():
        explanation = explain_cvv(cvk, pan, expiry, own or service_code or "", length)
    tell(explanation, explain=explain, as_json=as_json)


@operation(
    "dcvv --imk 12345678123456781234567812345678 --pan 4761739001010119 --expiry 2912 --service-code 201 --atc 0012",
    "dcvv --imk 12345678123456781234567812345678 --pan 4761739001010119 --expiry 2912 --service-code 201 --atc 0012 --explain",
    "dcvv --imk 12345678123456781234567812345678 --pan 4761739001010119 --psn 01 --expiry 2912 --service-code 201 --atc 0012",
)
def dcvv(
    imk: Imk,
    pan: CardPan,
    expiry: Expiry,
    service_code: Annotated[str, typer.Option(help="Three digits.")],
    atc: Annotated[bytes, hex_option("Transaction counter, 2 bytes, as its four digits stand in the track.")],
    psn: Psn = "00",
    option: Annotated[KeyOption, typer.Option(help="How the card's key is derived.")] = KeyOption.A,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make a dynamic CVV of Visa's contactless stripe mode."""
    with refusals():
        master = explain_master_key(imk, pan, psn, option.value)
        value = explain_dcvv(icc_master_key(imk, pan, psn, option.value), pan, expiry, service_code, atc)
    tell(Explanation.joined(master, value), explain=explain, as_json=as_json)


@operation(
    "cvc3 --imk 01234567899876543210012345678998 --pan 5413330089010434 --ivcvc3 93FB --un 00000899 --atc 005E",
    "cvc3 --imk 01234567899876543210012345678998 --pan 5413330089010434"
    " --track 5413330089010434D35121010000000000000F --un 00000899 --atc 005E --explain",
    "cvc3 --imk 01234567899876543210012345678998 --pan 5413330089010434 --ivcvc3 93FB --un 00000899 --atc 005E --digits 5",
)
def cvc3(
    imk: Imk,
    pan: CardPan,
    un: Annotated[bytes, hex_option("Unpredictable number, 4 bytes.")],
    atc: Annotated[bytes, hex_option("Transaction counter, 2 bytes; zeroes where the card does not send it.")],
    ivcvc3: Annotated[bytes | None, hex_option("Initial vector of the track, 2 bytes.")] = None,
    track: Annotated[bytes | None, hex_option("Static track that the initial vector is made of.")] = None,
    psn: Psn = "00",
    digits: Annotated[int, typer.Option(help="Digits that the track has room for.")] = 3,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make a dynamic CVC3 of Mastercard's contactless stripe mode."""
    if (ivcvc3 is None) == (track is None):
        raise typer.BadParameter("give --ivcvc3 or --track, one of them")
    with refusals():
        before = [explain_master_key(imk, pan, psn, "A")]
        key = icc_master_key(imk, pan, psn)
        if track is not None:
            before.append(explain_ivcvc3(key, track))
            ivcvc3 = bytes.fromhex(before[-1].result.expose())
        value = explain_cvc3(key, ivcvc3 or b"", un, atc, digits)
    tell(Explanation.joined(*before, value), explain=explain, as_json=as_json)
