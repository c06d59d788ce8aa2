"""Values as people write them: pairs and JSON objects become what `encode` takes, filled as the standard says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.wire import DIALECTS, EncodeError
from switch.wire.rules import RULES
from switch.wire.values import fill, parse_object, parse_pairs

DIALECT = DIALECTS["iso87-ascii"]


def test_pairs_and_objects_say_the_same() -> None:
    """Numbers of DEs, mti (or t, as pyiso8583 calls it) and h are keys; a value may hold an equals sign."""
    expected = {"mti": "0200", 4: "1000", 35: "4761739001010119=2712"}
    assert parse_pairs(["mti=0200", "4=1000", "35=4761739001010119=2712"]) == expected
    assert parse_object('{"t": "0200", "4": 1000, "35": "4761739001010119=2712"}') == expected
    assert parse_pairs(["h=ISO"]) == {"h": "ISO"}
    assert parse_pairs(["mti=0200 4=1000", "35=4761739001010119=2712"]) == expected
    assert parse_pairs(["43=CAFE 1900 BERLIN"]) == {43: "CAFE 1900 BERLIN"}
    assert parse_pairs(["43=ROOM 5=A"]) == {43: "ROOM 5=A"}


def test_parts_make_their_element() -> None:
    """Parts are given by path or as an object within the object, and filled in as one value."""
    wanted = {"mti": "0200", 3: "200030", 11: "000001"}
    assert fill(DIALECT, parse_pairs(["mti=0200", "3.1=20", "3.2=00", "03.3=30", "11=1"])) == wanted
    assert fill(DIALECT, parse_object('{"mti": "0200", "3": {"1": "20", "2": "00", "3": 30}, "11": 1}')) == wanted
    for pairs in (["3.1=20"], ["3.9=1"], ["2.1=4"], ["3=200030", "3.1=20"]):
        with pytest.raises(EncodeError):
            fill(DIALECT, parse_pairs(pairs))


@pytest.mark.parametrize(
    ("pairs", "rule"),
    [
        (["3.=4"], "ENC-KEY-01"),
        ([".3=4"], "ENC-KEY-01"),
        (["4"], "ENC-KEY-01"),
        (["x=1"], "ENC-KEY-01"),
        (["٤=1"], "ENC-KEY-01"),
        (["4=1", "04=2"], "ENC-KEY-01"),
        (["=1"], "ENC-KEY-01"),
    ],
)
def test_pairs_that_are_none(pairs: list[str], rule: str) -> None:
    """A word without a DE, or a DE given twice, is refused, and no value is repeated."""
    with pytest.raises(EncodeError) as refused:
        parse_pairs(pairs)
    assert refused.value.rule == rule
    assert rule in RULES


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '"4=1"', "{", '{"4": 1.5}', '{"4": true}', '{"4": null}', '{"4": -1}', '{"4": []}', "[" * 100_000),
        *('{"4": 1, "4": 2}', '{"4": 1, "04": 2}', '{"mti": "0200", "t": "0800"}', '{"127": {"2": "A"}, "127.2": "B"}'),
        *('{"127":' * 990 + "1" + "}" * 990, '{"127":' * 100_000),
    ],
    ids=lambda text: text[:30],
)
def test_json_that_is_no_message(text: str) -> None:
    """What is not JSON, no object, or has values that are no text is refused."""
    with pytest.raises(EncodeError):
        parse_object(text)


def test_filling() -> None:
    """Fixed digits get zeroes left, fixed text blanks right; variable and binary elements stay as they are."""
    values: dict[int | str, str] = {"mti": "0200", 2: "41", 4: "1000", 41: "T1", 52: "AB", 39: "0"}
    assert fill(DIALECT, values) == {"mti": "0200", 2: "41", 4: "000000001000", 41: "T1      ", 52: "AB", 39: "0 "}
    assert fill(DIALECTS["iso87-binary"], {4: "1", 22: "51"}) == {4: "000000000001", 22: "051"}
    assert fill(DIALECT, {4: "1x", 999: "1"}) == {4: "1x", 999: "1"}
    assert fill(DIALECT, {4: "1" * 13}) == {4: "1" * 13}


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    """Nothing but EncodeError comes out of text that is no message."""
    for parse in (parse_object, lambda given: parse_pairs(given.split())):
        refused = None
        try:
            parse(text)
        except EncodeError as error:
            refused = error
        assert refused is None or refused.rule in RULES
