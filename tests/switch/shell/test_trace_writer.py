"""Proves that a trace is written beside the loop: whole, in order, with its end; and that it gives up rather than disturb."""

import io
import threading

import trio

from switch import limits
from switch.machine.trace import VERSION, Befell, Ended, Header, TraceCodec, read_trace
from switch.shell.trace_writer import TraceWriter

HEADER = Header(VERSION, "serve", False)


def befell(number):
    """A line."""
    return Befell("switch", number, "thing")


class Paper(io.BytesIO):
    """A file that keeps what was written when it is closed, and lets nobody write before its gate opens."""

    def __init__(self, *, refuses: bool = False, is_open: bool = True) -> None:
        super().__init__()
        self.refuses, self.text, self.gate = refuses, b"", threading.Event()
        if is_open:
            self.gate.set()

    def write(self, data):
        assert self.gate.wait(30)
        if self.refuses:
            raise OSError(28, "No space left on device")
        return super().write(data)

    def close(self):
        self.text = self.getvalue() if not self.closed else self.text
        super().close()


async def written(paper, lines, ends):
    """Have these lines written, from the first to the end."""
    writer = TraceWriter(paper, expand=lambda line: (line,), on_end=ends.append)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run)
        for line in lines:
            writer.put(line)
        paper.gate.set()
        writer.finish()
    return writer


def read(paper):
    """The lines on a paper."""
    return list(read_trace(paper.text.splitlines(keepends=True), TraceCodec()))


async def test_every_line_in_order_and_an_end():
    """What was put before `finish` is written, and the file is closed."""
    paper, ends = Paper(), []
    await written(paper, [HEADER, *map(befell, range(100))], ends)
    *lines, end = read(paper)
    assert lines == [HEADER, *map(befell, range(100))]
    assert isinstance(end, Ended)
    assert (end.why, ends, paper.closed) == ("complete", [], True)


async def test_a_line_may_become_several_or_none():
    """As `expand` says, in the thread."""
    paper, threads = Paper(), set()

    def twice(line):
        threads.add(threading.get_ident())
        return () if line == befell(1) else (line, line) if line == befell(2) else (line,)

    writer = TraceWriter(paper, expand=twice, on_end=print)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run)
        for line in (HEADER, befell(1), befell(2)):
            writer.put(line)
        writer.finish()
    assert read(paper)[:-1] == [HEADER, befell(2), befell(2)]
    assert threading.get_ident() not in threads


async def test_a_trace_that_cannot_keep_up_ends():
    """It is said once; what had been put before is there, and the end says why."""
    paper, ends = Paper(is_open=False), []
    await written(paper, [HEADER, *map(befell, range(limits.TRACE_WAITING_MAX + 50))], ends)
    *lines, end = read(paper)
    assert ends == ["it could not keep up"]
    assert end.why == "it could not keep up"
    assert limits.TRACE_WAITING_MAX <= len(lines) <= limits.TRACE_WAITING_MAX + 1


async def test_a_disk_that_refuses_ends_the_trace_alone():
    """Nothing is raised; who goes on putting is told once."""
    paper, ends = Paper(refuses=True), []
    writer = await written(paper, [HEADER], ends)
    writer.put(befell(1))
    writer.put(befell(2))
    assert ends == ["it could not be written: No space left on device"]
