"""Proves that a card's signatures pass only unchanged, for this data, this challenge and this transaction."""

import pytest

from keys.emv.offline import (
    Combined,
    recover_combined,
    recover_dynamic,
    recover_static,
    sign_combined,
    sign_dynamic,
    sign_static,
)
from keys.emv.rsa import PublicKey, recover, room, sign
from keys.errors import MalformedInput, OfflineAuthenticationMismatch

NUMBER = bytes.fromhex("0102030405060708")
CHALLENGE = bytes.fromhex("52BF4585")
CRYPTOGRAM = bytes.fromhex("7A788EA6B8A3E733")
TRANSACTION = b"PDOL values, CDOL1 values, 9F27 9F36 9F10"
SIGNED = {
    "number": NUMBER,
    "cid": 0x80,
    "cryptogram": CRYPTOGRAM,
    "transaction_data": TRANSACTION,
    "unpredictable_number": CHALLENGE,
}
GIVEN = {name: SIGNED[name] for name in ("cid", "transaction_data", "unpredictable_number")}


def flipped(signed, place):
    return signed[:place] + bytes([signed[place] ^ 0x10]) + signed[place + 1 :]


def test_static_data_is_what_the_issuer_signed(chain, static_data):
    """The data authentication code comes out; other data, another byte and another length are refused."""
    signed = sign_static(chain.issuer, b"\xda\xc0", static_data)
    assert recover_static(chain.issuer.public, signed, static_data) == b"\xda\xc0"
    for wrong in (static_data[:-1], static_data + b"\x00", b""):
        with pytest.raises(OfflineAuthenticationMismatch, match="other data"):
            recover_static(chain.issuer.public, signed, wrong)
    for place in range(0, len(signed), 16):
        with pytest.raises(OfflineAuthenticationMismatch, match="tag 93"):
            recover_static(chain.issuer.public, flipped(signed, place), static_data)
    with pytest.raises(MalformedInput, match="2 bytes"):
        sign_static(chain.issuer, b"\xda", static_data)


def test_a_published_card_signed_its_static_data(published):
    """Code and hash are where we read them; the data itself, which the hash covers, is not published."""
    card = published[0]
    issuer = PublicKey(bytes.fromhex(card["issuer_modulus"]), bytes.fromhex(card["issuer_exponent"]))
    message, digest = recover(issuer, bytes.fromhex(card["signed_static"]), "it")
    assert message == (bytes.fromhex("0301" + card["static_code"])).ljust(room(issuer), b"\xbb")
    assert digest.hex().upper() == card["static_hash"]


def test_a_published_card_signed_our_challenge(published):
    """The dynamic number comes out under the published unpredictable number and under no other."""
    card = published[1]
    icc = PublicKey(bytes.fromhex(card["icc_modulus"]), bytes.fromhex(card["icc_exponent"]))
    signed, challenge = bytes.fromhex(card["signed_dynamic"]), bytes.fromhex(card["unpredictable_number"])
    assert recover_dynamic(icc, signed, challenge).hex().upper() == card["dynamic_number"]
    with pytest.raises(OfflineAuthenticationMismatch, match="other data"):
        recover_dynamic(icc, signed, bytes(4))
    # It is a combined signature of an AAC; the transaction's data is not published, so its hash is the only fault.
    with pytest.raises(OfflineAuthenticationMismatch, match="another transaction"):
        recover_combined(icc, signed, cid=0x00, transaction_data=b"", unpredictable_number=challenge)
    with pytest.raises(OfflineAuthenticationMismatch, match="another decision"):
        recover_combined(icc, signed, cid=0x40, transaction_data=b"", unpredictable_number=challenge)


@pytest.mark.parametrize("size", [2, 8])
def test_a_card_answers_a_challenge(chain, size):
    """DDA: the dynamic number comes out, for the data that the terminal sent."""
    number = NUMBER[:size]
    signed = sign_dynamic(chain.icc, number, CHALLENGE + b"more")
    assert recover_dynamic(chain.icc.public, signed, CHALLENGE + b"more") == number
    with pytest.raises(OfflineAuthenticationMismatch, match="other data"):
        recover_dynamic(chain.icc.public, signed, CHALLENGE)
    for place in range(0, len(signed), 16):
        with pytest.raises(OfflineAuthenticationMismatch, match="9F4B"):
            recover_dynamic(chain.icc.public, flipped(signed, place), CHALLENGE + b"more")


def test_a_combined_signature_holds_the_cryptogram(chain):
    """CDA: number, decision and cryptogram come out, of this transaction alone."""
    signed = sign_combined(chain.icc, **SIGNED)
    assert recover_combined(chain.icc.public, signed, **GIVEN) == Combined(NUMBER, 0x80, CRYPTOGRAM)
    assert recover_dynamic(chain.icc.public, signed, CHALLENGE) == NUMBER


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"cid": 0x40}, "another decision"),
        ({"transaction_data": TRANSACTION + b"\x00"}, "another transaction"),
        ({"unpredictable_number": bytes(4)}, "other data"),
    ],
)
def test_a_combined_signature_of_something_else_is_refused(chain, change, why):
    """A wedge between card and terminal that changes the decision, the data or the challenge is seen."""
    with pytest.raises(OfflineAuthenticationMismatch, match=why):
        recover_combined(chain.icc.public, sign_combined(chain.icc, **SIGNED), **(GIVEN | change))


def test_a_plain_dynamic_signature_is_no_combined_one(chain):
    """DDA's signature says nothing of a cryptogram."""
    with pytest.raises(OfflineAuthenticationMismatch, match="nothing of a cryptogram"):
        recover_combined(chain.icc.public, sign_dynamic(chain.icc, NUMBER, CHALLENGE), **GIVEN)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("0301020102", "format is not 05"),
        ("0502020102", "format is not 05"),
        ("0501FF0102", "shorter than it states"),
        ("050100", "another length"),
        ("0501020100", "another length"),
        ("05010A09" + "00" * 9, "another length"),
        ("05010304" + "00" * 2, "another length"),
    ],
)
def test_what_the_card_signed_is_still_checked(chain, head, why):
    """A right signature over a wrong field: each field is looked at."""
    signed = sign(chain.icc, bytes.fromhex(head).ljust(room(chain.icc.public), b"\xbb"), CHALLENGE)
    with pytest.raises(OfflineAuthenticationMismatch, match=why):
        recover_dynamic(chain.icc.public, signed, CHALLENGE)


def test_what_cannot_be_signed_is_refused(chain):
    """Numbers and cryptograms of other sizes."""
    for act in (
        lambda: sign_dynamic(chain.icc, b"\x01", b""),
        lambda: sign_dynamic(chain.icc, bytes(9), b""),
        lambda: sign_combined(chain.icc, **(SIGNED | {"cryptogram": bytes(7)})),
    ):
        with pytest.raises(MalformedInput):
            act()
