"""In what two commands differ: messages by DE and name, masked; records by the names of their parts; never a card number."""

import msgspec
import pytest

from switch.domain.test_cards import TEST_CARDS
from switch.machine import GENESIS, Append, Hangup, Notice, Notify, Opened, Received, RecordCodec, Sealed, Send, Severity, Tick
from switch.wire import DIALECTS, FRAMINGS
from terminal_sim.lab.comparison import Reader, compare, transaction_of
from terminal_sim.lab.network import Speech

SPEECH = Speech("pos", DIALECTS["iso87-ascii"], FRAMINGS["len2-big"], "pos.zak")
PAN = next(iter(TEST_CARDS.values())).pan.expose()
FIELDS = {
    "mti": "0210",
    2: PAN,
    3: "000000",
    4: "000000001000",
    11: "000007",
    37: "000000000007",
    39: "00",
    41: "LAB00001",
}


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """A record."""

    number: int
    card: str = ""


CODEC: RecordCodec[Noted] = RecordCodec(Noted, 1)


def send(conn=1, **fields):
    """A message that is sent."""
    named = {int(name.removeprefix("de")): value for name, value in fields.items()}
    return Send(conn, SPEECH.framing.frame(SPEECH.dialect.encode(FIELDS | named)))


def append(record, seq=1):
    """A record that is written."""
    return Append(CODEC.seal(record, seq=seq, at=0, previous=GENESIS))


def notify(text):
    """Something that is told."""
    return Notify(Notice("some.kind", Severity.INFO, text))


@pytest.fixture
def reader():
    """A reader that has seen connection 1 of the switch open."""
    made = Reader(lambda machine, link: SPEECH if link == "pos" else None)
    made.hear("switch", Opened(1, "pos"))
    made.hear("switch", Opened(2, "unknown"))
    return made


def compared(reader, expected, got):
    """The lines."""
    return compare(expected, got, lambda command: reader.read("switch", command))


def test_messages_differ_by_de_and_name(reader):
    """Each element with its values, and the first byte."""
    first, last = compared(reader, send(), send(de39="05"))
    assert first.startswith("DE 39 ")
    assert first.endswith(": 00 in the trace, 05 this time")
    assert last.startswith("they differ from byte ")


def test_values_are_masked(reader):
    """Another card is a difference whose middle is not told; where masks look alike, that it is hidden."""
    lines = compared(reader, send(), send(de2=PAN[:8] + "5" + PAN[9:]))
    assert any(line.startswith("DE 2 ") for line in lines)
    assert PAN not in "".join(lines)
    assert "hidden" in "".join(lines)


def test_what_is_only_in_one_is_absent_in_the_other(reader):
    """As a DE that was dropped."""
    fields = {name: value for name, value in FIELDS.items() if name != 37}
    without = Send(1, SPEECH.framing.frame(SPEECH.dialect.encode(fields)))
    assert any(line.startswith("DE 37 ") and "(absent) this time" in line for line in compared(reader, send(), without))


@pytest.mark.parametrize("data", [b"", b"\x00\x05hello", b"\xff" * 40])
def test_what_cannot_be_read_differs_by_its_first_byte(reader, data):
    """None of its bytes is told."""
    [line] = compared(reader, send(), Send(1, data))
    assert line.startswith("they differ from byte ")


def test_another_connection_is_told(reader):
    """Even where what is said there is the same."""
    assert compared(reader, send(), send(conn=3)) == ("on connection 1 in the trace, on connection 3 this time",)


def test_records_differ_by_the_names_of_their_parts(reader):
    """Their values are not told."""
    [line] = compared(reader, append(Noted(1, "a")), append(Noted(2, PAN)))
    assert line.startswith("they differ in record.number, record.card; digests ")
    assert PAN not in line
    [line] = compared(reader, append(Noted(1)), append(Noted(1), seq=2))
    assert line.startswith("they differ in seq; ")


def test_records_that_are_no_json_differ_as_a_whole(reader):
    """Somebody's own machine may spell them as it likes."""
    one, other = (Append(Sealed(1, 0, "mine", body, bytes(32))) for body in (b"asked 17", b"asked 18"))
    [line] = compared(reader, one, other)
    assert line.startswith("they differ in its body; ")


def test_other_commands_differ_in_what_they_say(reader):
    """Masked, whatever they say; where their names differ, nothing more is said."""
    lines = compared(reader, notify("as it was"), notify(f"card {PAN}"))
    assert lines[0] == "the trace tells: as it was"
    assert PAN not in lines[1]
    assert compared(reader, Hangup(1, "idle"), Hangup(1, "bad")) == ("because idle in the trace, because bad this time",)
    assert compared(reader, Hangup(1, "idle"), send()) == ()


def test_only_what_its_link_is_known_of_can_be_read(reader):
    """Not what came on another connection, nor what is no message."""
    assert reader.read("switch", Received(1, send().data)).mti == "0210"
    for told in (Received(2, send().data), Received(9, send().data), Tick()):
        assert reader.read("switch", told) is None
    assert reader.read("bank1", send()) is None


def test_a_transaction_is_named_by_terminal_and_reference(reader):
    """Or not at all."""
    assert transaction_of(reader.read("switch", send())) == ("LAB00001", "000000000007")
    assert transaction_of(reader.read("switch", send(de37=" " * 12))) is None
    assert transaction_of(None) is None
