"""Proves what an operator's signals do to `pointsman serve` in mid-traffic: other routes and keys, another day, no break."""

import json
import os
import signal
import sys
from copy import deepcopy

import pytest

from switch.cli.serve import ORDERS
from terminal_sim.cli import AWAITED
from tests.peers.parties import STRANGERS_KEYS, open_till, write
from tests.peers.processes import POINTSMAN, Program, RunningSwitch, of_kind, records, run


@pytest.fixture
def switch(configuration, place):
    """A switch that runs by a file."""
    with RunningSwitch("--config", write(configuration, place), state=place / "state") as running:
        yield running


def pay(till, minor=1_000):
    """DE 39 of a purchase."""
    return till.ask(till.request("0200", minor))["fields"]["39"]


def reread(switch, tree, place, words):
    """Have the switch read this configuration, and wait until it has said so."""
    write(tree, place)
    switch.signal(signal.SIGHUP)
    switch.wait_for(words)


def test_routes_and_keys_change_under_a_till_that_pays(switch, configuration, place):
    """One connection all the while: paid, not routed, paid; a till with the new keys is served beside one without."""
    rekeyed = deepcopy(configuration)
    rekeyed["keys"].extend(STRANGERS_KEYS)
    rekeyed["links"][0] |= {"mac_key": "stranger.zak", "pin_key": "stranger.zpk"}
    with open_till(configuration, switch.port()) as till:
        assert pay(till) == "00"
        reread(switch, configuration | {"routes": []}, place, "0 routes are in force")
        assert pay(till) == "15"
        reread(switch, rekeyed, place, "pos speaks under its new keys")
        assert pay(till) == "00"
        with open_till(rekeyed, switch.port(), "pos", "FOREIGN2") as other:
            assert pay(other) == "00"
    assert switch.stop() == 0
    assert [record["order"] for record in of_kind(records(switch.state), "ordered")] == [
        "ChangeRoutes",
        "ChangeRoutes",
        "ChangeKeys",
    ]


def test_a_bad_file_leaves_everything_as_it_was(switch, configuration, place):
    """What needs a restart, what is misspelt and what is no TOML: each is told by its place, and nothing of it is taken."""
    with open_till(configuration, switch.port()) as till:
        moved = configuration | {"routes": [], "token_key": "journal.protect"}
        reread(switch, moved, place, "$.token_key changes only at a restart")
        misspelt = configuration | {"routes": [{"prefix": "4", "to": "isuer"}]}
        reread(switch, misspelt, place, '$.routes[0].to: "isuer" is not known; did you mean "issuer"?')
        (place / "switch.toml").write_text("links = [")
        switch.signal(signal.SIGHUP)
        switch.wait_for("not TOML")
        assert pay(till) == "00"
    assert switch.stop() == 0
    assert list(of_kind(records(switch.state), "ordered")) == []


def test_orders_wait_for_a_switch_that_starts_and_hold_up_no_stop(configuration, place):
    """Signals that come before it listens are obeyed then. Its file is a pipe: the second reading does not end by itself."""
    text, pipe = write(configuration, place).read_bytes(), place / "pipe"
    os.mkfifo(pipe)
    words = [POINTSMAN, "serve", "--config", str(pipe), "--state", str(place / "state")]
    with Program(words) as switch:
        with pipe.open("wb") as writer:  # Opened as soon as the switch reads it.
            switch.signal(signal.SIGUSR1)
            switch.signal(signal.SIGHUP)
            writer.write(text)
        switch.complaints.wait(lambda lines: any("is closed; it is" in line for line in lines))
        switch.signal(signal.SIGHUP)
        switch.signal(signal.SIGTERM)
        assert switch.wait() == 0


@pytest.mark.parametrize("number", ORDERS)
def test_an_order_that_comes_while_the_program_is_being_imported_does_not_end_it(configuration, place, number):
    """Python names each module as it has it: the first of the switch's is there, and most are not. It is obeyed later."""
    words = [sys.executable, "-X", "importtime", POINTSMAN, "serve", "--state", str(place / "state")]
    with Program([*words, "--config", str(write(configuration, place))]) as switch:
        switch.complaints.wait(lambda lines: any(line.endswith(" switch.config") for line in lines))
        switch.signal(number)
        said = {signal.SIGHUP: "the configuration was read again", signal.SIGUSR1: "is closed; it is"}[number]
        switch.complaints.wait(lambda lines: any(said in line for line in lines))
        switch.signal(signal.SIGTERM)
        assert switch.wait() == 0


def test_every_order_is_awaited_by_the_table_of_commands():
    """Which is read before the switch is imported, and names no less than the switch hears."""
    assert set(AWAITED["serve",]) == set(ORDERS)


def test_days_are_closed_and_add_up(switch, configuration, place):
    """Two days of purchases and the open one, as `journal totals` adds them up; while the switch runs, and after it."""
    with open_till(configuration, switch.port()) as till:
        for number, minor in enumerate((1_000, 250), 1):
            assert pay(till, minor) == "00"
            switch.signal(signal.SIGUSR1)
            switch.wait_for("is closed; it is", count=number)
        assert pay(till, 20) == "00"
    shown = run("journal", "totals", switch.state, "--json")
    days = [json.loads(line) for line in shown.output.splitlines()]
    assert [(day["closed"], day["agrees"]) for day in days] == [(True, True), (True, True), (False, True)]
    assert [[total["approved_minor"] for total in day["totals"]] for day in days] == [[1_000], [250], [20]]
    assert [day["day"] for day in days] == sorted(day["day"] for day in days)
    assert switch.stop() == 0
    one = run("journal", "totals", switch.state, "--day", days[1]["day"])
    assert one.output.splitlines()[1:] == [
        "  pos -> issuer: 1 approved 2.50 EUR, 0 completed 0.00 EUR, 0 reversed 0.00 EUR",
    ]


def test_orders_replay_as_long_as_no_key_changes(configuration, place):
    """A full trace holds orders as events; keys that it does not begin with end it, with a notice, and it is good so far."""
    path = place / "switch.trace"
    words = ("--config", write(configuration, place), "--trace", str(path), "--trace-full")
    with RunningSwitch(*words, state=place / "state") as switch, open_till(configuration, switch.port()) as till:
        assert pay(till) == "00"
        reread(switch, configuration | {"routes": []}, place, "0 routes are in force")
        assert pay(till) == "15"
        switch.signal(signal.SIGUSR1)
        switch.wait_for("is closed; it is")
        more = deepcopy(configuration)
        more["keys"].extend(STRANGERS_KEYS)
        reread(switch, more, place, "the trace ends here")
        assert switch.stop() == 0
    replayed = run("sim", "--replay", path)
    assert replayed.status == 0, replayed
    assert "the same commands, byte for byte" in replayed.output
