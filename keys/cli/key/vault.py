"""Opens what a command of `pointsman key` works on: the keystore's file, and the audit file beside it.

What cannot be opened, and what the HSM refuses, ends the command in one sentence with a status; nothing of it is a traceback.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Annotated, Final

import typer

from keys.cli.exits import UNREADABLE, USAGE, complain
from keys.cli.stores import opener
from keys.errors import KeysError, KeystoreError
from keys.host.audit_file import AuditError, AuditFile
from keys.host.line_file import LineFileError
from keys.hsm import Caller, SoftHsm
from keys.keystore.file import FileKeystore
from keys.keystore.seals import Opener, Passphrase
from keys.policy import Role
from keys.sensitive import Secret
from keys.system import SystemEntropy, wall_ms

PASSPHRASE_FILE_BYTES_MAX: Final = 1024

StoreOption = Annotated[Path, typer.Option(help="The keystore's file.", envvar="POINTSMAN_KEYSTORE")]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(help="File of the passphrase; without it POINTSMAN_LMK_PASSPHRASE, or what is typed in."),
]


@contextmanager
def refusals() -> Iterator[None]:
    """What is refused ends the command in words: status 2, or 4 for an audit file that was tampered with."""
    try:
        yield
    except (KeysError, LineFileError) as error:
        complain(str(error))
        raise typer.Exit(USAGE) from None
    except AuditError as error:
        complain(f"the audit file is not what was written: {error}", "Look closer: pointsman hsm audit verify FILE")
        raise typer.Exit(UNREADABLE) from None


@contextmanager
def open_hsm(store: Path, passphrase_file: Path | None, command: str, role: Role = Role.ADMIN) -> Iterator[SoftHsm]:
    """The HSM over a keystore's file, for whoever is logged in; its acts go to the audit file beside it."""
    with refusals():
        keystore = FileKeystore.open(store, opener_of(passphrase_file), SystemEntropy())
        with open_audit(store) as audit:
            tell = partial(audit.tell_event, command=command)
            yield SoftHsm(keystore, SystemEntropy(), tell, caller=Caller(user_name(), role))


@contextmanager
def open_audit(store: Path) -> Iterator[AuditFile]:
    """The audit file beside a keystore's file."""
    path = store.with_name(f"{store.name}.audit")
    with closing(AuditFile(path, clock_ms=wall_ms)) as audit:
        yield audit


def opener_of(passphrase_file: Path | None, *, new: bool = False) -> Opener:
    """What opens a keystore, or shall seal a new one: the first line of a file, or what `stores` finds.

    Raises:
        KeystoreError: the file cannot be read, or has no passphrase.
    """
    if passphrase_file is None:
        return opener(new=new)
    try:
        with passphrase_file.open("rb") as file:
            line = file.read(PASSPHRASE_FILE_BYTES_MAX).partition(b"\n")[0].rstrip(b"\r")
    except (OSError, ValueError) as error:
        raise KeystoreError(f"{passphrase_file}: {getattr(error, 'strerror', None) or 'no name of a file'}") from None
    return Passphrase(Secret(line))


def user_name() -> str:
    """Who is logged in, for the audit."""
    try:
        return getuser()
    except (OSError, KeyError):
        return "unknown"
