import iso8583
import pytest

from switch.wire import DIALECTS, FRAMINGS, Dialect
from terminal_sim.terminal.host_codec import HostCodec, UnreadableAnswer

FIELDS = {"t": "0200", "3": "000000", "4": "000000001250", "11": "000001", "35": "4761739001010119=3112201"}
FIELDS |= {"41": "TERM0001", "49": "978"}

NOW_MS = 1_767_225_600_000
"""2026-01-01 00:00 UTC."""


@pytest.mark.parametrize("name", list(DIALECTS))
@pytest.mark.parametrize("more", [{}, {"102": "12345678"}])
def test_messages_come_back_as_they_were_encoded(name: str, more: dict[str, str]) -> None:
    """Fields, MAC and the bytes that it covers agree on both sides; the MAC stands in DE 64, or in DE 128 beyond DE 64."""
    covered: list[bytes] = []

    def generate(data: bytes) -> bytes:
        covered.append(data)
        return bytes.fromhex("0123456789ABCDEF")

    codec = HostCodec(DIALECTS[name], FRAMINGS["len2-big"])
    raw = codec.encode(FIELDS | more, NOW_MS, generate)
    answer = codec.decode(raw)
    place = "128" if more else "64"
    assert answer.fields[place] == "0123456789ABCDEF"
    assert (answer.covered, answer.mac) == (covered[0], bytes.fromhex("0123456789ABCDEF"))
    expected = FIELDS | more
    assert {de: answer.fields[de].replace("D", "=") for de in expected} == expected
    assert codec.dialect.decode(raw)[4].endswith("000000001250")


@pytest.mark.parametrize("name", list(DIALECTS))
def test_the_mac_covers_everything_before_it_with_its_bit_set(name: str) -> None:
    """What is covered is the whole message less its last DE, as pyiso8583 spells it with the MAC's bit in the bitmap."""
    covered: list[bytes] = []
    HostCodec(DIALECTS[name], FRAMINGS["len2-big"]).encode(FIELDS, NOW_MS, lambda data: covered.append(data) or bytes(8))  # type: ignore[func-returns-value]
    dialect = DIALECTS[name]
    suited = dialect.word({int(de): value for de, value in FIELDS.items() if de.isdigit()}, "0200", NOW_MS)
    spelled = {"t": dialect.edition.mti("0200"), "h": dialect.header, "64": "0" * 16}
    spelled |= {str(de): value for de, value in suited.items()}
    raw, encoded = iso8583.encode(spelled, dialect.spec)
    assert covered[0] == bytes(raw)[dialect.header_bytes : -len(encoded["64"]["data"])]


@pytest.mark.parametrize("name", list(DIALECTS))
def test_what_cannot_be_read_is_one_kind_of_error(name: str) -> None:
    """Every cut of a good message, and a message without a MAC, is unreadable; no other exception comes out."""
    codec = HostCodec(DIALECTS[name], FRAMINGS["len2-big"])
    raw = codec.encode(FIELDS, NOW_MS, lambda data: bytes(8))
    for size in range(len(raw)):
        with pytest.raises(UnreadableAnswer):
            codec.decode(raw[:size])
    edition = DIALECTS[name].edition
    values = {"t": edition.mti("0210"), "h": DIALECTS[name].header, "11": edition.stan("000001")}
    bare, _ = iso8583.encode(values, DIALECTS[name].spec)
    with pytest.raises(UnreadableAnswer, match="MAC"):
        codec.decode(bytes(bare))


def test_codes_are_letters_and_digits_or_nothing() -> None:
    """What a host writes into DE 37, 38 and 39 reaches receipts only when it is a code."""
    codec = HostCodec(DIALECTS["iso87-ascii"], FRAMINGS["len2-big"])
    raw = codec.encode({"t": "0210", "37": "12AB        ", "38": "\x1b[31m!", "39": "0 "}, NOW_MS, lambda data: bytes(8))
    answer = codec.decode(raw)
    assert (answer.code(37), answer.code(38), answer.response_code, answer.code(11)) == ("12AB", "", "0", "")
    assert repr(answer) == f"<Answer 0210, {len(raw)} bytes>"


def test_a_field_that_the_dialect_lacks_is_unreadable_too() -> None:
    """pyiso8583 raises another exception for it, which does not come out."""
    spec = dict(DIALECTS["iso87-ascii"].spec)
    whole = HostCodec(DIALECTS["iso87-ascii"], FRAMINGS["len2-big"]).encode(FIELDS, NOW_MS, lambda data: bytes(8))
    del spec["35"]
    with pytest.raises(UnreadableAnswer, match="does not have"):
        HostCodec(Dialect.from_spec("without-tracks", spec), FRAMINGS["len2-big"]).decode(whole)
