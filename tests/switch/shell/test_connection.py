"""One connection: what is read and written, how it ends, and what is known to have stayed behind."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import trio

from switch import limits
from switch.machine import Event, Opened, Received
from switch.shell.connection import Connection, reason_of


class Running:
    """A connection at work, and the events that it handed over."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self.connection = Connection(7, "acquirer", stream)
        self.events: list[Event] = []
        self.ended = trio.Event()

    async def run(self) -> None:
        await self.connection.run(self.post)
        self.ended.set()

    async def post(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
def running(settled) -> Callable[[trio.abc.Stream], AbstractAsyncContextManager[Running]]:
    @asynccontextmanager
    async def run(stream: trio.abc.Stream) -> AsyncIterator[Running]:
        async with trio.open_nursery() as nursery:
            it = Running(stream)
            nursery.start_soon(it.run)
            await settled()
            yield it
            nursery.cancel_scope.cancel()

    return run


@pytest.fixture
async def sockets() -> AsyncIterator[tuple[trio.SocketStream, trio.SocketStream]]:
    """Two connected sockets that hold a few kilobytes between them."""
    ours, theirs = trio.socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_SNDBUF, 4096)
    async with trio.SocketStream(ours) as one, trio.SocketStream(theirs) as other:
        yield one, other


async def test_it_announces_itself_and_what_it_reads(running, make_peer, settled):
    """Opened comes first; then each read, as bytes."""
    peer = make_peer()
    async with running(peer.stream) as it:
        peer.say("hello")
        await settled()
        assert it.events == [Opened(7, "acquirer"), Received(7, b"hello\n")]
        assert type(it.events[1].data) is bytes


async def test_one_read_is_bounded(running, make_peer, settled):
    """However much waits, one event holds at most a read's worth; nothing is lost or moved."""
    peer = make_peer()
    sent = bytes(range(256)) * 1_000
    async with running(peer.stream) as it:
        peer.incoming.put_data(sent)
        await settled()
        reads = [event.data for event in it.events[1:]]
        assert max(map(len, reads)) == limits.READ_BYTES_MAX
        assert b"".join(reads) == sent


async def test_sends_before_the_writer_has_its_turn_are_one_write(running, make_peer, settled):
    """What is sent in one pass leaves together and in order."""
    peer = make_peer()
    async with running(peer.stream) as it:
        for text in (b"a", b"b", b"c"):
            it.connection.send(text)
        await settled()
        assert (peer.heard(), peer.writes) == ("abc", 1)
        it.connection.send(b"d")
        await settled()
        assert (peer.heard(), peer.writes, it.connection.unsent) == ("d", 2, 0)


async def test_the_end_of_the_stream_closes(running, make_peer):
    """A peer that has stopped speaking is gone."""
    peer = make_peer()
    async with running(peer.stream) as it:
        peer.close()
        await it.ended.wait()
        assert it.connection.why == "the peer closed the connection"
        assert await peer.hear() == ""


async def test_a_broken_read_closes_with_the_systems_words(running, make_peer):
    """A reset is told as such."""

    async def reset() -> None:
        raise trio.BrokenResourceError from ConnectionResetError(104, "Connection reset by peer")

    peer = make_peer()
    peer.incoming.receive_some_hook = reset
    async with running(peer.stream) as it:
        await it.ended.wait()
        assert it.connection.why == "the connection broke (Connection reset by peer)"


async def test_a_broken_write_closes_and_the_rest_is_unsent(running, make_peer, settled):
    """What was being written may have left, as far as a plain stream tells; what waited behind it has not."""
    gate = trio.Event()

    async def break_later() -> None:
        await gate.wait()
        raise trio.BrokenResourceError from BrokenPipeError(32, "Broken pipe")

    peer = make_peer()
    peer.outgoing.send_all_hook = break_later
    async with running(peer.stream) as it:
        it.connection.send(b"perhaps")
        await settled()
        it.connection.send(b"not")
        it.connection.send(b"nor this")
        gate.set()
        await it.ended.wait()
        it.connection.send(b"nor what comes after the end")
        assert it.connection.why == "the connection broke (Broken pipe)"
        assert it.connection.unsent == 3


async def test_a_socket_tells_exactly_which_sends_never_left(running, sockets, mock_clock, settled):
    """A peer that stops reading in the middle of one write: the sends of which no byte left are counted, no others."""
    ours, theirs = sockets
    async with running(ours) as it:
        for number in range(100):
            it.connection.send(b"%04d" % number + b"." * 1_020)
        await settled()
        mock_clock.jump(limits.SEND_STALL_MS / 1000)
        await it.ended.wait()
        received = 0
        while data := await theirs.receive_some():
            received += len(data)
        assert 0 < received < 100 * 1_024
        assert it.connection.unsent == 100 - -(-received // 1_024)
        assert it.connection.why == "the peer does not read: 102400 bytes were waiting for it and none left in 10 s"


async def test_a_slow_peer_lives_as_long_as_it_takes_something(running, sockets, mock_clock, settled):
    """The time to read begins anew with each byte that leaves: slow is not stuck."""
    ours, theirs = sockets
    async with running(ours) as it:
        it.connection.send(b"x" * 100_000)
        received = 0
        while received < 100_000:
            await settled()
            mock_clock.jump(limits.SEND_STALL_MS / 1000 - 0.5)
            received += len(await theirs.receive_some(50_000))
        await settled()
        assert (it.connection.why, it.connection.unsent) == ("", 0)


async def test_a_peer_on_a_plain_stream_that_does_not_read_is_cut(running, make_peer, mock_clock, settled):
    """The bound in time holds for every kind of stream."""
    peer = make_peer()
    peer.stop_reading()
    async with running(peer.stream) as it:
        it.connection.send(b"x")
        await settled()
        mock_clock.jump(limits.SEND_STALL_MS / 1000 - 0.001)
        await settled()
        assert it.connection.why == ""
        mock_clock.jump(0.001)
        await it.ended.wait()
        assert it.connection.why.startswith("the peer does not read: 1 bytes were waiting")


async def test_a_full_buffer_cuts_the_connection(running, make_peer, settled):
    """The bytes that wait for a peer are bounded; the send that found no room and those behind it are unsent."""
    peer = make_peer()
    peer.stop_reading()
    half = bytes(limits.SEND_BUFFER_BYTES_MAX // 2)
    async with running(peer.stream) as it:
        it.connection.send(half)
        await settled()
        it.connection.send(half)
        assert it.connection.why == ""
        it.connection.send(b"one too many")
        it.connection.send(b"")
        await it.ended.wait()
        assert it.connection.why == f"the peer does not read: {limits.SEND_BUFFER_BYTES_MAX} bytes were waiting for it"
        assert it.connection.unsent == 3


async def test_room_comes_back_when_bytes_leave(running, make_peer, settled):
    """The bound is on what waits, not on what was ever sent."""
    peer = make_peer()
    async with running(peer.stream) as it:
        for _ in range(5):
            it.connection.send(bytes(limits.SEND_BUFFER_BYTES_MAX))
            await settled()
        assert it.connection.why == ""


async def test_a_hangup_lets_what_was_sent_leave(running, make_peer, settled):
    """The last answer and the end of the stream reach the peer; then its own end closes the connection."""
    peer = make_peer()
    async with running(peer.stream) as it:
        it.connection.send(b"goodbye")
        it.connection.hangup("all done")
        it.connection.send(b"too late")
        await settled()
        assert (peer.heard(), await peer.hear()) == ("goodbye", "")
        peer.say("still talking")
        await settled()
        assert not it.ended.is_set()
        peer.close()
        await it.ended.wait()
        assert it.events == [Opened(7, "acquirer")]
        assert (it.connection.why, it.connection.unsent) == ("all done", 1)


async def test_a_hangup_does_not_wait_for_ever(running, make_peer, mock_clock, settled):
    """A peer that neither reads nor closes is cut, and what it did not take is counted."""
    peer = make_peer()
    peer.stop_reading()
    async with running(peer.stream) as it:
        it.connection.send(b"perhaps")
        await settled()
        it.connection.send(b"not")
        it.connection.hangup("all done")
        it.connection.hangup("another reason")
        mock_clock.jump(limits.HANGUP_MS / 1000 - 0.001)
        await settled()
        assert not it.ended.is_set()
        mock_clock.jump(0.001)
        await it.ended.wait()
        assert (it.connection.why, it.connection.unsent) == ("all done", 1)


async def test_a_hangup_of_a_stream_without_half_close_closes_after_the_flush(running, make_peer, settled):
    """Where the end cannot be sent alone (TLS), the stream is closed as soon as everything has left."""
    peer = make_peer()

    class Whole(trio.abc.Stream):
        async def send_all(self, data: bytes) -> None:
            await peer.stream.send_all(data)

        async def wait_send_all_might_not_block(self) -> None:
            await peer.stream.wait_send_all_might_not_block()

        async def receive_some(self, max_bytes: int | None = None) -> bytes:
            return await peer.stream.receive_some(max_bytes)

        async def aclose(self) -> None:
            await peer.stream.aclose()

    async with running(Whole()) as it:
        it.connection.send(b"goodbye")
        it.connection.hangup("all done")
        await it.ended.wait()
        assert (peer.heard(), it.connection.why) == ("goodbye", "all done")


async def test_the_first_reason_stays(running, make_peer):
    """Cutting what hangs up already does not change what it is told to have ended for."""
    peer = make_peer()
    async with running(peer.stream) as it:
        it.connection.hangup("all done")
        it.connection.cut("in a hurry")
        await it.ended.wait()
        assert it.connection.why == "all done"


async def test_cancelling_closes_the_stream(make_peer, settled):
    """However it ends, the peer sees the end; also when it was cancelled before it could announce itself."""
    for parked in (False, True):
        peer = make_peer()
        connection = Connection(1, "acquirer", peer.stream)

        async def post(event: Event, parked: bool = parked) -> None:
            if parked:
                await trio.sleep_forever()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(connection.run, post)
            await settled()
            nursery.cancel_scope.cancel()
        assert await peer.hear() == ""


def test_a_reason_is_found_inside():
    """The system's words are dug out of causes and groups; where there are none, that is said."""
    refused = OSError("all attempts failed")
    refused.__cause__ = ExceptionGroup("attempts", [ConnectionRefusedError(111, "Connection refused")])
    assert reason_of(refused) == "Connection refused"
    assert reason_of(trio.BrokenResourceError("gone")) == "no reason given"
