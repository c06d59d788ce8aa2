"""Proves that a key comes back from its block as it was, and that no other block is taken for an entry."""

import msgspec
import pytest

from keys.errors import KeyBlockError
from keys.keystore.entries import unwrap_entry, wrap_entry
from keys.lab import LAB_KEYS, lab_key
from keys.sensitive import Secret
from keys.tr31.block import Protection, unwrap, wrap
from keys.tr31.header import Context, OptionalBlock, Version

LMK = Protection(Secret(bytes(range(32))), Version.D)
NAME, STATE, TERMS = (OptionalBlock("10", "pos.zak"), OptionalBlock("11", "active"), OptionalBlock("12", "{}"))


def entry(*blocks, context=Context.STORAGE):
    """A block under the LMK that says these things of a lab key."""
    opened = unwrap(LMK, wrap_entry(LMK, lab_key("pos.zak"), bytes))
    return wrap(LMK, msgspec.structs.replace(opened.header, blocks=blocks, context=context), opened.key, fill=bytes)


@pytest.mark.parametrize("name", LAB_KEYS)
def test_a_key_comes_back(name):
    """All that a key says is in its block."""
    assert unwrap_entry(LMK, name, wrap_entry(LMK, lab_key(name), bytes)) == lab_key(name)


def test_a_block_under_another_name():
    """It is refused, and the text says whose it is."""
    with pytest.raises(KeyBlockError, match=r"'pos\.zak': blocks were exchanged"):
        unwrap_entry(LMK, "pos.zpk", wrap_entry(LMK, lab_key("pos.zak"), bytes))


def test_what_is_said_is_enough():
    """Name, state and terms make an entry; the refusals below are of what they lack."""
    assert unwrap_entry(LMK, "pos.zak", entry(NAME, STATE, TERMS)).kcv == lab_key("pos.zak").kcv


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (entry(NAME, STATE), "no entry of a keystore"),
        (entry(NAME, TERMS), "no entry of a keystore"),
        (entry(STATE, TERMS), "no entry of a keystore"),
        (entry(NAME, STATE, TERMS, context=Context.EXCHANGE), "no entry of a keystore"),
        (entry(NAME, OptionalBlock("11", "asleep"), TERMS), "none that are known here"),
        (entry(NAME, STATE, OptionalBlock("12", "{")), "none that are known here"),
        (entry(NAME, STATE, OptionalBlock("12", '{"colour":"red"}')), "none that are known here"),
        (entry(NAME, STATE, OptionalBlock("12", '{"mac_bytes":3}')), "4 to 64 bytes"),
    ],
)
def test_a_block_that_is_no_entry(block, why):
    """A right MAC is not enough: every refusal is a KeyBlockError, so that a damaged file names the entry."""
    with pytest.raises(KeyBlockError, match=why):
        unwrap_entry(LMK, "pos.zak", block)
