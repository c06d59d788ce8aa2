"""Proves the table of cryptogram versions: each row is complete, each tag required and of one length."""

import pytest

from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import (
    CVN_PROFILES,
    TAG_BYTES,
    ArpcMethod,
    arpc_key,
    cryptogram_input,
    cvn_profile,
    issuer_authentication,
    session_key,
)
from keys.errors import CryptogramUnsupported, MalformedInput, TagMissing
from keys.sensitive import Pan, Secret

IAD = bytes.fromhex("06011203A0B800")
TAGS = {
    "9F02": bytes.fromhex("000000004000"),
    "9F03": bytes.fromhex("000000000000"),
    "9F1A": bytes.fromhex("0124"),
    "95": bytes.fromhex("8000048000"),
    "5F2A": bytes.fromhex("0124"),
    "9A": bytes.fromhex("191105"),
    "9C": bytes.fromhex("01"),
    "9F37": bytes.fromhex("52BF4585"),
    "82": bytes.fromhex("1800"),
    "9F36": bytes.fromhex("001C"),
    "9F10": IAD,
    "9F26": bytes.fromhex("7A788EA6B8A3E733"),
}
IMK = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PAN = Pan("1234567890123456")


# Issuer application data of each version, as a card writes it.
IADS = {
    (Scheme.VISA, 0x0A): "06010A03A06010",
    (Scheme.VISA, 0x11): "06011103A00000",
    (Scheme.VISA, 0x12): "06011203A0B800",
    (Scheme.VISA, 0x22): "1F220100A0000000" + "00" * 24,
    (Scheme.MASTERCARD, 0x10): "0110A00003220000DAC000000000000000FF",
    (Scheme.MASTERCARD, 0x11): "0111A00003220000DAC000000000000322FF",
    (Scheme.MASTERCARD, 0x14): "0114A00003220000DAC000000000000000FF",
    (Scheme.MASTERCARD, 0x15): "0115A00003220000DAC000000000000322FF",
    (Scheme.INTERAC, 0x85): "1501850440B100000000B00000000000000000000000",
}


@pytest.mark.parametrize("version", CVN_PROFILES)
def test_each_row_is_complete(version):
    """A row is found by its card's data, has tags of known length, and methods that give a key and an answer."""
    profile = CVN_PROFILES[version]
    tags = TAGS | {"9F10": bytes.fromhex(IADS[version])}
    assert (profile.scheme, profile.cvn) == version
    assert cvn_profile(tags["9F10"]) is profile
    assert set(profile.tags) <= TAG_BYTES.keys()
    assert len(set(profile.tags)) == len(profile.tags)
    mk = icc_master_key(IMK, PAN, "00", profile.master_key_option)
    key = session_key(profile, mk, tags["9F36"], tags["9F37"])
    assert len(application_cryptogram(key, cryptogram_input(profile, tags), profile.padding)) == 8
    status = bytes(2) if profile.arpc is ArpcMethod.METHOD_1 else bytes(4)
    answer = issuer_authentication(profile, arpc_key(profile, mk, tags["9F36"], tags["9F37"]), tags["9F26"], status)
    assert answer.endswith(status)
    assert len(answer) - len(status) == (8 if profile.arpc is ArpcMethod.METHOD_1 else 4)


@pytest.mark.parametrize(
    ("version", "end"),
    [
        ((Scheme.VISA, 0x0A), "001C03A06010"),
        ((Scheme.VISA, 0x12), "001C06011203A0B800"),
        ((Scheme.VISA, 0x22), "001C1F220100A0000000" + "00" * 24),
        ((Scheme.MASTERCARD, 0x10), "001CA00003220000"),
        ((Scheme.MASTERCARD, 0x11), "001CA0000322000000000000000322FF"),
        ((Scheme.MASTERCARD, 0x14), "001CA00003220000"),
        ((Scheme.MASTERCARD, 0x15), "001CA0000322000000000000000322FF"),
        ((Scheme.INTERAC, 0x85), "001C1501850440B100000000B00000000000000000000000"),
    ],
)
def test_each_version_covers_its_part_of_the_cards_data(version, end):
    """Behind the ATC: all of tag 9F10, its results, or its results and counters."""
    tags = TAGS | {"9F10": bytes.fromhex(IADS[version])}
    assert cryptogram_input(CVN_PROFILES[version], tags) == bytes.fromhex(
        "000000004000 000000000000 0124 8000048000 0124 191105 01 52BF4585 1800" + end
    )


def test_cvn_17_covers_what_a_tap_has():
    """qVSDC: amount, unpredictable number, counter and the second byte of the results, nothing of the terminal's."""
    tags = {name: TAGS[name] for name in ("9F02", "9F37", "9F36")} | {"9F10": bytes.fromhex(IADS[Scheme.VISA, 0x11])}
    expected = "000000004000 52BF4585 001C A0"
    assert cryptogram_input(CVN_PROFILES[Scheme.VISA, 0x11], tags) == bytes.fromhex(expected)


def test_the_same_number_of_two_schemes_is_two_versions():
    """Visa's CVN 17 and Mastercard's are told apart by the format of the card's data."""
    assert cvn_profile(bytes.fromhex(IADS[Scheme.VISA, 0x11])).name == "Visa CVN 17"
    assert cvn_profile(bytes.fromhex(IADS[Scheme.MASTERCARD, 0x11])).name == "Mastercard CVN 17"


@pytest.mark.parametrize("version", [(Scheme.MASTERCARD, 0x10), (Scheme.INTERAC, 0x85)])
def test_a_session_key_of_skd_needs_the_unpredictable_number(version):
    """Without tag 9F37 there is no key, rather than one of zeroes."""
    with pytest.raises(MalformedInput, match="unpredictable number"):
        session_key(CVN_PROFILES[version], IMK, TAGS["9F36"])


def test_the_answers_carry_what_they_were_made_with():
    """Method 1 takes no proprietary data; method 2 sends it along."""
    one, two = CVN_PROFILES[Scheme.VISA, 0x0A], CVN_PROFILES[Scheme.VISA, 0x12]
    assert issuer_authentication(two, IMK, bytes(8), bytes(4), proprietary=b"abc").endswith(bytes(4) + b"abc")
    with pytest.raises(MalformedInput, match="no proprietary"):
        issuer_authentication(one, IMK, bytes(8), b"00", proprietary=b"abc")
    with pytest.raises(MalformedInput, match="response code"):
        issuer_authentication(one, IMK, bytes(8), bytes(4))


def test_cvn_18_from_tags_to_answer():
    """pyemv's card (checked with an HSM): ARQC 7A788EA6B8A3E733, ARPC 9AF514C1, whole IAD covered."""
    profile = cvn_profile(IAD)
    key = session_key(profile, icc_master_key(IMK, PAN, "00", profile.master_key_option), TAGS["9F36"])
    data = cryptogram_input(profile, TAGS)
    assert data.endswith(IAD)
    assert application_cryptogram(key, data, profile.padding) == TAGS["9F26"]
    assert issuer_authentication(profile, key, TAGS["9F26"], bytes(4)).hex().upper() == "9AF514C100000000"


@pytest.mark.parametrize("tag", CVN_PROFILES[Scheme.VISA, 0x12].tags)
def test_each_covered_tag_is_required(tag):
    """A tag left out is named; a tag of another length is refused, so that none can borrow a neighbour's bytes."""
    profile = CVN_PROFILES[Scheme.VISA, 0x12]
    with pytest.raises(TagMissing, match=f"tag {tag},"):
        cryptogram_input(profile, {name: value for name, value in TAGS.items() if name != tag})
    for wrong in (b"", TAGS[tag][:-1], TAGS[tag] + bytes(26)):
        with pytest.raises(MalformedInput, match=f"tag {tag} has"):
            cryptogram_input(profile, TAGS | {tag: wrong})


def test_other_tags_do_not_count():
    """Tags that the version does not cover change nothing."""
    profile = CVN_PROFILES[Scheme.VISA, 0x12]
    assert cryptogram_input(profile, TAGS | {"9F34": b"\x1f"}) == cryptogram_input(profile, TAGS)


def test_a_part_of_unreadable_data_is_refused():
    """A version that covers results wants them where its scheme has them."""
    with pytest.raises(CryptogramUnsupported, match="no format known"):
        cryptogram_input(CVN_PROFILES[Scheme.VISA, 0x0A], TAGS | {"9F10": bytes(9)})


def test_an_unknown_version_is_named():
    """A version that has no row is named with its scheme and those that have one."""
    with pytest.raises(CryptogramUnsupported, match=r"Visa's cryptogram version 14 \(0x0E\).*Visa CVN 18.*Interac CVN 133"):
        cvn_profile(bytes.fromhex("06010E03A0B800"))
    with pytest.raises(CryptogramUnsupported, match=r"Mastercard's cryptogram version 18"):
        cvn_profile(bytes.fromhex("0112A00003220000DAC000000000000000FF"))
