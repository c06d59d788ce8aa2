"""Proves how `journal` prints records, and that it names what was changed in a journal, or why there is none.

That it does so with the journal of a real run is proven with real processes in `tests/e2e`.
"""

import json
import sqlite3
from contextlib import closing
from typing import get_args

import msgspec
import pytest
from typer.testing import CliRunner

from switch.cli.journal import KINDS, app
from switch.domain.postings import Hold, Posting
from switch.ledger import JOURNAL
from switch.ledger.records import (
    AccountOpened,
    AdviceEnded,
    AdviceOwed,
    AdviceSent,
    Answered,
    DayClosed,
    Expired,
    Forwarded,
    KeyEvent,
    Late,
    Opening,
    Ordered,
    Record,
    Reversed,
    Total,
)
from switch.machine import GENESIS
from switch.store import SqliteStore

OK, USAGE, UNREADABLE = 0, 2, 4

OPENING = Opening("pos/0200/T1/000001/1122101500", "pos", "0200", "f", "purchase", 1250, "978", "000001", "1122101500")
POSTING = Posting("ACC-VISA", -1250, "978")

RECORDS = (
    AccountOpened("ACC-VISA", "978", 100),
    Forwarded(OPENING, "bank", "000007", bytes(30)),
    Answered(OPENING.key, True, "approved", "issuer", "00", OPENING, "A1B2C3", "", "", (POSTING,), None, "", 2, 7),
    Answered("k", False, "wrong-pin", "issuer", "55", hold=Hold("k", "ACC-VISA", 5, "978")),
    Expired("k", "91"),
    Late("k", "00"),
    Reversed("k", "acquirer", False, (POSTING, POSTING), "k"),
    AdviceOwed("k", "bank", "0220", "000008", "1122101502", bytes(3), bytes(7)),
    AdviceSent("bank", "000008", 1),
    AdviceEnded("bank", "000008", "00"),
    KeyEvent("verify_mac", ("pos.zak",), "refused", "mac-mismatch"),
    Ordered("ChangeRoutes", "2 routes"),
    DayClosed("20261116", "20261117", (Total("pos", "", "978", approvals=1, approved_minor=1250),)),
)


def keep(directory, *records):
    """Make a journal of these records."""
    store, previous = SqliteStore(directory / "journal.sqlite"), GENESIS
    for seq, record in enumerate(records, 1):
        sealed = JOURNAL.seal(record, seq=seq, at=1_795_000_000_000, previous=previous)
        store.append([sealed])
        previous = sealed.digest
    store.close()


@pytest.fixture
def state(tmp_path):
    """A journal with a record of each kind."""
    keep(tmp_path, *RECORDS)
    return tmp_path


def journal(*words: str):
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_every_kind_has_a_record_here():
    """The sample is complete, and `--kind` knows every kind."""
    assert {type(record) for record in RECORDS} == set(get_args(Record))
    assert len(KINDS) == len(get_args(Record))


def test_one_line_each(state):
    """Sequence, time, kind, and every value that says something."""
    lines = journal("show", str(state)).stdout.splitlines()
    assert len(lines) == len(RECORDS)
    assert lines[0] == "     1  2026-11-18T11:06:40.000+00:00  account-opened  account=ACC-VISA currency=978 minor=100"
    assert "opening=[key=pos/0200/T1/000001/1122101500 link=pos" in lines[1]
    assert "postings=[account=ACC-VISA minor=-1250 currency=978]" in lines[2]
    assert lines[2].endswith("pin_tries=2 atc=7")
    assert "known=False" in lines[6]
    assert lines[10].endswith("operation=verify_mac keys=[pos.zak] result=refused reason=mac-mismatch")


def test_vaults_are_not_shown(state):
    """Enciphered values are told by their size in bytes."""
    lines = journal("show", str(state)).stdout.splitlines()
    assert "vault=(30 bytes, enciphered)" in lines[1]
    assert lines[7].endswith("vault=(3 bytes, enciphered) reversal=(7 bytes, enciphered)")


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(state, kind):
    """`--kind` shows the records of that kind and no others."""
    lines = journal("show", str(state), "--kind", kind).stdout.splitlines()
    assert lines
    assert {line.split()[2] for line in lines} == {kind}


def test_an_unknown_kind(state):
    """A misspelt kind is told with the nearest one, not taken for a journal without such records."""
    done = journal("show", str(state), "--kind", "answerd")
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert 'did you mean "answered"?' in done.stderr


@pytest.mark.parametrize(
    ("words", "seqs"), [(["--last", "2"], [12, 13]), (["--from", "12"], [12, 13]), (["--last", "99"], None)]
)
def test_some_records(state, words, seqs):
    """From one on, or some from the end; more than there are is all."""
    lines = journal("show", str(state), *words).stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == (seqs or list(range(1, len(RECORDS) + 1)))


def test_verify(state):
    """A good chain: status 0, the number of records and the last digest, for people and for programs."""
    done = journal("verify", str(state))
    verdict = json.loads(journal("verify", str(state / "journal.sqlite"), "--json").stdout)
    assert done.exit_code == OK
    assert done.stdout == f"chain: good, {len(RECORDS)} records, last digest {verdict['digest']}\n"
    assert (verdict["good"], verdict["records"]) == (True, len(RECORDS))


def test_verify_an_empty_journal(tmp_path):
    """A journal without records is good."""
    SqliteStore(tmp_path / "journal.sqlite").close()
    assert journal("verify", str(tmp_path)).stdout == "chain: good, 0 records, last digest (none)\n"


SPOILT = {
    "a digit": "UPDATE journal SET body = CAST(replace(body, '1250', '1251') AS BLOB) WHERE seq = 3",
    "a digest": "UPDATE journal SET digest = zeroblob(32) WHERE seq = 3",
    "a time": "UPDATE journal SET at = at + 1 WHERE seq = 3",
    "a kind": "UPDATE journal SET kind = 'late' WHERE seq = 3",
    "a body": "UPDATE journal SET body = x'00' WHERE seq = 3",
    "no body": "UPDATE journal SET body = x'' WHERE seq = 3",
    "another body": "UPDATE journal SET body = (SELECT body FROM journal WHERE seq = 4) WHERE seq = 3",
    "missing": "DELETE FROM journal WHERE seq = 3",
    "moved": "UPDATE journal SET seq = 99 WHERE seq = 3",
}
"""What is done to the third record."""


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_verify_a_changed_journal(state, spoil):
    """Whatever was changed: status 4, and exactly that record is named, for people and for programs."""
    with closing(sqlite3.connect(state / "journal.sqlite", isolation_level=None)) as connection:
        assert connection.execute(spoil).rowcount == 1
    done = journal("verify", str(state))
    assert done.exit_code == UNREADABLE
    assert done.stdout.startswith("chain: BROKEN at record 3: ")
    assert done.stdout.endswith("(2 records before it are good)\n")
    verdict = json.loads(journal("verify", str(state), "--json").stdout)
    assert (verdict["good"], verdict["record"], verdict["records"]) == (False, 3, 2)


def test_show_a_record_that_is_none(state):
    """Those before it are shown; it ends the command with status 4 and its number."""
    with closing(sqlite3.connect(state / "journal.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE journal SET body = x'00' WHERE seq = 3")
    done = journal("show", str(state))
    assert done.exit_code == UNREADABLE
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr.startswith("record 3: ")


@pytest.mark.parametrize("command", ["verify", "show"])
@pytest.mark.parametrize("what", ["missing", "text", "empty", "database", "directory", "loop"])
def test_what_is_no_journal(tmp_path, command, what):
    """What is not there or is no journal: a sentence with its name and what to do, status 2."""
    path = tmp_path / "there"
    match what:
        case "text":
            path.write_text("this is a text, and no journal of anybody\n" * 100)
        case "empty":
            path.touch()
        case "database":
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE journal(seq)")
        case "directory":
            path.mkdir()
        case "loop":
            path.symlink_to("there")
    done = journal(command, str(path))
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert str(path) in done.stderr


def days_of(path, *words):
    done = journal("totals", str(path), *words)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()] if "--json" in words else done.stdout


def test_totals_of_days(tmp_path):
    """Each day as its records add up, the open one last; for people with the currency's own decimals."""
    yen = msgspec.structs.replace(OPENING, key="yen", currency="392")
    keep(
        tmp_path,
        Answered(OPENING.key, True, "approved", "issuer", "00", OPENING),
        DayClosed("20261116", "20261117", (Total("pos", "", "978", approvals=1, approved_minor=1250),)),
        Forwarded(yen, "bank", "000007", b""),
        Answered("yen", True, "approved", "issuer", "00"),
        Reversed("yen", "acquirer"),
    )
    assert days_of(tmp_path) == (
        OK,
        "20261116: closed\n"
        "  pos -> issuer: 1 approved 12.50 EUR, 0 completed 0.00 EUR, 0 reversed 0.00 EUR\n"
        "20261117: open\n"
        "  pos -> bank: 1 approved 1250 JPY, 0 completed 0 JPY, 1 reversed 1250 JPY\n",
    )
    status, (day,) = days_of(tmp_path, "--day", "20261116", "--json")
    assert (status, day["closed"], day["agrees"]) == (OK, True, True)
    assert day["totals"] == [
        {"acquirer": "pos", "issuer": "issuer", "currency": "978", "approvals": 1, "approved_minor": 1250}
        | dict.fromkeys(("completions", "completed_minor", "reversals", "reversed_minor"), 0)
    ]
    assert journal("totals", str(tmp_path), "--day", "20261118").exit_code == USAGE


def test_a_day_that_was_closed_with_other_totals_is_named(tmp_path):
    """Status 1: the chain is good, and what is in it contradicts itself."""
    keep(
        tmp_path,
        Answered(OPENING.key, True, "approved", "issuer", "00", OPENING),
        DayClosed("20261116", "20261117", ()),
        DayClosed("20261117", "20261118", ()),
    )
    status, text = days_of(tmp_path)
    assert (status, "20261116: closed, WITH OTHER TOTALS" in text, "20261117: closed\n" in text) == (1, True, True)
