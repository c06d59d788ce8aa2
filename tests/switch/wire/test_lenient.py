"""Forgiving reading: as pyiso8583 reads, each leniency named; strict reading lies inside of it and structure around it."""

import iso8583
import iso8583.specs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.wire import DIALECTS, DecodeError, Dialect, EncodeError, Message
from switch.wire.describe import describe
from switch.wire.dialect import Mode
from switch.wire.errors import Finding
from switch.wire.redact import hidden, masked_fields, masked_raw
from switch.wire.rules import RULES
from terminal_sim.testing.strategies import damaged, messages, nearly_valid
from tests.testing.quota import tried

ASCII, BINARY = DIALECTS["iso87-ascii"], DIALECTS["iso87-binary"]
_TEXT = {"data_enc": "ascii", "len_enc": "ascii", "len_type": 2, "max_len": 60, "desc": ""}
_PACKED = {"data_enc": "b", "len_enc": "bcd", "len_type": 1, "max_len": 19, "desc": "", "len_count": "nibbles"}
ODD = Dialect.from_spec(
    "odd",
    {
        **iso8583.specs.default_ascii,
        "h": _TEXT,
        "2": {**_PACKED, "right_pad": "F"},
        "32": {**_PACKED, "left_pad": "0", "right_pad": "F"},
        "33": {**_PACKED, "len_enc": "ascii", "len_type": 2},
        "43": {**_TEXT, "len_count": "nibbles"},
        "44": {**_TEXT, "data_enc": "utf-8", "len_enc": "utf-8"},
        "48": {**_TEXT, "data_enc": "cp500", "len_enc": "cp500"},
        "130": _TEXT,
    },
)
JUDGED = msgspec.structs.replace(DIALECTS["postilion"], name="judged", judged=(3, 22, 43, 54, 90, 95, 127))
ALL = (*DIALECTS.values(), ODD, JUDGED)

dialects = pytest.mark.parametrize("dialect", ALL, ids=[dialect.name for dialect in ALL])
quick = tried(10)


def fields_of(message: Message) -> dict[str, str]:
    head = {"t": message.mti} if message.header is None else {"h": message.header, "t": message.mti}
    return head | {str(de): message[de] for de in message.fields}


def outcome(dialect: Dialect, raw: bytes, mode: Mode) -> Message | DecodeError:
    try:
        return dialect.decode(raw, mode)
    except DecodeError as error:
        return error


def reference(dialect: Dialect, raw: bytes) -> dict[str, str] | None:
    """What pyiso8583 reads, None when it refuses."""
    try:
        document, _ = iso8583.decode(raw, dialect.spec)
    except (iso8583.DecodeError, KeyError):
        return None
    return {key: value for key, value in document.items() if key not in ("p", "1")}


@st.composite
def doubtful(draw: st.DrawFn, dialect: Dialect) -> bytes:
    """Bytes near a lawful message, damaged blindly or in one named way."""
    return draw(st.one_of(damaged(dialect), nearly_valid(dialect).map(lambda broken: broken[0])))


@dialects
@tried(16)
@given(data=st.data())
def test_lenient_accepts_what_the_reference_accepts_and_reads_the_same(dialect: Dialect, data: st.DataObject) -> None:
    """Whatever the bytes, pyiso8583 and lenient reading both accept them with equal fields, or both refuse."""
    raw = data.draw(doubtful(dialect))
    lenient = outcome(dialect, raw, "lenient")
    assert (fields_of(lenient) if isinstance(lenient, Message) else None) == reference(dialect, raw)


@dialects
@tried(16)
@given(data=st.data())
def test_each_mode_accepts_all_that_the_stricter_accepts(dialect: Dialect, data: st.DataObject) -> None:
    """Strict is a subset of lenient and lenient of structure; what more than one accept they read alike."""
    raw = data.draw(doubtful(dialect))
    strict, lenient, structure = (outcome(dialect, raw, mode) for mode in ("strict", "lenient", "structure"))
    if isinstance(strict, Message):
        assert isinstance(lenient, Message)
        assert fields_of(strict) == fields_of(lenient)
    if isinstance(lenient, Message):
        assert isinstance(structure, Message)
        assert fields_of(lenient) == fields_of(structure)
        assert set(structure.findings) <= set(lenient.findings)
        for de in lenient.fields:
            assert lenient.extent(de) == structure.extent(de)
            assert lenient.is_lawful(de) == (de not in {finding.de for finding in lenient.findings})
        # The first thing to forgive is the one for which strict reading refuses, which may add a hint to its words.
        refused = [(strict.de, strict.offset, strict.rule)] if isinstance(strict, DecodeError) else []
        assert refused == [(first.de, first.offset, first.rule) for first in lenient.findings[:1]]
        assert all(finding.rule in RULES and 0 <= finding.offset <= len(raw) for finding in lenient.findings)


@dialects
@quick
@given(data=st.data())
def test_a_lawful_message_is_read_alike_in_all_modes(dialect: Dialect, data: st.DataObject) -> None:
    """Nothing is found in what strict reading accepts."""
    message = data.draw(messages(dialect))
    for mode in ("lenient", "structure"):
        again = dialect.decode(message.raw, mode)
        assert again == message
        assert again.findings == ()
        assert again.mode == mode


@dialects
@tried(150)
@given(raw=st.binary(max_size=300), mode=st.sampled_from(["lenient", "structure"]))
def test_garbage_is_refused_or_read_in_every_mode(dialect: Dialect, raw: bytes, mode: Mode) -> None:
    """Random bytes give a message all of whose DEs can be read, or a DecodeError at a place in them with such a message."""
    found = outcome(dialect, raw, mode)
    if isinstance(found, DecodeError):
        assert 0 <= found.offset <= len(raw)
        found = found.partial
    assert found is None or fields_of(found)["t"] == found.mti


def text(de: int, element: str) -> bytes:
    """A message in ASCII with one DE below 65, its bytes given as they are."""
    return f"0200{1 << (64 - de):016X}{element}".encode()


@pytest.mark.parametrize(
    ("raw", "finding", "value"),
    [
        (text(32, "+41234"), (32, 20, "FLD-LL-01"), "1234"),
        (text(32, " 41234"), (32, 20, "FLD-LL-01"), "1234"),
        (text(32, "4 1234"), (32, 20, "FLD-LL-01"), "1234"),
        (text(32, "00"), (32, 20, "FLD-LL-02"), ""),
        (text(32, "0412 4"), (32, 24, "FLD-N-01"), "12 4"),
        (text(52, "0123456789abcdef"), (52, 30, "FLD-B-01"), "0123456789abcdef"),
        (b"0200" + b"0000000100 00000" + b"041234", None, ""),
        (b"0200" + b"000000010000000 " + b"041234", None, ""),
        (b"0200" + b"00000001000000  " + b"041234", ("bitmap", 18, "BMP-HEX-01"), "1234"),
        (b"02X0" + b"0000000100000000" + b"041234", ("MTI", 0, "MTI-CHR-01"), "1234"),
        (b"0200" + b"8000000100000000" + b"0" * 16 + b"041234", ("bitmap", 20, "BMP-EMP-01"), "1234"),
    ],
)
def test_each_leniency_has_its_name(raw: bytes, finding: tuple[int | str, int, str] | None, value: str) -> None:
    """A spelling that only forgiving readers take is read, and named with its place and rule."""
    if finding is None:
        with pytest.raises(DecodeError):
            ASCII.decode(raw, "lenient")
        return
    message = ASCII.decode(raw, "lenient")
    assert [(found.de, found.offset, found.rule) for found in message.findings] == [finding]
    assert message[message.fields[0]] == value
    assert not isinstance(finding[0], int) or not message.is_lawful(finding[0])


def test_structure_looks_at_no_value() -> None:
    """Bytes that no charset spells are kept where lengths and bitmap add up; lenient reading refuses them."""
    raw = text(41, "TERM000") + b"\xe9"
    with pytest.raises(DecodeError) as refused:
        ASCII.decode(raw, "lenient")
    assert (refused.value.de, refused.value.offset, refused.value.rule) == (41, 27, "FLD-ANS-01")
    message = ASCII.decode(raw, "structure")
    assert (message[41], message.findings) == ("TERM000\ufffd", ())
    assert not message.is_lawful(41)
    with pytest.raises(DecodeError):
        ASCII.decode(raw[:-1], "structure")


def test_a_splice_of_a_forgiven_message_is_forgiven_too() -> None:
    """Odd spellings are copied and stay named; what is set anew is canonical; an MTI that is none must be replaced."""
    raw = b"02X0" + b"0020000100800000" + b"12 456" + b"+41234" + b"TERM0001"
    message = ASCII.decode(raw, "lenient")
    with pytest.raises(EncodeError):
        message.with_fields({39: "30"})
    after = message.with_fields({39: "30"}, mti="0210", drop=(41,))
    assert after.raw == b"0210" + b"0020000102000000" + b"12 456" + b"+41234" + b"30"
    assert (after[11], after[32], after[39]) == ("12 456", "1234", "30")
    assert [finding.rule for finding in after.findings] == ["FLD-N-01", "FLD-LL-01"]
    assert after.with_fields({11: "000001", 32: "1234"}).findings == ()


def test_a_mac_that_had_to_be_forgiven_is_none() -> None:
    """DE 64 in lower case is no MAC, so nothing is verified against it."""
    good = ASCII.decode(text(64, "00112233445566AA"))
    bad = ASCII.decode(text(64, "00112233445566aa"), "lenient")
    assert good.mac_field == 64
    assert bad.mac_field is None


def test_a_finding_says_where_and_why_and_no_value() -> None:
    """A finding is printed as an error is, without the value."""
    (finding,) = ASCII.decode(text(2, "16476173900101011X"), "lenient").findings
    assert finding == Finding(2, 37, "the value must hold digits only", "FLD-N-01")
    assert str(finding) == "byte 37: DE 2: the value must hold digits only [FLD-N-01]"
    with pytest.raises(DecodeError) as refused:
        ASCII.decode(text(2, "16476173900101011X"))
    assert str(refused.value) == str(finding)


def test_a_forgiven_value_is_hidden() -> None:
    """What breaks its class may hold anything, so it is masked where a lawful value is shown; so is an MTI that is none."""
    raw = b"02\x1b0" + b"4020000000800000" + b"16476173900101011X" + b"12 456" + b"TERM0001"
    message = ASCII.decode(raw, "lenient")
    shown = masked_fields(message)
    assert (shown["2"], shown["11"], shown["41"]) == (hidden(16), hidden(6), "TERM0001")
    assert "\x1b" not in shown["mti"] + repr(message)
    assert b"12 456".hex().upper() not in masked_raw(message)
    described = describe(message)[0]
    assert (described.value, described.meaning) == ("02\\x1b0", "no message type")
