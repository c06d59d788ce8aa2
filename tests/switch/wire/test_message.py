"""Messages: lazy reads, splices that copy what they do not change, MACs over the bytes as they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.wire import DIALECTS, DecodeError, Dialect, EncodeError, Message
from switch.wire.editions.iso1987 import ISO_1987

ASCII, BINARY = DIALECTS["iso87-ascii"], DIALECTS["iso87-binary"]
# The values below are spelled as the table of 1987 has them, which a dialect with longer elements cannot take.
PLAIN = [dialect for dialect in DIALECTS.values() if dialect.edition is ISO_1987 and not dialect.stretched]
dialects = pytest.mark.parametrize("dialect", PLAIN, ids=[dialect.name for dialect in PLAIN])

PURCHASE: dict[int | str, str] = {
    "mti": "0200",
    2: "4761739001010119",
    3: "000000",
    4: "000000001250",
    7: "1122110000",
    11: "000123",
    22: "051",
    32: "12345",
    41: "TERM0001",
    49: "978",
    52: "0123456789ABCDEF",
    55: "9F2608AABBCCDDEEFF0011",
}


def purchase(dialect: Dialect) -> Message:
    return dialect.decode(dialect.encode(PURCHASE))


@dialects
def test_a_message_reads_like_a_mapping(dialect: Dialect) -> None:
    """DEs are read by number, spelled as text; absent ones are told apart from present ones."""
    message = purchase(dialect)
    assert message.mti == "0200"
    assert message.fields == (2, 3, 4, 7, 11, 22, 32, 41, 49, 52, 55)
    assert {de: message[de] for de in message.fields} == {de: value for de, value in PURCHASE.items() if de != "mti"}
    assert 11 in message
    assert 39 not in message
    assert message.get(39) is None
    assert message.get(39, "") == ""
    assert message.get(11, "") == "000123"
    with pytest.raises(KeyError):
        message[39]
    with pytest.raises(KeyError):
        message.extent(39)
    assert message.header is None
    assert message.raw == dialect.encode(PURCHASE)


@dialects
def test_extents_cover_the_message_without_gaps(dialect: Dialect) -> None:
    """Elements lie one behind the other from the bitmap to the end; a value ends where its element ends."""
    message = purchase(dialect)
    at = message.body_offset
    for de in message.fields:
        start, end = message.extent(de)
        value_start, value_end = message.value_extent(de)
        assert start == at
        assert start <= value_start <= value_end == end
        at = end
    assert at == len(message.raw)


@dialects
def test_a_splice_copies_what_it_does_not_change(dialect: Dialect) -> None:
    """The bytes of unchanged elements are in the new message as they were, and the old message is untouched."""
    before = purchase(dialect)
    raw = before.raw
    after = before.with_fields({39: "00", 11: "000999"}, mti="0210", drop=(22, 52, 55, 64))
    assert after.mti == "0210"
    assert after.fields == (2, 3, 4, 7, 11, 32, 39, 41, 49)
    for de in (2, 3, 4, 7, 32, 41, 49):
        old, new = before.extent(de), after.extent(de)
        assert before.raw[slice(*old)] == after.raw[slice(*new)]
    assert before.raw == raw
    assert after == dialect.decode(after.raw)
    assert before.with_fields() == before
    assert before != after
    assert before != "a message"


@dialects
def test_a_splice_grows_and_loses_the_secondary_bitmap(dialect: Dialect) -> None:
    """A DE above 64 brings the secondary bitmap with it, and takes it away again when it goes."""
    before = purchase(dialect)
    grown = before.with_fields({70: "301", 128: "00" * 8})
    bitmap_bytes = before.body_offset - dialect.codec.mti_bytes
    assert grown.body_offset == before.body_offset + bitmap_bytes
    assert grown.with_fields(drop=(70, 128)) == before


def test_a_splice_refuses_what_cannot_be_sent() -> None:
    """Unlawful values, unknown DEs, bitmaps, bad MTIs and contradictions are refused by name, and no value is in the text."""
    message = purchase(ASCII)
    for fields, drop, rule in (
        ({4: "1250"}, (), "ENC-LEN-01"),
        ({4: "0000000012.5"}, (), "ENC-CHR-01"),
        ({2: "476173900101011X"}, (), "ENC-CHR-01"),
        ({2: ""}, (), "ENC-LEN-02"),
        ({1: "00"}, (), "ENC-DE-02"),
        ({65: "00"}, (), "ENC-DE-02"),
        ({129: "00"}, (), "ENC-DE-01"),
        ({39: "00"}, (39,), "ENC-DE-03"),
    ):
        with pytest.raises(EncodeError) as refused:
            message.with_fields(fields, drop=drop)
        assert refused.value.rule == rule
        assert refused.value.de == next(iter(fields))
        assert "47617390" not in str(refused.value)
    with pytest.raises(EncodeError) as refused:
        message.with_fields(mti="02100")
    assert refused.value.rule == "ENC-MTI-01"


def test_its_representation_shows_no_value() -> None:
    """`repr` tells dialect, MTI, size and DEs, and holds neither card number nor PIN block."""
    shown = repr(purchase(BINARY))
    assert shown == "<Message iso87-binary 0200, 73 bytes, DEs 2 3 4 7 11 22 32 41 49 52 55>"


@dialects
def test_a_message_cannot_be_changed(dialect: Dialect) -> None:
    """Its attributes cannot be set."""
    message = purchase(dialect)
    with pytest.raises(AttributeError):
        message.mti = "0210"  # type: ignore[misc]


@dialects
def test_a_mac_covers_mti_to_mac_with_its_bit_set(dialect: Dialect) -> None:
    """`with_mac` computes over the bytes from the MTI up to the MAC, its bit set, and the receiver finds the same ones."""
    covered: list[bytes] = []

    def compute(data: bytes) -> bytes:
        covered.append(data)
        return b"\x01\x23\x45\x67\x89\xab\xcd\xef"

    message = purchase(dialect).with_mac(compute)
    received = dialect.decode(message.raw)
    assert received.mac_field == 64
    assert received[64] == "0123456789ABCDEF"
    assert received.mac == bytes.fromhex("0123456789ABCDEF")
    assert received.mac_input() == covered[0] == message.raw[: message.value_extent(64)[0]]
    assert len(covered[0]) + dialect.codec.elements[64].byte_count(dialect.codec.elements[64].units_max) == len(message.raw)


@dialects
def test_a_mac_is_replaced_and_moves_with_the_bitmaps(dialect: Dialect) -> None:
    """A MAC stands in DE 64, in DE 128 when another DE above 64 is there, and there is only ever one."""
    first = purchase(dialect).with_mac(lambda _: b"1" * 8)
    again = first.with_mac(lambda _: b"2" * 8)
    assert (again.mac_field, again.mac, again.fields) == (64, b"2" * 8, first.fields)
    above = again.with_fields({70: "301"}).with_mac(lambda _: b"3" * 8)
    assert (above.mac_field, above.mac) == (128, b"3" * 8)
    assert 64 not in above
    back = above.with_fields(drop=(70,)).with_mac(lambda _: b"4" * 8)
    assert (back.mac_field, back.mac) == (64, b"4" * 8)
    assert 128 not in back
    assert back.with_mac(lambda _: b"1" * 8) == first


@dialects
def test_a_mac_that_is_not_last_counts_as_none(dialect: Dialect) -> None:
    """DE 64 followed by another DE does not cover the message, so it is no MAC; nor is there one in a message without."""
    unsigned = purchase(dialect)
    assert unsigned.mac_field is None
    assert unsigned.mac_input() == unsigned.raw
    assert unsigned.with_fields({64: "00" * 8, 70: "301"}).mac_field is None
    assert unsigned.with_fields({64: "00" * 8, 128: "11" * 8}).mac_field == 128
    with pytest.raises(AssertionError):
        _ = unsigned.mac


@dialects
def test_a_mac_of_another_length_is_refused(dialect: Dialect) -> None:
    """A MAC that does not fill its element is our caller's mistake and is named as such."""
    with pytest.raises(EncodeError) as refused:
        purchase(dialect).with_mac(lambda _: b"1" * 4)
    assert (refused.value.de, refused.value.rule) == (64, "ENC-LEN-01")


def test_a_header_is_kept_and_not_covered() -> None:
    """A splice copies the header, and a MAC begins at the MTI behind it."""
    spec = {**ASCII.spec, "h": {**ASCII.spec["h"], "max_len": 12}}
    dialect = Dialect.from_spec("with-header", spec)
    message = dialect.decode(dialect.encode({"h": "ISO006000010", **PURCHASE}))
    assert message.header == "ISO006000010"
    assert message.start == 12
    answer = message.with_fields({39: "00"}, mti="0210")
    assert answer.header == "ISO006000010"
    covered: list[bytes] = []
    signed = answer.with_mac(lambda data: covered.append(data) or b"1" * 8)  # type: ignore[func-returns-value]
    assert signed.header == "ISO006000010"
    assert covered[0].startswith(b"0210")
    assert dialect.decode(signed.raw).mac_input() == covered[0]
    assert dialect.decode(dialect.decode(signed.raw).raw) == signed
    with pytest.raises(DecodeError) as unreadable:
        dialect.decode(message.raw.replace(b"ISO006", b"ISO\xff06"))
    assert (unreadable.value.de, unreadable.value.offset, unreadable.value.rule) == ("header", 3, "FLD-ENC-01")
    with pytest.raises(EncodeError) as refused:
        dialect.encode(PURCHASE)
    assert refused.value.rule == "ENC-HDR-01"
    with pytest.raises(EncodeError) as refused:
        ASCII.encode({"h": "ISO006000010", **PURCHASE})
    assert refused.value.rule == "ENC-HDR-01"
    assert ASCII.encode({"h": "", **PURCHASE}) == ASCII.encode(PURCHASE)


def test_a_header_of_varying_length_is_found() -> None:
    """A header with a length prefix is read before the MTI, and refused when it is not lawful."""
    spec = {**ASCII.spec, "h": {**ASCII.spec["h"], "max_len": 20, "len_type": 2}}
    dialect = Dialect.from_spec("with-header", spec)
    raw = dialect.encode({"h": "ISO", **PURCHASE})
    assert raw.startswith(b"03ISO0200")
    for _ in range(2):
        assert dialect.decode(raw).header == "ISO"
        assert dialect.decode(raw).with_fields({39: "00"}).raw.startswith(b"03ISO0200")
    for bad, rule in ((b"+3" + raw[2:], "FLD-LL-01"), (b"21" + raw[2:], "FLD-LL-03"), (b"03\xff" + raw[3:], "FLD-ENC-01")):
        with pytest.raises(DecodeError) as refused:
            dialect.decode(bad)
        assert (refused.value.de, refused.value.rule) == ("header", rule)


def test_what_a_request_needs_is_listed() -> None:
    """`missing` names the DEs that a request cannot do without; a track stands in for DE 2; a repeat is no exception."""
    assert purchase(ASCII).missing() == ()
    bare = ASCII.decode(ASCII.encode({"mti": "0201", 3: "000000", 35: "4761739001010119=2812201"}))
    assert bare.missing() == (4, 7, 11, 49)
    assert ASCII.decode(ASCII.encode({"mti": "0420", 7: "1122110000"})).missing() == (11, 90)
    assert ASCII.decode(ASCII.encode({"mti": "0100", 3: "000000"})).missing() == (2, 4, 7, 11, 49)
    assert ASCII.decode(ASCII.encode({"mti": "0210", 3: "000000"})).missing() == (11, 39)


def test_a_refusal_names_the_place_of_a_field() -> None:
    """What is well formed and means nothing is refused like a message that cannot be read, itself being the partial message."""
    message = purchase(ASCII)
    error = message.refusal(49, "ISO 4217 has no such currency", "VAL-CUR-01")
    assert isinstance(error, DecodeError)
    assert (error.de, error.offset, error.partial) == (49, message.extent(49)[0], message)
    assert message.refusal(39, "it must be there", "VAL-CUR-01").offset == 0


@dialects
@settings(max_examples=100, deadline=None)
@given(splices=st.lists(st.sampled_from([2, 11, 37, 39, 64, 70, 90, 128]), max_size=6))
def test_splices_of_splices_stay_exact(dialect: Dialect, splices: list[int]) -> None:
    """A chain of splices, none of which is read in between, ends in the bytes of encoding everything at once."""
    values = {
        2: "4111111111111111",
        11: "000777",
        37: "632611000123",
        39: "51",
        64: "AB" * 8,
        70: "001",
        90: "0" * 42,
        128: "CD" * 8,
    }
    message = purchase(dialect)
    wanted = dict(PURCHASE)
    for de in splices:
        if de in message:
            message = message.with_fields(drop=(de,))
            del wanted[de]
        else:
            message = message.with_fields({de: values[de]})
            wanted[de] = values[de]
    assert message.raw == dialect.encode(wanted)
