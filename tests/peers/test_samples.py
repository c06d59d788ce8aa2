"""Messages that others published: read by the specs that fit them, by our strict dialects, and without being told what in."""

import json
from pathlib import Path

import msgspec
import pytest

from switch.wire import DIALECTS, FRAMINGS, DecodeError, Dialect, Message
from switch.wire.dialect import Mode
from switch.wire.guess import Guess, guess

SAMPLES = Path(__file__).parents[1] / "samples"


class Sample(msgspec.Struct, frozen=True):
    """An entry of messages.json, as far as these tests look at it."""

    id: str
    kind: str
    level: str
    raw_hex: str
    spec: str
    expected: dict[str, str] | None = None
    needs_extension: str | None = None
    framing_hex: str | None = None

    @property
    def raw(self) -> bytes:
        return bytes.fromhex(self.raw_hex)

    @property
    def dialect(self) -> Dialect:
        """The dialect of its spec alone, with the form of bitmap that its source has."""
        if self.needs_extension == "fixed16_bitmap":
            return Dialect.from_spec(self.spec, SPECS[self.spec], bitmap="fixed16")
        return Dialect.from_spec(self.spec, SPECS[self.spec])


ALL = msgspec.convert(json.loads((SAMPLES / "messages.json").read_text())["messages"], list[Sample])
SPECS = json.loads((SAMPLES / "specs.json").read_text())

NOT_SUPPORTED = {
    "iso8583-19x": "refused for a date that is none; dates are not judged here",
    "iso8583-09x": "a value of DE 55, not a message",
}
"""Samples that these tests leave aside, and why."""

VALID = [sample for sample in ALL if sample.kind == "valid" and sample.id not in NOT_SUPPORTED]
INVALID = [sample for sample in ALL if sample.kind == "invalid" and sample.id not in NOT_SUPPORTED]

SUITING = {
    "iso87_ascii_hexbitmap": "iso87-ascii",
    "iso87_ascii_hexbitmap_bindata": "iso87-ascii",
    "jpos_iso87ascii": "iso87-ascii",
    "iso87_ascii_binbitmap": "iso87-ascii-binary",
    "iso87_bcd_left0": "iso87-binary",
    "iso87_bcd_de70n4": "iso87-binary",
    "iso93_bcd_left0": "iso93-binary",
    "jpos_iso93binary": "iso93-binary",
    "jpos_iso87binary": "unionpay-bcd",
    "iso87_bcd_rightF": "unionpay-bcd",
    "cup_pos_bcd": "unionpay-bcd",
    "iso87_ebcdic_binbitmap": "iso87-ebcdic",
    "iso93_ebcdic_binbitmap": "iso87-ebcdic",
    "iso87_bcd_binlen_left0": "visa-base1",
    "jpos_base1": "visa-base1",
    "jpos_postpack": "postilion",
    "base24_iso_header": "base24",
    "jpos_base24": "base24",
}
"""Spec of a sample -> the shipped dialect that suits it: by its name where it has one, else by edition, charset, bitmap, how
digits are packed and filled, and how lengths are spelled. Those of j8583 are made for one test each: see `suiting`."""

READ = ("iso87_ascii_hexbitmap", "iso87_bcd_left0", "iso87_ascii_binbitmap", "iso87_ebcdic_binbitmap", "cup_pos_bcd")
READ += ("jpos_base1", "jpos_postpack", "base24_iso_header")
"""Specs whose messages the suiting dialect reads, if their content is lawful; the others lay some element differently."""

REFUSED_FOR_CONTENT = {
    "nucleus8583-03": (2, "FLD-N-01"),
    "erl8583-11": (35, "FLD-Z-01"),
    "pyiso8583-07": (2, "FLD-N-01"),
    "iso8583-26": (2, "FLD-LL-02"),
    "iso8583-28": (2, "FLD-LL-02"),
}
"""Samples of those specs whose structure is right and whose content is not."""

SPELLED = {"iso8583-parser-04": {"56": "B3C9B9A6"}}
"""Values that the suiting dialect spells in another way than the spec: DE 56 of `unionpay-bcd` is raw bytes, not latin-1."""

MISSED_MAX = 5
"""Samples in a hundred that may be guessed to be in another dialect than the suiting one."""

FRAMED = {
    "public-04": ("base24", "len2-big-etx", ""),
    "public-10": ("iso87-binary", "len2-big-tpdu", ""),
    "iso8583-parser-01": ("unionpay-bcd", None, "a TPDU and a terminal's header, 11 bytes, before each message"),
    "iso8583-parser-04": ("unionpay-bcd", None, "a TPDU and a terminal's header, 11 bytes, before each message"),
}
"""Samples that were published with what stands around them -> the pair, and what is there beside it."""

PLACES = {
    "iso8583-02x": (2, 20, "FLD-LL-01"),
    "iso8583-03x": (3, 22, "FLD-END-01"),
    "iso8583-05x": ("MTI", 0, "MTI-LEN-01"),
    "j8583-01x": (3, 36, "FLD-END-01"),
    "j8583-03x": (32, 88, "FLD-LL-05"),
    "j8583-05x": (3, 18, "FLD-END-01"),
    "j8583-08x": ("bitmap", 20, "BMP-LEN-01"),
    "iso8583-simulator-06x": ("MTI", 0, "MTI-CHR-01"),
    "iso8583-simulator-08x": (None, 31, "MSG-END-01"),
    "iso8583-simulator-09x": (11, 28, "FLD-END-01"),
    "iso8583-simulator-10x": ("MTI", 0, "MTI-CHR-01"),
    "19-01x": (None, 52, "MSG-END-01"),
    "iso8583-12x": ("bitmap", 20, "BMP-EMP-01"),
    "iso8583-15x": ("bitmap", 20, "BMP-EMP-01"),
    "iso8583-17x": ("bitmap", 20, "BMP-EMP-01"),
    "iso8583-18x": (55, 182, "FLD-END-01"),
    "generic-01x": (2, 20, "FLD-LL-03"),
    "generic-02x": (2, 10, "FLD-LL-04"),
    "generic-03x": ("bitmap", 4, "BMP-HEX-01"),
    "generic-04x": (2, 20, "FLD-LL-01"),
    "generic-05x": (2, 20, "FLD-LL-01"),
}
"""Where each malformed sample is refused, and by which rule."""

BEHIND = {
    "iso8583-12x": (32, 66, "FLD-LL-01"),
    "iso8583-15x": (28, 66, "FLD-END-01"),
    "iso8583-17x": (42, 58, "FLD-ANS-01"),
}
"""Those that announce an empty secondary bitmap before the fault that their source names: where that one is."""


def fields_of(message: Message) -> dict[str, str]:
    """The values of a message as the samples state them."""
    fields = {"t": message.mti} | {str(de): message[de] for de in message.fields}
    return fields if message.header is None else fields | {"h": message.header}


@pytest.mark.parametrize("sample", VALID, ids=[sample.id for sample in VALID])
@pytest.mark.parametrize("mode", ["strict", "lenient", "structure"])
def test_a_published_message_is_read_and_written_as_stated(sample: Sample, mode: Mode) -> None:
    """Each valid sample gives the stated fields through its spec in each mode, twice the same, and encodes to its bytes."""
    dialect = sample.dialect
    for _ in range(2):
        message = dialect.decode(sample.raw, mode)
        assert fields_of(message) == sample.expected
        assert message.findings == ()
    values: dict[int | str, str] = {"mti": message.mti} | {de: message[de] for de in message.fields}
    if message.header is not None:
        values["h"] = message.header
    assert dialect.encode(values) == sample.raw


@pytest.mark.parametrize("sample", INVALID, ids=[sample.id for sample in INVALID])
def test_a_malformed_message_is_refused_at_its_place(sample: Sample) -> None:
    """Each malformed sample is refused with a DecodeError that names the DE, the byte and the rule."""
    with pytest.raises(DecodeError) as refused:
        sample.dialect.decode(sample.raw)
    assert (refused.value.de, refused.value.offset, refused.value.rule) == PLACES[sample.id]


@pytest.mark.parametrize("name", BEHIND)
def test_a_forgiving_reader_gets_to_the_fault_behind(name: str) -> None:
    """An empty secondary bitmap is forgiven, and the fault behind it, which the source names, is not."""
    sample = next(sample for sample in INVALID if sample.id == name)
    with pytest.raises(DecodeError) as refused:
        DIALECTS["iso87-ascii"].decode(sample.raw, "lenient")
    assert (refused.value.de, refused.value.offset, refused.value.rule) == BEHIND[name]


def suiting(sample: Sample) -> str:
    """The shipped dialect that suits the sample."""
    if sample.spec.startswith("j8583_"):
        of_1993 = (sample.expected or {})["t"].startswith("1")
        return "iso87-ascii" if "_txt_" in sample.spec else "iso93-binary" if of_1993 else "iso87-binary"
    return SUITING[sample.spec]


READ_SAMPLES = [sample for sample in VALID if sample.spec in READ and sample.needs_extension is None]


@pytest.mark.parametrize("sample", READ_SAMPLES, ids=[sample.id for sample in READ_SAMPLES])
def test_our_dialects_read_what_is_lawful(sample: Sample) -> None:
    """Samples in the form of a shipped dialect are read by it, or refused for their content and forgiven with a finding."""
    dialect = DIALECTS[suiting(sample)]
    if sample.id in REFUSED_FOR_CONTENT:
        with pytest.raises(DecodeError) as refused:
            dialect.decode(sample.raw)
        assert (refused.value.de, refused.value.rule) == REFUSED_FOR_CONTENT[sample.id]
        message = dialect.decode(sample.raw, "lenient")
        assert message.findings[0] == refused.value.finding
    else:
        message = dialect.decode(sample.raw)
    assert fields_of(message) == (sample.expected or {}) | SPELLED.get(sample.id, {})


def best_of(raw: bytes) -> Guess:
    return guess(raw, DIALECTS, FRAMINGS)[0]


def test_the_dialect_is_found_out() -> None:
    """Of the valid samples at least 95 in a hundred are guessed to be in the dialect that suits them, without a framing."""
    guessed = {sample.id: best_of(sample.raw) for sample in VALID}
    missed = [
        sample.id
        for sample in VALID
        if (guessed[sample.id].dialect.name, guessed[sample.id].framing) != (suiting(sample), None)
    ]
    assert 100 * len(missed) <= MISSED_MAX * len(VALID), missed
    assert all(guessed[sample.id].reasons for sample in VALID)
    text = [sample for sample in VALID if sample.raw.isascii() and sample.raw.decode().isprintable()]
    assert len(text) > 50
    # Printable bytes may be packed digits and raw bits, but none of these are.
    assert not [sample.id for sample in text if guessed[sample.id].dialect.spec["p"]["data_enc"] == "b"]


@pytest.mark.parametrize("sample", READ_SAMPLES, ids=[sample.id for sample in READ_SAMPLES])
def test_what_a_dialect_reads_is_guessed_to_be_in_it(sample: Sample) -> None:
    """A sample that the suiting dialect reads is never missed, and the guess is sure of it."""
    best = best_of(sample.raw)
    assert (best.dialect.name, best.variant) == (suiting(sample), "")
    assert (best.score > 0.5) is (sample.id not in REFUSED_FOR_CONTENT)


FIXED = [sample for sample in VALID if sample.needs_extension == "fixed16_bitmap" and sample.spec in READ]


@pytest.mark.parametrize("sample", FIXED, ids=[sample.id for sample in FIXED])
def test_a_bitmap_that_is_always_of_sixteen_bytes_is_seen(sample: Sample) -> None:
    """Samples with such a bitmap are read in that form of the dialect, which the reasons say."""
    best = best_of(sample.raw)
    assert (best.dialect.name, best.dialect.bitmap, best.score) == ("iso87-ascii", "fixed16", 0.95)
    assert "the bitmap has always sixteen bytes, announced or not" in best.reasons
    assert isinstance(best.outcome, Message)
    assert fields_of(best.outcome) == sample.expected


@pytest.mark.parametrize("name", FRAMED)
def test_what_stands_around_a_message_is_seen(name: str) -> None:
    """Samples with a length prefix and header are cut by the right framing; a header that none knows is named and left out."""
    sample = next(sample for sample in ALL if sample.id == name)
    best = best_of(bytes.fromhex(sample.framing_hex or ""))
    assert (best.dialect.name, best.framing and best.framing.name, best.variant) == FRAMED[name]
    assert best.cut.frames[0].data == sample.raw


def test_the_tables_speak_of_samples_that_exist() -> None:
    """No entry of the tables above has lost its sample, and enough samples run to mean something."""
    ids = {sample.id for sample in ALL}
    assert {*NOT_SUPPORTED, *REFUSED_FOR_CONTENT, *SPELLED, *PLACES, *BEHIND} <= ids
    assert {sample.id for sample in INVALID} == PLACES.keys()
    assert {sample.id for sample in ALL if sample.framing_hex is not None} == FRAMED.keys()
    assert {sample.spec for sample in VALID if not sample.spec.startswith("j8583_")} == SUITING.keys()
    assert {suiting(sample) for sample in VALID} <= DIALECTS.keys()
    assert len(VALID) == 83
    assert len(READ_SAMPLES) == 55
    assert len(FIXED) == 4
