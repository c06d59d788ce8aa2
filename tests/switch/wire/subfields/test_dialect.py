"""A dialect and what is inside of its DEs: judged or not, in which mode, in the spelling of the DE, and in a dialect file."""

import msgspec
import pytest

from switch.wire import DIALECTS, DecodeError, Dialect, EncodeError, SpecError
from switch.wire.dialect_file import file_of, make_of, parse_dialect, print_dialect
from switch.wire.errors import SubfieldError
from switch.wire.findings import Severity, remarks_on
from switch.wire.subfields import BerTlv, Groups, Part, Positional, Tagged

BASE = DIALECTS["iso87-ascii"]
CIS = Tagged((Part("92", "CVC 2", 3, "n"),), lead=Part("TCC", "category", 1, "a"))
LENIENT = msgspec.structs.replace(BASE, subfields={48: CIS})
STRICT = msgspec.structs.replace(LENIENT, judged=(48,))
GOOD, BROKEN = "R9203123", "R920312X"


def raw(value: str) -> bytes:
    return BASE.encode({"mti": "0800", 11: "000001", 48: value})


def test_a_broken_inside_is_a_warning() -> None:
    """Where the DE is not judged the message is good in every mode, and what is broken is told with path, byte and rule."""
    for mode in ("strict", "lenient", "structure"):
        message = LENIENT.decode(raw(BROKEN), mode)
        (remark,) = [remark for remark in remarks_on(message) if remark.rule]
        assert (remark.severity, remark.rule) == (Severity.WARNING, "FLD-N-01")
        assert remark.words.startswith(f"byte {len(raw(BROKEN)) - 1}: DE 48.92: ")
        with pytest.raises(SubfieldError):
            message.subfields(48)


def test_a_judged_inside_is_refused_in_strict_reading_alone() -> None:
    """Strict reading names the part; lenient reading takes the message with the finding, once; structure does not look."""
    with pytest.raises(DecodeError) as caught:
        STRICT.decode(raw(BROKEN))
    assert (caught.value.de, caught.value.rule) == ("48.92", "FLD-N-01")
    assert caught.value.partial is not None
    assert caught.value.partial[11] == "000001"
    lenient = STRICT.decode(raw(BROKEN), "lenient")
    assert [finding.de for finding in lenient.findings] == ["48.92"]
    assert len([remark for remark in remarks_on(lenient) if remark.rule]) == 1
    assert STRICT.decode(raw(BROKEN), "structure").findings == ()
    assert STRICT.decode(raw(GOOD)).subfields(48)["92"] == "123"


def test_without_a_layout_there_is_nothing_inside() -> None:
    """A DE of which nothing is known has no subfields, and none can be written; a DE that is not there is a KeyError."""
    message = BASE.decode(raw(GOOD))
    assert dict(message.subfields(48)) == {}
    with pytest.raises(EncodeError):
        BASE.print_subfields(48, {"92": "123"})
    with pytest.raises(KeyError):
        message.subfields(55)
    assert message.fault_inside(55) is None


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_chip_data_has_subfields_in_every_dialect(dialect: Dialect) -> None:
    """DE 55 opens into tags whether its bytes are raw or hexadecimal text."""
    value = dialect.print_subfields(55, {"9F36": "0001", "77": {"9F27": "80"}})
    message = dialect.decode(dialect.encode({"mti": "0200", 55: value}))
    assert dict(message.subfields(55)) == {"9F36": "0001", "77.9F27": "80"}
    counter = message.subfields(55).tree[0]
    bare = message.raw.hex()[counter.value_start : counter.end]
    assert bare in ("0001", b"0001".hex())


@pytest.mark.parametrize("name", ["iso87-ascii", "iso87-binary", "iso87-ebcdic", "visa-base1"])
def test_one_layout_serves_every_charset(name: str) -> None:
    """Parts of digits are the same in characters of any charset and in packed digits, and their places are exact."""
    dialect = msgspec.structs.replace(
        DIALECTS[name], subfields={32: Positional((Part("", "a", 3, "n"), Part("", "b", 0, "n")))}
    )
    for value in ("1234567", "123456"):
        message = dialect.decode(dialect.encode({"mti": "0200", 32: value}))
        assert dict(message.subfields(32)) == {"1": "123", "2": value[3:]}
        first, second = message.subfields(32).tree
        start, end = message.value_extent(32)
        assert (first.end, second.end) == (second.start, 2 * end)
        assert first.start - 2 * start == (len(value) % 2 if end - start < 6 else 0)


def test_in_a_file() -> None:
    """A layout is printed and parsed back the same, the base's other layouts are kept, and `judged` is taken."""
    made = msgspec.structs.replace(
        file_of("mine", "", BASE.spec, BASE.content, base="iso87-ascii"), subfields={"48": CIS}, judged=(48,)
    )
    dialect = parse_dialect(print_dialect(made), DIALECTS)
    assert dialect.subfields == {**BASE.subfields, 48: CIS}
    assert dialect.judged == (48,)
    bare = make_of(file_of("bare", "", BASE.spec, {}), DIALECTS)
    assert (bare.subfields, bare.judged) == ({}, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[subfields.300]\nkind = "ber-tlv"', "a DE that the spec has"),
        ('[subfields.x]\nkind = "ber-tlv"', "a DE that the spec has"),
        ('[subfields.48]\nkind = "tlv"', "$.subfields[...]"),
        ('[subfields.48]\nkind = "groups"\nparts = []', "$.subfields.48.parts: there are none"),
        ('[subfields.48]\nkind = "groups"\nparts = [{ max_len = 2, centent = "n" }]', "centent"),
        ('[subfields.48]\nkind = "groups"\nparts = [{ max_len = 2, content = "q" }]', "$.subfields.48.parts[0].content: "),
        ('[subfields.48]\nkind = "groups"\nparts = [{ max_len = 2, data_enc = "klingon" }]', "$.subfields.48.parts[0]"),
        ('[subfields.48]\nkind = "groups"\nparts = [{ desc = "all" }]', "only the last part"),
        ('[subfields.48]\nkind = "positional"\nparts = [{ len_type = 2 }]', "a greatest length"),
        ('[subfields.48]\nkind = "bitmap"\nparts = [{ key = "x", max_len = 2 }]', "$.subfields.48.parts[0].key: "),
        ('[subfields.48]\nkind = "bitmap"\nsize = 0\nparts = []', "$.subfields.48.size: "),
        ('[subfields.48]\nkind = "tagged"\nparts = [{ key = "123", max_len = 2 }]', "$.subfields.48.parts[0].key: "),
        ('[subfields.48]\nkind = "tagged"\nlength = 9\n', "$.subfields.48: a tag has"),
        ('[subfields.48]\nkind = "tagged"\nlength = 0\norder = "length-tag"', "without one"),
        ('[subfields.48]\nkind = "tagged"\nmark = "é"', "ASCII"),
        ('[subfields.48]\nkind = "tagged"\nlead = { max_len = 1 }', "$.subfields.48.lead: "),
        ('[subfields.48]\nkind = "tagged"\nparts = [{ key = "11" }, { key = "11" }]', "a key comes twice"),
        ('[subfields.48]\nkind = "data-sets"\nsets = [{ key = "00" }]', "$.subfields.48.sets[0]: "),
        ('[subfields.48]\nkind = "ber-tlv"\nparts = [{ key = "9f36" }]', "$.subfields.48.parts[0].key: "),
    ],
)
def test_what_a_file_may_not_say(text: str, words: str) -> None:
    """A layout that cannot be read by is refused with its place in the file."""
    file = print_dialect(file_of("mine", "", BASE.spec, BASE.content, base="iso87-ascii"))
    with pytest.raises(SpecError) as caught:
        parse_dialect(f"{file}\n{text}\n", DIALECTS)
    assert words in str(caught.value)


def test_layouts_are_not_nested_too_deeply() -> None:
    """A file cannot make reading recurse without end."""
    layout: Positional = Positional((Part("", "", 1),))
    for _ in range(8):
        layout = Positional((Part("", "", 1, inner=layout),))
    with pytest.raises(SpecError) as caught:
        make_of(msgspec.structs.replace(file_of("mine", "", BASE.spec, {}), subfields={"48": layout}), DIALECTS)
    assert "nested" in str(caught.value)
    many = Groups(tuple(Part("", "", 1) for _ in range(1025)))
    with pytest.raises(SpecError) as caught:
        make_of(msgspec.structs.replace(file_of("mine", "", BASE.spec, {}), subfields={"48": many}), DIALECTS)
    assert "more than" in str(caught.value)
    assert BerTlv() != CIS
