"""Values that cannot be written are refused by path and rule, and no value is quoted."""

import pytest

from switch.wire.errors import EncodeError
from switch.wire.rules import RULES
from switch.wire.subfields import BerTlv, Bitmapped, DataSet, DataSets, Groups, Part, Positional, Tagged, write_bytes

PLACES = Positional((Part("", "one", 2, "n"), Part("", "two", 3, "an")))
GROUPS = Groups(PLACES.parts)
BITS = Bitmapped((Part("2", "two", 2, "n"), Part("9", "first of the next", 2, "n"), Part("10", "ten", 2, "n")), size=1)
EXTENDED = Bitmapped(BITS.parts, size=1, extends=True)
TAGS = Tagged((Part("61", "POS", 3, "n"),), length=1, lead=Part("TCC", "category", 1, "a"))
FIXED = Tagged((Part("61", "POS", 3, "n"),), length=0)
RAW = Tagged((), tag=2, length=1, length_form="b", raw_tags=True)
BER = BerTlv((Part("DF20", "text", 2, "ans"),))
SETS = DataSets((DataSet("71", "address", (Part("1", "code", 2, "n"),)),))
CHIP = Positional((Part("", "kind", 1, "n"), Part("", "objects", 20, "b", data_enc="b", len_type=1, len_enc="b", inner=BER)))


@pytest.mark.parametrize(
    ("layout", "values", "path", "rule"),
    [
        (PLACES, {"1": "12"}, "48.2", "SUB-KEY-02"),
        (PLACES, {"1": "12", "2": "ABC", "3": "D"}, "48.3", "SUB-KEY-01"),
        (PLACES, {"1": "1X", "2": "ABC"}, "48.1", "ENC-CHR-01"),
        (PLACES, {"1": "123", "2": "ABC"}, "48.1", "ENC-LEN-01"),
        (PLACES, {"1": {"1": "1"}, "2": "ABC"}, "48.1", "SUB-KEY-01"),
        (GROUPS, {"2": {"1": "12", "2": "ABC"}}, "48.2", "SUB-KEY-01"),
        (GROUPS, {"1": "12ABC"}, "48.1", "SUB-KEY-01"),
        (GROUPS, {"1.1": "12"}, "48.1.2", "SUB-KEY-02"),
        (BITS, {"3": "12"}, "48.3", "SUB-KEY-01"),
        (BITS, {"9": "12"}, "48.9", "SUB-KEY-01"),
        (EXTENDED, {"9": "12"}, "48.9", "SUB-KEY-01"),
        (TAGS, {"61": "123"}, "48.TCC", "SUB-KEY-02"),
        (TAGS, {"TCC": "R", "6": "123"}, "48.6", "SUB-KEY-01"),
        (TAGS, {"TCC": "R", "61": "1234"}, "48.61", "ENC-LEN-02"),
        (TAGS, {"TCC": "R", "62": "1234567890"}, "48.62", "ENC-LEN-02"),
        (TAGS, {"TCC": "R", "62": "€"}, "48.62", "ENC-CHR-01"),
        (FIXED, {"62": "123"}, "48.62", "SUB-KEY-01"),
        (RAW, {"XYZ0": "1"}, "48.XYZ0", "SUB-KEY-01"),
        (BER, {"9F36": "0"}, "48.9F36", "ENC-CHR-01"),
        (BER, {"9F": "00"}, "48.9F", "TLV-TAG-02"),
        (BER, {"DF20": "ABC"}, "48.DF20", "ENC-LEN-02"),
        (SETS, {"00": {}}, "48.00", "SUB-KEY-01"),
        (SETS, {"71": "00"}, "48.71", "SUB-KEY-01"),
        (SETS, {"01": {}}, "48.01", "ENC-LEN-02"),
        (SETS, {"71": {}}, "48.71", "ENC-LEN-02"),
        (SETS, {"80": {}}, "48.80", "ENC-LEN-02"),
        (SETS, {"71": {"1": "1X"}}, "48.71.1", "ENC-CHR-01"),
        (CHIP, {"1": "1", "2": {"DF20": "ABC"}}, "48.2.DF20", "ENC-LEN-02"),
        (CHIP, {"1": "1", "2.DF20": "\x81€"}, "48.2.DF20", "ENC-CHR-01"),
    ],
)
def test_what_cannot_be_written(layout, values, path, rule) -> None:
    """Each fault of the values has its path and its rule."""
    with pytest.raises(EncodeError) as caught:
        write_bytes(layout, values, path="48")
    assert (caught.value.de, caught.value.rule) == (path, rule)
    assert str(caught.value).startswith(f"DE {path}: ")
    assert rule.startswith("ENC") or rule in RULES
    assert "ABC" not in str(caught.value)


def test_paths_and_keys_within_keys_are_the_same() -> None:
    """A part within a part is given either way, even half of each."""
    written = write_bytes(CHIP, {"1": "1", "2": {"9F36": "0001", "DF20": "AB"}})
    assert written == b"1\x0a" + bytes.fromhex("9F36020001DF20024142")
    assert write_bytes(CHIP, {"1": "1", "2.9F36": "0001", "2.DF20": "AB"}) == written
    assert write_bytes(CHIP, {"1": "1", "2": {"9F36": "0001"}, "2.DF20": "AB"}) == written
    assert write_bytes(CHIP, {"1": "1", "2": "9F36020001DF20024142"}) == written


def test_constructed_objects_are_made_of_their_children() -> None:
    """A tag whose value is given by key holds those objects."""
    assert write_bytes(BerTlv(), {"77": {"9F36": "0001", "9F27": "80"}}).hex().upper() == "77099F3602000" + "19F270180"
