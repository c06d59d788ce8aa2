"""What is inside of the elements of ISO 8583:2003: data sets, and how DE 56 names an original.

Public facts: that DE 34, 43, 44, 49, 51 and 104 hold data sets, from jPOS's cmfv3 packager, and how a set of either kind is
laid, from its DatasetPackager. Which sets and elements there are differs from network to network: objects of BER-TLV are read
as they come, while the elements of a set with a bitmap must be said in a dialect file before they can be told apart.
"""

from switch.wire.dialects.iso87_subfields import digits
from switch.wire.subfields import DataSets, InnerLayout, Part, Positional

SUBFIELDS: dict[int, InnerLayout] = {
    **{de: DataSets() for de in (34, 43, 44, 49, 51, 104)},
    56: Positional(
        (
            digits("Original message type", 4),
            digits("Original system trace audit number", 12),
            digits("Original local date and time", 14),
            Part(desc="Original acquiring institution", max_len=11, len_type=2),
        ),
        short=True,
    ),
}
"""DE -> what is inside of it."""
