"""A dialect file is enough for the strategies: they draw its messages, and what breaks one rule of it."""

import iso8583.specs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.wire import DIALECTS, DecodeError
from switch.wire.dialect_file import file_of, parse_dialect, print_dialect
from terminal_sim.testing.strategies import messages, nearly_valid
from tests.testing.quota import tried

BARE = file_of("bare", "nothing but a pyiso8583 spec", iso8583.specs.default, {})
VARIANT = file_of("variant", "of a shipped one", DIALECTS["iso87-binary"].spec, {2: "n", 4: "n"}, base="iso87-binary")
BROUGHT = [parse_dialect(print_dialect(file), DIALECTS) for file in (BARE, VARIANT)]


@pytest.mark.parametrize("dialect", BROUGHT, ids=[dialect.name for dialect in BROUGHT])
@tried(30)
@given(data=st.data())
def test_messages_of_a_file_are_drawn(dialect, data):
    """Lawful ones re-encode to themselves, nearly lawful ones are refused by the rule that they break."""
    message = data.draw(messages(dialect))
    values = message.values() | ({"h": message.header} if message.header is not None else {})
    assert dialect.encode({"mti": message.mti, **values}) == message.raw
    raw, rule = data.draw(nearly_valid(dialect))
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw)
    assert refused.value.rule == rule
