"""A long run keeps little: whatever holds as much as was done so far is a table with a bound, and is named here.

All that can be reached from a trial is looked through, so that a table that somebody adds and never clears fails here.
"""

import types
from collections import deque
from enum import Enum

import msgspec
import pytest

from switch.wire import Dialect, Framing
from terminal_sim.lab.disk import ENTRIES_KEPT
from terminal_sim.lab.recent import Recent
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.traffic import Mix
from terminal_sim.lab.trial import hold_trial

UNTIL_MS = 9 * 60_000

BUSY = Mix(
    pause_ms=700,
    entries=(50, 20, 30),
    wrong_pin=2,
    too_much=2,
    authorised=20,
    voided=20,
    bad_mac=3,
    minor_max=8_000,
)

BOUNDED = {
    ".run.switch.machine._parts.state.transactions": "by its State's transactions_max",
    ".run.switch.machine._parts.traffic.connections[].sends": "by SENDS_REMEMBERED_MAX",
    ".run.checkpoint._memory.transactions": "by its State's transactions_max",
    ".run.switch.machine._parts.state._queues[]": "by its State's transactions_max",
    ".run.checkpoint._memory._queues[]": "by its State's transactions_max",
    ".auditor.evidence.durables.journal_book._transactions": "by what the settlement remembers",
    ".auditor.evidence.durables.journal_book._bookings._payer": "by what the settlement remembers",
    ".auditor.evidence.durables.journal_book._bookings.booked": "by what the settlement remembers",
    ".auditor.evidence.durables.journal_book._keys": "by what the settlement remembers",
    ".auditor.evidence.settlement.open": "by what nobody has spoken of for a while",
    ".auditor.evidence.settlement._latest": "by SETTLED_KEPT",
    ".auditor.evidence.deliveries._sent[]": "by SENDS_REMEMBERED_MAX",
    ".auditor.evidence.references[]._booked": "by what the settlement remembers",
    ".auditor.evidence.references[]._keys": "by what the settlement remembers",
    ".auditor.evidence.references[].net": "by what the settlement remembers",
    ".auditor.evidence.waiting.asked[]": "by ASKED_MAX",
} | {
    f".run.terminals[].{books}.{table}": "by its Books' transactions_max"
    for books in ("machine.books", "revive()._memory")
    for table in ("attempts", "costs", "net", "_latest", "_receipt_of")
}
"""What may be long without being a `Recent`, and why it is not long for ever. Entries of a disk are counted by themselves."""


@pytest.fixture(scope="module")
def trial():
    """Nine virtual minutes at three tills, some two thousand transactions of every kind."""
    options = draw(9, terminals=3, issuers=1, faults={})
    return hold_trial(msgspec.structs.replace(options, mix=BUSY), UNTIL_MS, liveness=False)


def test_what_is_long_has_a_bound(trial):
    """Of everything that can be reached."""
    assert trial.violation is None
    floor = trial.run.transactions // 4
    assert floor > 500
    found = {path: count for path, count in lengths(trial, floor) if not path.endswith(".disk.durable") and path not in BOUNDED}
    assert found == {}


def test_disks_and_settlement_keep_up(trial):
    """Journals are short, and what was quiet is settled."""
    hosts = trial.run.world.hosts.values()
    assert all(len(host.disk.durable) < 2 * ENTRIES_KEPT for host in hosts)
    assert max(host.disk.seq for host in hosts) > 3 * ENTRIES_KEPT
    settlement = trial.auditor.evidence.settlement
    assert settlement.settled > trial.run.transactions // 10
    assert len(settlement.open) < trial.run.transactions


def lengths(root, floor):
    """Containers with more entries than `floor` that have no bound of their own: the way to each, and its length."""
    seen, waiting = {id(root)}, deque([("", root)])
    while waiting:
        path, thing = waiting.popleft()
        if isinstance(thing, (dict, list, set)) and not isinstance(thing, Recent) and len(thing) > floor:
            yield path, len(thing)
        if isinstance(thing, deque) and thing.maxlen is None and len(thing) > floor:
            yield path, len(thing)
        for step, part in parts(thing):
            if id(part) not in seen:
                seen.add(id(part))
                waiting.append((path + step, part))


def parts(thing):
    """What a thing holds: entries, attributes, slots, and what a function has closed over."""
    if thing is None or isinstance(thing, (str, bytes, int, float, type, types.ModuleType, Enum, Dialect, Framing)):
        return  # What dialects and framings hold was made before the run.
    if isinstance(thing, dict):
        yield from (("[]", value) for value in thing.values())
    elif isinstance(thing, (list, tuple, set, frozenset, deque)):
        yield from (("[]", value) for value in thing)
    elif isinstance(thing, msgspec.Struct):
        yield from ((f".{name}", getattr(thing, name)) for name in thing.__struct_fields__)
    elif isinstance(thing, types.MethodType):
        yield ".self", thing.__self__
    elif isinstance(thing, types.FunctionType):
        yield from (("()", cell.cell_contents) for cell in thing.__closure__ or ())
    else:
        slots = (name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ()))
        yield from ((f".{name}", getattr(thing, name)) for name in slots if hasattr(thing, name))
    if not isinstance(thing, types.FunctionType):
        yield from ((f".{name}", value) for name, value in getattr(thing, "__dict__", {}).items())
