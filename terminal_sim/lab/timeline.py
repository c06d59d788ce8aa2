"""The picture of one transaction: a sequence diagram in text over its hops, drawn from a wire log. Reads, and judges nothing.

1024 ms  |-- 0200 STAN 000007 -->|                        |                        heard at 1026 ms
1031 ms  |                       |-- 0200 STAN 000003 --->|                        [late] heard at 31040 ms
"""

from collections import deque
from collections.abc import Iterable
from typing import TypeVar

from switch.machine.trace import Befell, Heard, Said, WireLog

T = TypeVar("T")

LANE = 32
"""Characters from one machine to the next."""

LISTED = 10
"""Transactions that are named when somebody asks which there are."""

BEFELL_KEPT = 10_000
"""Things that befell hosts and lines which are remembered; of a long run the oldest make room."""

_MARGIN = 14
"""Characters of the time on the left."""


class Timeline:
    """Gathers what concerns one transaction.

    Args:
        transaction: as violations and summaries print it: DE 41, a slash, DE 37.
    """

    def __init__(self, transaction: str = "") -> None:
        self._transaction = transaction
        self._said: dict[int, Said] = {}
        self._heard: dict[int, int] = {}
        self._befell: deque[Befell] = deque(maxlen=BEFELL_KEPT)
        self._latest: dict[str, None] = {}
        self._hit: dict[str, str] = {}

    @property
    def latest(self) -> list[str]:
        """The transactions that were spoken of last, by name."""
        return list(self._latest)

    def names(self) -> list[str]:
        """Lines that name transactions: the last that were spoken of, and the last that a fault has hit, with its name."""
        hit = (f"{name} [{fault}]" for name, fault in self._hit.items())
        return [
            f"last transactions: {', '.join(self._latest) or 'none'}",
            f"last that a fault has hit: {', '.join(hit) or 'none'}",
        ]

    def keep(self, line: WireLog) -> None:
        """Take a line of the wire log."""
        match line:
            case Said() if line.transaction == self._transaction:
                self._said[line.number] = line
            case Heard(number=number, at_ms=at_ms) if number in self._said:
                self._heard[number] = at_ms
            case Befell():
                self._befell.append(line)
            case _:
                pass
        if isinstance(line, Said) and line.terminal_id and line.mti[1:2] != "8":
            _remember(self._latest, line.transaction, None)
            if line.fault:
                _remember(self._hit, line.transaction, line.fault)

    def draw(self) -> list[str]:
        """The diagram, line by line; nothing when the transaction was not seen."""
        if not self._said:
            return []
        lanes = _lanes(self._said.values())
        rows = [(said.at_ms, self._row(lanes, said)) for said in self._said.values()]
        rows += [(befell.at_ms, _befell_row(lanes, befell)) for befell in self._befell if self._concerns(befell, lanes)]
        rows.sort(key=lambda row: row[0])  # Stable: what happened at the same moment stays in its order.
        head = " " * _MARGIN + "".join(f"{name:<{LANE}}" for name in lanes).rstrip()
        return [f"transaction {self._transaction}", head, *(row for _, row in rows)]

    def _row(self, lanes: list[str], said: Said) -> str:
        heard_ms = self._heard.get(said.number)
        if heard_ms is None:
            fate = "never heard"
        else:
            fate = "" if heard_ms == said.at_ms else f"heard at {heard_ms} ms"
        note = " ".join(part for part in (f"[{said.fault}]" if said.fault else "", fate) if part)
        cells = _arrow(lanes.index(said.speaker), lanes.index(said.hearer), len(lanes), _label(said))
        return f"{said.at_ms:>8} ms   {cells}   {note}".rstrip()

    def _concerns(self, befell: Befell, lanes: list[str]) -> bool:
        first = min(said.at_ms for said in self._said.values())
        last = max(max(said.at_ms, self._heard.get(said.number, 0)) for said in self._said.values())
        if befell.machine not in lanes or not first <= befell.at_ms <= last:
            return False
        used = {(said.speaker, said.conn) for said in self._said.values()}
        return not befell.conn or (befell.machine, befell.conn) in used


def _remember(table: dict[str, T], name: str, value: T) -> None:
    """Put a transaction last in a table of the last few."""
    table.pop(name, None)
    table[name] = value
    if len(table) > LISTED:
        del table[next(iter(table))]


def _lanes(messages: Iterable[Said]) -> list[str]:
    """The machines from left to right: who asks stands left of who is asked."""
    lanes: list[str] = []
    for said in messages:
        if said.speaker not in lanes:
            lanes.insert(
                lanes.index(said.hearer) if said.hearer in lanes and said.mti[2:3] in "024" else len(lanes), said.speaker
            )
        if said.hearer not in lanes:
            lanes.append(said.hearer)
    return lanes


def _label(said: Said) -> str:
    code = f" DE 39 {said.response_code}" if said.response_code else ""
    return f"{said.mti or 'unreadable'} STAN {said.stan or '?'}{code}"


def _arrow(start: int, end: int, count: int, label: str) -> str:
    """The lanes of one row: bars, and an arrow with its label from one to another."""
    left, right = min(start, end), max(start, end)
    width = (right - left) * LANE - 1
    body = f" {label} ".center(width - 1, "-")
    arrow = f"{body}>" if start < end else f"<{body}"
    before = ("|" + " " * (LANE - 1)) * left
    after = "".join(" " * (LANE - 1) + "|" for _ in range(count - 1 - right))
    return f"{before}|{arrow}|{after}"


def _befell_row(lanes: list[str], befell: Befell) -> str:
    cells = ["|"] * len(lanes)
    cells[lanes.index(befell.machine)] = "x"
    return f"{befell.at_ms:>8} ms   " + (" " * (LANE - 1)).join(cells) + f"   {befell.machine}: {befell.what}"
