"""Proves that keys come only out of certificates that are whole, of this issuer, of this card, and in time."""

from hashlib import sha1

import msgspec
import pytest

from keys.emv.certificates import (
    AuthorityKey,
    Certificate,
    certify_icc,
    certify_issuer,
    recover_icc_key,
    recover_issuer_key,
)
from keys.emv.rsa import PublicKey, recover, sign
from keys.errors import MalformedInput, OfflineAuthenticationMismatch
from keys.lab_rsa import lab_rsa_key
from keys.sensitive import Pan

PAN = Pan("4761739001010119")
OTHER = Pan("5413330089010434")


def issuers(chain, *, month="2611", pan=PAN, **changed):
    certificate = msgspec.structs.replace(chain.issuer_certificate, **changed)
    return recover_issuer_key(chain.ca.public, certificate, pan=pan, month=month)


def iccs(chain, static_data, *, month="2611", pan=PAN, **changed):
    certificate = msgspec.structs.replace(chain.icc_certificate, **changed)
    return recover_icc_key(chain.issuer.public, certificate, pan=pan, month=month, static_data=static_data)


def test_published_authority_keys_have_their_checksums(published):
    """RID, index, modulus and exponent of the schemes' test keys give the checksums published with them."""
    for card in published:
        key = PublicKey(bytes.fromhex(card["authority"]), bytes.fromhex(card["authority_exponent"]))
        authority = AuthorityKey(bytes.fromhex(card["rid"]), int(card["index"], 16), key)
        assert authority.checksum.hex().upper() == card["checksum"]


def test_published_issuer_keys_are_recovered(published):
    """The issuer's key and serial number out of published cards, up to the last month and not behind it."""
    for card in published:
        ca = PublicKey(bytes.fromhex(card["authority"]), bytes.fromhex(card["authority_exponent"]))
        certificate = Certificate(bytes.fromhex(card["issuer_certificate"]), b"", bytes.fromhex(card["issuer_exponent"]))
        found = recover_issuer_key(ca, certificate, pan=Pan(card["pan"]), month=card["last_month"])
        assert found.key.modulus.hex().upper() == card["issuer_modulus"]
        assert found.serial.hex().upper() == card["issuer_serial"]
        with pytest.raises(OfflineAuthenticationMismatch, match="expired"):
            recover_issuer_key(ca, certificate, pan=Pan(card["pan"]), month=f"{int(card['last_month'][:2]) + 1}01")


def test_published_card_certificates_have_our_layout(published):
    """Head and hash are where we read them; the cards' static data, which the hash covers, is not published."""
    for card in published:
        issuer = PublicKey(bytes.fromhex(card["issuer_modulus"]), b"\x03")
        message, digest = recover(issuer, bytes.fromhex(card["icc_certificate"]), "it")
        assert message.hex().upper().startswith(card["icc_head"])
        assert digest.hex().upper() == card["icc_hash"]


def test_the_chain_leads_to_the_cards_key(chain, pan, static_data):
    """Authority to issuer to card, with and without remainders."""
    issuer = issuers(chain)
    assert (issuer.key, issuer.serial) == (chain.issuer.public, b"\x00\x00\x01")
    icc = recover_icc_key(issuer.key, chain.icc_certificate, pan=pan, month="2611", static_data=static_data)
    assert (icc.key, icc.serial) == (chain.icc.public, b"\x00\x00\x02")


def test_remainders_are_what_finds_no_room():
    """The authority of 1408 bits has room for 140 bytes of the issuer's 144, and one of 1984 for all."""
    ca, issuer = lab_rsa_key("test-ca.1408"), lab_rsa_key("issuer.1152").public
    short = certify_issuer(ca, issuer, identifier="4761", expiry="1230", serial=bytes(3))
    assert short.remainder == issuer.modulus[-4:]
    long = certify_issuer(lab_rsa_key("test-ca.1984"), issuer, identifier="4761", expiry="1230", serial=bytes(3))
    assert (len(long.signed), long.remainder) == (248, b"")


def test_a_certificate_is_laid_out_as_written(chain):
    """The recovered frame, byte by byte (EMV Book 2 5.3): format, name, expiry, serial, algorithms, lengths, key, BB."""
    number = pow(int.from_bytes(chain.issuer_certificate.signed, "big"), 3, int.from_bytes(chain.ca.public.modulus, "big"))
    size = len(chain.ca.public.modulus)
    block = number.to_bytes(size, "big")
    modulus, exponent = chain.issuer.public.modulus, chain.issuer.public.exponent
    head = bytes.fromhex("6A02 476173FF 1230 000001 0101") + bytes([len(modulus), len(exponent)])
    body = block[: size - 21]
    assert body == (head + modulus[: size - 36]).ljust(size - 21, b"\xbb")
    assert block[-21:] == sha1(body[1:] + modulus[size - 36 :] + exponent).digest() + b"\xbc"


@pytest.mark.parametrize("month", ["2612", "2701", "3012"])
def test_a_certificate_is_good_until_its_month(chain, month, static_data):
    """The issuer's until December 2030; the card's, until November 2029, is seen for itself."""
    assert issuers(chain, month=month)
    if month <= "2911":
        assert iccs(chain, static_data, month=month)
    else:
        with pytest.raises(OfflineAuthenticationMismatch, match=r"9F46\) has expired"):
            iccs(chain, static_data, month=month)
    with pytest.raises(OfflineAuthenticationMismatch, match=r"tag 90\) has expired"):
        issuers(chain, month="3101")


def test_another_issuer_or_card_is_refused(chain, static_data):
    """A right certificate of somebody else."""
    with pytest.raises(OfflineAuthenticationMismatch, match="another issuer"):
        issuers(chain, pan=OTHER)
    with pytest.raises(OfflineAuthenticationMismatch, match="another card number"):
        iccs(chain, static_data, pan=Pan("4761739001010127"))


def test_every_part_counts(chain, static_data):
    """Certificate, remainder, exponent and static data: any of them changed is refused."""
    swapped = {b"\x03": b"\x01\x00\x01", b"\x01\x00\x01": b"\x03"}
    for read, certificate in ((issuers, chain.issuer_certificate), (iccs, chain.icc_certificate)):
        arguments = (chain,) if read is issuers else (chain, static_data)
        changes = [
            {"signed": certificate.signed[:-1] + bytes([certificate.signed[-1] ^ 1])},
            {"signed": certificate.signed[:-1]},
            {"remainder": certificate.remainder + b"\x00"},
            {"exponent": swapped[certificate.exponent]},
        ]
        changes += [{"remainder": certificate.remainder[:-1]}] * bool(certificate.remainder)
        for change in changes:
            with pytest.raises(OfflineAuthenticationMismatch):
                read(*arguments, **change)
    with pytest.raises(OfflineAuthenticationMismatch, match="other data"):
        iccs(chain, static_data + b"\x00")


def test_a_certificate_of_one_kind_is_none_of_the_other(chain):
    """What an issuer signed for its card is not taken for an issuer's certificate, though its signature is right."""
    message, _ = recover(chain.issuer.public, chain.icc_certificate.signed, "it")
    forged = Certificate(sign(chain.issuer, message, b"\x03"), b"", b"\x03")
    with pytest.raises(OfflineAuthenticationMismatch, match="format is not 02"):
        recover_issuer_key(chain.issuer.public, forged, pan=PAN, month="2611")


@pytest.mark.parametrize(
    ("place", "octets", "why"),
    [
        (1, "FFFFFFFF", "another issuer"),
        (1, "47FFFFFF", "another issuer"),
        (5, "1330", "expired"),
        (5, "AA30", "expired"),
        (5, "0099", "expired"),
        (10, "02", "algorithm"),
        (11, "02", "algorithm"),
        (12, "F8", "as long as the key"),
        (12, "3F", "does not allow"),
        (13, "02", "another length of exponent"),
        (14, "00", "does not allow"),
    ],
)
def test_what_the_authority_signed_is_still_checked(place, octets, why):
    """A right signature over a wrong field: each field is looked at."""
    ca, issuer = lab_rsa_key("test-ca.1984"), lab_rsa_key("issuer.1152").public
    good = certify_issuer(ca, issuer, identifier="476173", expiry="1230", serial=bytes(3))
    message, _ = recover(ca.public, good.signed, "it")
    changed = bytes.fromhex(octets)
    message = message[:place] + changed + message[place + len(changed) :]
    forged = Certificate(sign(ca, message, good.exponent), b"", good.exponent)
    with pytest.raises(OfflineAuthenticationMismatch, match=why):
        recover_issuer_key(ca.public, forged, pan=PAN, month="2611")


def test_what_cannot_be_certified_is_refused(chain, pan):
    """Longer keys than the signer's, identifiers, months and serial numbers of other sizes."""
    key = chain.icc.public
    for act in (
        lambda: certify_issuer(chain.issuer, chain.ca.public, identifier="476173", expiry="1230", serial=bytes(3)),
        lambda: certify_issuer(chain.ca, key, identifier="47", expiry="1230", serial=bytes(3)),
        lambda: certify_issuer(chain.ca, key, identifier="4761739001", expiry="1230", serial=bytes(3)),
        lambda: certify_issuer(chain.ca, key, identifier="47617F", expiry="1230", serial=bytes(3)),
        lambda: certify_issuer(chain.ca, key, identifier="476173", expiry="3012", serial=bytes(3)),
        lambda: certify_issuer(chain.ca, key, identifier="476173", expiry="123", serial=bytes(3)),
        lambda: certify_icc(chain.issuer, key, pan=pan, expiry="1230", serial=bytes(2), static_data=b""),
        lambda: issuers(chain, month="261"),
    ):
        with pytest.raises(MalformedInput):
            act()


@pytest.mark.parametrize(("rid", "index"), [(bytes(4), 1), (bytes(6), 1), (bytes(5), -1), (bytes(5), 256)])
def test_an_authority_of_another_size(rid, index):
    """Its identifier has five bytes and its index one: a checksum over others would be no scheme's."""
    with pytest.raises(MalformedInput):
        AuthorityKey(rid, index, lab_rsa_key("test-ca.1408").public)
