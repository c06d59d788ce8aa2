"""The host port: SoftHsm behind the payShield-style host command protocol over TCP, for clients that already speak it.

- A **frame** is two bytes of length and a **message**: a **header** of fixed length that is echoed, a **command code** of
  two characters, fields. The **answer** has the code with its last character one further, and an **error code**.
- A **command** is a row of `commands.COMMANDS`: its fields and a handler. **call** is what a handler may use.
- The **machine** gives answers without knowing sockets; the **server** is the only Trio.
- Keys come as **key blocks** (scheme S) under the port's own **LMK**, which clients keep, or as names (scheme N).
- **Counters** (wrong PINs, DUKPT devices) and the **audit file** are lines in files that are synced before the answer.

Written from public documentation; the page docs/hsm-host.md says which fields are supported.
"""
