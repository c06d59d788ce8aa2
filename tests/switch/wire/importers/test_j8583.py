"""j8583 configurations: guides of all MTIs become one spec, in text or binary form; what they disagree on is listed."""

import json
from pathlib import Path

import pytest

from switch.wire import Dialect, SpecError
from switch.wire.dialect import make_codec
from switch.wire.importers import Options, read_spec
from switch.wire.importers.j8583 import BINARY_TYPES, TEXT_TYPES

CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE j8583-config PUBLIC "-//J8583//DTD CONFIG 1.0//EN" "http://j8583.sourceforge.net/dtd/j8583.dtd">
<j8583-config>
 <header type="0200">ISO015000050</header>
 <template type="0200"><field num="3" type="NUMERIC" length="6">650000</field></template>
 <parse type="0200">
  <field num="3" type="NUMERIC" length="6"/><field num="4" type="AMOUNT"/><field num="7" type="DATE10"/>
  <field num="35" type="LLVAR"/><field num="41" type="ALPHA" length="16"/><field num="48" type="LLLVAR"><field/></field>
 </parse>
 <parse type="0210" extends="0200"><field num="35" type="exclude"/><field num="41" type="ALPHA" length="8"/></parse>
</j8583-config>
"""


def read(text: str, *, binary: bool = False):
    kind, imported = read_spec(text, Options(binary=binary))
    assert kind == "j8583 XML"
    return imported


def test_text() -> None:
    """Text fields are read as j8583 writes them."""
    imported = read(CONFIG)
    dialect = Dialect.from_spec("imported", imported.spec)
    raw = b"0200" + b"3200000020810000" + b"650000" + b"000000030000" + b"0125213456" + b"054111=" + b"T" * 16 + b"003abc"
    message = dialect.decode(raw)
    assert message[4] == "000000030000"
    assert message[48] == "abc"
    assert imported.content == {3: "n", 4: "n", 7: "n", 41: "ans"}


def test_binary() -> None:
    """With the factory's binary flags, digits and lengths are packed."""
    dialect = Dialect.from_spec("imported", read(CONFIG, binary=True).spec)
    raw = bytes.fromhex("0200" + "3000000020010000" + "650000" + "000000030000" + "05" + b"4111=".hex() + "0003" + b"abc".hex())
    assert [dialect.decode(raw)[de] for de in (3, 4, 35, 48)] == ["650000", "000000030000", "4111=", "abc"]


def test_what_is_listed() -> None:
    """Headers, templates, parts, and a field of which two MTIs say different things."""
    assert set(read(CONFIG).unmapped) == {"header", "template", "41", "48"}


@pytest.mark.parametrize("binary", [False, True])
def test_every_type(binary) -> None:
    """Each type makes a lawful element."""
    for kind in BINARY_TYPES if binary else TEXT_TYPES:
        text = f'<n8583-config><parse type="0200"><field num="60" type="{kind}" length="12"/></parse></n8583-config>'
        imported = read(text, binary=binary)
        make_codec(imported.spec, imported.content)
        assert "60" in imported.spec


PUBLISHED = {
    "j8583-10": "LLLLBINLENGTHBIN",
    "j8583-11": "LLBINLENGTHNUM",
    "j8583-13": "LLLLBINLENGTHNUM",
}
"""Messages of j8583's own tests -> the type of DE 3 in their guides."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_messages_of_binary_lengths(name) -> None:
    """What j8583 wrote is read by the guide that it was written by, and written again."""
    entries = json.loads((Path(__file__).parents[3] / "samples" / "messages.json").read_text())["messages"]
    entry = next(entry for entry in entries if entry["id"] == name)
    guide = f'<parse type="{entry["expected"]["t"]}"><field num="3" type="{PUBLISHED[name]}"/></parse>'
    imported = read(f"<j8583-config>{guide}</j8583-config>", binary=True)
    dialect = Dialect("imported", "", imported.spec, imported.content, {}, make_codec(imported.spec, imported.content))
    message = dialect.decode(bytes.fromhex(entry["raw_hex"]))
    assert message[3] == entry["expected"]["3"]
    assert dialect.encode({"mti": message.mti, 3: message[3]}) == message.raw


def test_text_behind_a_binary_length() -> None:
    """Two bytes of length, then characters."""
    guide = '<parse type="0200"><field num="60" type="LLLLBINLENGTHALPHANUM"/></parse>'
    imported = read(f"<j8583-config>{guide}</j8583-config>", binary=True)
    dialect = Dialect.from_spec("imported", imported.spec)
    assert dialect.decode(bytes.fromhex("0200" + "0000000000000010" + "0103") + b"x" * 259)[60] == "x" * 259


def test_packed_digits_are_text_where_fields_are() -> None:
    """In text form a BCDBIN type is spelled as a BIN one."""
    imported = read('<j8583-config><parse type="0200"><field num="60" type="LLBCDBIN"/></parse></j8583-config>')
    dialect = Dialect.from_spec("imported", imported.spec)
    assert dialect.decode(b"0200" + b"0000000000000010" + b"041234")[60] == "1234"


@pytest.mark.parametrize(
    "row", ['num="60" type="LLBINLENGTHNUM"', 'num="60" type="ALPHA"', 'num="60" type="X"', 'num="999" type="ALPHA"']
)
def test_what_has_no_equal(row) -> None:
    """Types of the other mode, unknown ones, missing lengths and numbers that are none are listed and left out."""
    imported = read(f'<j8583-config><parse type="0200"><field {row}/></parse></j8583-config>')
    assert len(imported.unmapped) == 1
    assert "60" not in imported.spec


@pytest.mark.parametrize(
    "text", ["<j8583-config/>", "<j8583-config>", '<!DOCTYPE a [<!ENTITY b "c">]><j8583-config >&b;</j8583-config>']
)
def test_spoilt_files(text) -> None:
    """Without a guide, not well-formed, or with an entity: refused."""
    with pytest.raises(SpecError):
        read_spec(text, Options())
