"""The software HSM: keys, and what card payments do with them.

It knows nothing of switches or terminals, and it is a simulator: Python cannot wipe memory, so no key of
value belongs here. The vocabulary:

- A **Secret** is bytes that print masked (keys, PINs, clear PIN blocks); a **Pan** is a card number that
  prints masked. `.expose()` is the only door to either.
- A **Key** is named material with a *usage*, a *mode* and an *exportability*, written with the codes of
  ANSI X9.143 (TR-31): ``P0`` enciphers PINs, ``M3`` makes MACs by ISO 9797-1 algorithm 3, ``V2`` makes PVVs,
  ``C0`` makes CVVs, ``E0`` is the issuer master key of application cryptograms, ``D0`` enciphers data,
  ``M7`` makes HMACs. A key has one purpose for life.
- A **KCV** is a key check value: enough of a fixed cipher text to compare keys by, too little to find them.
- A **primitive** (`mac`, `pinblock`, `pin`, `cvv`, `dukpt_tdes`, `dukpt_aes`, `emv`) takes and gives Secrets and
  applies no policy: the published vectors run through it, weak test keys included.
- A **SoftHsm** (`hsm`) works by key *name* and applies the policy: the caller's role and the key's usage, mode, algorithm,
  size and state are checked before anything else. It is the only door for the switch.
- A key's **terms** (`terms`) are what its owner says beyond those: PIN formats, MAC length, a decimalisation table,
  permissions. The **LMK** is the key under which keys rest in a file (`keystore`).
- **DUKPT** gives each transaction a key of its own, found from a base key (``bdk``) and the number that the terminal
  sends with it: the **KSN**, whose counter only moves forward.
- A **zone** is one hop between two parties: its ``zpk`` enciphers PINs and its ``zak`` makes MACs.
- ``generate`` makes a value, ``verify`` raises when one is wrong and returns None, ``derive`` makes keys.
- **selftest** runs published vectors, **explain** shows each step to a result with test keys, **host** serves the HSM to
  clients of host commands, **cli** is its face.
- **ARQC**, **TC** and **AAC** are a card's application cryptograms; **ARPC** is the issuer's answer; a **CVN**
  (cryptogram version number) says how all of them are made; **ATC** and **PSN** are the card's transaction
  counter and its sequence number.
"""
