"""The picture of a message: which DEs one of its MTI must have, usually has and must not have. No values, and no order."""

from collections.abc import Container

import msgspec

Group = tuple[int, ...]
"""DEs of which one must be there."""


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a message of one MTI is made of. A DE that is named nowhere may be there all the same.

    Args:
        required: groups of DEs, of each of which it must have one; without them it cannot be worked on at all.
        optional: DEs that it may have, as the common practice is.
        forbidden: DEs that mean nothing in it, or give away what does not belong there, such as a PIN in an answer.
    """

    required: tuple[Group, ...] = ()
    optional: Group = ()
    forbidden: Group = ()

    def missing(self, des: Container[int]) -> Group:
        """What a message with these DEs lacks: of each group of which it has none the first."""
        lacking = []
        for group in self.required:
            for de in group:
                if de in des:
                    break
            else:
                lacking.append(group[0])
        return tuple(lacking)

    def stray(self, des: Container[int]) -> Group:
        """Which of these DEs a message must not have."""
        return tuple([de for de in self.forbidden if de in des])

    def within(self, des: Container[int]) -> "Picture":
        """The picture in a dialect that has only these DEs."""
        groups = (tuple(de for de in group if de in des) for group in self.required)
        optional, forbidden = (tuple(de for de in named if de in des) for named in (self.optional, self.forbidden))
        return Picture(tuple(group for group in groups if group), optional, forbidden)
