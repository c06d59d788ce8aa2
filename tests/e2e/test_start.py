"""Proves what keeps `pointsman serve` from starting: each is told in words with the next step, and has its exit status."""

import contextlib
import socket
import sqlite3

import pytest

from tests.peers.parties import open_till, write
from tests.peers.processes import RunningSwitch, run

USAGE, CONNECTION, UNREADABLE = 2, 3, 4
"""Exit statuses, as `switch.cli.exits` promises them."""


def refused(file, state):
    """A `serve` that must end by itself, without a traceback and without a word on standard output."""
    done = run("serve", "--config", file, "--state", state)
    assert "Traceback" not in done.complaints, done
    assert done.output == ""
    return done


def test_port_in_use(configuration, place):
    """An address that somebody else listens on: status 3, the address, the reason, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        configuration["links"][0]["listen"] = address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = refused(write(configuration, place), place / "state")
    assert done.status == CONNECTION
    assert f"link pos: cannot listen on {address}: Address already in use" in done.complaints
    assert "pointsman doctor" in done.complaints


def test_bad_configuration(configuration, place):
    """Names that are not known: status 2, each with its path and the nearest one that is; `check` says the same."""
    configuration["links"][0] |= {"dialect": "iso87-asci", "framing": "len2", "mac_key": "pos.zac"}
    file = write(configuration, place)
    done = refused(file, place / "state")
    assert done.status == USAGE
    assert [line.partition(" (known: ")[0] for line in done.complaints.splitlines()] == [
        '$.links[0].dialect: "iso87-asci" is not known; did you mean "iso87-ascii"?',
        '$.links[0].framing: "len2" is not known; did you mean "len2-big"?',
        '$.links[0].mac_key: "pos.zac" is not known; did you mean "pos.zak"?',
    ]
    assert "(known: iso87-ascii, iso87-binary" in done.complaints
    assert run("check", file).complaints == done.complaints
    assert not (place / "state").exists(), "nothing was made"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"links = [", "not TOML"),
        (b"\xff\xfe", "not UTF-8"),
        (b"", "$.links: "),
        (b"state_dir = 5\n", "$.state_dir: "),
        (b'[[links]]\nname = "pos"\nrole = "aquirer"\ndialect = ""\nframing = ""\n', 'did you mean "acquirer"?'),
        (b'[[links]]\nnaem = "pos"\n', 'did you mean "name"?'),
    ],
    ids=["toml", "bytes", "empty", "type", "role", "field"],
)
def test_no_configuration(place, content, complaint):
    """What is no configuration at all: status 2 and a sentence."""
    file = place / "wrong.toml"
    file.write_bytes(content)
    done = refused(file, place / "state")
    assert done.status == USAGE
    assert complaint in done.complaints


def test_missing_configuration(place):
    """A file that is not there: status 2, and its name."""
    done = refused(place / "nowhere.toml", place / "state")
    assert (done.status, "nowhere.toml" in done.complaints) == (USAGE, True)


def test_journal_of_another_process(configuration, place):
    """A second switch on the same state: status 2, who has it, and what to do; the first one goes on."""
    file = write(configuration, place)
    with RunningSwitch("--config", file, state=place / "state") as first:
        done = refused(file, place / "state")
        assert done.status == USAGE
        assert f"it belongs to another running process ({first.process.pid})" in done.complaints
        assert "choose another state directory" in done.complaints
        with open_till(configuration, first.port()) as till:
            assert till.ask(till.request("0200", 1_000))["fields"]["39"] == "00"


def test_changed_journal(configuration, place):
    """One changed character in one record: status 4 and the number of that record; nothing is served, nothing is written."""
    file, state = write(configuration, place), place / "state"
    with RunningSwitch("--config", file, state=state) as switch:
        with open_till(configuration, switch.port()) as till:
            for _ in range(3):
                till.ask(till.request("0200", 1_000))
        switch.stop()
    journal = sqlite3.connect(state / "journal.sqlite", isolation_level=None)
    (last,) = journal.execute("SELECT max(seq) FROM journal").fetchone()
    change = "CAST(replace(CAST(body AS TEXT), '1000', '1001') AS BLOB)"
    journal.execute(f"UPDATE journal SET body = {change} WHERE seq = ?", (last - 1,))
    before = journal.execute("SELECT * FROM journal").fetchall()
    journal.close()
    done = refused(file, state)
    assert done.status == UNREADABLE
    assert f"record {last - 1}" in done.complaints
    assert "pointsman journal verify" in done.complaints
    with contextlib.closing(sqlite3.connect(state / "journal.sqlite")) as journal:
        assert journal.execute("SELECT * FROM journal").fetchall() == before


@pytest.mark.parametrize("content", [b"", b"not a database, however long the text may be " * 40], ids=["empty", "text"])
def test_journal_that_is_none(configuration, place, content):
    """A file in the journal's place that is something else is left alone; an empty one is filled."""
    file, state = write(configuration, place), place / "state"
    state.mkdir()
    (state / "journal.sqlite").write_bytes(content)
    if content:
        done = refused(file, state)
        assert done.status == USAGE
        assert (state / "journal.sqlite").read_bytes() == content
    else:
        with RunningSwitch("--config", file, state=state) as switch:
            assert switch.stop() == 0


def test_state_that_cannot_be_made(configuration, place):
    """A state directory below a file: status 2 and the place."""
    file = write(configuration, place)
    done = refused(file, file / "state")
    assert (done.status, "switch.toml" in done.complaints) == (USAGE, True)
