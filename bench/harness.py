"""Timing that survives a shared machine: the rivals take turns, and of each only its best round counts.

Noise only ever adds time, so the minimum of many short rounds is the nearest to the truth that a busy machine gives. All turns
last about as long as one another, or the slower rival would be disturbed more often. Quote the ratios of one run, never times
of two runs.
"""

import gc
from collections.abc import Callable, Mapping
from time import perf_counter_ns

Operation = Callable[[], object]


def best_times(operations: Mapping[str, Operation], *, rounds: int, calls: int) -> dict[str, float]:
    """Microseconds per call of each operation.

    Args:
        operations: what to time, by name.
        rounds: how often each has its turn.
        calls: calls of the fastest in one turn; the others have as many as take as long.
    """
    best = dict.fromkeys(operations, float("inf"))
    gc.collect()
    gc.disable()
    try:
        first = {name: _time_turn(operation, calls) for name, operation in operations.items()}
        turns = {name: max(1, round(calls * min(first.values()) / time)) for name, time in first.items()}
        for _ in range(rounds):
            for name, operation in operations.items():
                best[name] = min(best[name], _time_turn(operation, turns[name]))
    finally:
        gc.enable()
    return best


def print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """A plain table on standard output, numbers to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        cells = [
            text.ljust(width) if not at else text.rjust(width) for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())  # noqa: T201  A benchmark speaks to whoever ran it.


def _time_turn(operation: Operation, calls: int) -> float:
    start = perf_counter_ns()
    for _ in range(calls):
        operation()
    return (perf_counter_ns() - start) / calls / 1000
