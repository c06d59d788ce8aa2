"""`pointsman doctor`: what on this machine would keep Pointsman from working, in words, with the command that mends it."""

import os
import platform
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from switch.cli import examples, new_app
from switch.cli.exits import FAILED
from switch.config import Config
from switch.default_config import default_config

app = new_app()

_EPILOG = examples(
    "pointsman doctor",
    "pointsman doctor --state /var/lib/pointsman",
    "pointsman doctor --json",
)

FSYNC_ROUNDS = 20
FSYNC_SLOW_MS = 20.0
"""A disk that needs longer for one fsync makes every answer wait: group commit hides some of it, not all."""

PYTHON_MIN = (3, 11)

ELSEWHERE = "choose another place: pointsman serve --state DIR"

DEFAULT_STATE = Path(Config().state_dir)


class Finding(msgspec.Struct, frozen=True):
    """What one look has shown: good or not, in words, and the command that mends it."""

    good: bool
    text: str
    mend: str = ""


@app.command(epilog=_EPILOG)
def doctor(
    state: Annotated[Path, typer.Option(readable=False, help="State directory to look at.")] = DEFAULT_STATE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at this machine: Python, packages, ports, permissions, disk."""
    findings = {name: look(state) for name, look in LOOKS.items()}
    if as_json:
        typer.echo(msgspec.json.encode(findings).decode())
    else:
        for name, finding in findings.items():
            typer.echo(f"{'ok ' if finding.good else 'BAD'}  {name}: {finding.text}")
            if finding.mend:
                typer.echo(f"     mend: {finding.mend}")
    if not all(finding.good for finding in findings.values()):
        raise typer.Exit(FAILED)


def look_at_python(state: Path) -> Finding:
    """Is this Python new enough?"""
    text = f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    wanted = ".".join(map(str, PYTHON_MIN))
    return Finding(
        sys.version_info >= PYTHON_MIN, text, "" if sys.version_info >= PYTHON_MIN else f"install Python {wanted} or later"
    )


def look_at_packages(state: Path) -> Finding:
    """Are the libraries there?"""
    try:
        found = ", ".join(f"{name} {version(name)}" for name in ("pointsman", "trio", "cryptography", "msgspec", "pyiso8583"))
    except PackageNotFoundError as error:
        return Finding(False, f"{error.name} is not installed", f"{sys.executable} -m pip install pointsman")
    return Finding(True, found)


def look_at_ports(state: Path) -> Finding:
    """Can the default listener be opened?"""
    return look_at_port(default_config().links[0].listen)


def look_at_port(address: str) -> Finding:
    """Can this address be listened on?"""
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            mend = f"see who has it: ss -ltnp 'sport = :{port}'  (or choose another port in a configuration)"
            return Finding(False, f"{address} cannot be listened on: {error.strerror}", mend)
    return Finding(True, f"{address} is free")


def look_at_permissions(state: Path) -> Finding:
    """Can the state directory be made and written, and is it closed to others?"""
    there = _nearest_there(state)
    if not there.is_dir():
        return Finding(False, f"{there} is a file, and no directory", ELSEWHERE)
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        why = f"{there} cannot be read and written by user {os.getuid()}"
        # Whoever cannot make a directory has no business owning what is above it.
        return Finding(False, why, f"sudo chown {os.getuid()} {there}" if there == state else ELSEWHERE)
    if there == state and state.stat().st_mode & 0o077:
        return Finding(False, f"{state} can be read by others", f"chmod 700 {state}")
    return Finding(True, f"{state} is writable, for this user only" if there == state else f"{state} can be made")


def look_at_disk(state: Path) -> Finding:
    """How long does an fsync take where the journal will be?"""
    where = _nearest_there(state)
    try:
        took = _fsync_ms(where)
    except OSError as error:
        why = f"nothing can be written in {where}: {error.strerror}"
        return Finding(False, why, ELSEWHERE)
    median = sorted(took)[len(took) // 2]
    text = f"fsync takes {median:.2f} ms (median of {FSYNC_ROUNDS}, longest {max(took):.2f} ms) in {where}"
    slow = median > FSYNC_SLOW_MS
    return Finding(not slow, text, "keep the state on a local disk: pointsman serve --state DIR" if slow else "")


def _nearest_there(state: Path) -> Path:
    """The state directory, or what is there of the way to it, as far as this user may look."""
    return next(place for place in (state, *state.absolute().parents) if os.path.exists(place))


def _fsync_ms(where: Path) -> list[float]:
    """How long each of some fsyncs takes there."""
    took: list[float] = []
    with tempfile.TemporaryFile(dir=where) as file:
        for _ in range(FSYNC_ROUNDS):
            file.write(bytes(4096))
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - begun) * 1000)
    return took


LOOKS: dict[str, Callable[[Path], Finding]] = {
    "python": look_at_python,
    "packages": look_at_packages,
    "ports": look_at_ports,
    "permissions": look_at_permissions,
    "disk": look_at_disk,
}
"""Every look, in the order in which it is told."""
