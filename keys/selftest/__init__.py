"""The self-test: published vectors run through the public functions of `keys`, and counted by operation.

`runner` runs, `params` reads what a vector gives, and one table for each subject says which function an operation is:
its name in the field's own words, and what turns the vector's params into the form of its expected value. An
operation that is in no table is a failure that names it. Without a file, `known_answers` are what is run.
"""

from collections.abc import Mapping
from typing import Final

from keys.errors import SelfTestFailed
from keys.selftest.cards import CARDS
from keys.selftest.ciphers import CIPHERS
from keys.selftest.dukpt import DUKPT
from keys.selftest.emv import EMV
from keys.selftest.key_blocks import KEY_BLOCKS
from keys.selftest.known_answers import KNOWN_ANSWERS
from keys.selftest.macs import MACS
from keys.selftest.params import Params, VectorError
from keys.selftest.pins import PINS
from keys.selftest.runner import Failure, Operation, Published, Tally, Vector, read_vectors, run_vectors

OPERATIONS: Final[dict[str, Operation]] = {
    **CIPHERS,
    **MACS,
    **PINS,
    **DUKPT,
    **CARDS,
    **EMV,
    **KEY_BLOCKS,
}


def check_known_answers(operations: Mapping[str, Operation] = OPERATIONS) -> None:
    """Run the short self-test, as a switch does before it opens its doors.

    Raises:
        SelfTestFailed: an operation does not give its published value; the text names them.
    """
    failed = [tally.op for tally in run_vectors(KNOWN_ANSWERS, operations) if tally.failures]
    if failed:
        raise SelfTestFailed(f"the self-test of the HSM failed for {', '.join(failed)}: nothing is started")


__all__ = [
    "KNOWN_ANSWERS",
    "OPERATIONS",
    "Failure",
    "Operation",
    "Params",
    "Published",
    "Tally",
    "Vector",
    "VectorError",
    "check_known_answers",
    "read_vectors",
    "run_vectors",
]
