"""Proves that `kill -9` in the middle of work loses nothing that was acknowledged and leaves nothing open."""

import contextlib
import json
import signal
import sqlite3
import threading

import pytest

from tests.peers.parties import open_bank, open_till, with_bank, write
from tests.peers.processes import RunningSwitch, of_kind, records, run

INTERNAL = 5
"""Exit status of a switch that cannot go on."""

SILENT = 4_268
"""An amount in minor units at which the issuer's host is silent."""

BATCH = 25
"""Requests in one write: while some of them are answered others are being written."""


@pytest.fixture
def bank(configuration):
    """An issuer's host for Mastercards; Visa cards stay with the embedded issuer."""
    with open_bank(configuration) as opened:
        yield opened


@pytest.mark.parametrize("batches", [1, 7])
def test_kill(bank, configuration, place, batches):
    """Killed under load after some batches of answers, started again: the chain verifies, each acknowledged approval is
    booked once and found again by its repeat, and what was open at the bank is reversed there."""
    tree = with_bank(configuration, bank.port, 60_000, prefix="5")
    file, state = write(tree, place), place / "state"
    mastercard = next(card for card in tree["issuer"]["cards"] if card["pan"].startswith("5"))
    with RunningSwitch("--config", file, state=state) as switch:
        switch.wait_for("bank is online")
        with open_till(tree, switch.port(), terminal_id="OPENTILL") as waiting, open_till(tree, switch.port()) as busy:
            left_open = waiting.keyed("0200", SILENT, mastercard)
            waiting.client.say(left_open)
            forwarded = bank.wait_for("0200", de_4=left_open["fields"]["4"])["fields"]
            load = [[busy.request("0200", 100) for _ in range(BATCH)] for _ in range(batches + 200)]
            killed = threading.Event()
            feeder = threading.Thread(target=_feed, args=(busy.client, load, killed))
            feeder.start()
            acknowledged = [busy.client.hear()["answers"] for _ in range(batches)]
            switch.signal(signal.SIGKILL)
            killed.set()
            assert switch.wait() == -signal.SIGKILL
            feeder.join()
            # What the client says after the kill: whole batches that had been answered, the one that was cut off, and perhaps
            # one more that found the connection gone before it was sent.
            told = busy.client.program.output
            told.wait(lambda lines: '"closed": true' in lines[-1])
            acknowledged += [json.loads(line).get("answers", []) for line in told.all()[batches:]]
            assert waiting.client.hear().get("closed")
    approvals = [answer["fields"] for answers in acknowledged for answer in answers if answer["fields"]["39"] == "00"]
    assert batches * BATCH <= len(approvals) < len(load) * BATCH, "it was killed under load"
    _check_books(state, approvals, left_open)
    with RunningSwitch("--config", file, state=state) as switch:
        switch.wait_for("open when the process ended; reversed now")
        assert bank.wait_for("0420")["fields"]["90"][:20] == "0200" + forwarded["11"] + forwarded["7"]
        with open_till(tree, switch.port()) as again:
            for orders, answers in ((load[0], acknowledged[0]), (load[batches - 1], acknowledged[batches - 1])):
                repeated = again.ask({"batch": [order | {"mti": "0201"} for order in orders]})["answers"]
                assert [answer["fields"]["38"] for answer in repeated] == [answer["fields"]["38"] for answer in answers]
            assert again.ask(left_open)["fields"]["39"] == "91", "its outcome is told to whoever asks again"
        assert switch.stop() == 0
    _check_books(state, approvals, left_open)


@pytest.mark.slow
def test_a_disk_that_does_not_write(configuration, place):
    """While the journal cannot be written nothing is said; when it stays so the switch ends with status 5, and the purchase has
    not happened."""
    file, state = write(configuration, place), place / "state"
    with RunningSwitch("--config", file, state=state) as switch:
        with (
            open_till(configuration, switch.port()) as till,
            open_till(configuration, switch.port(), "pos", "OTHER001") as other,
        ):
            assert till.ask(till.request("0200", 1_000))["fields"]["39"] == "00"
            before = records(state)
            with contextlib.closing(sqlite3.connect(state / "journal.sqlite", isolation_level=None)) as hold:
                hold.execute("BEGIN IMMEDIATE")
                order = till.request("0200", 2_000)
                till.client.say(order)
                other.client.say(other.network("301"))
                assert switch.wait() == INTERNAL
            assert "got" not in till.client.hear()
            other.client.hear()
        assert "stopped: the journal was not written" in switch.text()
        assert "Traceback" not in switch.text()
    assert records(state) == before
    with RunningSwitch("--config", file, state=state) as switch:
        with open_till(configuration, switch.port()) as till:
            assert till.ask(order)["fields"]["39"] == "00", "asked again, it happens once"
        assert switch.stop() == 0
    assert len(list(of_kind(records(state), "answered"))) == 2


def _feed(client, load, killed):
    """Give the client one batch after the other; it answers each before it takes the next."""
    for orders in load:
        if killed.is_set():
            return
        client.say({"batch": orders})


def _check_books(state, approvals, left_open):
    """The chain is whole, and each acknowledged approval has exactly one posting."""
    verdict = run("journal", "verify", state)
    assert verdict.status == 0, verdict
    journal = records(state)
    booked = {record["key"]: record for record in of_kind(journal, "answered")}
    assert len(booked) == len(list(of_kind(journal, "answered"))), "nothing is booked twice"
    for fields in approvals:
        record = booked[f"pos/0200/{fields['41']}/{fields['11']}/{fields['7']}"]
        assert (record["approval_code"], record["postings"][0]["minor"]) == (fields["38"], -int(fields["4"]))
    assert not any(left_open["fields"]["41"] in key for key in booked)
