"""Proves the server over streams in memory and a clock of the test's own: order, deadlines, bounds, and the end."""

import pytest
import trio
import trio.testing

from keys.host.framing import FrameBuffer, frame
from keys.host.limits import (
    CONNECTIONS_MAX,
    FRAME_SECONDS_MAX,
    FRAMES_PER_TURN_MAX,
    IDLE_SECONDS_MAX,
    SEND_SECONDS_MAX,
    STOP_SECONDS_MAX,
)
from keys.host.server import HostServer


class Parrot:
    """Answers each message with itself, and remembers in which order it was asked."""

    message_bytes_min = 2

    def __init__(self):
        self.asked = []

    def answer(self, message, caller, now_ms):
        self.asked.append(message)
        assert message != b"fault", "our own fault"
        return message


async def at_once(act):
    """Works here and now: a worker thread would not move the test's clock."""
    await trio.lowlevel.checkpoint()
    return act()


class World:
    """A server, and connections to it."""

    def __init__(self, nursery):
        self.nursery = nursery
        self.parrot = Parrot()
        self.told = []
        self.server = HostServer(self.parrot, self.told.append, work=at_once)

    def connect(self):
        ours, theirs = trio.testing.memory_stream_pair()
        self.nursery.start_soon(self.server.attend, theirs)
        return ours


@pytest.fixture
def world(nursery):
    return World(nursery)


async def received(stream, count):
    """So many messages from a stream, or as many as came before it ended."""
    buffer, got = FrameBuffer(1), []
    while len(got) < count:
        data = await stream.receive_some(4096)
        if not data:
            break
        got += buffer.feed(data)
    return got


async def ended(stream):
    try:
        return await stream.receive_some(1) == b""
    except trio.BrokenResourceError:
        return True


async def test_pipelined_messages_are_answered_in_order(world, autojump_clock):
    """More than one turn of them, in one piece."""
    messages = [b"%04d" % number for number in range(3 * FRAMES_PER_TURN_MAX + 1)]
    stream = world.connect()
    await stream.send_all(b"".join(map(frame, messages)))
    assert await received(stream, len(messages)) == messages


async def test_one_who_pipelines_lets_others_have_their_turn(world, autojump_clock):
    """A message of another connection is answered between turns, not behind all of them."""
    greedy, modest = world.connect(), world.connect()
    await greedy.send_all(b"".join(frame(b"greedy") for _ in range(20 * FRAMES_PER_TURN_MAX)))
    await modest.send_all(frame(b"modest"))
    assert await received(modest, 1) == [b"modest"]
    assert world.parrot.asked.index(b"modest") < 3 * FRAMES_PER_TURN_MAX


@pytest.mark.parametrize(("begun", "trickle"), [(b"\x00", b""), (b"\x00\x09half", b"x")])
async def test_a_frame_that_is_not_finished_in_time_ends_the_connection(world, autojump_clock, begun, trickle):
    """B3, B11: from its first byte on, however many bytes trickle in; another connection is served meanwhile."""
    slow, other = world.connect(), world.connect()
    await slow.send_all(begun)
    start = trio.current_time()
    for _ in range(3):
        await trio.sleep(FRAME_SECONDS_MAX / 4)
        await slow.send_all(trickle)
        await other.send_all(frame(b"other"))
        assert await received(other, 1) == [b"other"]
    assert await ended(slow)
    assert trio.current_time() - start == pytest.approx(FRAME_SECONDS_MAX)
    assert "unfinished" in world.told[0]


async def test_an_idle_connection_lives_long_and_not_for_ever(world, autojump_clock):
    """Hosts keep their connections; a forgotten one is closed in the end."""
    stream = world.connect()
    start = trio.current_time()
    await trio.sleep(IDLE_SECONDS_MAX - 1)
    await stream.send_all(frame(b"still here"))
    assert await received(stream, 1) == [b"still here"]
    assert await ended(stream)
    assert trio.current_time() - start == pytest.approx(2 * IDLE_SECONDS_MAX - 1)
    assert "idle" in world.told[0]


async def test_a_peer_that_does_not_read_is_hung_up_on(world, autojump_clock):
    """B12: its answers wait in no queue of ours; after a while it is let go, and nobody else waits for it."""
    ours, theirs = trio.testing.lockstep_stream_pair()
    world.nursery.start_soon(world.server.attend, theirs)
    await ours.send_all(b"".join(frame(b"mute") for _ in range(10)))
    other = world.connect()
    await other.send_all(frame(b"other"))
    assert await received(other, 1) == [b"other"]
    await trio.sleep(SEND_SECONDS_MAX + 1)
    with pytest.raises(trio.BrokenResourceError), trio.fail_after(1):
        await ours.send_all(frame(b"more"))


@pytest.mark.parametrize("data", [b"\x00\x00", b"\x00\x01x", b"\xff\xff", b"\x80\x01", b"\x16\x03\x01\x00"])
async def test_a_bad_length_ends_that_connection_alone(world, autojump_clock, data):
    """B1, B2, B4, B5, and a TLS hello: what stood before it is answered first."""
    hostile, other = world.connect(), world.connect()
    await hostile.send_all(frame(b"good") + data)
    assert await received(hostile, 2) == [b"good"]
    await other.send_all(frame(b"other"))
    assert await received(other, 1) == [b"other"]


async def test_our_own_fault_ends_the_connection_that_met_it(world, autojump_clock):
    """It is told by its kind, without what it says; the others go on."""
    unlucky, other = world.connect(), world.connect()
    await unlucky.send_all(frame(b"fault"))
    assert await ended(unlucky)
    assert world.told == ["connection of memory ended by our own fault: AssertionError"]
    await other.send_all(frame(b"other"))
    assert await received(other, 1) == [b"other"]


async def test_no_more_connections_than_the_bound(world, autojump_clock):
    """One more is closed at once; when one leaves, another may come."""
    streams = [world.connect() for _ in range(CONNECTIONS_MAX)]
    await trio.testing.wait_all_tasks_blocked()
    surplus = world.connect()
    assert await ended(surplus)
    assert "refused" in world.told[0]
    await streams[0].aclose()
    await trio.testing.wait_all_tasks_blocked()
    late = world.connect()
    await late.send_all(frame(b"late"))
    assert await received(late, 1) == [b"late"]


async def test_it_stops_when_told(autojump_clock):
    """Who waits is let go at once, who is being answered gets the answer, and whoever does not read is not waited for long."""
    answered = []
    async with trio.open_nursery() as outer:
        world = World(outer)
        sending, receiving = trio.open_memory_channel(10)

        class Listener(trio.abc.Listener):
            async def accept(self):
                return await receiving.receive()

            async def aclose(self):
                pass

        async with trio.open_nursery() as nursery:
            nursery.start_soon(world.server.serve, [Listener()])
            idle, idle_theirs = trio.testing.memory_stream_pair()
            mute, mute_theirs = trio.testing.lockstep_stream_pair()
            await sending.send(idle_theirs)
            await sending.send(mute_theirs)
            await idle.send_all(frame(b"idle"))
            answered += await received(idle, 1)
            await mute.send_all(frame(b"mute"))
            start = trio.current_time()
            world.server.stop()
            assert await ended(idle)
            assert trio.current_time() == start
        assert trio.current_time() - start == pytest.approx(STOP_SECONDS_MAX)
    assert answered == [b"idle"]
