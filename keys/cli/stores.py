"""Opens a keystore's file for a command: with a passphrase from the environment or typed in, or a lab's bare master key."""

import os
import sys
from pathlib import Path
from typing import Final

import typer

from keys.entropy import Entropy
from keys.errors import KeystoreError
from keys.hexadecimal import parse_hex
from keys.keystore.file import FileKeystore
from keys.keystore.seals import BareLmk, Opener, Passphrase
from keys.sensitive import Secret

PASSPHRASE_VARIABLE: Final = "POINTSMAN_LMK_PASSPHRASE"
LMK_VARIABLE: Final = "POINTSMAN_LMK"
"""A lab's master key, 64 hex digits, of a keystore that has no seal."""


def open_store(path: Path, entropy: Entropy) -> FileKeystore:
    """The keystore in a file, opened with what the environment has, or what is typed in.

    Raises:
        KeystoreError: it cannot be opened, or nothing is there to open it with.
    """
    return FileKeystore.open(path, opener(), entropy)


def opener(*, new: bool = False) -> Opener:
    """What opens a keystore; a passphrase is asked for, without echo, where the environment has none and somebody is there.

    Args:
        new: it shall seal a new keystore, so that a passphrase is typed in twice.

    Raises:
        KeystoreError: there is nothing.
    """
    lmk = os.environ.get(LMK_VARIABLE)
    if lmk is not None:
        octets = parse_hex(lmk)
        if octets is None:
            raise KeystoreError(f"{LMK_VARIABLE} has hex digits and nothing else")
        return BareLmk(Secret(octets))
    passphrase = os.environ.get(PASSPHRASE_VARIABLE)
    if passphrase is None:
        if not sys.stdin.isatty():
            raise KeystoreError(f"there is no passphrase: put it into {PASSPHRASE_VARIABLE}, or type it in at a terminal")
        passphrase = typer.prompt("Passphrase of the keystore", hide_input=True, confirmation_prompt=new)
    return Passphrase(Secret(os.fsencode(passphrase)))  # As it came: it may be no UTF-8.
