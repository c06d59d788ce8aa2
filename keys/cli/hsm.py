"""`pointsman hsm`: the HSM as a server of host commands, one command sent to any such server, and the audit file verified."""

import resource
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated

import trio
import typer

from keys.cli import examples, new_app
from keys.cli.exits import CONNECTION, FAILED, INTERNAL, OK, UNREADABLE, USAGE, complain, printable
from keys.cli.signals import open_signals
from keys.cli.stores import open_store
from keys.errors import KeysError, SelfTestFailed
from keys.host.audit_file import AuditError, verify_audit
from keys.host.client import NoAnswer, exchange
from keys.host.commands import COMMANDS
from keys.host.limits import HEADER_BYTES_MAX
from keys.host.line_file import LineFileError
from keys.host.machine import HostMachine, Options
from keys.host.server import HostServer
from keys.host.service import open_machine
from keys.lab import lab_keystore
from keys.selftest import check_known_answers
from keys.sensitive import Pan
from keys.system import SystemEntropy


class Renewal:
    """Keeps the keys that are served as others leave them in the keystore's file: what `pointsman key disable` puts out of
    use is refused from the next command on. A file that cannot be read again is told, and the keys are those before.

    Args:
        path: of the file, before it is opened; None for keys that are in no file.
    """

    __slots__ = ("_path", "_seen", "refresh")

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._seen = _stamp(path)
        self.refresh: Callable[[], bool] = lambda: False

    def when_replaced(self) -> None:
        """Read the file again if it is another one than the last that was seen."""
        stamp = _stamp(self._path)
        if stamp != self._seen:
            self._seen = stamp
            self._read(unchanged=False)

    def now(self) -> None:
        """Read it again, and say so whether it was changed or not: somebody has asked."""
        self._read(unchanged=True)

    def _read(self, *, unchanged: bool) -> None:
        try:
            if self.refresh():
                complain("keystore: read again")
            elif unchanged:
                complain("keystore: unchanged")
        except KeysError as error:
            complain(f"keystore: {error}. The keys are those before")


def _stamp(path: Path | None) -> tuple[int, ...] | None:
    """What another file of that name has otherwise; None where there is no file."""
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


app = new_app()
audit = new_app()
app.add_typer(audit, name="audit", help="Look at the audit file.")

_SERVE = examples(
    "pointsman hsm serve --lab",
    "pointsman hsm serve --store keys.store --port 1500 --header 4 --state hsm-state",
)
_SEND = examples("pointsman hsm send NC", "pointsman hsm send B20005HELLO --port 1500")
_UNBLOCK = examples("pointsman hsm unblock 4761739001010119 --key issuer.pvk --lab")
_VERIFY = examples("pointsman hsm audit verify pointsman-hsm/audit.log")

ORDERS = (signal.SIGHUP,)
"""Have the keystore read again; the table of commands keeps it until it is heard."""

PortOption = Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.")]
HeaderOption = Annotated[int, typer.Option(min=0, max=HEADER_BYTES_MAX, help="Bytes of the message header.")]
StoreOption = Annotated[Path | None, typer.Option(help="A keystore's file.")]
DEFAULT_STATE = Path("pointsman-hsm")
DEFAULT_PORT = 1500
DEFAULT_HEADER = 4


@app.callback()
def hsm() -> None:
    """Serve the HSM to clients of the payShield-style host command protocol."""


@app.command(epilog=_SERVE)
def serve(
    store: StoreOption = None,
    lab: Annotated[bool, typer.Option("--lab", help="Published lab keys and LMK; keys may be managed.")] = False,
    port: PortOption = DEFAULT_PORT,
    bind: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    header: HeaderOption = DEFAULT_HEADER,
    state: Annotated[Path, typer.Option(help="Directory of counters and audit.")] = DEFAULT_STATE,
    authorised: Annotated[bool, typer.Option("--authorised", help="Let callers make, import and export keys.")] = False,
    compat_errors: Annotated[
        bool, typer.Option("--compat-errors", help="Tell why a PIN block is refused and how long PINs are: unsafe.")
    ] = False,
    disable: Annotated[list[str] | None, typer.Option(help="Answer this command with 68; may be repeated.")] = None,
) -> None:
    """Serve host commands until SIGTERM or Ctrl-C. A key disabled meanwhile is refused from the next command on."""
    unknown = sorted(set(disable or ()) - set(COMMANDS))
    if unknown:
        complain(f"--disable: there is no command {unknown[0]!r}; there are {', '.join(sorted(COMMANDS))}")
        raise typer.Exit(USAGE)
    # Keys would stand in a core file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    options = Options(
        header_bytes=header, authorised=authorised or lab, compat_errors=compat_errors, disabled=tuple(disable or ())
    )
    raise typer.Exit(
        _with_machine(lab, store, state, options, lambda machine, renewal: trio.run(_serve, machine, renewal, bind, port))
    )


@app.command(epilog=_SEND)
def send(
    command: Annotated[str, typer.Argument(help="Command code and fields, as text.")],
    port: PortOption = DEFAULT_PORT,
    host: Annotated[str, typer.Option(help="Where the server is.")] = "127.0.0.1",
    header: HeaderOption = DEFAULT_HEADER,
) -> None:
    """Send one command, and print its answer without the header; status 1 when it has another error code than 00."""
    try:
        message = b"0" * header + command.encode("latin-1")
    except UnicodeEncodeError:
        complain("a command has characters of one byte")
        raise typer.Exit(USAGE) from None
    try:
        answer = trio.run(exchange, host, port, message)
    except (NoAnswer, OSError) as error:
        why = str(error) if isinstance(error, NoAnswer) else (error.strerror or "no connection")
        complain(f"{host}:{port}: {why}. Is it served there? pointsman hsm serve --lab")
        raise typer.Exit(CONNECTION) from None
    text = answer[header:].decode("latin-1")
    typer.echo(printable(text))
    raise typer.Exit(OK if text[2:4] == "00" else FAILED)


@app.command(epilog=_UNBLOCK)
def unblock(
    pan: Annotated[str, typer.Argument(help="Card number.")],
    key: Annotated[str, typer.Option(help="Name of the PIN verification key.")],
    store: StoreOption = None,
    lab: Annotated[bool, typer.Option("--lab", help="Published lab keys and LMK.")] = False,
    state: Annotated[Path, typer.Option(help="Directory of counters and audit.")] = DEFAULT_STATE,
) -> None:
    """Let a card be tried again after too many wrong PINs. The server must be stopped: its files have one owner."""

    def act(machine: HostMachine, _: Renewal) -> int:
        done = machine.unblock(Pan(pan), key)
        typer.echo("unblocked" if done else "no wrong PINs are counted for this card under this key")
        return OK

    raise typer.Exit(_with_machine(lab, store, state, Options(), act))


@audit.callback()
def audit_commands() -> None:
    """Look at the audit file."""


@audit.command(epilog=_VERIFY)
def verify(file: Annotated[Path, typer.Argument(help="The audit file.")]) -> None:
    """Check the chain from the first event to the last; name the first line that is wrong."""
    try:
        count, digest = verify_audit(file)
    except AuditError as error:
        typer.echo(f"chain: BROKEN at line {error.line}: {error.why}")
        raise typer.Exit(UNREADABLE) from None
    except OSError as error:
        complain(f"{file}: {error.strerror or 'cannot be read'}")
        raise typer.Exit(USAGE) from None
    typer.echo(f"chain: good, {count} events, last digest {digest}")


def _with_machine(
    lab: bool, store: Path | None, state: Path, options: Options, act: Callable[[HostMachine, Renewal], int]
) -> int:
    """Do something with a machine; what keeps it from being opened ends the command in words."""
    if lab == (store is not None):
        complain("say which keys are meant: --store PATH for a keystore, or --lab for the published ones")
        return USAGE
    try:
        check_known_answers()
        if store is None:
            with open_machine(lab_keystore(), state, options, lab=True) as machine:
                return act(machine, Renewal())
        renewal = Renewal(store)
        keystore = open_store(store, SystemEntropy())
        with open_machine(keystore, state, options, lab=False) as machine:
            renewal.refresh = keystore.refresh
            return act(machine, renewal)
    except SelfTestFailed as error:
        complain(str(error), "Look closer: pointsman key selftest")
        return INTERNAL
    except (LineFileError, KeysError) as error:
        complain(str(error))
        return USAGE
    except AuditError as error:
        complain(f"the audit file is not what was written: {error}", "Look closer: pointsman hsm audit verify")
        return UNREADABLE


async def _serve(machine: HostMachine, renewal: Renewal, bind: str, port: int) -> int:
    try:
        listeners = await trio.open_tcp_listeners(port, host=bind)
    except OSError as error:
        complain(f"cannot listen on {bind}:{port}: {error.strerror or error}. Choose another with --port")
        return CONNECTION
    server = HostServer(machine, complain, renew=renewal.when_replaced)

    async def serve_to_the_end() -> None:
        await server.serve(listeners)
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        # Before a word is said: whoever reads that it listens may tell it to stop at once.
        with open_signals(ORDERS) as signals:
            nursery.start_soon(serve_to_the_end)
            complain(f"listening: host commands on port {listeners[0].socket.getsockname()[1]}")
            await obey(signals, server, renewal)
            complain("stopping at once; what was counted is on the disk")
            nursery.cancel_scope.cancel()
    return OK


async def obey(signals: AsyncIterator[int], server: HostServer, renewal: Renewal) -> None:
    """Have everything done that is asked for, until a stop is asked for a second time.

    Nothing is waited for here: a stop is heard while the disk holds a command up, and the keystore cannot be read again.
    """
    stopping = False
    async with trio.open_nursery() as nursery:
        async for number in signals:
            if number in ORDERS:
                nursery.start_soon(server.between, renewal.now)
            elif stopping:
                nursery.cancel_scope.cancel()
            else:
                stopping = True
                complain("stopping: what was received is answered")
                server.stop()
