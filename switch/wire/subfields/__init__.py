"""Subfields: what is inside of a DE, declared as a layout, read to the leaves and written again.

The words: a *part* is what a layout knows of one place, bit or tag; a *subfield* is one that was read, with its bytes and its
value; a *path* names it, as in DE 127.25.3; a *layout* says how parts are found: by their place (`Positional`, `Groups`), by a
bitmap (`Bitmapped`), by tag and length (`Tagged`, `BerTlv`), or in data sets (`DataSets`).

    message.subfields(127)["25.12"]                              the value of DE 127.25.12
    dialect.print_subfields(48, {"TCC": "R", "61": "00001"})     a value for DE 48

A layout never has a say in where a DE ends. What is broken inside of a DE is a finding, and a reason to refuse the message only
where the dialect judges that DE.
"""

from switch.wire.subfields.layouts import (
    EMV,
    BerTlv,
    Bitmapped,
    DataSet,
    DataSets,
    Groups,
    InnerLayout,
    Part,
    Positional,
    Tagged,
    check_layout,
    parts_of,
)
from switch.wire.subfields.reading import read_bytes, read_inside
from switch.wire.subfields.spelling import value_of
from switch.wire.subfields.tree import Subfield, Subfields, Values
from switch.wire.subfields.writing import print_inside, write_bytes

__all__ = [
    "EMV",
    "BerTlv",
    "Bitmapped",
    "DataSet",
    "DataSets",
    "Groups",
    "InnerLayout",
    "Part",
    "Positional",
    "Subfield",
    "Subfields",
    "Tagged",
    "Values",
    "check_layout",
    "parts_of",
    "print_inside",
    "read_bytes",
    "read_inside",
    "value_of",
    "write_bytes",
]
