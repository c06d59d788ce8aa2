"""How fast the laboratory is: `python -m bench.lab`. Transactions and virtual seconds in one second of one core.

Twenty terminals at work without a pause of note, cards of all faces, one remote issuer and the embedded one, every step check
on. Processor time is counted, not time on the wall, so that a busy machine does not matter much.
"""

import argparse
import time

import msgspec

from bench.harness import print_table
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.traffic import Mix
from terminal_sim.lab.trial import hold_trial

MIX = Mix(
    pause_ms=1_000,
    entries=(60, 15, 25),
    wrong_pin=1,
    too_much=1,
    authorised=5,
    voided=5,
    bad_mac=0,
    minor_max=8_000,
)


def main() -> None:
    """Run calm and stormy worlds, and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--until", type=int, default=60, help="virtual seconds")
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    rows = []
    for name, faults in (("no faults", {}), ("swarm", None)):
        best = max(_speed(seed, faults, chosen.until * 1_000) for seed in range(1, chosen.seeds + 1))
        rows.append((name, f"{best[0]:.0f}", f"{best[1]:.0f}"))
    print_table(("20 terminals", "transactions/s", "virtual s/s"), rows)


def _speed(seed: int, faults: dict[str, frozenset[int]] | None, until_ms: int) -> tuple[float, float]:
    options = msgspec.structs.replace(draw(seed, terminals=20, issuers=1, faults=faults), mix=MIX)
    begun = time.process_time()
    trial = hold_trial(options, until_ms, liveness=False)
    seconds = time.process_time() - begun
    if trial.violation is not None:
        raise SystemExit(str(trial.violation))
    return trial.run.transactions / seconds, until_ms / 1_000 / seconds


if __name__ == "__main__":
    main()
