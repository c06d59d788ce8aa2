"""The driver around a toy machine: what leaves when, what waits, and how it ends."""

import pytest
import trio

from switch import limits
from switch.machine import Closed, Drain, Moment, Opened, Operate, Received, Tick, Unreachable
from switch.shell import Driver, JournalFault, JournalWriter, Links, MachineFault, system_clock
from switch.store import StoreError


async def test_a_machine_hears_and_is_heard(driven):
    """Opened, then what was read; what it sends reaches the peer."""
    async with driven() as world:
        peer = await world.connect("acquirer")
        peer.say("say hello")
        assert await peer.hear() == "hello\n"
        assert world.machine.events == [Opened(1, "acquirer"), Received(1, b"say hello\n")]


async def test_nothing_is_said_before_the_journal_has_it(driven, make_disk, settled):
    """While the disk waits, neither the answer nor the notice nor anything behind it leaves, on any connection."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        first, second = await world.connect(), await world.connect()
        second.say("say before")
        assert await second.hear() == "before\n"
        first.say("note one\nsay two")
        await settled()
        second.say("say three")
        await settled()
        assert (first.heard(), second.heard(), world.kinds) == ("", "", [])
        disk.gate.set()
        assert await first.hear() == "one\ntwo\n"
        assert await second.hear() == "three\n"
        assert world.kinds == ["toy.noted"]
        assert disk.texts == ["one"]


async def test_what_waits_for_the_disk_becomes_one_batch(driven, make_disk, settled):
    """While one record is committed the next ones gather and share the next commit, in order."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        peer = await world.connect()
        peer.say("note 0")
        await disk.begun()
        for number in range(1, 100):
            peer.say(f"note {number}")
            await settled()
        disk.gate.set()
        heard = ""
        while heard.count("\n") < 100:
            heard += await peer.hear()
        assert disk.texts == [str(number) for number in range(100)] == heard.split()
        assert [len(batch) for batch in disk.batches] == [1, 99]
        assert len(disk.threads) == 1


async def test_sends_of_one_pass_leave_as_one_write(driven, tell, settled):
    """Three orders handled in one pass are one write to the connection, not three."""
    async with driven() as world:
        peer = await world.connect()
        for text in ("a", "b", "c"):
            await world.driver.operate(tell(1, text))
        await settled()
        assert (peer.heard(), peer.writes) == ("abc", 1)


async def test_a_machine_that_lags_behind_its_disk_holds_its_readers_back(driven, make_disk, tell, settled):
    """Past the bounds nothing more is handled, posted or read; nothing is lost, and it goes on when the disk does."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        peer = await world.connect()
        peer.say("\n".join(["note"] * limits.JOURNAL_WAITING_MAX))
        await settled()
        handled = len(world.machine.events)
        for _ in range(limits.EVENTS_WAITING_MAX):
            await world.driver.operate(tell(1, "x"))
        peer.say("say read")
        await settled()
        for text in ("say not", "say even read"):
            peer.say(text)
            await settled()
        assert len(world.machine.events) == handled
        disk.gate.set()
        heard = ""
        while not heard.endswith("even read\n"):
            heard += await peer.hear()
        assert heard.count("x") == limits.EVENTS_WAITING_MAX
        assert len(disk.texts) == limits.JOURNAL_WAITING_MAX
        received = [event.data for event in world.machine.events if isinstance(event, Received)]
        assert received[1:] == [b"say read\n", b"say not\nsay even read\n"]


async def test_whoever_waits_for_the_line_waits_until_it_was_handled(driven, make_disk, tell, settled):
    """Not while the machine lags behind its disk; nothing in line is nothing to wait for."""
    disk, caught_up = make_disk(is_open=False), trio.Event()

    async def wait() -> None:
        await world.driver.caught_up()
        caught_up.set()

    async with driven(disk) as world, trio.open_nursery() as nursery:
        await world.driver.caught_up()
        peer = await world.connect()
        peer.say("\n".join(["note"] * limits.JOURNAL_WAITING_MAX))
        await settled()
        await world.driver.operate(tell(1, "x"))
        nursery.start_soon(wait)
        await settled()
        assert not caught_up.is_set()
        disk.gate.set()
        await caught_up.wait()
        assert isinstance(world.machine.events[-1], Operate)


async def test_closed_comes_once_and_counts_what_the_outbox_held(driven, make_disk, settled):
    """Answers that waited for the journal when their connection went are reported as never sent, and are not sent later."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        peer, other = await world.connect(), await world.connect()
        peer.say("note one\nnote two")
        other.say("note three")
        await settled()
        peer.close()
        await settled()
        assert world.machine.events[-1] == Closed(1, "the peer closed the connection", 2)
        disk.gate.set()
        assert await other.hear() == "three\n"
        await settled()
        assert peer.heard() == ""
        assert sum(isinstance(event, Closed) for event in world.machine.events) == 1


async def test_sends_to_a_connection_whose_end_stands_in_line_are_counted_too(driven, make_disk, settled):
    """Between the end of a connection and the machine's knowing of it, released answers go nowhere: unsent."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        peer, flood = await world.connect(), await world.connect()
        peer.say("note one")
        await settled()
        flood.say("\n".join(["note"] * limits.JOURNAL_WAITING_MAX))
        await settled()
        # The driver lags behind its disk and handles nothing, so the end of the connection waits in line.
        peer.close()
        await settled()
        assert not any(isinstance(event, Closed) for event in world.machine.events)
        disk.gate.set()
        await flood.hear()
        while not isinstance(world.machine.events[-1], Closed):
            await settled()
            await flood.hear()
        assert world.machine.events[-1] == Closed(1, "the peer closed the connection", 1)


async def test_a_deadline_is_a_tick_at_its_time(driven, mock_clock, settled):
    """The machine is ticked when its deadline has come and not before; the moment is on Trio's clock."""
    async with driven() as world:
        peer = await world.connect()
        peer.say("in 1500")
        await settled()
        mock_clock.jump(1.499)
        await settled()
        assert not any(isinstance(event, Tick) for event in world.machine.events)
        mock_clock.jump(0.001)
        assert await peer.hear() == "tick\n"
        assert world.machine.moments[-1].mono_ms == 1500


async def test_a_late_tick_lets_every_waiting_read_pass_first(driven, mock_clock, settled):
    """After a stall the answers that lie unread are handled before the deadline they were meant for."""
    async with driven() as world:
        peers = [await world.connect() for _ in range(40)]
        peers[0].say("in 1000")
        await settled()
        for peer in peers:
            peer.say("say in time")
        mock_clock.jump(5)
        await settled()
        assert world.machine.events[-1] == Tick()
        assert [type(event) for event in world.machine.events[-41:-1]] == [Received] * 40


class Endless(trio.abc.ReceiveStream):
    """A peer that never stops talking."""

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        await trio.lowlevel.checkpoint()
        return b"say more\n"

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


async def test_endless_traffic_does_not_starve_the_tick(driven, make_peer):
    """A tick waits for reads only so long: the clock moves with every event, and the tick comes within its bound."""
    now_ms = 0

    def clock() -> Moment:
        nonlocal now_ms
        now_ms += 1
        return Moment(now_ms, 0)

    async with driven(clock=clock) as world:
        peer = await world.connect()
        peer.say("in 10")
        loud = make_peer()
        world.links.adopt("acquirer", trio.StapledStream(loud.outgoing, Endless()))
        while Tick() not in world.machine.events:
            await trio.lowlevel.checkpoint()
        tick = world.machine.events.index(Tick())
        asked = next(index for index, event in enumerate(world.machine.events) if getattr(event, "data", b"") == b"in 10\n")
        waited_ms = world.machine.moments[tick].mono_ms - world.machine.moments[asked].mono_ms
        assert limits.TICK_DELAY_MS_MAX < waited_ms < limits.TICK_DELAY_MS_MAX + 100


async def test_a_lagging_disk_holds_the_tick_back_as_well(driven, make_disk, mock_clock, settled):
    """A deadline does not overtake reads that wait because the disk lags; it is judged after them."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        peer = await world.connect()
        peer.say("in 1000\n" + "\n".join(["note"] * limits.JOURNAL_WAITING_MAX))
        await settled()
        peer.say("say in time")
        mock_clock.jump(5)
        await settled()
        assert not any(isinstance(event, Tick) for event in world.machine.events)
        disk.gate.set()
        heard = ""
        while "tick\n" not in heard:
            heard += await peer.hear()
        assert world.machine.events[-2:] == [Received(1, b"say in time\n"), Tick()]


async def test_a_late_tick_waits_if_the_reads_before_it_bring_the_lag(driven, make_disk, mock_clock, settled):
    """Reads that pass before a late tick may fill the journal's queue; then the reads behind them still come before it."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        flood, *others = [await world.connect() for _ in range(10)]
        flood.say("in 1000")
        await settled()
        flood.say("\n".join(["note"] * limits.JOURNAL_WAITING_MAX))
        for other in others:
            other.say("say in time")
        mock_clock.jump(5)
        await settled()
        assert Tick() not in world.machine.events
        disk.gate.set()
        heard = ""
        while "tick\n" not in heard:
            heard += await flood.hear()
        assert world.machine.events[-1] == Tick()


async def test_a_drained_machine_ends_the_run(driven, make_disk, settled):
    """It returns when the hang-ups are done and everything said is journalled and sent, and no sooner."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        peer = await world.connect()
        peer.say("note last words")
        await settled()
        await world.driver.operate(Drain())
        await settled()
        assert not world.ended.is_set()
        disk.gate.set()
        assert await peer.hear() == "last words\n"
        assert not world.ended.is_set()
        peer.close()
        await world.ended.wait()
        assert world.fault is None
        assert disk.texts == ["last words"]
        assert world.machine.events[-2:] == [Operate(Drain()), Closed(1, "draining", 0)]
        assert world.kinds == ["toy.noted"]


async def test_a_drain_stops_the_listening(driven):
    """Nobody is let in any more once the order to drain was handled, though connections are still open."""
    links = Links()
    port = await links.listen("acquirer", "127.0.0.1", 0)
    async with driven(links=links) as world:
        async with await trio.open_tcp_stream("127.0.0.1", port) as client:
            await client.send_all(b"say hello\n")
            assert await client.receive_some() == b"hello\n"
            await world.driver.operate(Drain())
            assert await client.receive_some() == b""
            with pytest.raises(OSError, match="failed"):
                await trio.open_tcp_stream("127.0.0.1", port)
            assert not world.ended.is_set()
        await world.ended.wait()
        assert world.fault is None


async def test_a_drained_machine_still_has_its_notices_told(driven, make_disk, settled):
    """With no connection left, what waits for the last commit is carried out before the run returns."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        peer = await world.connect()
        peer.say("note last")
        peer.close()
        await settled()
        await world.driver.operate(Drain())
        await settled()
        assert (world.ended.is_set(), world.kinds) == (False, [])
        disk.gate.set()
        await world.ended.wait()
        assert (world.fault, world.kinds, disk.texts) == (None, ["toy.noted"], ["last"])


async def test_a_machine_that_does_not_hang_up_is_cut_after_the_grace(driven, mock_clock, settled):
    """Stopping is bounded: after the grace the rest is cut, said in a notice, and the run returns."""
    async with driven(grace_ms=3_000) as world:
        peer = await world.connect()
        world.machine.hangs_up = False
        await world.driver.operate(Drain())
        await settled()
        mock_clock.jump(2.999)
        await settled()
        assert not world.ended.is_set()
        mock_clock.jump(0.001)
        await world.ended.wait()
        assert (world.fault, world.kinds) == (None, ["driver.cut"])
        assert await peer.hear() == ""


async def test_a_fault_of_the_machine_stops_everything(driven, make_disk, settled):
    """Nothing that waited is said; the error tells the event, the place and our own words, and the records are kept."""
    disk = make_disk(is_open=False)
    async with driven(disk) as world:
        peer, other = await world.connect(), await world.connect()
        peer.say("note waiting")
        await settled()
        other.say("say unharmed?\nfail this cannot be")
        disk.gate.set()
        await world.ended.wait()
        assert isinstance(world.fault, MachineFault)
        assert str(world.fault).startswith("the machine failed on Received: AssertionError in _obey, line ")
        assert str(world.fault).endswith(": this cannot be")
        assert "unharmed" not in other.heard()
        assert disk.texts == ["waiting"]


async def test_the_text_of_a_foreign_exception_is_not_repeated(driven):
    """A KeyError quotes what it did not find, which may be anything; only its kind and place are told."""
    async with driven() as world:
        peer = await world.connect()
        peer.say("crash 4761739001010119")
        await world.ended.wait()
        assert isinstance(world.fault, MachineFault)
        assert "KeyError in _obey" in str(world.fault)
        assert "4761" not in str(world.fault)


async def test_even_the_text_of_an_assertion_is_redacted(driven):
    """An assertion should hold no card data; if it does, it is masked all the same."""
    async with driven() as world:
        peer = await world.connect()
        peer.say("fail 4761739001010119")
        await world.ended.wait()
        assert str(world.fault).endswith(": 476173******0119")


async def test_a_failed_append_stops_everything(driven, make_disk, settled):
    """The run raises, nothing that waited is said, and nothing that comes later is handled."""
    disk = make_disk(is_open=False)
    disk.failing = StoreError("cannot append to journal", "j", "disk full", "Free some space")
    async with driven(disk) as world:
        peer = await world.connect()
        peer.say("note one\nsay two")
        await settled()
        disk.gate.set()
        await world.ended.wait()
        assert isinstance(world.fault, JournalFault)
        assert str(world.fault) == "the journal was not written: cannot append to journal j: disk full. Free some space"
        assert isinstance(world.fault.__cause__, StoreError)
        assert (peer.heard(), world.kinds, disk.batches) == ("", [], [])


async def test_a_dial_that_fails_is_an_event(driven):
    """The machine is told why its party cannot be reached."""
    async with driven() as world:
        peer = await world.connect()
        peer.say("call issuer\nsay done")
        await peer.hear()
        while not isinstance(world.machine.events[-1], Unreachable):
            await trio.lowlevel.checkpoint()
        assert world.machine.events[-1] == Unreachable("issuer", "no address is configured for it")


async def test_a_cancelled_run_still_writes_what_it_was_given(make_disk, toy, make_peer, settled):
    """Cancelling from outside closes the connections, says nothing more, and leaves the journal whole."""
    disk, links, peer = make_disk(is_open=False), Links(), make_peer()
    driver = Driver(toy(), links=links, journal=JournalWriter(disk), on_notice=lambda notice: None)
    async with trio.open_nursery() as nursery:
        await nursery.start(driver.run)
        links.adopt("acquirer", peer.stream)
        peer.say("note one\nnote two")
        await settled()
        nursery.cancel_scope.cancel()
        disk.gate.set()
    assert disk.texts == ["one", "two"]
    assert peer.heard() == ""


async def test_orders_may_come_before_the_run(toy, make_disk):
    """An order given early is the first event."""
    machine = toy()
    driver = Driver(machine, links=Links(), journal=JournalWriter(make_disk()), on_notice=lambda notice: None)
    await driver.operate(Drain())
    await driver.run()
    assert machine.events == [Operate(Drain())]


async def test_the_system_clock_tells_both_times(mock_clock):
    """Monotonic milliseconds follow Trio's clock, wall milliseconds are those of the host."""
    before = system_clock()
    mock_clock.jump(1.5)
    after = system_clock()
    assert after.mono_ms - before.mono_ms == 1500
    assert 1_700_000_000_000 < before.wall_ms <= after.wall_ms < before.wall_ms + 60_000
