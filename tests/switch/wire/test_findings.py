"""Findings: each doubt is raised by a value that deserves it and by no other, and no finding repeats a value."""

import pytest

from switch.wire import DIALECTS, DecodeError
from switch.wire.dialect_file import file_of, make_of
from switch.wire.findings import PLAUSIBLE, Severity, doubts_about, remarks_on

VALUES: dict[int | str, str] = {
    "mti": "0200",
    2: "4761739001010119",
    3: "000000",
    4: "000000001250",
    7: "1231235959",
    11: "000123",
    49: "978",
    55: "9F360200019F2608AABBCCDDEEFF0011",
}
WRONG = {2: "4761739001010118", 7: "1331235959", 49: "000", 55: "9F360200"}

DIALECT = DIALECTS["iso87-ascii"]


def message(**changes: str | None):
    values = VALUES | {int(name[2:]) if name[2:].isdigit() else name: value for name, value in changes.items()}
    return DIALECT.decode(DIALECT.encode({de: value for de, value in values.items() if value is not None}))


def test_a_good_message_raises_none() -> None:
    """Of a message with sensible values there is nothing to say."""
    assert doubts_about(message()) == []
    assert remarks_on(message()) == []


@pytest.mark.parametrize("de", PLAUSIBLE)
def test_each_doubt_is_raised(de: int) -> None:
    """A value that hardly can be meant gives one warning, which names the DE and not the value."""
    (remark,) = remarks_on(message(**{f"de{de}": WRONG[de]}))
    assert remark.severity is Severity.WARNING
    assert remark.words.startswith(f"DE {de}: ")
    assert WRONG[de] not in str(remark)


@pytest.mark.parametrize("value", ["0031235959", "1200235959", "1232235959", "1231245959", "1231236059", "1231235960"])
def test_times_that_cannot_be(value: str) -> None:
    """Each part of DE 7 has its bounds."""
    assert doubts_about(message(de7=value)) == ["DE 7: no such month, day or time"]


def test_message_types() -> None:
    """A reserved class, and a version that the dialect does not speak, are doubted."""
    assert doubts_about(message(mti="4900")) == ["MTI 4900 is reserved"]
    assert doubts_about(message(mti="1200")) == ["MTI 1200 is of another version of ISO 8583 than the dialect"]


def test_what_is_missing() -> None:
    """DEs that a request needs are named in a warning."""
    (remark,) = remarks_on(message(de4=None, de49=None))
    assert str(remark) == "warning: DEs that a request of this MTI needs are missing: 4, 49"


def test_a_refused_message() -> None:
    """The error comes first, with its place, its rule and how to mend it."""
    with pytest.raises(DecodeError) as refused:
        DIALECT.decode(b"0200" + b"4" + b"0" * 15 + b"+4")
    (remark,) = remarks_on(refused.value)
    assert (remark.severity, remark.rule) == (Severity.ERROR, "FLD-LL-01")
    assert "byte 20: DE 2: " in remark.words
    assert remark.words.endswith("Look whether an earlier element is longer or shorter than the dialect says.")


def test_digits_of_other_alphabets_are_no_time() -> None:
    """A dialect file may let them into DE 7: a superscript is a digit to Python, and no number."""
    spec = {**DIALECT.spec, "7": {**DIALECT.spec["7"], "data_enc": "latin-1"}}
    dialect = make_of(file_of("any", "", spec, {**DIALECT.content, 7: "any"}, base="iso87-ascii"), DIALECTS)
    strange = dialect.decode(dialect.encode({"mti": "0800", 7: "\xb2" * 10}))
    assert any("DE 7" in doubt for doubt in doubts_about(strange))
