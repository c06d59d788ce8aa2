"""Messages that others published, read through the specs that fit them and, where they claim it, as our strict dialects."""

import json
from pathlib import Path

import msgspec
import pytest

from switch.wire import DIALECTS, FRAMINGS, DecodeError, Dialect
from switch.wire.guess import guess

SAMPLES = Path(__file__).parents[2] / "samples"


class Sample(msgspec.Struct, frozen=True):
    """An entry of messages.json, as far as these tests look at it."""

    id: str
    kind: str
    level: str
    raw_hex: str
    spec: str
    expected: dict[str, str] | None = None
    needs_extension: str | None = None

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

STRICT = {"iso87_ascii_hexbitmap": "iso87-ascii", "py_default_ascii": "iso87-ascii", "iso87_bcd_left0": "iso87-binary"}
"""Specs whose messages our dialects read, if their content is lawful."""

REFUSED_FOR_CONTENT = {
    "nucleus8583-03": (2, "FLD-N-01"),
    "erl8583-11": (35, "FLD-Z-01"),
    "pyiso8583-07": (2, "FLD-N-01"),
    "iso8583-26": (2, "FLD-LL-02"),
    "iso8583-28": (2, "FLD-LL-02"),
}
"""Samples of those specs whose structure is right and whose content is not."""

PLACES = {
    "iso8583-02x": (2, 20),
    "iso8583-03x": (3, 22),
    "iso8583-05x": ("MTI", 0),
    "j8583-01x": (3, 36),
    "j8583-03x": (32, 88),
    "j8583-05x": (3, 18),
    "j8583-08x": ("bitmap", 20),
    "iso8583-simulator-06x": ("MTI", 0),
    "iso8583-simulator-08x": (None, 31),
    "iso8583-simulator-09x": (11, 28),
    "iso8583-simulator-10x": ("MTI", 0),
    "19-01x": (None, 52),
    "iso8583-12x": ("bitmap", 20),
    "iso8583-15x": ("bitmap", 20),
    "iso8583-17x": ("bitmap", 20),
    "iso8583-18x": (55, 182),
    "generic-01x": (2, 20),
    "generic-02x": (2, 10),
    "generic-03x": ("bitmap", 4),
    "generic-04x": (2, 20),
    "generic-05x": (2, 20),
}
"""Where each malformed sample is refused. 12x, 15x and 17x announce an empty secondary bitmap before their other fault."""


@pytest.mark.parametrize("sample", VALID, ids=[sample.id for sample in VALID])
def test_a_published_message_is_read_and_written_as_stated(sample: Sample) -> None:
    """Each valid sample gives the stated fields through its spec, twice the same, and encodes to its bytes again."""
    dialect = sample.dialect
    for _ in range(2):
        message = dialect.decode(sample.raw)
        fields: dict[str, str] = {"t": message.mti} | {str(de): message[de] for de in message.fields}
        if message.header is not None:
            fields["h"] = message.header
        assert fields == sample.expected
    values: dict[int | str, str] = {"mti": message.mti} | {de: message[de] for de in message.fields}
    if message.header is not None:
        values["h"] = message.header
    assert dialect.encode(values) == sample.raw


@pytest.mark.parametrize("sample", INVALID, ids=[sample.id for sample in INVALID])
def test_a_malformed_message_is_refused_at_its_place(sample: Sample) -> None:
    """Each malformed sample is refused with a DecodeError that names the DE and the byte."""
    with pytest.raises(DecodeError) as refused:
        sample.dialect.decode(sample.raw)
    assert (refused.value.de, refused.value.offset) == PLACES[sample.id]


STRICT_SAMPLES = [sample for sample in VALID if sample.spec in STRICT and sample.needs_extension is None]


@pytest.mark.parametrize("sample", STRICT_SAMPLES, ids=[sample.id for sample in STRICT_SAMPLES])
def test_our_dialects_read_what_is_lawful(sample: Sample) -> None:
    """Samples in the form of a shipped dialect are read by it and guessed to be in it, or refused for their content."""
    dialect = DIALECTS[STRICT[sample.spec]]
    if sample.id in REFUSED_FOR_CONTENT:
        with pytest.raises(DecodeError) as refused:
            dialect.decode(sample.raw)
        assert (refused.value.de, refused.value.rule) == REFUSED_FOR_CONTENT[sample.id]
        forgiven = dialect.decode(sample.raw, "lenient")
        assert {"t": forgiven.mti} | {str(de): forgiven[de] for de in forgiven.fields} == sample.expected
        assert forgiven.findings[0] == refused.value.finding
        return
    message = dialect.decode(sample.raw)
    assert {"t": message.mti} | {str(de): message[de] for de in message.fields} == sample.expected
    best = guess(sample.raw, DIALECTS, FRAMINGS)[0]
    assert (best.dialect, best.framing) == (dialect, None)


def test_the_tables_speak_of_samples_that_exist() -> None:
    """No entry of the tables above has lost its sample, and enough samples run to mean something."""
    ids = {sample.id for sample in ALL}
    assert {*NOT_SUPPORTED, *REFUSED_FOR_CONTENT, *PLACES} <= ids
    assert {sample.id for sample in INVALID} == PLACES.keys()
    assert len(VALID) == 83
    assert len(STRICT_SAMPLES) == 43
