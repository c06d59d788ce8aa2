"""Our codec against pyiso8583, the reference, on generated messages and on what damage makes of them.

What fails here is shrunk to its smallest form; `test_agreement` tries the same in number.
"""

from collections.abc import Mapping

import iso8583
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.domain.reasons import Reason
from switch.wire import DIALECTS, DecodeError, Dialect, Message
from switch.wire.layout import compile_scan
from terminal_sim.testing.strategies import damaged, message_values
from tests.testing.quota import tried

Values = dict[int, str]

dialects = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
quick = tried(10)

MTIS = st.text("0123456789", min_size=4, max_size=4)


def reference_encode(dialect: Dialect, mti: str, values: Mapping[int, str], header: str | None = None) -> bytes:
    document = {"t": mti} | {str(de): value for de, value in values.items()}
    if dialect.header:
        document["h"] = dialect.header if header is None else header
    return bytes(iso8583.encode(document, dialect.spec)[0])


def reference_decode(dialect: Dialect, raw: bytes) -> dict[str, str]:
    document, _ = iso8583.decode(raw, dialect.spec)
    return {key: value for key, value in document.items() if key not in ("p", "1")}


def fields_of(message: Message) -> dict[str, str]:
    fields = {"t": message.mti} | {str(de): message[de] for de in message.fields}
    return fields if message.header is None else fields | {"h": message.header}


def encode_again(message: Message) -> bytes:
    """The message from what was read in it."""
    values: dict[int | str, str] = {"mti": message.mti} | {de: message[de] for de in message.fields}
    if message.header is not None:
        values["h"] = message.header
    return message.dialect.encode(values)


@dialects
@quick
@given(data=st.data())
def test_agrees_with_the_reference_on_lawful_messages(dialect: Dialect, data: st.DataObject) -> None:
    """We encode the same bytes as pyiso8583 and read the same fields from them."""
    mti, values = data.draw(MTIS), data.draw(message_values(dialect))
    raw = reference_encode(dialect, mti, values)
    assert dialect.encode({"mti": mti, **values}) == raw
    message = dialect.decode(raw)
    assert fields_of(message) == reference_decode(dialect, raw)
    assert message.fields == tuple(sorted(values))
    assert all(message[de] == value for de, value in values.items())


@dialects
@quick
@given(data=st.data())
def test_a_splice_is_what_encoding_again_would_give(dialect: Dialect, data: st.DataObject) -> None:
    """`with_fields` gives the bytes of pyiso8583's encoding of the changed fields, and a message that reads back."""
    values, changes = data.draw(message_values(dialect)), data.draw(message_values(dialect))
    mti = data.draw(MTIS)
    drop = tuple(data.draw(st.lists(st.sampled_from(sorted(dialect.codec.elements)), unique=True, max_size=8)))
    changes = {de: value for de, value in changes.items() if de not in drop}
    before = dialect.decode(dialect.encode({"mti": "0200", **values}))
    after = before.with_fields(changes, mti=mti, drop=drop)
    wanted = {de: value for de, value in (values | changes).items() if de not in drop}
    assert after.raw == reference_encode(dialect, mti, wanted, after.header)
    assert fields_of(after) == reference_decode(dialect, after.raw)
    assert {de: after[de] for de in after.fields} == wanted
    assert before.raw == dialect.encode({"mti": "0200", **values})


def decode_or_refuse(dialect: Dialect, raw: bytes) -> Message | None:
    """The message, or None after a refusal that names a place in `raw` and whose partial message can be read."""
    try:
        return dialect.decode(raw)
    except DecodeError as error:
        refused = error
    assert 0 <= refused.offset <= len(raw)
    if refused.partial is not None:
        assert fields_of(refused.partial)["t"] == refused.partial.mti
        code = dialect.codes.code(Reason.FORMAT_ERROR)
        assert refused.partial.with_fields({39: code})[39] == code
    return None


@dialects
@tried(15)
@given(data=st.data())
def test_what_damage_leaves_acceptable_the_reference_accepts_too(dialect: Dialect, data: st.DataObject) -> None:
    """Strict is a subset: what we accept pyiso8583 accepts with equal fields, and both encode it to its own bytes again."""
    raw = data.draw(damaged(dialect))
    message = decode_or_refuse(dialect, raw)
    if message is None:
        return
    fields = fields_of(message)
    assert fields == reference_decode(dialect, raw)
    values = {de: message[de] for de in message.fields}
    assert encode_again(message) == raw
    assert reference_encode(dialect, message.mti, values, message.header) == raw


@dialects
@quick
@given(data=st.data())
def test_compiled_and_careful_reading_agree(dialect: Dialect, data: st.DataObject) -> None:
    """For any bytes behind a bitmap, the compiled scan finds the index that the careful walk finds, or both refuse."""
    values = data.draw(message_values(dialect))
    lawful = dialect.encode({"mti": "0200", **values})
    message = dialect.decode(lawful)
    start = message.body_offset
    scan = compile_scan(message.layout, dialect.codec.elements)
    assert scan(lawful, start) == message.index
    raw = lawful[:start] + data.draw(damaged(dialect))[start:]
    reading = dialect.codec.read_with_care(raw)
    assert scan(raw, start) == (reading.index if reading.fault is None else None)


@dialects
@tried(150)
@given(raw=st.binary(max_size=300))
def test_garbage_gives_a_decode_error_and_nothing_else(dialect: Dialect, raw: bytes) -> None:
    """Random bytes are refused with a DecodeError that names a place in them, or are a message that re-encodes to them."""
    message = decode_or_refuse(dialect, raw)
    if message is not None:
        assert encode_again(message) == raw


@dialects
@quick
@given(data=st.data())
def test_a_cut_message_keeps_what_stands_before_the_cut(dialect: Dialect, data: st.DataObject) -> None:
    """Cut anywhere, a message is refused, and each field that can still be read is one that was sent."""
    values = data.draw(message_values(dialect))
    raw = dialect.encode({"mti": "0200", **values})
    cut = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw[:cut])
    partial = refused.value.partial
    if partial is not None:
        assert partial.fields == tuple(sorted(values))[: len(partial.fields)]
        assert all(partial[de] == values[de] for de in partial.fields)
