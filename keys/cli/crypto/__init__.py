"""`pointsman crypto`: each operation of the HSM alone, with test keys in clear, and on request every step to its result.

A test tool and no HSM: nothing is looked up in a keystore and no policy is applied. One file for each subject; `words` reads
what is typed and `printing` shows what comes out. The steps are made in `keys.explain`.
"""

from keys.cli import new_app
from keys.cli.crypto import cards, ciphers, dukpt, emv, key_blocks, macs, pins

app = new_app()


@app.callback()
def crypto() -> None:
    """Compute with test keys, given and shown in clear; --explain shows every step. Never give it a key of value."""


for command in (
    macs.mac,
    pins.pinblock,
    pins.pin,
    cards.cvv,
    cards.dcvv,
    cards.cvc3,
    emv.icc_key,
    emv.session_key,
    emv.arqc,
    emv.arpc,
    emv.script,
    dukpt.dukpt,
    key_blocks.tr31,
    ciphers.data,
    ciphers.kcv,
):
    app.command(epilog=command.examples)(command.run)
