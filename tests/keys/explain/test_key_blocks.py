"""Proves that a block which is made step by step is put together of its parts, in every version that is made."""

import pytest

from keys.explain.key_blocks import explain_wrap
from keys.material import Algorithm, Exportability, KeyUsage, Mode
from keys.sensitive import Secret
from keys.tr31.block import unwrap
from keys.tr31.header import Header, OptionalBlock, Version

KBPK, KEY = Secret(bytes(range(32))), Secret(bytes(range(50, 66)))


def header(version):
    return Header(
        version=version,
        usage=KeyUsage.DATA_ENCRYPTION,
        algorithm=Algorithm.AES,
        mode=Mode.ENCRYPT,
        exportability=Exportability.EXPORTABLE,
        blocks=(OptionalBlock("HM", "21"),),
    )


def fill(count):
    return bytes(range(100, 100 + count))


@pytest.mark.parametrize("version", [Version.B, Version.D, Version.E])
def test_a_block_is_made_of_what_is_shown(version):
    """The steps show the key, and come to a block that opens to it."""
    kbpk = Secret(KBPK.expose()[:24]) if version is Version.B else KBPK
    explanation = explain_wrap(kbpk, header(version), KEY, fill)
    shown = {step.what: step.expose() for step in explanation.steps}
    assert bytes.fromhex(shown["key in it"]) == KEY.expose()
    assert unwrap(kbpk, explanation.result.expose()).key == KEY
