"""How fast the laboratory is: `python -m bench.lab`. Transactions and virtual seconds in one second of one core.

Twenty terminals at work, every step check on, and as many transactions in a virtual second as the two wanted figures have
between them: fifteen, so that both are the same load. What a transaction costs depends on what it is: a stripe with a PIN
that is decided inside the switch, the same half of the time by a remote issuer (twice the messages and MACs), cards of all
faces (a chip talks to its terminal a good deal), and a swarm of faults. Processor time is counted, not time on the wall, and
the best of several seeds: a busy machine only ever makes it slower. Behind each figure stands its ratio to what is wanted,
and the last row says in how many rows both are reached, and the lowest ratio of all.
"""

import argparse
import gc
import time

import msgspec

from bench.harness import print_table
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.traffic import Mix
from terminal_sim.lab.trial import hold_trial

WANTED_TRANSACTIONS, WANTED_SECONDS = 1_500, 100
"""Transactions and virtual seconds that the laboratory is to do in one second of one core."""

TERMINALS = 20

STRIPES = Mix(
    pause_ms=1_000 * TERMINALS * WANTED_SECONDS // WANTED_TRANSACTIONS,
    entries=(100, 0, 0),
    wrong_pin=1,
    too_much=1,
    authorised=5,
    voided=5,
    bad_mac=0,
    minor_max=8_000,
)
FACES = msgspec.structs.replace(STRIPES, entries=(50, 20, 30))

Faults = dict[str, frozenset[int]] | None

ROWS: tuple[tuple[str, Mix, int, Faults], ...] = (
    ("stripes, embedded issuer", STRIPES, 0, {}),
    ("stripes, half of them remote", STRIPES, 1, {}),
    ("all faces, half of them remote", FACES, 1, {}),
    ("the same in a swarm of faults", FACES, 1, None),
)


def main() -> None:
    """Run calm and stormy worlds, and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--until", type=int, default=60, help="virtual seconds")
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    gc.freeze()
    rows, lowest = [], []
    for name, mix, issuers, faults in ROWS:
        speeds = [_speed(seed, mix, issuers, faults, chosen.until * 1_000) for seed in range(1, chosen.seeds + 1)]
        transactions, seconds = max(speeds)
        ratios = transactions / WANTED_TRANSACTIONS, seconds / WANTED_SECONDS
        rows.append((name, f"{transactions:.0f}", f"{ratios[0]:.2f}x", f"{seconds:.0f}", f"{ratios[1]:.2f}x"))
        lowest.append(min(ratios))
    verdict = f"wanted: reached in {sum(ratio >= 1 for ratio in lowest)} of {len(lowest)}"
    rows.append((verdict, str(WANTED_TRANSACTIONS), f"{min(lowest):.2f}x", str(WANTED_SECONDS), ""))
    print_table((f"{TERMINALS} terminals", "transactions/s", "of wanted", "virtual s/s", "of wanted"), rows)


def _speed(seed: int, mix: Mix, issuers: int, faults: Faults, until_ms: int) -> tuple[float, float]:
    options = msgspec.structs.replace(draw(seed, terminals=TERMINALS, issuers=issuers, faults=faults), mix=mix)
    gc.collect()
    begun = time.process_time()
    trial = hold_trial(options, until_ms, liveness=False)
    seconds = time.process_time() - begun
    if trial.violation is not None:
        raise SystemExit(str(trial.violation))
    return trial.run.transactions / seconds, until_ms / 1_000 / seconds


if __name__ == "__main__":
    main()
