"""The operator: what he draws, and that he writes down what the switch has taken and nothing else."""

from collections import Counter

import msgspec

from switch.core import EMBEDDED, ChangeRoutes, Route
from switch.machine import Drain, Notice, Notify, Operate, Severity
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.operator import Operator
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.route_book import RouteBook
from terminal_sim.lab.run import SWITCH, Run, lab_config
from terminal_sim.lab.swarm import draw

OPTIONS = draw(1, terminals=4, issuers=3, faults={})
MOVED = Operate(ChangeRoutes((Route("4", "bank1"),)))


def operator():
    """One who has changed nothing yet."""
    return Operator(SWITCH, lab_config(OPTIONS, Run(OPTIONS).crowd))


def told(kind):
    """The switch has told something of this kind."""
    return [Notify(Notice(kind, Severity.INFO, ""))]


def test_what_is_taken_is_written_down():
    """The configuration has the routes from then on; everything else in it is as it was."""
    one = operator()
    before = one.config
    one.took(MOVED, told("routes.changed"))
    assert list(one.routes) == [("4", "bank1")]
    assert msgspec.structs.replace(one.config, routes=before.routes) == before


def test_what_is_refused_leaves_nothing_behind():
    """Nor does any other order."""
    one = operator()
    before = one.config
    one.took(MOVED, told("order.refused"))
    one.took(Operate(Drain()), [])
    assert one.config is before


def test_cards_of_remote_issuers_move_and_others_stay():
    """To other issuers, to nobody, and back; and every change that he means to be taken can be."""
    one, dice = operator(), SeededEntropy(1)
    home = dict(one.routes)
    book = RouteBook(home.items(), (EMBEDDED, "bank1", "bank2", "bank3"))
    targets = {prefix: {to} for prefix, to in home.items()}
    for _ in range(60):
        order = one.move_cards(dice)
        book.take(order)
        assert book.lawful
        one.took(Operate(order), told("routes.changed"))
        for prefix in home:
            targets[prefix].add(book.target(prefix))
        book.take(one.move_cards_wrongly(dice))
        assert not book.lawful
    for prefix, to in home.items():
        assert targets[prefix] == ({EMBEDDED} if to == EMBEDDED else {"bank1", "bank2", "bank3", ""})


class Asked(Observer):
    """Counts the messages that are said to each host."""

    def __init__(self):
        self.count = Counter()

    def said(self, passage):
        self.count[passage.hearer.host.name] += passage.brief.mti == "0200"


def test_a_switch_that_begins_again_has_what_its_operator_has_left():
    """Its routes are those of the configuration of that moment, and not of the first one."""
    asked = Asked()
    run = Run(OPTIONS, (asked,))
    run.operator.took(MOVED, told("routes.changed"))
    run.world.run(10_000)
    assert asked.count["bank2"]
    assert asked.count["bank3"]
    run.world.kill(run.switch)
    run.world.restart(run.switch)
    before = asked.count.copy()
    run.world.run(10_000)
    assert asked.count["bank1"] > before["bank1"]
    assert (asked.count["bank2"], asked.count["bank3"]) == (before["bank2"], before["bank3"])
