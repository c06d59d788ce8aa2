"""Proves what `pointsman hsm` says and how it ends: mistakes in words, an audit file judged, a store served and read again."""

import re
import signal
import socket
import sys

import msgspec
import pytest
import trio
from typer.testing import CliRunner

from keys.cli.hsm import ORDERS, Renewal, app, obey
from keys.cli.signals import STOPS
from keys.host.machine import Options
from keys.host.server import HostServer
from keys.host.service import AUDIT_FILE, open_machine
from keys.keystore.file import FileKeystore
from keys.keystore.seals import Passphrase
from keys.lab import lab_key, lab_keystore
from keys.sensitive import Secret
from keys.system import SystemEntropy
from keys.terms import KeyState
from terminal_sim.cli import AWAITED
from tests.peers.processes import POINTSMAN, Program, run

PASSPHRASE = "correct horse battery"


def hsm(*words, **settings):
    """Run the command in this process."""
    return CliRunner().invoke(app, list(map(str, words)), **settings)


@pytest.mark.parametrize(
    "command", [["serve"], ["serve", "--lab", "--store", "x"], ["unblock", "4761739001010119", "--key", "k"]]
)
def test_it_must_be_said_which_keys_are_meant(command, tmp_path):
    """Neither or both: status 2, and what to say."""
    done = hsm(*command, "--state", tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "say which keys are meant: --store PATH for a keystore, or --lab for the published ones\n"


def test_an_unknown_command_cannot_be_disabled(tmp_path):
    """Status 2, with those that there are."""
    done = hsm("serve", "--lab", "--disable", "QQ", "--state", tmp_path)
    assert done.exit_code == 2
    assert "'QQ'; there are A0, A6" in done.stderr


def test_a_port_that_is_taken_is_told(tmp_path):
    """Status 3 and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = hsm("serve", "--lab", "--port", taken.getsockname()[1], "--state", tmp_path)
    assert done.exit_code == 3
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert "--port" in done.stderr


def test_sending_to_nobody_is_told():
    """Status 3; a command of other characters 2."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    done = hsm("send", "NC", "--port", port)
    assert (done.exit_code, f"127.0.0.1:{port}" in done.stderr) == (3, True)
    assert hsm("send", "N\u20ac").exit_code == 2


@pytest.fixture
def audited(tmp_path):
    """A state directory with three events in its audit file, and a card without tries."""
    with open_machine(lab_keystore(), tmp_path, Options(), lab=True) as machine:
        for _ in range(4):
            machine.answer(b"0000DCN07pos.zpkN10issuer.pvk" + 16 * b"0" + b"0117390010101110000", "somebody", 0)
    return tmp_path


def test_an_audit_file_is_judged(audited):
    """Good: its events counted, status 0; changed: the line named, status 4; none: status 2."""
    path = audited / AUDIT_FILE
    done = hsm("audit", "verify", path)
    assert done.exit_code == 0
    assert re.fullmatch(r"chain: good, 4 events, last digest [0-9a-f]{64}\n", done.stdout)
    path.write_bytes(path.read_bytes().replace(b"somebody", b"somebodx", 1))
    done = hsm("audit", "verify", path)
    assert (done.exit_code, done.stdout) == (4, "chain: BROKEN at line 1: it was changed after it was written\n")
    assert hsm("serve", "--lab", "--state", audited).exit_code == 4
    assert hsm("audit", "verify", audited / "absent").exit_code == 2


def test_a_card_is_unblocked(audited):
    """Once; a card without wrong PINs is told; a wrong key or number is told with status 2."""
    words = ("unblock", "4761739001010119", "--lab", "--state", audited, "--key")
    assert hsm(*words, "issuer.pvk").stdout == "unblocked\n"
    assert "no wrong PINs" in hsm(*words, "issuer.pvk").stdout
    assert "did you mean 'issuer.pvk'" in hsm(*words, "issuer.pvx").stderr
    done = hsm("unblock", "47617390x", "--lab", "--state", audited, "--key", "issuer.pvk")
    assert (done.exit_code, "47617390x" in done.stderr) == (2, False)


@pytest.fixture
def store(tmp_path):
    """A keystore's file under a passphrase."""
    store = FileKeystore.create(tmp_path / "keys.store", Passphrase(Secret(PASSPHRASE.encode()), n=1 << 10), SystemEntropy())
    store.add(lab_key("pos.zak"))
    return store


def test_a_store_is_served_and_read_again(store, tmp_path, monkeypatch):
    """By name; from the next command on without what another process has disabled; SIGHUP reads it anyway; SIGTERM ends it."""
    monkeypatch.setenv("POINTSMAN_LMK_PASSPHRASE", PASSPHRASE)
    words = [
        POINTSMAN,
        "hsm",
        "serve",
        "--store",
        str(tmp_path / "keys.store"),
        "--port",
        "0",
        "--state",
        str(tmp_path / "state"),
    ]
    with Program(words) as program:
        port = program.complaints.wait(lambda lines: re.findall(r"on port (\d+)", "\n".join(lines)))[0]
        assert run("hsm", "send", "BUFFFN07pos.zak", "--port", port).output == "BV00" + lab_key("pos.zak").kcv + "\n"
        assert run("hsm", "send", "BUFFFN07pos.zpk", "--port", port).status == 1
        store.add(lab_key("pos.zpk"))
        assert run("hsm", "send", "BUFFFN07pos.zpk", "--port", port).output == "BV00" + lab_key("pos.zpk").kcv + "\n"
        mac = "M600131FFFN07pos.zak0008ABCDEFGH"
        assert run("hsm", "send", mac, "--port", port).status == 0
        store.refresh()
        store.replace(msgspec.structs.replace(store.get("pos.zak"), state=KeyState.DISABLED))
        assert run("hsm", "send", mac, "--port", port).status == 1
        program.signal(signal.SIGHUP)
        program.complaints.wait(lambda lines: "keystore: unchanged" in lines)
        (tmp_path / "keys.store").write_bytes(b"torn")
        assert run("hsm", "send", "BUFFFN07pos.zpk", "--port", port).status == 0
        program.complaints.wait(lambda lines: "The keys are those before" in lines[-1])
        program.signal(signal.SIGTERM)
        assert program.wait() == 0


def serve(tmp_path, *before):
    """The words that serve the lab's keys on a free port, behind those that run the program."""
    return [*before, POINTSMAN, "hsm", "serve", "--lab", "--port", "0", "--state", str(tmp_path / "state")]


def port_of(program):
    """Where it listens, once it says so."""
    return int(program.complaints.wait(lambda lines: re.findall(r"on port (\d+)", "\n".join(lines)))[0])


def test_a_hangup_that_comes_while_the_program_is_being_imported_does_not_end_it(tmp_path):
    """Python names each module as it has it: the first of the HSM's is there, and most are not. It is obeyed later."""
    with Program(serve(tmp_path, sys.executable, "-X", "importtime")) as program:
        program.complaints.wait(lambda lines: any(line.endswith(" keys.errors") for line in lines))
        program.signal(signal.SIGHUP)
        program.complaints.wait(lambda lines: "keystore: unchanged" in lines)
        program.signal(signal.SIGTERM)
        assert program.wait() == 0


def test_every_order_is_awaited_by_the_table_of_commands():
    """Which is read before the HSM is imported; what ends by itself, such as `send`, a hangup still ends."""
    assert {words: set(signals) for words, signals in AWAITED.items() if words[0] == "hsm"} == {("hsm", "serve"): set(ORDERS)}


@pytest.mark.parametrize("number", STOPS)
def test_a_stop_keeps_what_was_counted(tmp_path, number):
    """Status 0 after either, though a client is connected; the wrong PIN is counted still, and the audit file is whole."""
    with Program(serve(tmp_path)) as program:
        port = port_of(program)
        wrong = "DCN07pos.zpkN10issuer.pvk" + 16 * "0" + "0117390010101110000"
        assert run("hsm", "send", wrong, "--port", port).status == 1
        with socket.create_connection(("127.0.0.1", port)):
            program.signal(number)
            assert program.wait() == 0
        assert program.complaints.all()[-1] == "stopping: what was received is answered"
    assert hsm("audit", "verify", tmp_path / "state" / AUDIT_FILE).exit_code == 0
    words = ("unblock", "4761739001010119", "--key", "issuer.pvk", "--lab", "--state", tmp_path / "state")
    assert hsm(*words).stdout == "unblocked\n"


async def test_a_second_stop_waits_for_nobody(capsys):
    """A hangup while a command is being answered holds up no stop: the first one is told to the server, the second returns."""
    working = trio.Event()

    async def work(act):
        working.set()
        await trio.sleep_forever()

    server, (give, signals) = HostServer(None, print, work=work), trio.open_memory_channel(2)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(server.serve, ())
        nursery.start_soon(obey, signals, server, Renewal())
        await give.send(signal.SIGHUP)
        await working.wait()
        await give.send(signal.SIGTERM)
        await give.send(signal.SIGTERM)
    assert capsys.readouterr().err == "stopping: what was received is answered\n"


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({}, "there is no passphrase"),
        ({"POINTSMAN_LMK_PASSPHRASE": "wrong horse battery"}, "the passphrase is not"),
        ({"POINTSMAN_LMK": "xyz"}, "hex digits"),
        ({"POINTSMAN_LMK": 32 * "00"}, "opened by a passphrase"),
    ],
)
def test_a_store_that_cannot_be_opened_is_told(store, tmp_path, variables, word):
    """Status 2 and the reason; never the passphrase."""
    settings = {"POINTSMAN_LMK_PASSPHRASE": None, "POINTSMAN_LMK": None} | variables
    done = hsm("serve", "--store", tmp_path / "keys.store", "--state", tmp_path / "state", env=settings)
    assert done.exit_code == 2
    assert word in done.stderr
    assert "horse" not in done.stderr
