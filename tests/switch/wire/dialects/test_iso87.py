"""The shipped 1987 dialects: field for field the published specs, and complete where a dialect must be."""

import json
from pathlib import Path

import iso8583.specs
import pytest

from switch.wire import DIALECTS, Dialect
from switch.wire.content import CONTENTS
from switch.wire.dialects import iso87
from switch.wire.editions.iso1987 import ISO_1987
from switch.wire.mti import is_mti, is_request, is_response, response_mti
from switch.wire.spec import Spec

SPECS = json.loads((Path(__file__).parents[3] / "samples" / "specs.json").read_text())
OF_1987 = {name: dialect for name, dialect in DIALECTS.items() if dialect.edition is ISO_1987}
dialects = pytest.mark.parametrize("dialect", OF_1987.values(), ids=OF_1987)


def physical(spec: Spec) -> dict[str, dict[str, object]]:
    """A spec without its descriptions."""
    return {key: {name: value for name, value in element.items() if name != "desc"} for key, element in spec.items()}


@pytest.mark.parametrize(("name", "published"), [("iso87-ascii", "py_default_ascii"), ("iso87-binary", "iso87_bcd_left0")])
def test_the_spec_is_the_published_one(name: str, published: str) -> None:
    """Built from the table of the standard, a dialect's spec equals the published one in all 131 elements."""
    assert physical(DIALECTS[name].spec) == physical(SPECS[published])
    assert len(DIALECTS[name].spec) == 131


def test_the_ascii_spec_is_that_of_the_reference() -> None:
    """`iso87-ascii` is pyiso8583's own default_ascii."""
    assert physical(DIALECTS["iso87-ascii"].spec) == physical(iso8583.specs.default_ascii)


@dialects
def test_every_element_has_a_name_and_a_class(dialect: Dialect) -> None:
    """All DEs of a shipped dialect are named and have a known content class."""
    des = dialect.codec.elements.keys()
    assert des == dialect.names.keys() == dialect.content.keys()
    assert len(des) == 126
    assert all(dialect.names[de] for de in des)
    assert all(dialect.content[de] in CONTENTS and dialect.content[de] != "any" for de in des)


@dialects
def test_card_and_key_data_are_not_clear(dialect: Dialect) -> None:
    """No DE with card data, PIN, keys or free text is on the list of clear ones; clear and sensitive are all there is."""
    secret = {2, 14, 34, 35, 36, 45, 46, 47, 48, 52, 53, 55, *range(56, 64), 96, 102, 103, *range(104, 128)}
    assert secret <= set(dialect.sensitive)
    assert set(dialect.sensitive) | set(dialect.clear) == dialect.codec.elements.keys()
    assert not set(dialect.sensitive) & set(dialect.clear)


@dialects
def test_policies_speak_of_des_that_exist(dialect: Dialect) -> None:
    """Echo set, requirements and match keys name DEs of the dialect and MTIs of the right kind; matched DEs are echoed."""
    des = dialect.codec.elements.keys()
    assert set(dialect.echo) <= des
    for mti, groups in dialect.required.items():
        assert is_mti(mti)
        assert all(set(group) <= des for group in groups)
    assert {mti[1] for mti in dialect.required} == dialect.match_key.keys()
    for mti, picture in dialect.pictures.items():
        named = {de for group in picture.required for de in group}
        assert set(picture.optional) | set(picture.forbidden) <= des
        assert not (named | set(picture.optional)) & set(picture.forbidden), mti
        assert (39 in picture.forbidden or 39 not in named) or is_response(mti)
    for key in dialect.match_key.values():
        assert set(key) <= set(dialect.echo)
        assert len(key) > 1
        assert 11 in key


@dialects
def test_an_answer_finds_its_request(dialect: Dialect) -> None:
    """What a response echoes contains the match key, so both sides compute the same one."""
    values = dialect.suit({7: "1122110000", 11: "000123", 32: "12345", 41: "TERM0001", 70: "301", 22: "051"})
    for mti in filter(is_request, dialect.required):
        request = dialect.decode(dialect.encode({"mti": mti, **values}))
        dropped = tuple(de for de in request.fields if de not in dialect.echo)
        answer = request.with_fields({39: "00"}, mti=response_mti(mti), drop=dropped)
        assert 22 not in answer
        key = dialect.match_key[mti[1]]
        assert [request.get(de) for de in key] == [answer.get(de) for de in key]


@dialects
def test_response_codes_are_two_characters(dialect: Dialect) -> None:
    """The 1987 table is there, two characters a code, and knows the codes that everybody knows."""
    assert all(len(code) == 2 for code in dialect.response_codes)
    assert dialect.response_codes["00"] == "approved"
    assert dialect.response_codes["51"] == "not sufficient funds"
    assert (dialect.mac.algorithm, dialect.mac.padding, dialect.mac.length) == ("ISO 9797-1 algorithm 3", 1, 8)
    assert (dialect.pin.format, dialect.pin.algorithm) == (0, "TDES")


def test_the_table_is_in_order() -> None:
    """The standard's table has DE 2 to DE 128 once each, without the announcements of bitmaps."""
    assert [row.de for row in iso87.DATA_ELEMENTS] == [de for de in range(2, 129) if de != 65]


def test_track_2_is_packed_in_the_binary_dialect_only() -> None:
    """`packs_track2` tells whose separator is D."""
    assert not DIALECTS["iso87-ascii"].packs_track2
    assert DIALECTS["iso87-binary"].packs_track2
    without = {key: element for key, element in DIALECTS["iso87-binary"].spec.items() if key != "35"}
    assert not Dialect.from_spec("without a track", without).packs_track2
