"""A host port put together: its master key, its files, its machine."""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from keys.ciphers import Hmac
from keys.errors import KeyNotFound
from keys.host.audit_file import AuditFile
from keys.host.key_table import LMK_BYTES
from keys.host.limits import TRIES_MAX
from keys.host.machine import HostMachine, Options
from keys.host.tries import Counters
from keys.hsm import Caller, SoftHsm
from keys.keystore import Keystore
from keys.material import Algorithm, KeyUsage, Mode
from keys.policy import Role
from keys.sensitive import Secret
from keys.system import SystemEntropy, wall_ms

AUDIT_FILE: Final = "audit.log"
COUNTER_FILE: Final = "counters.log"

LMK_NAME: Final = "host.lmk"
"""The key that the port's LMK is made of, where the keystore is not the lab's."""
TOKEN_NAME: Final = "host.token"
"""The key that makes tokens of card numbers there."""
LAB_TOKEN_NAME: Final = "journal.token"

LAB_LMK: Final = Secret(hashlib.sha256(b"Pointsman lab key host.lmk").digest())
"""The published LMK of labs, so that anybody can make and open key blocks: public, and worthless."""

_PORT: Final = Caller("port", Role.ADMIN)


@contextmanager
def open_machine(
    keystore: Keystore, state: Path, options: Options, *, lab: bool, tries_max: int = TRIES_MAX
) -> Iterator[HostMachine]:
    """A machine over the files in a directory, which are given back at the end.

    Args:
        keystore: named keys. One that is not the lab's must have the port's own keys, or be one that they can be added to.
        state: directory of counters and audit, made when it is not there.
        options: how the port behaves.
        lab: whether the LMK and the key for tokens are the lab's published ones.
        tries_max: wrong PINs for a card.

    Raises:
        LineFileError: a file cannot be opened, or belongs to another process.
        AuditError: the audit file's chain is broken.
        KeysError: the keystore lacks the port's own keys, and they cannot be added.
    """
    with (
        closing(AuditFile(state / AUDIT_FILE, clock_ms=wall_ms)) as audit,
        closing(Counters(state / COUNTER_FILE, tries_max=tries_max)) as counters,
    ):
        if not lab:
            make_own_keys(keystore, audit)
        yield HostMachine(
            keystore=keystore,
            lmk=LAB_LMK if lab else block_lmk(keystore),
            entropy=SystemEntropy(),
            counters=counters,
            audit=audit,
            token_key=LAB_TOKEN_NAME if lab else TOKEN_NAME,
            own_keys=() if lab else (LMK_NAME, TOKEN_NAME),
            options=options,
        )


def block_lmk(keystore: Keystore) -> Secret:
    """The LMK of clients' key blocks. It is made of a key of the keystore, so that no block of the keystore's file,
    and none that left under that key, is one of theirs."""
    return Secret(Hmac(keystore.get(LMK_NAME).secret).digest(b"Pointsman host port: key blocks")[:LMK_BYTES])


def make_own_keys(keystore: Keystore, audit: AuditFile) -> None:
    """Generate the port's own keys where they are missing, audited like any other."""
    hsm = SoftHsm(keystore, SystemEntropy(), audit.tell_event, caller=_PORT)
    for name, usage, algorithm, mode in (
        (LMK_NAME, KeyUsage.KEY_BLOCK_PROTECTION, Algorithm.AES, Mode.ENCRYPT_AND_DECRYPT),
        (TOKEN_NAME, KeyUsage.MAC_HMAC, Algorithm.HMAC, Mode.GENERATE),
    ):
        try:
            keystore.get(name)
        except KeyNotFound:
            hsm.generate_key(name, usage, algorithm=algorithm, size=32, mode=mode)
