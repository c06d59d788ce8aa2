"""The self-test: published vectors run through the public functions of `keys`, and counted by operation.

`runner` runs, `params` reads what a vector gives, and one table for each subject says which function an operation is:
its name in the field's own words, and what turns the vector's params into the form of its expected value. An
operation that is in no table is a failure that names it. Without a file, `known_answers` are what is run.
"""

from typing import Final

from keys.selftest.cards import CARDS
from keys.selftest.ciphers import CIPHERS
from keys.selftest.dukpt import DUKPT
from keys.selftest.emv import EMV
from keys.selftest.key_blocks import KEY_BLOCKS
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

__all__ = [
    "OPERATIONS",
    "Failure",
    "Operation",
    "Params",
    "Published",
    "Tally",
    "Vector",
    "VectorError",
    "read_vectors",
    "run_vectors",
]
