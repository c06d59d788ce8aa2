"""What a pipe does to bytes: it cuts, delays and holds them, and never changes or reorders any."""

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.faults import Pipe
from terminal_sim.faults.stream_faults import DROP_BYTES

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.binary(min_size=1, max_size=30), st.integers(0, 500)),
        st.tuples(st.just("wait"), st.integers(0, 2_000), st.just(0)),
        st.tuples(st.just("block"), st.integers(0, 5_000), st.just(0)),
        st.tuples(st.just("slow"), st.integers(1, 100), st.just(0)),
        st.tuples(st.just("heal"), st.just(0), st.just(0)),
    ),
    max_size=30,
)


def drain(pipe, now_ms):
    """Everything that arrives now."""
    found = []
    while (data := pipe.pull(now_ms)) is not None:
        found.append(data)
    return b"".join(found)


@given(steps=STEPS, data=st.data())
def test_what_goes_in_comes_out_in_order(steps, data):
    """However it is cut, delayed, blocked, slowed down and healed; and nothing is asked for before it is there."""
    pipe, now_ms, sent, got = Pipe(2), 0, b"", b""
    for what, value, lag_ms in steps:
        match what:
            case "push":
                cuts = tuple(sorted(data.draw(st.sets(st.integers(1, max(len(value) - 1, 1)), max_size=3))))
                pipe.push(value, now_ms, cuts=tuple(cut for cut in cuts if cut < len(value)), lag_ms=lag_ms)
                sent += value
            case "wait":
                now_ms += value
            case "block":
                pipe.block(now_ms + value)
            case "slow":
                pipe.bytes_per_s = value
            case "heal":
                pipe.heal(now_ms)
        next_ms = pipe.next_ms()
        arrived = drain(pipe, now_ms)
        assert bool(arrived) == (next_ms is not None and next_ms <= now_ms)
        got += arrived
    pipe.heal(now_ms)
    while (next_ms := pipe.next_ms()) is not None:
        now_ms = max(now_ms, next_ms)
        got += drain(pipe, now_ms)
    assert got == sent
    assert pipe.empty


def test_a_cut_message_takes_several_reads():
    """Each later than the one before, so that nobody can join them."""
    pipe = Pipe(5)
    pipe.push(b"abcdef", 0, cuts=(1, 4))
    assert [(at, pipe.pull(at)) for at in range(10) if pipe.next_ms() == at] == [(5, b"a"), (6, b"bcd"), (7, b"ef")]


def test_what_is_pushed_into_a_blocked_pipe_has_not_left():
    """Until it moves again."""
    pipe = Pipe(1)
    pipe.block(100)
    pipe.push(b"1", 0)
    pipe.push(b"2", 50)
    assert (pipe.unsent, pipe.pull(99)) == (2, None)
    assert pipe.pull(100) == b"12"
    assert pipe.unsent == 0


def test_a_slow_pipe_takes_its_time():
    """Ten bytes a second, a few of them at a time; the second message waits for the first."""
    pipe = Pipe(1)
    pipe.bytes_per_s = 10
    pipe.push(bytes(20), 0)
    pipe.push(bytes(10), 0)
    arrived = []
    while (next_ms := pipe.next_ms()) is not None:
        arrived.append((next_ms, len(pipe.pull(next_ms))))
    assert arrived == [(1_600, DROP_BYTES), (2_000, 20 - DROP_BYTES), (3_000, 10)]
