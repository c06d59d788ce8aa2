"""SoftHsm: all groups of operations as one object."""

from keys.hsm.cards import Cards
from keys.hsm.cryptograms import Cryptograms
from keys.hsm.data import Data
from keys.hsm.key_management import KeyManagement
from keys.hsm.macs import Macs
from keys.hsm.pins import Pins


class SoftHsm(Macs, Pins, Cards, Cryptograms, Data, KeyManagement):
    """Cryptographic operations by key name.

    Args:
        keystore: where keys are found. A key replaced or removed there is obeyed by the next operation.
        entropy: the only source of random bytes. PIN block format 0, MACs and cryptograms need none.
        audit: receives one event for each refusal and failure, and for each act of key management, before the caller
            hears of it. There is no default: without a sink there is no service. Routine uses are counted in `uses`.
        caller: who calls, for the audit, and in which role; an operator without it. `acting_for` gives the HSM to another.
        counters: where DUKPT counters are kept, for `accept_ksn`.

    All operations raise RoleError, KeyNotFound and KeyUsageError before they compute, MalformedInput for arguments of a
    wrong size or alphabet, and KeyBlockError for a TDES key that is no better than single DES.

    >>> from os import urandom
    >>> from types import SimpleNamespace
    >>> from keys.lab import lab_keystore
    >>> hsm = SoftHsm(lab_keystore(), SimpleNamespace(draw=urandom), audit=print)
    >>> mac = hsm.generate_mac("pos.zak", b"Now is the time for all ")
    >>> mac.hex().upper()
    'F0728144587310B4'
    >>> hsm.verify_mac("pos.zak", b"Now is the time for all ", mac)
    """
