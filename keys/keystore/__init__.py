"""Where keys are found by name. For keeping and finding only: what a key may do is checked in `hsm`.

- A **keystore** gives keys by name; a **writable** one also takes, replaces and forgets them. `MemoryKeystore` is both.
- A **file** (`file.FileKeystore`) keeps keys at rest: each a key block (TR-31, version D) under the **LMK**, the local
  master key of AES-256, with its name, state and terms inside of what the block's MAC covers (`entries`).
- The LMK itself is in the file only **sealed** (`seals`, `rsa_seal`): by a passphrase, to an RSA key, or not at all.
- The **document** is the file's text: its counter, its seal, its entries, and a MAC over everything (`document`).
- The **disk** does what must be done in order so that a file is the old one or the new one, whenever the power fails.
"""

from keys.keystore.memory import Keystore, MemoryKeystore, WritableKeystore

__all__ = ["Keystore", "MemoryKeystore", "WritableKeystore"]
