"""Lines of the laboratory: what is a whole message, what an auditor reads of it, and when it has arrived."""

import pytest

from switch.wire import DIALECTS, FRAMINGS
from terminal_sim.lab import World
from terminal_sim.lab.network import End, Passage, Speech, join_ends
from terminal_sim.lab.swarm import DIALECT_NAMES, FRAMING_NAMES

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


def spell(speech=SPEECH, **changes):
    """A message as it is put on a wire."""
    fields = FIELDS | {int(name.removeprefix("de")): value for name, value in changes.items()}
    return speech.framing.frame(speech.dialect.encode(fields))


@pytest.fixture
def ends(recorder):
    """Both ends of a line, and how it speaks."""
    world = World()
    near, far = (End(world.add(name, recorder()), number, 5) for number, name in enumerate(("terminal", "switch"), 1))
    join_ends(near, far, SPEECH)
    return near, far


@pytest.mark.parametrize("framing", FRAMING_NAMES)
@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_a_whole_message_is_no_reason_to_complain(dialect, framing):
    """In whatever a run may speak."""
    speech = Speech("pos", DIALECTS[dialect], FRAMINGS[framing], "pos.zak")
    assert speech.complaint(spell(speech)) == ""
    assert speech.decode(spell(speech)).mti == "0200"


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
    assert (brief.pan, brief.response_code, brief.original) == ("", "", "")


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
    reads = [near.pull(now_ms) for now_ms in (4, 5, 6, 6, 6)]
    assert [whole for _, whole in reads] == [[], [], [first], [second], []]
    assert [len(data or b"") for data, _ in reads] == [0, 10, len(spell()) - 10, len(spell()), 0]
    assert (first.heard_ms, second.heard_ms) == (6, 6)
