"""Proves that issuer application data is read in the formats known, and refused in every other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.emv.iad import IssuerApplicationData, Scheme, decode_iad
from keys.errors import CryptogramUnsupported


@pytest.mark.parametrize(
    ("iad", "scheme", "cvn", "key_index", "cvr", "counters"),
    [
        ("06011203A0B800", Scheme.VISA, 0x12, 1, "03A0B800", ""),
        ("06011203A0B8000411223344", Scheme.VISA, 0x12, 1, "03A0B800", ""),
        ("06010A03A020000F04000000000000000000006232E4F9", Scheme.VISA, 0x0A, 1, "03A02000", ""),
        ("1F220300A0000000" + "11" * 24, Scheme.VISA, 0x22, 3, "00A0000000", ""),
        ("0110A00003220000DAC0010203040506FFFF", Scheme.MASTERCARD, 0x10, 1, "A00003220000", "010203040506FFFF"),
        ("1501850440B100000000B00000000000000000000000", Scheme.INTERAC, 0x85, 1, "0440B10000", ""),
    ],
)
def test_each_format_is_read(iad, scheme, cvn, key_index, cvr, counters):
    """Scheme, version, key index, results, counters."""
    expected = IssuerApplicationData(scheme, cvn, key_index, bytes.fromhex(cvr), bytes.fromhex(counters))
    assert decode_iad(bytes.fromhex(iad)) == expected


@pytest.mark.parametrize(
    "iad",
    [
        "",
        "060112",
        "06011203A0B8",
        "07011203A0B800",
        "06011204A0B800",
        "06012203A0B800",
        "06014303A0B800",
        "06011203A0B80005AABB",
        "06011203A0B80001AABB",
        "06011203A0B800" + "19" + "00" * 25 + "00",
        "1F220300A0000000" + "11" * 23,
        "1F430300A0000000" + "11" * 24,
        "0120A00003220000DAC000000000000000FF",
        "0110A00003220000DAC000000000000000",
        "1401850440B100000000B00000000000000000000000",
        "1501860440B100000000B00000000000000000000000",
        "1501850340B100000000B00000000000000000000000",
    ],
)
def test_other_data_is_refused(iad):
    """Too short, too long, another format, or a length that does not fit: unsupported, never guessed."""
    with pytest.raises(CryptogramUnsupported, match="tag 9F10"):
        decode_iad(bytes.fromhex(iad))


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(iad):
    """No bytes do anything else, and what is read lies where it was."""
    try:
        found = decode_iad(iad)
    except CryptogramUnsupported:
        return
    assert found.cvr in iad
    assert found.counters in iad
    assert {found.cvn, found.key_index} <= set(iad[:3])
