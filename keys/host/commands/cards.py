"""Card verification values. The service code says which: 000 the CVV2, 999 the iCVV, any other the stripe's."""

from typing import Annotated, Final

from keys.cvv import CVV2_SERVICE_CODE, ICVV_SERVICE_CODE
from keys.host.call import Call, Command, Rated
from keys.host.fields import Digits, KeyField, Request, Until
from keys.host.rows import row
from keys.sensitive import PAN_DIGITS_MAX, Pan

_CVK: Final = KeyField("C0")
_PAN: Final = Until(";", PAN_DIGITS_MAX)


class GenerateCvv(Request, frozen=True, kw_only=True):
    cvk: Annotated[str, _CVK, "Card verification key."]
    pan: Annotated[str, _PAN, "Card number."]
    expiry: Annotated[str, Digits(4), "Expiry in the issuer's order."]
    service_code: Annotated[str, Digits(3), "000 for the CVV2, 999 for the iCVV."]


class VerifyCvv(Request, frozen=True, kw_only=True):
    cvk: Annotated[str, _CVK, "Card verification key."]
    value: Annotated[str, Digits(3), "The value to be verified."]
    pan: Annotated[str, _PAN, "Card number."]
    expiry: Annotated[str, Digits(4), "Expiry in the issuer's order."]
    service_code: Annotated[str, Digits(3), "000 for the CVV2, 999 for the iCVV."]


def generate_cvv(request: GenerateCvv, call: Call) -> bytes:
    """The value that the service code asks for."""
    key, pan, expiry = request.cvk, Pan(request.pan), request.expiry
    match request.service_code:
        case code if code == CVV2_SERVICE_CODE:
            made = call.hsm.generate_cvv2(key=key, pan=pan, expiry=expiry)
        case code if code == ICVV_SERVICE_CODE:
            made = call.hsm.generate_icvv(key=key, pan=pan, expiry=expiry)
        case code:
            made = call.hsm.generate_cvv(key=key, pan=pan, expiry=expiry, service_code=code)
    return made.encode("ascii")


def verify_cvv(request: VerifyCvv, call: Call) -> bytes:
    """Nothing, if the value is right; else CvvMismatch."""
    key, pan, expiry, value = request.cvk, Pan(request.pan), request.expiry, request.value
    match request.service_code:
        case code if code == CVV2_SERVICE_CODE:
            call.hsm.verify_cvv2(key=key, pan=pan, expiry=expiry, value=value)
        case code if code == ICVV_SERVICE_CODE:
            call.hsm.verify_icvv(key=key, pan=pan, expiry=expiry, value=value)
        case code:
            call.hsm.verify_cvv(key=key, pan=pan, expiry=expiry, service_code=code, value=value)
    return b""


COMMANDS: Final[tuple[Command, ...]] = (
    row("CW", "Generate a CVV, iCVV or CVV2.", GenerateCvv, generate_cvv, answer="3 N: the value."),
    row(
        "CY",
        "Verify a CVV, iCVV or CVV2.",
        VerifyCvv,
        verify_cvv,
        answer="nothing.",
        rated=Rated.VERIFICATION,
        rated_key="cvk",
    ),
)
