"""What a trace costs a switch that serves: `python -m bench.trace`. Processor time per transaction without, masked and full.

A real switch with its journal on disk answers one client over TCP, which keeps some signed purchases under way; each is decided
inside. The three take turns in one process, and of each the best round counts, so that a busy machine does no harm; the client
is in the time of all three, and so what a trace adds is told in microseconds as well as in percent.
"""

import argparse
import gc
import tempfile
import time
from functools import partial
from pathlib import Path

import msgspec
import trio

from bench.harness import print_table
from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.app import Service, TraceTarget, run_switch
from switch.default_config import default_config
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Notice
from switch.wire import DIALECTS, FRAMINGS

TRACES = {"without": None, "masked": False, "full": True}
"""What takes turns: no trace, or one that is full or not."""


def main() -> None:
    """Run the three in turn, and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=1_500, help="purchases in a round")
    parser.add_argument("--under-way", type=int, default=32, help="purchases that the client has sent and waits for")
    chosen = parser.parse_args()
    frames = _purchases(chosen.count)
    best = dict.fromkeys(TRACES, float("inf"))
    sizes = dict.fromkeys(TRACES, 0.0)
    for _ in range(chosen.rounds):
        for name, full in TRACES.items():
            with tempfile.TemporaryDirectory() as place:
                gc.collect()
                seconds, size = trio.run(_serve, Path(place), full, frames, chosen.under_way)
            best[name] = min(best[name], 1e6 * seconds / chosen.count)
            sizes[name] = size / chosen.count
    rows = [
        (name, f"{cost:.0f}", f"{cost - best['without']:+.0f}", f"{cost / best['without']:.2f}x", f"{sizes[name]:.0f}")
        for name, cost in best.items()
    ]
    print_table(("trace", "us/transaction", "added", "ratio", "bytes/transaction"), rows)


async def _serve(place: Path, full: bool | None, frames: list[bytes], under_way: int) -> tuple[float, int]:
    """Answer all purchases; give the processor time of that, writing the trace included, and the trace's size."""
    config = default_config()
    config = msgspec.structs.replace(
        config, state_dir=str(place), links=(msgspec.structs.replace(config.links[0], listen="127.0.0.1:0"),)
    )
    path = place / "switch.trace"
    trace = None if full is None else TraceTarget(path.open("wb"), full)
    ended: list[str] = []

    def on_notice(notice: Notice) -> None:
        if notice.kind == "trace.ended":
            ended.append(notice.text)

    async with trio.open_nursery() as nursery:
        service: Service = await nursery.start(partial(run_switch, config, on_notice=on_notice, trace=trace))
        stream = await trio.open_tcp_stream("127.0.0.1", service.ports["pos"])
        begun = time.process_time()
        await _pay(stream, frames, under_way)
        await stream.aclose()
        await service.stop()
    seconds = time.process_time() - begun
    if ended:
        raise SystemExit(ended[0])
    return seconds, path.stat().st_size if full is not None else 0


async def _pay(stream: trio.SocketStream, frames: list[bytes], under_way: int) -> None:
    """Say everything, and hear an approval of each."""
    dialect, buffer = DIALECTS["iso87-ascii"], FRAMINGS["len2-big"].buffer()
    sent = answered = 0
    while answered < len(frames):
        more = min(len(frames), answered + under_way)
        if sent < more:
            await stream.send_all(b"".join(frames[sent:more]))
            sent = more
        for raw in buffer.feed(await stream.receive_some(65_536)):
            answered += 1
            if answered in (1, len(frames)) and dialect.decode(raw)[39] != "00":
                raise SystemExit("a purchase was declined: what is timed is not what is meant")


def _purchases(count: int) -> list[bytes]:
    """Signed purchases, each another one, framed."""
    dialect, framing = DIALECTS["iso87-ascii"], FRAMINGS["len2-big"]
    hsm, card = SoftHsm(lab_keystore(), None, lambda event: None), next(iter(TEST_CARDS.values()))
    frames = []
    for number in range(1, count + 1):
        stan = f"{number:06d}"
        message = dialect.decode(
            dialect.encode(
                {
                    "mti": "0200",
                    2: card.pan.expose(),
                    3: "000000",
                    4: "000000000001",
                    7: "1122093000",
                    11: stan,
                    12: "093000",
                    13: "1122",
                    14: card.expiry,
                    22: "011",
                    25: "00",
                    37: f"000000{stan}",
                    41: "BENCH001",
                    42: "MERCHANT0000001",
                    49: "978",
                    64: "0" * 16,
                }
            )
        )
        frames.append(framing.frame(message.with_mac(lambda data: hsm.generate_mac("pos.zak", data)).raw))
    return frames


if __name__ == "__main__":
    main()
