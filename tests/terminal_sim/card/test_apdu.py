import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.card.apdu import (
    STATUS_WORDS,
    ApduError,
    Command,
    Response,
    Status,
    decode_command,
    decode_response,
    encode_command,
    encode_response,
)

octets = st.integers(0, 255)


@given(octets, octets, octets, octets, st.binary(max_size=255))
def test_commands_come_back_as_they_were_encoded(cla: int, ins: int, p1: int, p2: int, data: bytes) -> None:
    """Encoding a command and decoding it again loses nothing."""
    command = Command(cla, ins, p1, p2, data)
    assert decode_command(encode_command(command)) == command


@pytest.mark.parametrize(
    ("raw", "data"),
    [
        ("00A40400", ""),
        ("00A4040000", ""),
        ("00A4040002AABB", "AABB"),
        ("00A4040002AABB00", "AABB"),
    ],
)
def test_all_four_cases_of_iso_7816_are_read(raw: str, data: str) -> None:
    """A command may come without data, with Le only, with data only and with both."""
    assert decode_command(bytes.fromhex(raw)) == Command(0x00, 0xA4, 0x04, 0x00, bytes.fromhex(data))


@pytest.mark.parametrize("raw", ["", "00", "00A404", "00A4040003AABB", "00A4040001AABBCC", "00A404000000", "00A4040000AABB"])
def test_lengths_that_contradict_the_bytes_are_refused(raw: str) -> None:
    """A header cut short, and an Lc that the data does not bear out, are no command."""
    with pytest.raises(ApduError):
        decode_command(bytes.fromhex(raw))


@given(st.binary(max_size=300), st.integers(0, 0xFFFF))
def test_responses_come_back_as_they_were_encoded(data: bytes, status: int) -> None:
    """The last two bytes of a response are its status, all before them its data."""
    assert decode_response(encode_response(data, status)) == Response(data, status)


@pytest.mark.parametrize("raw", [b"", b"\x90"])
def test_a_response_without_a_status_is_refused(raw: bytes) -> None:
    """A card that answers less than a status word has not answered."""
    with pytest.raises(ApduError):
        decode_response(raw)


def test_every_status_has_words() -> None:
    """Each status that our cards give is explained, and a foreign one is shown without a guess."""
    assert [status for status in Status if status not in STATUS_WORDS] == []
    assert Response(b"", 0x9000).words == "9000, done"
    assert Response(b"", 0x6FFF).words.startswith("6FFF")
