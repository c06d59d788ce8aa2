"""`pointsman key create` and `rotate`: a keystore with its master key (LMK), and a new master key for it."""

from pathlib import Path
from typing import Annotated

import typer

from keys.cli import examples
from keys.cli.exits import FAILED, complain
from keys.cli.key.vault import PassphraseOption, StoreOption, open_audit, opener_of, refusals, user_name
from keys.errors import KeystoreError
from keys.keystore.file import FileKeystore
from keys.keystore.seals import BareLmk
from keys.system import SystemEntropy

CREATE = examples(
    "pointsman key create --store my.keys", "pointsman key create --store my.keys --passphrase-file passphrase.txt"
)
ROTATE = examples(
    "pointsman key rotate --store my.keys",
    "pointsman key rotate --store my.keys --new-passphrase-file next.txt",
    "pointsman key rotate --store my.keys --salvage",
)


def create(store: StoreOption, passphrase_file: PassphraseOption = None) -> None:
    """Make a keystore without keys, under a new master key that the passphrase seals."""
    with refusals(), open_audit(store) as audit:
        keystore = FileKeystore.create(store, opener_of(passphrase_file, new=True), SystemEntropy())
        audit.tell(caller=user_name(), command="create", operation="create-keystore", keys=(), result="done", reason="")
    typer.echo(f"created {store}, LMK KCV {keystore.lmk_kcv}")


def rotate(
    store: StoreOption,
    salvage: Annotated[
        bool, typer.Option("--salvage", help="First recover what is right of a damaged file; tells what is lost.")
    ] = False,
    passphrase_file: PassphraseOption = None,
    new_passphrase_file: Annotated[Path | None, typer.Option(help="File of another passphrase from now on.")] = None,
) -> None:
    """Give a keystore a new master key: every key is wrapped again, in one change that cannot be half done."""
    lost: tuple[str, ...] = ()
    with refusals():
        opener = opener_of(passphrase_file)
        following = None if new_passphrase_file is None else opener_of(new_passphrase_file)
        if isinstance(following or opener, BareLmk):
            raise KeystoreError("a master key that is brought does not change by itself: seal another by --new-passphrase-file")
        with open_audit(store) as audit:
            who = user_name()
            if salvage:
                keystore, lost = FileKeystore.salvage(store, opener, SystemEntropy())
                audit.tell(caller=who, command="rotate", operation="salvage-keystore", keys=(), result="done", reason="")
            else:
                keystore = FileKeystore.open(store, opener, SystemEntropy())
            before = keystore.lmk_kcv
            keystore.rotate(following)
            audit.tell(caller=who, command="rotate", operation="rotate-lmk", keys=(), result="done", reason="")
    typer.echo(f"rotated {store}, {len(keystore.names())} keys, LMK KCV {before} is now {keystore.lmk_kcv}")
    for each in lost:
        complain(f"lost: {each}")
    if lost:
        raise typer.Exit(FAILED)
