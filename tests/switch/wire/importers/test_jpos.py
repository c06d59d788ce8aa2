"""jPOS packagers: each class lays the bytes that jPOS lays, nothing without an equal is dropped, hostile XML is refused."""

import re

import pytest

from switch.limits import SPEC_DEPTH_MAX, SPEC_FILE_CHARS_MAX
from switch.wire import Dialect, SpecError
from switch.wire.dialect import make_codec
from switch.wire.dialect_file import file_of, make_of
from switch.wire.importers import Options, read_spec
from switch.wire.importers.jpos import CLASSES, OPAQUE, suits
from switch.wire.subfields import BerTlv

HEAD = '<?xml version="1.0"?>\n<!DOCTYPE isopackager PUBLIC "-//jPOS//DTD" "http://jpos.org/dtd/generic-packager-1.0.dtd">\n'


def packager(*fields: str, mti: str = "IFA_NUMERIC", bitmap: str = "IFA_BITMAP", attributes: str = "") -> str:
    rows = [f'<isofield id="0" length="4" name="MTI" class="org.jpos.iso.{mti}"/>']
    rows.append(f'<isofield id="1" length="16" name="BITMAP" class="org.jpos.iso.{bitmap}"/>')
    return f"{HEAD}<isopackager {attributes}>{''.join(rows)}{''.join(fields)}</isopackager>"


def field(number: int, length: int, kind: str, extra: str = "") -> str:
    return f'<isofield id="{number}" length="{length}" name="FIELD {number}" class="org.jpos.iso.{kind}" {extra}/>'


PARTS = f"<isofieldpackager {field(48, 9, 'IFA_LLLCHAR')[10:-2]}><a/><b/></isofieldpackager>"


def read(text: str):
    kind, imported = read_spec(text, Options())
    assert kind == "jPOS GenericPackager XML"
    return imported


BINARY = packager(
    field(2, 19, "IFB_LLNUM", 'pad="true"'),
    field(3, 6, "IFB_NUMERIC", 'pad="true"'),
    field(22, 3, "IFB_NUMERIC"),
    field(35, 37, "IFB_FLLNUM"),
    field(41, 8, "IF_CHAR"),
    field(52, 8, "IFB_BINARY"),
    field(55, 255, "IFB_LLLHBINARY"),
    field(62, 999, "IFB_LLLCHAR "),
    mti="IFB_NUMERIC",
    bitmap="IFB_BITMAP",
)


def test_a_binary_packager_reads_what_jpos_writes() -> None:
    """Bytes put together by hand from the documentation of the classes are read, and written back the same."""
    dialect = Dialect.from_spec("imported", read(BINARY).spec)
    raw = bytes.fromhex(
        "0200" + "6000040020801204"
        # DE 2, odd, filled left; DE 3; DE 22, odd, filled right; DE 35, odd, filled F right
        + "19" + "04111111111111111119" + "003000" + "0510" + "11" + "4761D271220F"
        # DE 41; DE 52; DE 55 after two bytes of length; DE 62 after packed length
        + b"TERM0001".hex() + "0123456789ABCDEF" + "0003" + "9F3600" + "0002" + b"AB".hex()
    )  # fmt: skip
    message = dialect.decode(raw)
    assert [message[de] for de in message.fields] == [
        "4111111111111111119",
        "003000",
        "051",
        "4761D271220",
        "TERM0001",
        "0123456789ABCDEF",
        "9F3600",
        "AB",
    ]
    assert dialect.encode({"mti": "0200"} | {de: message[de] for de in message.fields}) == raw


def test_an_ascii_packager() -> None:
    """Characters, lengths in digits, binary as hexadecimal text, and content classes where the class says them."""
    fields = [field(2, 19, "IFA_LLNUM"), field(4, 12, "IFA_NUMERIC"), field(28, 9, "IFA_AMOUNT"), field(35, 37, "IFA_LLNUM")]
    imported = read(packager(*fields, field(52, 8, "IFA_BINARY"), field(48, 999, "IFA_LLLCHAR")))
    assert imported.content == {2: "n", 4: "n", 28: "x+n", 35: "z", 52: "b"}
    assert imported.unmapped == {}
    dialect = Dialect.from_spec("imported", imported.spec)
    values = {"mti": "0200", 2: "4111111111111111", 28: "C00000100", 35: "4111=2712", 48: "é ", 52: "0123456789ABCDEF"}
    assert dialect.encode(values).startswith(
        b"0200" + b"4000001020011000" + b"164111111111111111C00000100094111=2712002\xe9 0123"
    )


@pytest.mark.parametrize(("pattern", "content", "make"), [*CLASSES, *((pattern, "", make) for pattern, _, make in OPAQUE)])
def test_every_class_makes_a_lawful_element(pattern, content, make) -> None:
    """A class name made of each pattern is read to a spec that our codec takes, with its content class."""
    for one in pattern.split("|"):
        name = re.sub(r"\(?L\{(\d),\d\}\)?", lambda times: "L" * int(times[1]), one).replace("LLL?", "LLL").replace("F?", "")
        name = re.sub(r"[()]", "", name)
        imported = read(packager(field(60, 12, name)))
        assert "60" in imported.spec, name
        make_codec(imported.spec, imported.content)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (field(48, 99, "IFA_LLABINARY"), "no equal here; left out"),
        (field(48, 99, "IFA_TTLLCHAR"), "no equal here; left out"),
        (field(48, 99, "IFA_LLHBINARY"), "no equal here; left out"),
        (field(48, 99, "IFB_LLHBINARY", 'inclusive="true"'), "no equal here; left out"),
        (field(48, 99, "IF_NOP"), "never sent"),
        (field(48, -1, "IF_CHAR"), "its length is no number"),
        (field(48, 9, "IFB_AMOUNT"), "one value of bytes"),
        (field(48, 9, "IFA_FLLCHAR"), "fills the value with blanks"),
        (field(48, 9, "IFE_CHAR"), "IBM 1047"),
        (field(48, 9, "IF_CHAR", 'trim="true"'), "cut short"),
        (PARTS, "its 2 parts"),
    ],
)  # fmt: skip
def test_what_has_no_equal_is_listed(row, words) -> None:
    """By field and in words; what can be kept as one value is kept."""
    imported = read(packager(row))
    assert words in imported.unmapped["48"]
    assert ("48" in imported.spec) is not any(end in words for end in ("left out", "never sent", "no number"))


def nested(outer: str, packager_class: str, *parts: str) -> str:
    packager_class = f'packager="org.jpos.iso.packager.{packager_class}"'
    return f"<isofieldpackager {outer[10:-2]} {packager_class}>{''.join(parts)}</isofieldpackager>"


def test_a_nested_message_with_a_bitmap() -> None:
    """Parts that a bitmap announces are read from bytes typed by hand, a second level too; bit 1 announces a further bitmap."""
    chip = field(1, 16, "IFA_BITMAP"), field(2, 3, "IFA_NUMERIC")
    deeper = nested(field(25, 99, "IFA_LLLCHAR"), "GenericSubFieldPackager", *chip)
    parts = field(1, 8, "IFB_BITMAP"), field(2, 9, "IFA_LLCHAR"), field(70, 3, "IFB_NUMERIC"), deeper
    imported = read(packager(nested(field(127, 999, "IFA_LLLBINARY"), "GenericSubFieldPackager", *parts)))
    assert imported.unmapped == {}
    dialect = make_of(file_of("mine", "", imported.spec, imported.content, subfields=imported.subfields), {})
    value = "C000008000000000" + "0400000000000000" + b"02AB".hex() + b"0194000000000000000123".hex() + "4560"
    message = dialect.decode(dialect.encode({"mti": "0200", 127: value}))
    assert dict(message.subfields(127)) == {"2": "AB", "25.2": "123", "70": "456"}


def test_a_bitmap_whose_first_bit_is_a_part() -> None:
    """Base1_BITMAP126 announces no further bitmap."""
    parts = field(0, 8, "Base1_BITMAP126"), field(1, 2, "IFE_CHAR"), field(6, 17, "IFB_LLNUM", 'pad="true"')
    imported = read(packager(nested(field(126, 255, "IFB_LLHBINARY"), "Base1SubFieldPackager", *parts)))
    dialect = make_of(file_of("mine", "", imported.spec, imported.content, subfields=imported.subfields), {})
    message = dialect.decode(dialect.encode({"mti": "0200", 126: "8400000000000000" + "C1C2" + "030123"}))
    assert dict(message.subfields(126)) == {"1": "AB", "6": "123"}


def test_parts_that_follow_one_another() -> None:
    """Without a bitmap parts are found by their place, in EBCDIC text too, and the field may end behind any of them."""
    parts = field(0, 0, "IF_NOP"), field(1, 3, "IFE_CHAR"), field(2, 2, "IFE_CHAR")
    imported = read(packager(nested(field(44, 25, "IFE_LLCHAR"), "GenericSubFieldPackager", *parts)))
    dialect = make_of(file_of("mine", "", imported.spec, imported.content, subfields=imported.subfields), {})
    for value, inside in (("ABCDE", {"1": "ABC", "2": "DE"}), ("ABC", {"1": "ABC"})):
        message = dialect.decode(dialect.encode({"mti": "0200", 44: value}))
        assert dict(message.subfields(44)) == inside


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (nested(field(48, 99, "IFA_LLLCHAR"), "TaggedSequencePackager", field(1, 3, "IF_CHAR")), "its packager has no equal"),
        (nested(field(48, 99, "IFA_LLLCHAR"), "GenericSubFieldPackager", field(1, 3, "IF_TCHAR")), "the class of its part 1"),
        (nested(field(48, 99, "IFA_LLLCHAR"), "GenericSubFieldPackager", field(1, 8, "IFB_BITMAP")), "no characters"),
        (nested(field(48, 99, "IFA_LLLCHAR"), "GenericSubFieldPackager", field(1, 8, "IFE_BITMAP")), "its bitmap has no equal"),
        (nested(field(48, 99, "IFB_LLHNUM"), "GenericSubFieldPackager", field(1, 8, "IFA_NUMERIC")), "packed digits"),
        (nested(field(48, 99, "IFA_LLLCHAR"), "GenericSubFieldPackager", field(1, 0, "IF_CHAR")), "there are none"),
    ],
)
def test_insides_without_an_equal_stay_one_value(row, words) -> None:
    """The field is read, its parts are listed with the reason, and no layout is made of them."""
    imported = read(packager(row))
    assert "its 1 parts are kept as one value: " in imported.unmapped["48"]
    assert words in imported.unmapped["48"]
    assert ("48" in imported.spec, imported.subfields) == (True, {})


def test_chip_data_of_a_packager_of_tags() -> None:
    """A BER-TLV packager is BER-TLV here."""
    imported = read(packager(nested(field(62, 255, "IFB_LLHBINARY"), "BERTLVBinaryPackager")))
    assert imported.subfields == {62: BerTlv()}


def test_odd_numbers_and_elements_are_listed() -> None:
    """Fields beyond the standard's and elements that are no fields are named."""
    imported = read(packager(field(200, 3, "IF_CHAR"), "<isovalidator/>"))
    assert set(imported.unmapped) == {"field 200", "isovalidator"}


def test_a_header() -> None:
    """`headerLength` makes a header of raw bytes."""
    assert read(packager(attributes='headerLength="9"')).spec["h"]["max_len"] == 9


@pytest.mark.parametrize(
    "text",
    [
        packager().replace("</isopackager>", ""),
        packager(mti="IF_CHAR"),
        packager(bitmap="X92_BITMAP"),
        "<isopackager></isopackager>",
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><isopackager>&c;</isopackager>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><isopackager>&b;</isopackager>',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://localhost/x">%b;]><isopackager></isopackager>',
        '<!DOCTYPE a SYSTEM "http://localhost/x"><isopackager>&undeclared;</isopackager>',
        "<isopackager>" * 40 + "</isopackager>" * 40,
        "<a><isopackager/></a>",
        "<isopackager>\x00</isopackager>",
    ],
    ids=["open", "mti", "bitmap", "empty", "laughs", "file", "parameter", "undeclared", "deep", "root", "zero"],
)
def test_spoilt_and_hostile_files(text) -> None:
    """Each is refused in words; no entity is expanded and nothing is fetched."""
    assert suits(text)
    with pytest.raises(SpecError):
        read_spec(text, Options())


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY b "bb">',
        '<!ENTITY b SYSTEM "file:///etc/hostname">',
        '<!ENTITY % b SYSTEM "http://localhost/x">',
        "<!ENTITY b 'x'>",
    ],
)
def test_entities_are_the_only_reason_for_their_refusal(declared) -> None:
    """A packager that is good but for a declared entity, used or not, is refused for that."""
    good = packager(field(2, 19, "IFA_LLNUM"))
    assert "2" in read(good).spec
    for text in (good, good.replace("FIELD 2", "&b;")):
        with pytest.raises(SpecError, match="entity"):
            read_spec(text.replace(text[text.index("<!DOC") : text.index("<isop")], f"<!DOCTYPE a [{declared}]>"), Options())


def test_bounds():
    """A file that is longer than any spec, and elements within elements without end, are refused."""
    with pytest.raises(SpecError, match="longer than"):
        read_spec("<isopackager>" + " " * SPEC_FILE_CHARS_MAX, Options())
    deep = "<isopackager>" + "<isofieldpackager>" * SPEC_DEPTH_MAX + "</isofieldpackager>" * SPEC_DEPTH_MAX + "</isopackager>"
    with pytest.raises(SpecError, match=f"more than {SPEC_DEPTH_MAX} deep"):
        read_spec(deep, Options())
