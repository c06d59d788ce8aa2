"""`pointsman crypto dukpt`: the keys of one transaction, from a base key or a device's initial key."""

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Final

import typer

from keys import dukpt_aes, dukpt_tdes
from keys.cli.crypto.printing import AsJson, Explain, operation, refusals, tell
from keys.cli.crypto.words import hex_option, key_option
from keys.dukpt_aes import KeyType, Usage
from keys.dukpt_tdes import Variant
from keys.errors import MalformedInput
from keys.explain.dukpt import (
    explain_aes_initial_key,
    explain_aes_key,
    explain_aes_working_key,
    explain_tdes_data_key,
    explain_tdes_initial_key,
    explain_tdes_key,
    explain_tdes_variant,
)
from keys.explain.working import Explanation, Working
from keys.sensitive import Secret


class Purpose(Enum):
    """What a key of DUKPT is for, as it is typed."""

    INITIAL_KEY = "ik"
    TRANSACTION = "key"
    PIN = "pin"
    MAC_REQUEST = "mac-request"
    MAC_RESPONSE = "mac-response"
    DATA_REQUEST = "data-request"
    DATA_RESPONSE = "data-response"
    BARE_DATA_REQUEST = "bare-data-request"
    BARE_DATA_RESPONSE = "bare-data-response"


_VARIANTS: Final = {
    Purpose.PIN: Variant.PIN,
    Purpose.MAC_REQUEST: Variant.MAC_REQUEST,
    Purpose.MAC_RESPONSE: Variant.MAC_RESPONSE,
    Purpose.BARE_DATA_REQUEST: Variant.DATA_REQUEST,
    Purpose.BARE_DATA_RESPONSE: Variant.DATA_RESPONSE,
}
_DATA_VARIANTS: Final = {Purpose.DATA_REQUEST: Variant.DATA_REQUEST, Purpose.DATA_RESPONSE: Variant.DATA_RESPONSE}
_USAGES: Final = {
    Purpose.PIN: Usage.PIN_ENCRYPTION,
    Purpose.MAC_REQUEST: Usage.MAC_GENERATION,
    Purpose.MAC_RESPONSE: Usage.MAC_VERIFICATION,
    Purpose.DATA_REQUEST: Usage.DATA_ENCRYPTION,
    Purpose.DATA_RESPONSE: Usage.DATA_DECRYPTION,
}

_KEY_TYPES: Final = {each.name.lower(): each for each in KeyType}


@operation(
    "dukpt --bdk 0123456789ABCDEFFEDCBA9876543210 --ksn FFFF9876543210E00001 --for pin --explain",
    "dukpt --bdk FEDCBA9876543210F1F1F1F1F1F1F1F1 --ksn 123456789012345600000001 --for mac-request",
    "dukpt --ik 6AC292FAA1315B4D858AB3A3D7D5933A --ksn FFFF9876543210E00001 --for data-request",
)
def dukpt(
    ksn: Annotated[bytes, hex_option("Key serial number: 10 bytes for TDES, 12 for AES.")],
    bdk: Annotated[Secret | None, key_option("Base derivation key, a test key.")] = None,
    ik: Annotated[Secret | None, key_option("A device's initial key, in place of --bdk.")] = None,
    purpose: Annotated[
        Purpose, typer.Option("--for", help="What the key is for; bare ones are variants without the one-way function.")
    ] = Purpose.TRANSACTION,
    key_type: Annotated[
        str | None, typer.Option(help=f"Of AES DUKPT: {', '.join(_KEY_TYPES)}; by default AES as long as the base.")
    ] = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Derive the initial key of a device, or the key of one transaction and one purpose. The KSN's length says which DUKPT."""
    if (bdk is None) == (ik is None):
        raise typer.BadParameter("give --bdk or --ik, one of them")
    with refusals():
        if len(ksn) == dukpt_tdes.KSN_BYTES:
            found = _tdes(bdk, ik, ksn, purpose)
        elif len(ksn) == dukpt_aes.KSN_BYTES:
            found = _aes(bdk, ik, ksn, purpose, _key_type(key_type))
        else:
            raise MalformedInput(f"a KSN has 10 bytes for TDES DUKPT or 12 for AES DUKPT, not {len(ksn)}")
    tell(Explanation.joined(*found), explain=explain, as_json=as_json)


def _key_type(word: str | None) -> KeyType | None:
    if word is None:
        return None
    if word not in _KEY_TYPES:
        raise typer.BadParameter(f"--key-type takes one of {' '.join(_KEY_TYPES)}")
    return _KEY_TYPES[word]


def _tdes(bdk: Secret | None, ik: Secret | None, ksn: bytes, purpose: Purpose) -> list[Explanation]:
    found, ik = _initial(bdk, ik, lambda base: explain_tdes_initial_key(base, ksn))
    if purpose is Purpose.INITIAL_KEY:
        return found
    found.append(explain_tdes_key(ik, ksn))
    key = _key_of(found)
    if purpose in _VARIANTS:
        found.append(explain_tdes_variant(key, _VARIANTS[purpose]))
    elif purpose in _DATA_VARIANTS:
        found.append(explain_tdes_data_key(key, _DATA_VARIANTS[purpose]))
    return found


def _aes(bdk: Secret | None, ik: Secret | None, ksn: bytes, purpose: Purpose, key_type: KeyType | None) -> list[Explanation]:
    found, ik = _initial(bdk, ik, lambda base: explain_aes_initial_key(base, ksn))
    if purpose is Purpose.INITIAL_KEY:
        return found
    found.append(explain_aes_key(ik, ksn))
    if purpose is Purpose.TRANSACTION:
        return found
    if purpose not in _USAGES:
        raise MalformedInput("AES DUKPT has no bare data keys: ask for data-request or data-response")
    key = _key_of(found)
    found.append(explain_aes_working_key(key, ksn, _USAGES[purpose], key_type or KeyType[f"AES{8 * len(key)}"]))
    return found


def _initial(
    bdk: Secret | None, ik: Secret | None, explained: Callable[[Secret], Explanation]
) -> tuple[list[Explanation], Secret]:
    """The initial key, and how it was found where it was not given."""
    if ik is not None:
        return [_given(ik)], ik
    assert bdk is not None
    found = [explained(bdk)]
    return found, _key_of(found)


def _given(ik: Secret) -> Explanation:
    working = Working()
    working.show("initial key", ik)
    return Explanation(working.steps)


def _key_of(found: list[Explanation]) -> Secret:
    return Secret(bytes.fromhex(found[-1].result.expose()))
