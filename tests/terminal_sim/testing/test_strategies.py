"""The strategies keep what they promise: lawful messages are accepted, and nearly valid ones break the rule that they name."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switch.wire import DIALECTS, DecodeError, Dialect, Message, TlvError
from switch.wire.rules import RULES
from switch.wire.subfields import DataSets, Groups, Part, Tagged
from switch.wire.tlv import decode, encode
from terminal_sim.testing.strategies import (
    MESSAGE_FAULTS,
    TLV_FAULTS,
    Fault,
    TlvFault,
    messages,
    nearly_valid,
    nearly_valid_tlv,
)
from terminal_sim.testing.strategies import tlv_objects as objects

FIXED = Dialect.from_spec("fixed16", DIALECTS["iso87-ascii"].spec, bitmap="fixed16")
HEADED = Dialect.from_spec("headed", {**DIALECTS["iso87-ascii"].spec, "h": DIALECTS["iso87-ascii"].spec["41"]})
JUDGED = msgspec.structs.replace(
    DIALECTS["iso87-ascii"],
    name="judged",
    subfields={
        46: Tagged((Part("01", "code", 3, "n"),)),
        47: Groups((Part("", "code", 3, "an"), Part("", "name", 9, "an", len_type=1))),
        48: DataSets(),
        **{de: Tagged((Part("TAG", "code", 3, "n"),), tag=3, length=3, order="length-tag") for de in range(56, 64)},
    },
    judged=(46, 47, 48, *range(56, 64)),
)
ALL = (*DIALECTS.values(), FIXED, HEADED, JUDGED)

dialects = pytest.mark.parametrize("dialect", ALL, ids=[dialect.name for dialect in ALL])
quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@dialects
@quick
@given(data=st.data())
def test_messages_are_lawful(dialect: Dialect, data: st.DataObject) -> None:
    """What `messages` draws was read strictly, encodes to its own bytes, and has what the MTI requires."""
    message = data.draw(messages(dialect))
    values: dict[int | str, str] = {"mti": message.mti} | {de: message[de] for de in message.fields}
    if message.header is not None:
        values["h"] = message.header
    assert dialect.encode(values) == message.raw
    for mti in ("0200", "0800"):
        request = data.draw(messages(dialect, mti))
        assert request.mti == mti
        assert request.missing() == ()


@dialects
@quick
@given(data=st.data())
def test_nearly_valid_breaks_the_named_rule(dialect: Dialect, data: st.DataObject) -> None:
    """Each drawn message is refused, and for the rule that came with it."""
    raw, rule = data.draw(nearly_valid(dialect))
    assert rule in RULES
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw)
    assert refused.value.rule == rule


@pytest.mark.parametrize("fault", MESSAGE_FAULTS)
@quick
@given(data=st.data())
def test_each_fault_of_a_message_is_the_one_it_names(fault: Fault, data: st.DataObject) -> None:
    """Every fault finds a place in some dialect, and breaks its rule there."""
    dialect = data.draw(st.sampled_from((FIXED, HEADED, DIALECTS["iso87-ascii"], DIALECTS["iso87-binary"], JUDGED)))
    message: Message = data.draw(messages(dialect))
    raw, rule = fault(data.draw, message)
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw)
    assert refused.value.rule == rule


@quick
@given(pairs=objects(), broken=nearly_valid_tlv())
def test_tlv_is_lawful_or_breaks_the_named_rule(pairs: tuple[tuple[str, bytes], ...], broken: tuple[bytes, str]) -> None:
    """Drawn objects come back from their encoding; nearly valid data is refused for the rule that came with it."""
    assert tuple((element.tag, element.value) for element in decode(encode(pairs))) == pairs
    data, rule = broken
    with pytest.raises(TlvError) as refused:
        decode(data)
    assert refused.value.rule == rule


@pytest.mark.parametrize("fault", TLV_FAULTS)
@quick
@given(data=st.data(), pairs=objects())
def test_each_fault_of_tlv_is_the_one_it_names(
    fault: TlvFault, data: st.DataObject, pairs: tuple[tuple[str, bytes], ...]
) -> None:
    """Every fault of the table breaks its rule behind any lawful objects."""
    broken, rule = fault(data.draw, encode(pairs))
    with pytest.raises(TlvError) as refused:
        decode(broken)
    assert refused.value.rule == rule
