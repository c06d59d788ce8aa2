"""Proves the table of cryptogram versions: each row is complete, each tag required and of one length."""

import pytest

from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import icc_master_key
from keys.emv.profiles import (
    CVN_PROFILES,
    TAG_BYTES,
    cryptogram_input,
    cvn_profile,
    iad_cvn,
    iad_cvr,
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


@pytest.mark.parametrize("cvn", CVN_PROFILES)
def test_each_row_is_complete(cvn):
    """A row names its own number, tags of known length, and methods that give a key and an answer."""
    profile = CVN_PROFILES[cvn]
    assert profile.cvn == cvn
    assert set(profile.tags) <= TAG_BYTES.keys()
    assert len(set(profile.tags)) == len(profile.tags)
    key = session_key(profile, icc_master_key(IMK, PAN, "00", profile.master_key_option), TAGS["9F36"])
    assert len(application_cryptogram(key, cryptogram_input(profile, TAGS), profile.padding)) == 8
    assert issuer_authentication(profile, key, TAGS["9F26"], bytes(4))


def test_cvn_18_from_tags_to_answer():
    """pyemv's card (checked with an HSM): ARQC 7A788EA6B8A3E733, ARPC 9AF514C1, whole IAD covered."""
    profile = cvn_profile(IAD)
    key = session_key(profile, icc_master_key(IMK, PAN, "00", profile.master_key_option), TAGS["9F36"])
    data = cryptogram_input(profile, TAGS)
    assert data.endswith(IAD)
    assert application_cryptogram(key, data, profile.padding) == TAGS["9F26"]
    assert issuer_authentication(profile, key, TAGS["9F26"], bytes(4)).hex().upper() == "9AF514C100000000"


@pytest.mark.parametrize("tag", CVN_PROFILES[0x12].tags)
def test_each_covered_tag_is_required(tag):
    """A tag left out is named; a tag of another length is refused, so that none can borrow a neighbour's bytes."""
    profile = CVN_PROFILES[0x12]
    with pytest.raises(TagMissing, match=f"tag {tag},"):
        cryptogram_input(profile, {name: value for name, value in TAGS.items() if name != tag})
    for wrong in (b"", TAGS[tag][:-1], TAGS[tag] + bytes(26)):
        with pytest.raises(MalformedInput, match=f"tag {tag} has"):
            cryptogram_input(profile, TAGS | {tag: wrong})


def test_other_tags_do_not_count():
    """Tags that the version does not cover change nothing."""
    profile = CVN_PROFILES[0x12]
    assert cryptogram_input(profile, TAGS | {"9F34": b"\x1f"}) == cryptogram_input(profile, TAGS)


def test_issuer_application_data_is_read():
    """Version and card verification results, with and without issuer discretionary data behind them."""
    assert (iad_cvn(IAD), iad_cvr(IAD)) == (18, bytes.fromhex("03A0B800"))
    longer = IAD + bytes.fromhex("0411223344")
    assert (iad_cvn(longer), iad_cvr(longer)) == (18, bytes.fromhex("03A0B800"))


@pytest.mark.parametrize(
    "iad",
    [
        "",
        "060112",
        "06011203A0B8",
        "07011203A0B800",
        "06011204A0B800",
        "06011203A0B80005AABB",
        "06011203A0B80001AABB",
        "0110A00003220000DAC000000000000000FF",
        "06011203A0B800" + "19" + "00" * 25 + "00",
    ],
)
def test_other_issuer_application_data_is_refused(iad):
    """Too short, too long, another format, or a length that does not fit: unsupported, never guessed."""
    for read in (iad_cvn, iad_cvr, cvn_profile):
        with pytest.raises(CryptogramUnsupported, match="tag 9F10"):
            read(bytes.fromhex(iad))


def test_an_unknown_version_is_named():
    """A version that has no row is named with those that have one."""
    with pytest.raises(CryptogramUnsupported, match=r"version 10 \(0x0A\).*Visa CVN 18"):
        cvn_profile(bytes.fromhex("06010A03A0B800"))
