"""Lines of the laboratory: what is a whole message, what an auditor reads of it in every dialect, and when it has arrived."""

import pytest

from switch.domain.request import Original
from switch.wire import DIALECTS, FRAMINGS, Dialect, FrameError, Message
from switch.wire.translate import local_moment, original_fields
from terminal_sim.lab import World
from terminal_sim.lab.network import End, Passage, Speech, brief_of, join_ends
from terminal_sim.lab.swarm import FLUENT

NOW_MS = 1_763_803_800_000

SPEECH = Speech("pos", DIALECTS["iso87-ascii"], FRAMINGS["len2-big"], "pos.zak")
FIELDS = {
    "mti": "0200",
    3: "000000",
    4: "000000001250",
    7: "0101000000",
    11: "000001",
    37: "600100000001",
    41: "TERM0001",
}

REVERSAL = {2: "4761739001010119", 3: "000000", 4: "000000001250", 7: "1122093000", 11: "000123", 12: "103000", 13: "1122"}
REVERSAL |= {37: "600100000123", 38: "A1B2C3", 41: "TERM0001", 49: "978"}


def spell(speech=SPEECH, **changes):
    """A message as it is put on a wire."""
    fields = FIELDS | {int(name.removeprefix("de")): value for name, value in changes.items()}
    return speech.framing.frame(speech.dialect.encode(fields))


def message(dialect: Dialect, mti: str, plain: dict[int, str]) -> Message:
    """A message of a dialect that says plain values, and names its original where a reversal must."""
    values = dialect.word(plain, mti, NOW_MS)
    if mti[1:3] == "42":
        moment = local_moment(dialect, values)
        values |= original_fields(dialect, Original("0200", "000122", "1122092900", local_at=moment))
    return dialect.decode(dialect.encode({"mti": dialect.edition.mti(mti), **values}))


@pytest.fixture(params=DIALECTS.values(), ids=DIALECTS)
def dialect(request):
    """Each of the table."""
    return request.param


@pytest.fixture
def ends(recorder):
    """Both ends of a line, and how it speaks."""
    world = World()
    near, far = (End(world.add(name, recorder()), number, 5) for number, name in enumerate(("terminal", "switch"), 1))
    join_ends(near, far, SPEECH)
    return near, far


@pytest.mark.parametrize(("name", "framing"), [(name, framing) for name in DIALECTS for framing in FLUENT.framings_of(name)])
def test_a_whole_message_is_no_reason_to_complain(name, framing):
    """In whatever a run may speak; a poll before it is none either, and holds no message."""
    speech = Speech("pos", DIALECTS[name], FRAMINGS[framing], "pos.zak")
    said = message(speech.dialect, "0200", REVERSAL)
    framed = speech.framing.poll + speech.framing.frame(said.raw)
    assert speech.complaint(framed) == ""
    assert speech.decode(framed).raw == said.raw


def test_a_poll_alone_holds_no_message():
    """There is nothing to read."""
    framing = FRAMINGS["len2-big-poll"]
    assert Speech("pos", DIALECTS["iso87-ascii"], framing, "pos.zak").decode(framing.poll) is None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "they are 0 whole messages and 0 bytes of another"),
        (spell()[:-1], f"they are 0 whole messages and {len(spell()) - 1} bytes of another"),
        (spell() * 2, "they are 2 whole messages and 0 bytes of another"),
        (spell() + b"\x00", "they are 1 whole messages and 1 bytes of another"),
        (spell()[2:], "length prefix 3032 announces"),
        (b"\x00\x04HTTP", "MTI"),
    ],
)
def test_anything_else_is(data, told):
    """With what is wrong about it."""
    assert told in SPEECH.complaint(data)


def test_what_an_auditor_reads_of_a_message(ends):
    """The elements by which transactions are told apart, without filling."""
    brief = Passage(ends[0], spell(de41="T1".ljust(8)), 0).brief
    assert (brief.mti, brief.stan, brief.minor, brief.transaction) == ("0200", "000001", "000000001250", ("T1", "600100000001"))
    assert (brief.pan, brief.response_code, brief.original) == ("", "", None)


def test_of_what_is_no_message_nothing_is_read(ends):
    """Nor of any message where nobody says how it is spelled."""
    assert Passage(ends[0], b"\x00\x04HTTP", 0).brief is None
    ends[0].speech = None
    assert Passage(ends[0], spell(), 0).brief is None


def test_a_message_has_arrived_with_its_last_byte(ends):
    """Not with the first part of it; what follows it arrives behind it."""
    near, _ = ends
    first, second = Passage(near, spell(), 0), Passage(near, spell(de11="000002"), 0)
    near.push(first, 0, (10,), 0, counted=True)
    near.push(second, 0, (), 0, counted=True)
    reads = [near.pull(now_ms) for now_ms in (4, 5, 6, 6)]
    assert [whole for _, whole in reads] == [[], [], [first, second], []]
    assert [len(data or b"") for data, _ in reads] == [0, 10, 2 * len(spell()) - 10, 0]
    assert (first.heard_ms, second.heard_ms) == (6, 6)


def test_a_reversal_is_read_alike_in_every_dialect(dialect):
    """And the message that it names, by the moment that its edition goes by."""
    brief = brief_of(message(dialect, "0421", REVERSAL))
    assert (brief.mti, brief.pan, brief.minor, brief.stan) == ("0421", REVERSAL[2], REVERSAL[4], REVERSAL[11])
    assert (brief.transmitted, brief.approval_code) == (REVERSAL[7], REVERSAL[38])
    assert brief.transaction == (REVERSAL[41], REVERSAL[37])
    assert brief.named[:2] == ("0200", "000122")
    assert brief.named[2][-10:] == ("1122103000" if dialect.edition.original.by_local_time else "1122092900")


def test_the_moment_of_a_request_is_the_one_by_which_it_is_named(dialect):
    """A reversal that names this request by what is on the wire names what the brief has."""
    asked = message(dialect, "0200", REVERSAL)
    moment = local_moment(dialect, asked)
    named = Original("0200", REVERSAL[11], REVERSAL[7], local_at=moment)
    form = dialect.edition.original
    assert form.parse(form.print(named)).moment == brief_of(asked).moment


@pytest.mark.parametrize(("plain", "mti"), [("00", "0210"), ("51", "0210"), ("91", "0110"), ("94", "0210")])
def test_an_answer_is_read_in_plain(dialect, plain, mti):
    """Whatever code its dialect has for it; nothing is made of a DE that is not there."""
    brief = brief_of(message(dialect, mti, {11: "000123", 39: plain, 41: "TERM0001"}))
    assert (brief.mti, brief.response_code, brief.stan) == (mti, plain, "000123")
    assert (brief.pan, brief.minor, brief.rrn, brief.moment, brief.named) == ("", "", "", "", ("", "", ""))


def test_what_is_no_frame_is_not_read():
    """It announces more than there can be."""
    speech = Speech("pos1", DIALECTS["iso87-ascii"], FRAMINGS["len2-big-etx"], "pos.zak")
    with pytest.raises(FrameError):
        speech.decode(b"\xff" * 8)
