"""BASE24: the header that tells its messages, and what becomes of it in an answer. The headers were published by others."""

import pytest

from switch.wire import DIALECTS, DecodeError
from switch.wire.dialect_file import file_of, make_of

BASE24 = DIALECTS["base24"]
REQUEST = {"mti": "0800", 7: "0619111227", 11: "000001", 70: "301"}


@pytest.mark.parametrize("header", ["ISO006000010", "ISO006000040", "ISO015000017"])
def test_an_answer_says_that_a_host_gave_it(header: str) -> None:
    """The header of a request comes back with the digit of who answered set; a message that answers nothing keeps its own."""
    request = BASE24.decode(BASE24.encode({**REQUEST, "h": header}))
    assert request.header == header
    assert request.with_fields({39: "00"}, mti="0810").header == header[:-1] + "5"
    assert request.with_fields({39: "00"}, mti="0810").with_fields({39: "91"}, mti="0810").header == header[:-1] + "5"
    assert request.with_fields({11: "000002"}).header == header
    assert request.with_fields(mti="0801").header == header


def test_what_we_begin_has_a_header_of_ours() -> None:
    """Without a header of its own a message gets the dialect's, which nobody has answered."""
    raw = BASE24.encode(REQUEST)
    assert raw.startswith(b"ISO0260000400800")
    assert BASE24.decode(raw).header == "ISO026000040"


@pytest.mark.parametrize(
    ("header", "place"), [("1SO026000040", 0), ("iso026000040", 0), ("ISO02600004 ", 11), ("ISO0X6000040", 4)]
)
def test_another_header_is_refused(header: str, place: int) -> None:
    """Anything but ISO and nine digits is refused where it departs from that; who reads lengths alone does not mind."""
    raw = header.encode() + BASE24.encode(REQUEST)[12:]
    with pytest.raises(DecodeError) as refused:
        BASE24.decode(raw)
    assert (refused.value.de, refused.value.offset, refused.value.rule) == ("header", place, "HDR-ISO-01")
    assert BASE24.decode(raw, "structure")[70] == "301"
    assert BASE24.decode(raw, "lenient").findings[0].rule == "HDR-ISO-01"


def test_a_variant_from_a_file_has_the_header_too() -> None:
    """A dialect file that is based on it refuses the same headers and answers with the same digit."""
    variant = make_of(file_of("mine", "", BASE24.spec, BASE24.content, base="base24"), DIALECTS)
    raw = BASE24.encode(REQUEST)
    assert variant.decode(raw).with_fields({39: "00"}, mti="0810").header == "ISO026000045"
    with pytest.raises(DecodeError):
        variant.decode(b"I" + raw[:-1])


def test_a_variant_with_another_header_says_nothing_of_ours_in_it() -> None:
    """What the base says in nine digits behind ISO has no place in five characters; the request's come back."""
    spec = {**BASE24.spec, "h": {**BASE24.spec["h"], "max_len": 5}}
    variant = make_of(file_of("mine", "", spec, BASE24.content, base="base24"), DIALECTS)
    answer = variant.decode(variant.encode({**REQUEST, "h": "ISO99"})).with_fields({39: "30"}, mti="0810").with_fault(4)
    assert (answer.header, answer.fields) == ("ISO99", (7, 11, 39, 70))


def test_a_refusal_names_the_de_in_the_header() -> None:
    """Three digits of status; DE 44 is not used for it."""
    request = BASE24.decode(BASE24.encode({**REQUEST, "h": "ISO026000040"}))
    refused = request.with_fields({39: "30"}, mti="0810").with_fault(102)
    assert (refused.header, refused.fields) == ("ISO026010245", (7, 11, 39, 70))
    assert request.with_fields({39: "30"}, mti="0810").with_fault(4).header == "ISO026000445"


def test_tokens_are_read() -> None:
    """Behind how many there are and how long all are, each token says its name and length."""
    tokens = "& 0000300053" + "! B400020 " + "05152200000000000000" + "! Q100001 " + "7"
    message = BASE24.decode(BASE24.encode({**REQUEST, 63: tokens}))
    inside = message.subfields(63)
    assert (inside["HDR"], inside["B4"], inside["Q1"]) == ("& 0000300053", "05152200000000000000", "7")
    assert BASE24.print_subfields(63, {"HDR": "& 0000300053", "B4": "05152200000000000000", "Q1": "7"}) == tokens
    assert BASE24.decode(BASE24.encode({**REQUEST, 63: tokens[:-1]})).fault_inside(63) is not None
