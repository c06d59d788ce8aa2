import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.card.dol import Dol, DolEntry, DolError, decode_dol, encode_dol, fill_dol, parse_dol, split_dol

TAGS = ("82", "95", "9A", "9C", "5F2A", "9F02", "9F1A", "9F37", "9F66", "DF8129")
dols = st.lists(st.builds(DolEntry, st.sampled_from(TAGS), st.integers(0, 20)), max_size=8, unique_by=lambda e: e.tag).map(
    tuple
)


@given(dols)
def test_lists_come_back_as_they_were_encoded(dol: Dol) -> None:
    """Tags of one to three bytes and their lengths survive the round trip."""
    assert decode_dol(encode_dol(dol)) == dol


@given(dols, st.dictionaries(st.sampled_from(TAGS), st.binary(max_size=25)))
def test_the_card_takes_apart_what_the_terminal_filled(dol: Dol, values: dict[str, bytes]) -> None:
    """Filled data always has the length of its list, whatever the terminal knows, and comes apart at the same places."""
    data = fill_dol(dol, values)
    assert len(data) == sum(entry.size for entry in dol)
    split = split_dol(dol, data)
    assert b"".join(split[entry.tag] for entry in dol) == data


@pytest.mark.parametrize(
    ("tag", "size", "value", "filled"),
    [
        ("9F02", 6, "1250", "000000001250"),
        ("9F02", 2, "000000001250", "1250"),
        ("9F37", 4, "A1B2", "A1B20000"),
        ("9F37", 2, "A1B2C3D4", "A1B2"),
        ("9F02", 0, "1250", ""),
        ("95", 5, "", "0000000000"),
    ],
)
def test_values_are_cut_and_filled_at_the_end_that_emv_says(tag: str, size: int, value: str, filled: str) -> None:
    """EMV Book 3 5.4: numeric values keep their right end, others their left, absent ones are zeroes."""
    assert fill_dol((DolEntry(tag, size),), {tag: bytes.fromhex(value)} if value else {}).hex().upper() == filled


@pytest.mark.parametrize("data", ["9F", "9F02", "9F0206" + "95", "9F818182" + "01"])
def test_lists_that_end_too_early_or_run_on_are_refused(data: str) -> None:
    """A list that ends within a tag or before a length is no list, nor is one with a tag of four bytes."""
    with pytest.raises(DolError):
        decode_dol(bytes.fromhex(data))


@pytest.mark.parametrize("size", [0, 7, 9])
def test_data_of_another_length_is_refused(size: int) -> None:
    """The card takes the answer to its list whole or not at all."""
    with pytest.raises(DolError):
        split_dol(parse_dol("9F02:6 5F2A:2"), bytes(size))
