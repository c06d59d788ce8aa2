"""Proves that `doctor` looks at everything, tells each finding with what mends it, and fails only when something is wrong."""

import json
import os
import socket
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from switch.cli.doctor import (
    ELSEWHERE,
    LOOKS,
    Finding,
    app,
    look_at_disk,
    look_at_packages,
    look_at_permissions,
    look_at_port,
    look_at_ports,
    look_at_python,
)

OK, FAILED = 0, 1


def doctor(*words: str):
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_every_look_is_told(tmp_path):
    """Each look has its line, in the table's order; for programs each has its entry."""
    done = doctor("--state", str(tmp_path / "state"))
    lines = [line for line in done.stdout.splitlines() if line[:4].strip() in ("ok", "BAD")]
    assert [line.split()[1] for line in lines] == [f"{name}:" for name in LOOKS]
    found = json.loads(doctor("--state", str(tmp_path / "state"), "--json").stdout)
    assert list(found) == list(LOOKS)
    for entry in found.values():
        msgspec.convert(entry, Finding)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("state", ["new", "there", "deep/below/what/is/not/there", "file", "file/below", "/proc/pointsman"])
def test_no_look_raises(tmp_path, monkeypatch, look, state):
    """Whatever the state directory is, each look has a finding in words, and what is bad has something that mends it."""
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir(mode=0o700)
    Path("file").touch()
    finding = look(Path(state))
    assert finding.text
    assert finding.good or finding.mend
    if look is look_at_disk and state.startswith("/proc"):
        assert not finding.good, "nothing can be kept there, whatever its permissions say"
    if look in (look_at_permissions, look_at_disk) and state.startswith("file"):
        assert not finding.good


def test_status(tmp_path):
    """One bad finding fails the command."""
    (tmp_path / "file").touch()
    done = doctor("--state", str(tmp_path / "file"))
    assert done.exit_code == FAILED
    assert "BAD  permissions" in done.stdout
    assert "mend: " in done.stdout


def test_this_python_and_its_packages(tmp_path):
    """What runs the tests is good enough to run the switch."""
    assert look_at_python(tmp_path).good
    assert look_at_packages(tmp_path).good
    assert look_at_packages(tmp_path).text.startswith("pointsman ")


def test_ports(tmp_path):
    """A port that somebody listens on is told with the command that shows who; a free one is told as free."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finding = look_at_port(f"127.0.0.1:{port}")
    assert not finding.good
    assert "Address already in use" in finding.text
    assert f"'sport = :{port}'" in finding.mend
    assert look_at_port(f"127.0.0.1:{port}") == Finding(True, f"127.0.0.1:{port} is free")
    assert "127.0.0.1:8583" in look_at_ports(tmp_path).text, "the default listener's"


def test_a_state_that_others_can_read(tmp_path):
    """It is told with the command that closes it."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    assert look_at_permissions(state) == Finding(True, f"{state} is writable, for this user only")
    state.chmod(0o755)
    assert look_at_permissions(state) == Finding(False, f"{state} can be read by others", f"chmod 700 {state}")
    assert look_at_permissions(tmp_path / "new").text == f"{tmp_path / 'new'} can be made"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_state_of_somebody_else(tmp_path):
    """A directory that is closed to this user is told with the command that opens it; one above it is not asked for."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    why = f"{closed} cannot be read and written by user {os.getuid()}"
    assert look_at_permissions(closed) == Finding(False, why, f"sudo chown {os.getuid()} {closed}")
    assert look_at_permissions(closed / "below" / "it") == Finding(False, why, ELSEWHERE)
    assert doctor("--state", str(closed)).exit_code == FAILED
