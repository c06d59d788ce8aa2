"""Proves how `pointsman serve` ends when it is told to: what is open is answered first, or everything stops at once."""

import collections
import json
import re
import signal
import subprocess

import pytest

from tests.peers.parties import open_bank, open_till, with_bank, write
from tests.peers.processes import PATIENCE_S, POINTSMAN, Program, RunningSwitch, of_kind, records, run

SILENT, HELD = 4_268, 4_270
"""Amounts in minor units; `foreign_issuer.HABITS` says what their last two digits do."""


@pytest.fixture
def bank(configuration):
    """An issuer's host that takes its time."""
    with open_bank(configuration) as opened:
        yield opened


@pytest.fixture
def switch(bank, configuration, place):
    """A switch that has signed on at the bank, and waits for it as long as it takes."""
    file = write(with_bank(configuration, bank.port, 60_000), place)
    with RunningSwitch("--config", file, state=place / "state") as running:
        running.wait_for("bank is online")
        yield running


def test_stop_at_once_after_the_start(configuration, place):
    """Whoever has read that it listens may tell it to stop: it exits 0, not by the signal."""
    with RunningSwitch("--config", write(configuration, place), state=place / "state") as switch:
        assert switch.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_when_idle(configuration, place, number):
    """A switch with an idle connection hangs it up, says so, tells what it counted and exits 0; the journal verifies."""
    with RunningSwitch("--config", write(configuration, place), state=place / "state") as switch:
        with open_till(configuration, switch.port()) as till:
            assert till.ask(till.request("0200", 1_000))["fields"]["39"] == "00"
            switch.signal(number)
            assert till.ask({"wait": True}) == {"closed": True}
        assert switch.wait() == 0
        assert "stopping; 0 exchanges are open" in switch.text()
        assert re.search(r"^counted: .*exchange\.answered 1, .*link\.opened 1", switch.text(), re.MULTILINE)
    assert run("journal", "verify", place / "state").status == 0


def test_stop_under_load(configuration, place):
    """Stopped amid 400 requests of one write: what the till heard approved is booked, and nothing else is."""
    with RunningSwitch("--config", write(configuration, place), state=place / "state") as switch:
        with open_till(configuration, switch.port()) as till:
            orders = [till.request("0200", 100 + number) for number in range(400)]
            till.client.say({"batch": orders})
            switch.wait_for(f"STAN {orders[20]['fields']['11']}")
            switch.signal(signal.SIGTERM)
            heard = till.client.hear()["answers"]
        assert switch.wait() == 0
    approved = {answer["fields"]["11"] for answer in heard if answer["fields"]["39"] == "00"}
    booked = collections.Counter()
    for record in records(switch.state):
        if postings := record.get("postings"):
            booked[record["key"].split("/")[3]] += sum(posting["minor"] for posting in postings)
    assert {stan for stan, minor in booked.items() if minor} == approved
    assert len(approved) > 20
    assert {answer["fields"]["39"] for answer in heard} <= {"00", "91"}


def test_nobody_reads_the_log(configuration, place):
    """When whoever read the log has gone away, the switch serves on, and stops with status 0."""
    words = [POINTSMAN, "serve", "--config", str(write(configuration, place)), "--state", str(place / "state")]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            with process.stderr:
                port = int(process.stderr.readline().split()[-1])
            with open_till(configuration, port) as till:
                assert till.ask(till.request("0200", 1_000))["fields"]["39"] == "00"
                assert till.ask(till.request("0200", 1_000))["fields"]["39"] == "00"
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()


def test_what_is_open_is_answered(switch, bank, configuration):
    """What the issuer still thinks about is answered before the switch exits 0; new work is refused meanwhile."""
    with open_till(configuration, switch.port()) as till, open_till(configuration, switch.port(), "pos", "FOREIGN2") as late:
        late.ask(late.network("301"))
        till.client.say(till.request("0200", HELD))
        bank.wait_for("0200", de_4=f"{HELD:012d}")
        switch.signal(signal.SIGTERM)
        switch.wait_for("stopping; 1 exchanges are open")
        refused = late.ask(late.request("0200", 1_000))
        assert refused.get("closed") or refused["fields"]["39"] == "91"
        bank.let_go()
        answer = till.client.hear()
        assert (answer["fields"]["39"], answer["mac"]) == ("00", "good")
        assert till.ask({"wait": True}) == {"closed": True}
    assert switch.wait() == 0


def test_a_second_signal_stops_at_once(switch, bank, configuration):
    """The second SIGTERM does not wait for the issuer; what stays open is reversed at the next start."""
    with open_till(configuration, switch.port()) as till:
        order = till.request("0200", SILENT)
        till.client.say(order)
        forwarded = bank.wait_for("0200", de_4=order["fields"]["4"])["fields"]
        switch.signal(signal.SIGTERM)
        switch.wait_for("stopping; 1 exchanges are open")
        switch.signal(signal.SIGTERM)
        assert "got" not in till.client.hear(), "no answer is made up"
    assert switch.wait() == 0
    assert "stopping at once" in switch.text()
    assert "Traceback" not in switch.text()
    assert run("journal", "verify", switch.state).status == 0
    assert [record["type"] for record in of_kind(records(switch.state), "expired")] == []
    with RunningSwitch("--config", switch.state.parent / "switch.toml", state=switch.state):
        assert bank.wait_for("0420")["fields"]["90"][:20] == "0200" + forwarded["11"] + forwarded["7"]


def test_everything_said_is_json(configuration, place):
    """With `--json` a program can read every line of standard error, from the first to the counts at the end."""
    program = Program(
        [POINTSMAN, "serve", "--json", "--config", str(write(configuration, place)), "--state", str(place / "state")]
    )
    try:
        program.complaints.wait(lambda lines: any("journal: " in line for line in lines))
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
    finally:
        program.close()
    kinds = [json.loads(line)["kind"] for line in program.complaints.all()]
    assert {"serve.listening", "serve.journal", "switch.draining", "serve.counted"} <= set(kinds)
