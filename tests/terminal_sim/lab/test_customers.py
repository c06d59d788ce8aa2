"""Proves that the demonstration's customers are published test cards, each a different one."""

from switch.domain.card import luhn_valid, published_range
from terminal_sim.lab.customers import CUSTOMERS_MAX, customer, issuer_side, make_card


def test_customers_are_test_cards():
    """Every customer has a number of a published range with a right check digit, and no two have the same one."""
    cards = [customer(number) for number in range(CUSTOMERS_MAX)]
    assert all(luhn_valid(card.pan) and published_range(card.pan) for card in cards)
    assert len({card.pan.expose() for card in cards}) == CUSTOMERS_MAX
    assert len({card.account for card in cards}) == CUSTOMERS_MAX


def test_both_sides_know_the_same_card():
    """What the issuer is told of a card is what the plastic says."""
    card = customer(7)
    accounts, issued = issuer_side([card])
    track = make_card(card).swipe().track2.expose().decode("ascii")
    assert track.startswith(f"{issued[0].pan}={issued[0].expiry}{issued[0].service_code}")
    assert issued[0].account == accounts[0].number
