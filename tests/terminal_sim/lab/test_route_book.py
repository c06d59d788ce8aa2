"""The auditor's own knowledge of routes: the best prefix wins, and an order that cannot be carried out changes nothing."""

import pytest

from switch.core import EMBEDDED, ChangeRoutes, Route
from terminal_sim.lab.route_book import RouteBook

PAN = "4761739001015001"


def book():
    """Two issuers beside the embedded one; one card of the first one's range is the second's."""
    return RouteBook([("4", "bank1"), ("47617390", "bank2"), ("5", EMBEDDED)], (EMBEDDED, "bank1", "bank2"))


def test_the_longest_prefix_wins():
    """Whatever its place; and what has no prefix goes to nobody."""
    assert [book().target(pan) for pan in (PAN, "4111", "5", "6")] == ["bank2", "bank1", EMBEDDED, ""]


def test_an_order_takes_the_place_of_all_routes():
    """What it does not name leads nowhere any more; a switch that begins again has those of its configuration."""
    routes = book()
    routes.take(ChangeRoutes((Route("5", "bank1"),)))
    assert (routes.lawful, routes.target("5"), routes.target(PAN)) == (True, "bank1", "")
    routes.begin([("4", "bank1")])
    assert (routes.target("5"), routes.target(PAN)) == ("", "bank1")


@pytest.mark.parametrize(
    "wrong", [Route("6", "bonk"), Route("4", EMBEDDED), Route("4x", "bank1"), Route("", "bank1"), Route("٤", "bank1")]
)
def test_what_cannot_be_changes_nothing(wrong):
    """An issuer that is none, a prefix that is there already, one that is no digits."""
    routes = book()
    routes.take(ChangeRoutes((Route("4", "bank1"), wrong)))
    assert not routes.lawful
    assert routes.target(PAN) == "bank2"
