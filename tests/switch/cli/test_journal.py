"""Proves how `journal` prints records: each kind on one line, nested values in brackets, vaults by their size only.

What it makes of real, changed and missing journals is proven with real processes in `tests/e2e`.
"""

from typing import get_args

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
    Expired,
    Forwarded,
    KeyEvent,
    Late,
    Opening,
    Record,
    Reversed,
)
from switch.machine import GENESIS
from switch.store import SqliteStore

OPENING = Opening("pos/0200/T1/000001/1122101500", "pos", "0200", "f", "purchase", 1250, "978", "000001", "1122101500")
POSTING = Posting("ACC-VISA", -1250, "978")

RECORDS = (
    AccountOpened("ACC-VISA", "978", 100),
    Forwarded(OPENING, "bank", "000007", "1122101501", bytes(30)),
    Answered(OPENING.key, True, "approved", "issuer", "00", OPENING, "A1B2C3", "", "", (POSTING,), None, "", 2, 7),
    Answered("k", False, "wrong-pin", "issuer", "55", hold=Hold("k", "ACC-VISA", 5, "978")),
    Expired("k", "91"),
    Late("k", "00"),
    Reversed("k", "acquirer", False, (POSTING, POSTING), "k"),
    AdviceOwed("k", "bank", "0220", "000008", "1122101502", bytes(3), bytes(7)),
    AdviceSent("bank", "000008", 1),
    AdviceEnded("bank", "000008", "00"),
    KeyEvent("verify_mac", ("pos.zak",), "refused", "mac-mismatch"),
)


@pytest.fixture
def state(tmp_path):
    """A journal with a record of each kind."""
    store, previous = SqliteStore(tmp_path / "journal.sqlite"), GENESIS
    for seq, record in enumerate(RECORDS, 1):
        sealed = JOURNAL.seal(record, seq=seq, at=1_795_000_000_000, previous=previous)
        store.append([sealed])
        previous = sealed.digest
    store.close()
    return tmp_path


def show(*words: str):
    done = CliRunner().invoke(app, ["show", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_every_kind_has_a_record_here():
    """The sample is complete, and `--kind` knows every kind."""
    assert {type(record) for record in RECORDS} == set(get_args(Record))
    assert len(KINDS) == len(get_args(Record))


def test_one_line_each(state):
    """Sequence, time, kind, and every value that says something."""
    lines = show(str(state)).stdout.splitlines()
    assert len(lines) == len(RECORDS)
    assert lines[0] == "     1  2026-11-18T11:06:40.000+00:00  account-opened  account=ACC-VISA currency=978 minor=100"
    assert "opening=[key=pos/0200/T1/000001/1122101500 link=pos" in lines[1]
    assert "postings=[account=ACC-VISA minor=-1250 currency=978]" in lines[2]
    assert lines[2].endswith("pin_tries=2 atc=7")
    assert "known=False" in lines[6]
    assert lines[10].endswith("operation=verify_mac keys=[pos.zak] result=refused reason=mac-mismatch")


def test_vaults_are_not_shown(state):
    """Enciphered values are told by their size in bytes."""
    lines = show(str(state)).stdout.splitlines()
    assert "vault=(30 bytes, enciphered)" in lines[1]
    assert lines[7].endswith("vault=(3 bytes, enciphered) reversal=(7 bytes, enciphered)")


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(state, kind):
    """`--kind` shows the records of that kind and no others."""
    lines = show(str(state), "--kind", kind).stdout.splitlines()
    assert lines
    assert {line.split()[2] for line in lines} == {kind}


def test_an_unknown_kind(state):
    """A misspelt kind is told with the nearest one, not taken for a journal without such records."""
    done = show(str(state), "--kind", "answerd")
    assert (done.exit_code, done.stdout) == (2, "")
    assert 'did you mean "answered"?' in done.stderr


@pytest.mark.parametrize(
    ("words", "seqs"), [(["--last", "2"], [10, 11]), (["--from", "10"], [10, 11]), (["--last", "99"], None)]
)
def test_some_records(state, words, seqs):
    """From one on, or some from the end; more than there are is all."""
    lines = show(str(state), *words).stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == (seqs or list(range(1, len(RECORDS) + 1)))
