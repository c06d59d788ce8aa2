"""`pointsman crypto icc-key`, `session-key`, `arqc`, `arpc`, `script`: a card's keys, its cryptograms, the issuer's answers.

With tag 9F10 among the tags its cryptogram version says how everything is made; without, the caller says it.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Final

import typer

from keys.cli.crypto.printing import AsJson, Explain, operation, refusals, tell
from keys.cli.crypto.verdicts import judge
from keys.cli.crypto.words import hex_option, key_option, needed, pan_option, pin_option, tag_value, tags_of_icc
from keys.emv.derive import common_session_key, icc_master_key, mastercard_session_key, visa_session_key
from keys.emv.profiles import CvnProfile, SessionKeyMethod, cryptogram_input, cvn_profile, required_tag
from keys.emv.profiles import session_key as derived_session_key
from keys.emv.scripts import CardKeys, card_keys
from keys.explain.emv import (
    explain_arpc_1,
    explain_arpc_2,
    explain_command_mac,
    explain_common_session_key,
    explain_cryptogram,
    explain_issuer_authentication,
    explain_master_key,
    explain_mastercard_session_key,
    explain_pin_change,
    explain_profile_cryptogram,
    explain_visa_session_key,
)
from keys.explain.neighbours import Way, neighbours
from keys.explain.working import Explanation
from keys.sensitive import Pan, Secret


class KeyOption(Enum):
    """How a card's master key is derived (EMV Book 2 A1.4)."""

    A = "A"
    B = "B"


class SessionMethod(Enum):
    """How a transaction's key is derived, as it is typed."""

    COMMON = "common"
    MASTERCARD = "mastercard"
    VISA = "visa"


Imk = Annotated[Secret | None, key_option("Issuer master key of cryptograms, a test key of 16 bytes.")]
CardPan = Annotated[Pan | None, pan_option("Card number; test cards only.")]
SessionKey = Annotated[Secret | None, key_option("The transaction's key, where no version shall say how it is made.")]
Psn = Annotated[str, typer.Option(help="PAN sequence number, two digits.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG=HEX", help="A tag of the transaction; comes often.")]
Icc = Annotated[str | None, typer.Option(metavar="HEX", help="DE 55 as it stands in the message, in place of --tag.")]

# What each way to the key of the answer needs of the transaction.
_ARPC_TAGS: Final = {
    SessionKeyMethod.NONE: (),
    SessionKeyMethod.COMMON: ("9F36",),
    SessionKeyMethod.MASTERCARD: ("9F36", "9F37"),
}

_ICC = (
    "9F02060000000040009F03060000000000009F1A020124950580000480005F2A0201249A031911059C01019F370452BF458582021800"
    "9F3602001C9F100706011203A0B800"
)


@operation(
    "icc-key --imk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --psn 01",
    "icc-key --imk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --option B --explain",
    "icc-key --imk 0123456789ABCDEFFEDCBA9876543210 --pan 5413330089010434 --json",
)
def icc_key(
    imk: Annotated[Secret, key_option("Issuer master key, a test key of 16 bytes.")],
    pan: Annotated[Pan, pan_option("Card number; test cards only.")],
    psn: Psn = "00",
    option: Annotated[KeyOption, typer.Option(help="B hashes numbers longer than 16 digits.")] = KeyOption.A,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Derive a card's master key."""
    with refusals():
        explanation = explain_master_key(imk, pan, psn, option.value)
    tell(explanation, explain=explain, as_json=as_json)


@operation(
    "session-key --mk 0123456789ABCDEFFEDCBA9876543210 --diversifier 001C --explain",
    "session-key --method mastercard --mk 0123456789ABCDEFFEDCBA9876543210 --diversifier 001C --un ABCDEF12",
    "session-key --method visa --mk 0123456789ABCDEFFEDCBA9876543210 --diversifier 001C",
)
def session_key(
    mk: Annotated[Secret, key_option("A card's master key, a test key of 16 bytes.")],
    diversifier: Annotated[bytes, hex_option("The ATC, 2 bytes; of the common method also 8 bytes, such as an ARQC.")],
    method: Annotated[SessionMethod, typer.Option(help="How it is derived.")] = SessionMethod.COMMON,
    un: Annotated[bytes | None, hex_option("Unpredictable number, 4 bytes, for mastercard.")] = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Derive a transaction's key from a card's."""
    with refusals():
        match method:
            case SessionMethod.COMMON:
                explanation = explain_common_session_key(mk, diversifier)
            case SessionMethod.VISA:
                explanation = explain_visa_session_key(mk, diversifier)
            case SessionMethod.MASTERCARD:
                needed(un=un)
                explanation = explain_mastercard_session_key(mk, diversifier, un or b"")
    tell(explanation, explain=explain, as_json=as_json)


@operation(
    f"arqc --imk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --psn 01 --icc {_ICC} --explain",
    "arqc --session-key 436B942AD637E08564B532B0EC97CB26 --data 0000000040000000 --padding 2",
    f"arqc --imk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --icc {_ICC} --tag 9F36=001D",
)
def arqc(
    imk: Imk = None,
    pan: CardPan = None,
    psn: Psn = "00",
    icc: Icc = None,
    tag: Tags = None,
    session_key: SessionKey = None,
    data: Annotated[bytes | None, hex_option("What the cryptogram covers, with --session-key.")] = None,
    padding: Annotated[int, typer.Option(help="ISO/IEC 9797-1 padding method, with --session-key.")] = 2,
    verify: Annotated[bytes | None, hex_option("A cryptogram to verify; a wrong one is told what it would match.")] = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make an application cryptogram: ARQC, TC or AAC."""
    tags = _tags(icc, tag)
    others: dict[str, Secret] = {}
    with refusals():
        if session_key is not None:
            needed(data=data)
            key, covered, method = session_key, data or b"", padding
            explanation = explain_cryptogram(key, covered, method)
        else:
            profile, before, mk = _card(imk, pan, psn, tags)
            explanation = Explanation.joined(before, explain_profile_cryptogram(profile, mk, tags))
            key, covered, method = _session_key(profile, mk, tags), cryptogram_input(profile, tags), profile.padding
            assert imk is not None
            assert pan is not None
            others = _other_keys(imk, pan, psn, tags)
    if verify is None:
        tell(explanation, explain=explain, as_json=as_json)
        return
    given = verify
    judge(
        "cryptogram",
        explanation,
        given,
        lambda: neighbours(key, covered, given, way=Way("3", method), others=others),
        explain=explain,
        as_json=as_json,
    )


@operation(
    f"arpc --imk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --psn 01 --icc {_ICC}"
    " --arqc 7A788EA6B8A3E733 --status 00000000 --explain",
    "arpc --session-key 436B942AD637E08564B532B0EC97CB26 --arqc 7A788EA6B8A3E733 --csu 00000000",
    "arpc --session-key 436B942AD637E08564B532B0EC97CB26 --arqc 7A788EA6B8A3E733 --arc 3030",
)
def arpc(
    imk: Imk = None,
    pan: CardPan = None,
    psn: Psn = "00",
    icc: Icc = None,
    tag: Tags = None,
    arqc: Annotated[bytes | None, hex_option("The card's cryptogram; by default tag 9F26.")] = None,
    status: Annotated[
        bytes | None, hex_option("What the version answers with: response code of 2 bytes or card status update of 4.")
    ] = None,
    proprietary: Annotated[bytes | None, hex_option("Proprietary data of method 2, at most 8 bytes.")] = None,
    session_key: SessionKey = None,
    arc: Annotated[bytes | None, hex_option("Response code for method 1, with --session-key.")] = None,
    csu: Annotated[bytes | None, hex_option("Card status update for method 2, with --session-key.")] = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make the issuer's answer: the ARPC, or with a version all of tag 91."""
    tags = _tags(icc, tag)
    asked = arqc if arqc is not None else tags.get("9F26")
    needed(arqc=asked)
    with refusals():
        if session_key is not None:
            explanation = _bare_arpc(session_key, asked or b"", arc, csu, proprietary or b"")
        else:
            needed(status=status)
            profile, before, mk = _card(imk, pan, psn, tags)
            for name in _ARPC_TAGS[profile.arpc_session]:
                required_tag(tags, name, profile.name)
            answer = explain_issuer_authentication(profile, mk, tags, asked or b"", status or b"", proprietary or b"")
            explanation = Explanation.joined(before, answer)
    tell(explanation, explain=explain, as_json=as_json)


_KEYS = (
    "--imk-ac 0123456789ABCDEFFEDCBA9876543210 --imk-smi FEDCBA98765432100123456789ABCDEF"
    " --imk-smc 89ABCDEF0123456776543210FEDCBA98 --pan 4761739001010119"
)
_SCRIPT_TAGS = "--tag 9F10=06011203A0B800 --tag 9F36=001C --tag 9F26=7A788EA6B8A3E733"


@operation(
    f"script {_KEYS} {_SCRIPT_TAGS} --header 8424000008 --explain",
    f"script {_KEYS} {_SCRIPT_TAGS} --header 04DA9F580C --data 00000001",
    f"script {_KEYS} {_SCRIPT_TAGS} --pin 4321 --explain",
)
def script(
    imk_smi: Annotated[Secret, key_option("Issuer master key of MACs (SMI), a test key of 16 bytes.")],
    pan: Annotated[Pan, pan_option("Card number; test cards only.")],
    imk_ac: Annotated[Secret | None, key_option("Issuer master key of cryptograms, for a PIN change.")] = None,
    imk_smc: Annotated[Secret | None, key_option("Issuer master key of encipherment (SMC), for a PIN change.")] = None,
    psn: Psn = "00",
    icc: Icc = None,
    tag: Tags = None,
    header: Annotated[bytes | None, hex_option("Five bytes of a command, its length with the MAC, to make its MAC.")] = None,
    data: Annotated[bytes | None, hex_option("What stands between header and MAC.")] = None,
    pin: Annotated[Secret | None, pin_option("New PIN, to make a whole PIN CHANGE command.")] = None,
    current_pin: Annotated[Secret | None, pin_option("PIN that the card has, where the version takes it.")] = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make a command to the card: its MAC, or a whole PIN change."""
    if (header is None) == (pin is None):
        raise typer.BadParameter("give --header for a command's MAC or --pin for a PIN change, one of them")
    if pin is not None:
        needed(imk_ac=imk_ac, imk_smc=imk_smc)
    tags = _tags(icc, tag)
    with refusals():
        profile = cvn_profile(required_tag(tags, "9F10", "a script"))
        keys = card_keys(profile, CardKeys(imk_ac or imk_smi, imk_smi, imk_smc or imk_smi), pan, psn)
        if pin is not None:
            explanation = explain_pin_change(profile, keys, pin, tags, current_pin)
        else:
            explanation = explain_command_mac(profile, keys, header or b"", data or b"", tags)
    tell(explanation, explain=explain, as_json=as_json)


def _tags(icc: str | None, words: list[str] | None) -> dict[str, bytes]:
    """The tags of DE 55, and those given singly, which win."""
    return {**(tags_of_icc(icc) if icc is not None else {}), **dict(map(tag_value, words or ()))}


def _card(imk: Secret | None, pan: Pan | None, psn: str, tags: Mapping[str, bytes]) -> tuple[CvnProfile, Explanation, Secret]:
    """The version that tag 9F10 names, and the card's master key with its working."""
    needed(imk=imk, pan=pan)
    assert imk is not None
    assert pan is not None
    profile = cvn_profile(required_tag(tags, "9F10", "a cryptogram without --session-key"))
    option = profile.master_key_option
    return profile, explain_master_key(imk, pan, psn, option), icc_master_key(imk, pan, psn, option)


def _session_key(profile: CvnProfile, mk: Secret, tags: Mapping[str, bytes]) -> Secret:
    return derived_session_key(profile, mk, tags.get("9F36", b""), tags.get("9F37", b""))


def _other_keys(imk: Secret, pan: Pan, psn: str, tags: Mapping[str, bytes]) -> dict[str, Secret]:
    """What other versions and other cards' habits would have made the cryptogram with."""
    atc, un = tags["9F36"], tags["9F37"]
    mk = icc_master_key(imk, pan, psn, "A")
    return {
        "issuer master key itself": imk,
        "ICC master key itself": mk,
        "of the common method": common_session_key(mk, atc),
        "of Mastercard's method": mastercard_session_key(mk, atc, un),
        "of Visa's method": visa_session_key(mk, atc),
        "of sequence number 00": common_session_key(icc_master_key(imk, pan, "00", "A"), atc),
        "of sequence number 01": common_session_key(icc_master_key(imk, pan, "01", "A"), atc),
        "of option B": common_session_key(icc_master_key(imk, pan, psn, "B"), atc),
    }


def _bare_arpc(key: Secret, asked: bytes, arc: bytes | None, csu: bytes | None, proprietary: bytes) -> Explanation:
    if arc is not None and csu is None:
        return explain_arpc_1(key, asked, arc)
    if csu is not None and arc is None:
        return explain_arpc_2(key, asked, csu, proprietary)
    raise typer.BadParameter("with --session-key give --arc for method 1 or --csu for method 2, one of them")
