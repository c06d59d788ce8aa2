"""The key sets of a link: which one it speaks under, and which others it accepts. Names and their order only; no key, no clock.

How a set comes and goes is told in `switch.core.key_change`.
"""

from switch.core.plan import KeySet, LinkPlan, Role


def indistinct(plan: LinkPlan, present: KeySet, wanted: KeySet) -> bool:
    """True when nothing would say which of two sets a message of the link is under: its PIN block might open to nonsense.

    An issuer sends no PIN blocks, and is told from when on ours are under the new set.
    """
    same_macs = wanted.mac_key == present.mac_key and wanted.mac_key != ""
    return plan.role is Role.ACQUIRER and same_macs and wanted.pin_key != present.pin_key


class LinkKeys:
    """The key sets of one link.

    `present` is what we sign and encipher under; `coming` is ordered, and its issuer has not yet said that it has it; `former`
    was there before `present`, and is accepted until its grace is over; `ended` is the last one whose grace was over, which is
    known only so that a message under it can be told from a forged one.
    """

    def __init__(self, present: KeySet) -> None:
        self.present = present
        self.coming: KeySet | None = None
        self.former: KeySet | None = None
        self.ended: KeySet | None = None

    @property
    def wanted(self) -> KeySet:
        """The set that was ordered last."""
        return self.coming or self.present

    @property
    def changed(self) -> bool:
        """True once the link has begun to speak under another set than at the start."""
        return self.former is not None or self.ended is not None

    @property
    def accepted(self) -> tuple[KeySet, ...]:
        """The sets that a message may be under, the present one first; one that is to come back is one set."""
        if self.former is None and self.coming is None:
            return (self.present,)
        return tuple(dict.fromkeys(keys for keys in (self.present, self.former, self.coming) if keys is not None))

    @property
    def known(self) -> tuple[KeySet, ...]:
        """The sets that a message can be told to be under: those that are accepted, and the one that was last."""
        return self.accepted if self.ended is None else tuple(dict.fromkeys((*self.accepted, self.ended)))

    def change(self, to: KeySet) -> bool:
        """Speak under another set from now on; the one before becomes the former.

        Returns:
            True where there was a former one, which is thereby accepted no more, though its grace was not over.
        """
        cut_short = self.former is not None and self.former != to
        if self.former is not None:
            self.ended = self.former
        self.former, self.present, self.coming = self.present, to, None
        return cut_short

    def end_former(self) -> None:
        """Accept the former set no more."""
        if self.former is not None:
            self.ended, self.former = self.former, None
