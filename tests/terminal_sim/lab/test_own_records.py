"""Records of somebody's own terminals, of which only the texts in them are known: which request a record names."""

import pytest

from switch.machine import Sealed
from terminal_sim.lab.own_records import RECORDS_KEPT, OwnRecords


def sealed(body, seq=1):
    """A durable entry with such a body."""
    return Sealed(seq, 0, "mine", body.encode(), bytes(32))


@pytest.fixture
def records():
    """Those of a terminal that has written two requests."""
    made = OwnRecords()
    made.take([sealed('{"stan":"000017","rrn":"632609000017"}'), sealed("asked 000018 as 632609000018 for 500", 2)])
    return made


def test_a_record_names_a_request_by_both_numbers(records):
    """However it is spelled."""
    assert records.name("000017", "632609000017")
    assert records.name("000018", "632609000018")


@pytest.mark.parametrize(
    ("stan", "rrn"), [("000019", "632609000019"), ("000017", "632609000018"), ("000018", "632609000017"), ("632609", "632609")]
)
def test_a_number_alone_names_none(records, stan, rrn):
    """Nor do two of different records, nor a part of a longer one."""
    assert not records.name(stan, rrn)


def test_a_stan_that_comes_again_names_both(records):
    """A reversal's record does not take the place of its request's."""
    records.take([sealed('{"owed":"632609000018","after":"000017"}', 3)])
    assert records.name("000017", "632609000017")
    assert records.name("000017", "632609000018")


def test_old_records_make_room():
    """What was written long before its request is said does not count."""
    records = OwnRecords()
    records.take(sealed(f"{number:06d} of R{number}", number) for number in range(1, RECORDS_KEPT + 2))
    assert not records.name("000001", "R1")
    assert records.name("000002", "R2")
