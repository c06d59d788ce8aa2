"""SoftHsm: the only door to keys for whoever is not a test. Operations by key name, with the policy enforced.

Each operation finds its keys, checks the caller's role and the keys' usage, mode, algorithm, size and state (`policy`),
counts the use, and only then computes. It is synchronous and pure: no clock, no I/O, no randomness but the entropy it was
given. It keeps no counters of failed PINs: those live with the card, where they survive a restart.

- **core** has what all operations do; **transaction_keys** finds the keys of DUKPT, which stand where names of keys do.
- **macs**, **pins**, **cards**, **cryptograms** and **data** are the operations, by subject; **key_management** is the
  life of keys. **soft_hsm** puts them together.
- A **caller** is a name and a role; an **audit event** says who was refused what, and why.
"""

from keys.entropy import Entropy
from keys.hsm.core import AuditEvent, AuditSink, Caller, KsnCounters, Result
from keys.hsm.data import TOKEN_DIGITS
from keys.hsm.key_management import Contribution, KeyDescription
from keys.hsm.macs import MAC_BYTES
from keys.hsm.pins import IssuedPin
from keys.hsm.soft_hsm import SoftHsm
from keys.hsm.transaction_keys import Direction, DukptKey

__all__ = [
    "MAC_BYTES",
    "TOKEN_DIGITS",
    "AuditEvent",
    "AuditSink",
    "Caller",
    "Contribution",
    "Direction",
    "DukptKey",
    "Entropy",
    "IssuedPin",
    "KeyDescription",
    "KsnCounters",
    "Result",
    "SoftHsm",
]
