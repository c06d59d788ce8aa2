"""The seeds of the targets: files under `corpus/`, one folder a target, small and few, and messages made for each dialect.

What a fuzzer has broken comes to the files, so that it is tried for ever.
"""

from pathlib import Path

from tests.fuzz.targets import families
from tests.testing.mill import Mill

HERE = Path(__file__).parent / "corpus"
_MESSAGES = 3
"""Messages made for each dialect."""


def seeds_of(target: str) -> list[bytes]:
    """The seeds of a target: its files in the order of their names, then what is made."""
    seeds = [file.read_bytes() for file in sorted((HERE / target).glob("*"))]
    for number, dialect in enumerate(families().get(target, ())):
        seeds += [bytes([number]) + dialect.encode(values) for values in Mill(dialect).values(_MESSAGES)]
    return seeds
