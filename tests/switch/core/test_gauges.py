"""Gauges: every table that a peer can fill is measured against its bound, and a lawful switch is within all of them."""

from switch.core.gauges import read_gauges
from switch.limits import INFLIGHT_MAX, LATE_MAX


def counts(desk):
    """The gauges by name."""
    gauges = {gauge.name: gauge for gauge in read_gauges(desk.state, desk.traffic)}
    assert all(gauge.count <= gauge.bound for gauge in gauges.values()), gauges
    return {name: gauge.count for name, gauge in gauges.items()}


def test_what_is_open_and_what_has_ended_is_counted(desk, pos, bank, wallet):
    """An exchange is in flight until it expires; then it is remembered, and its reversal waits."""
    before = counts(desk)
    assert before["exchanges in flight"] == before["transactions"] == 0
    pos.post(wallet.pay("mc-chip", entry="012"))
    during = counts(desk)
    assert (during["transactions"], during["exchanges in flight"], during["exchanges ended"]) == (1, 1, 0)
    desk.wait(20_000)
    after = counts(desk)
    assert (after["exchanges in flight"], after["exchanges ended"]) == (0, 1)
    assert sum(count for name, count in after.items() if name.startswith("advices for ")) == 1
    assert sum(count for name, count in after.items() if name.startswith("answers on ")) >= 1


def test_the_bounds_are_those_of_the_house(desk, pos, bank):
    """No bound is made up here."""
    bounds = {gauge.name: gauge.bound for gauge in read_gauges(desk.state, desk.traffic)}
    assert (bounds["exchanges in flight"], bounds["exchanges ended"]) == (INFLIGHT_MAX, LATE_MAX)
    assert bounds["transactions"] == desk.state.transactions_max
    assert bounds["unsealed audit events"] == 0
