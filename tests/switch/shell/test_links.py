"""Links: listening, dialling, numbering, bounds; and that one connection's trouble stays its own."""

import errno

import pytest
import trio
from trio.testing import memory_stream_pair

from switch import limits
from switch.machine import Closed, Opened, Received, Unreachable
from switch.shell import Links, ListenError


class Lobby(trio.abc.Listener[trio.StapledStream]):
    """A listener in memory: what is put into it is accepted, or raised."""

    def __init__(self) -> None:
        self._arrivals, self._door = trio.open_memory_channel[trio.StapledStream | OSError](100)
        self.closed = False

    def arrive(self, arrival: trio.StapledStream | OSError) -> None:
        self._arrivals.send_nowait(arrival)

    async def accept(self) -> trio.StapledStream:
        arrival = await self._door.receive()
        if isinstance(arrival, OSError):
            raise arrival
        return arrival

    async def aclose(self) -> None:
        self.closed = True
        self._arrivals.close()
        self._door.close()
        await trio.lowlevel.checkpoint()


async def until(condition):
    """Let real sockets work until the condition holds."""
    with trio.fail_after(30):
        while not condition():
            await trio.lowlevel.checkpoint()


async def test_a_real_connection_from_end_to_end(driven):
    """Over TCP: the port is told, bytes go both ways, and the peer's end is seen."""
    links = Links()
    port = await links.listen("acquirer", "127.0.0.1", 0)
    async with driven(links=links) as world:
        async with await trio.open_tcp_stream("127.0.0.1", port) as client:
            await client.send_all(b"say hel")
            await client.send_all(b"lo\n")
            assert await client.receive_some() == b"hello\n"
        await until(lambda: isinstance(world.machine.events[-1], Closed))
        assert world.machine.events[0] == Opened(1, "acquirer")
        assert world.machine.events[-1] == Closed(1, "the peer closed the connection", 0)
        assert links.quiet


async def test_listening_may_begin_while_running(driven):
    """A listener that is added later serves as well."""
    links = Links()
    async with driven(links=links):
        port = await links.listen("acquirer", "127.0.0.1", 0)
        async with await trio.open_tcp_stream("127.0.0.1", port) as client:
            await client.send_all(b"say late\n")
            assert await client.receive_some() == b"late\n"


async def test_sockets_are_quick_and_watched(driven):
    """No delay for small writes; and the system looks for peers that vanished, within its bounds."""
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    seen: list[trio.SocketStream] = []

    class Watching(trio.abc.Listener[trio.SocketStream]):
        async def accept(self) -> trio.SocketStream:
            seen.append(await listener.accept())
            return seen[-1]

        async def aclose(self) -> None:
            await listener.aclose()

    async def connect(host: str, port: int) -> trio.SocketStream:
        seen.append(await trio.open_tcp_stream(host, port))
        return seen[-1]

    links = Links({"acquirer": ("127.0.0.1", listener.socket.getsockname()[1])}, connect=connect)
    links.serve("acquirer", Watching())
    async with driven(links=links) as world:
        links.dial("acquirer")
        await until(lambda: len(world.machine.events) == 2)
        assert len(seen) == 2
        for stream in seen:
            assert stream.getsockopt(trio.socket.IPPROTO_TCP, trio.socket.TCP_NODELAY)
            assert stream.getsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_KEEPALIVE)
            if hasattr(trio.socket, "TCP_USER_TIMEOUT"):
                assert stream.getsockopt(trio.socket.IPPROTO_TCP, trio.socket.TCP_USER_TIMEOUT) == limits.PEER_LOST_MS
                assert stream.getsockopt(trio.socket.IPPROTO_TCP, trio.socket.TCP_KEEPIDLE) == limits.KEEPALIVE_IDLE_S
                assert stream.getsockopt(trio.socket.IPPROTO_TCP, trio.socket.TCP_KEEPINTVL) == limits.KEEPALIVE_INTERVAL_S


async def test_an_address_in_use_is_told_in_words(driven):
    """What, where, why, what next."""
    links = Links()
    async with driven(links=links):
        port = await links.listen("first", "127.0.0.1", 0)
        with pytest.raises(ListenError, match=rf"link second: cannot listen on 127\.0\.0\.1:{port}: .*in use.*another address"):
            await links.listen("second", "127.0.0.1", port)
        with pytest.raises(ListenError, match=r"link third: cannot listen on no\.such\.host\.invalid:0"):
            await links.listen("third", "no.such.host.invalid", 0)


async def test_a_host_with_several_addresses_has_one_chosen_port(driven):
    """Port 0 gives one port for the link, whichever addresses the name has."""
    links = Links()
    async with driven(links=links):
        port = await links.listen("acquirer", "localhost", 0)
        async with await trio.open_tcp_stream("localhost", port) as client:
            await client.send_all(b"say there\n")
            assert await client.receive_some() == b"there\n"


async def test_numbers_are_never_used_twice(driven, settled):
    """A new connection gets a new number, also after others have ended, whoever opened it."""
    async with driven() as world:
        for number in range(1, 4):
            peer = await world.connect()
            assert world.machine.events[-1] == Opened(number, "acquirer")
            peer.close()
            await settled()


async def test_a_dialled_party_is_opened_under_its_name(driven, make_peer, settled):
    """The stream that `connect` gave becomes a connection of the link that was asked for."""
    peer, asked = make_peer(), []

    async def connect(host: str, port: int) -> trio.StapledStream:
        asked.append((host, port))
        return peer.stream

    async with driven(links=Links({"issuer": ("bank.example", 9001)}, connect=connect)) as world:
        world.links.dial("issuer")
        assert not world.links.quiet
        await settled()
        assert asked == [("bank.example", 9001)]
        assert world.machine.events == [Opened(1, "issuer")]
        peer.say("say to the issuer")
        assert await peer.hear() == "to the issuer\n"


async def test_a_refused_dial_is_told_in_words(driven):
    """Nobody listens there: Unreachable, with host, port and the system's reason."""
    port = (await trio.open_tcp_listeners(0, host="127.0.0.1"))[0]
    number = port.socket.getsockname()[1]
    await port.aclose()
    async with driven(links=Links({"issuer": ("127.0.0.1", number)})) as world:
        world.links.dial("issuer")
        await until(lambda: world.machine.events)
        assert world.machine.events == [Unreachable("issuer", f"127.0.0.1:{number}: Connection refused")]
        assert world.links.quiet


async def test_a_dial_that_nobody_answers_ends(driven, mock_clock, settled):
    """After the time to connect it is Unreachable."""

    async def connect(host: str, port: int) -> trio.abc.Stream:
        await trio.sleep_forever()
        raise AssertionError("never here")

    async with driven(links=Links({"issuer": ("10.0.0.1", 9001)}, connect=connect)) as world:
        world.links.dial("issuer")
        await settled()
        mock_clock.jump(limits.CONNECT_TIMEOUT_MS / 1000 - 0.001)
        await settled()
        assert world.machine.events == []
        mock_clock.jump(0.001)
        await settled()
        assert world.machine.events == [Unreachable("issuer", "10.0.0.1:9001 did not answer within 5 s")]


async def test_a_name_that_cannot_be_a_host_is_unreachable(driven):
    """A label too long for a host name ends the dial and nothing else."""
    async with driven(links=Links({"issuer": ("x" * 80 + ".example", 9001)})) as world:
        world.links.dial("issuer")
        await until(lambda: world.machine.events)
        assert isinstance(world.machine.events[0], Unreachable)


async def test_connections_are_bounded(driven, settled):
    """Beyond the bound newcomers are closed and dials fail, said once; when there is room again that is said too."""
    lobby = Lobby()
    links = Links({"issuer": ("127.0.0.1", 1)}, connections_max=2)
    links.serve("acquirer", lobby)
    async with driven(links=links) as world:
        clients = []
        for _ in range(4):
            ours, theirs = memory_stream_pair()
            lobby.arrive(theirs)
            clients.append(ours)
            await settled()
        assert world.machine.events == [Opened(1, "acquirer"), Opened(2, "acquirer")]
        assert world.kinds == ["connection.refused"]
        assert [await client.receive_some() for client in clients[2:]] == [b"", b""]
        links.dial("issuer")
        await settled()
        assert world.machine.events[-1] == Unreachable("issuer", "all 2 connections are taken")
        await clients[0].aclose()
        await settled()
        ours, theirs = memory_stream_pair()
        lobby.arrive(theirs)
        await ours.send_all(b"say in\n")
        assert await ours.receive_some() == b"in\n"
        assert world.kinds == ["connection.refused", "connection.room"]
        assert "2 connections were refused" in world.notices[-1].text
        await ours.aclose()
        await settled()
        another, theirs = memory_stream_pair()
        lobby.arrive(theirs)
        await another.send_all(b"say in too\n")
        assert await another.receive_some() == b"in too\n"
        assert world.kinds == ["connection.refused", "connection.room"]


async def test_a_lack_of_descriptors_does_not_end_the_listening(driven, mock_clock, settled):
    """EMFILE and its like are noticed once, waited out, and followed by a notice that all is well."""
    lobby, links = Lobby(), Links()
    links.serve("acquirer", lobby)
    async with driven(links=links) as world:
        for number in (errno.EMFILE, errno.EMFILE, errno.ENOMEM):
            lobby.arrive(OSError(number, "Too many open files"))
        _, theirs = memory_stream_pair()
        lobby.arrive(theirs)
        for _ in range(3):
            await settled()
            assert (world.kinds, world.machine.events) == (["accept.failing"], [])
            mock_clock.jump(limits.ACCEPT_PAUSE_MS / 1000)
        await settled()
        assert world.kinds == ["accept.failing", "accept.mended"]
        assert world.machine.events == [Opened(1, "acquirer")]
        assert world.notices[0].text == "link acquirer: cannot take new connections (Too many open files); going on trying"


async def test_stopping_to_listen_keeps_what_is_open(driven, settled):
    """The listener is closed, the connection lives; stopping twice does nothing."""
    lobby, links = Lobby(), Links()
    links.serve("acquirer", lobby)
    async with driven(links=links):
        ours, theirs = memory_stream_pair()
        lobby.arrive(theirs)
        await settled()
        links.stop_listening()
        links.stop_listening()
        await settled()
        assert lobby.closed
        await ours.send_all(b"say still here\n")
        assert await ours.receive_some() == b"still here\n"


async def test_a_slow_reader_harms_nobody_else(driven, mock_clock, settled):
    """One peer that does not read is closed after its time; the others are answered all the while."""
    async with driven() as world:
        slow, quick = await world.connect(), await world.connect()
        slow.stop_reading()
        slow.say("say one")
        await settled()
        slow.say("say two\nsay three")
        await settled()
        for second in range(limits.SEND_STALL_MS // 1000):
            quick.say(f"say {second}")
            assert await quick.hear() == f"{second}\n"
            mock_clock.jump(1)
            await settled()
        closed = [event for event in world.machine.events if isinstance(event, Closed)]
        assert [(event.conn, event.unsent) for event in closed] == [(1, 2)]
        assert closed[0].why.startswith("the peer does not read")


async def test_a_fault_in_one_connection_ends_only_that_one(driven, make_peer, settled):
    """An exception that nobody foresaw is noticed by its kind alone; the connection is closed once, others live on."""

    async def stumble() -> None:
        raise ValueError("4761739001010119")

    async with driven() as world:
        other = await world.connect()
        broken = make_peer()
        broken.incoming.receive_some_hook = stumble
        world.links.adopt("acquirer", broken.stream)
        await settled()
        assert [event for event in world.machine.events if isinstance(event, Closed)] == [Closed(2, "our own fault", 0)]
        assert world.kinds == ["connection.fault"]
        assert "(ValueError)" in world.notices[0].text
        assert "4761" not in world.notices[0].text
        other.say("say alive")
        assert await other.hear() == "alive\n"


async def test_a_send_to_a_connection_that_is_gone_is_swallowed(driven, settled):
    """Once its end was handled, neither send nor hangup to it has any effect."""
    async with driven() as world:
        peer = await world.connect()
        peer.close()
        await settled()
        world.links.send(1, b"anybody?")
        world.links.hangup(1, "gone")
        world.links.send(99, b"nobody")
        await settled()
        assert [type(event) for event in world.machine.events] == [Opened, Closed]


async def test_a_hangup_by_the_machine_flushes_and_closes_once(driven, settled):
    """`bye` is answered, then the connection ends with the machine's reason; later bytes are not handed over."""
    async with driven() as world:
        peer = await world.connect()
        peer.say("bye ciao")
        assert await peer.hear() == "ciao\n"
        peer.say("say anything")
        peer.close()
        await settled()
        assert world.machine.events == [Opened(1, "acquirer"), Received(1, b"bye ciao\n"), Closed(1, "asked to", 0)]
