"""What a wrong MAC would have matched: said in a notice where the link's key is a published lab key, and nowhere else.

Whoever has a published key can make any MAC with it, so the hint tells nobody more than that; of any other key it would
tell a forger how near a guess is. The peer hears nothing of it.
"""

from keys.errors import KeysError
from keys.explain.neighbours import Way, neighbours
from keys.hsm import SoftHsm
from keys.lab import LAB_KEYS, lab_key
from keys.material import KeyUsage
from keys.sensitive import constant_time_equal
from switch.limits import MAC_HINT_TRIALS_MAX
from switch.wire import Message

_WAY = Way("3", 1)
"""How MACs are made on links (ISO/IEC 9797-1 algorithm 3, padding 1)."""


def mac_hint(hsm: SoftHsm, name: str, message: Message) -> str:
    """Words for the end of a notice: how the MAC was made, if it was nearly right; nothing under keys of one's own."""
    if not _is_published(hsm, name):
        return ""
    others = {
        other: lab_key(other).secret
        for other, row in LAB_KEYS.items()
        if other != name and row.usage is KeyUsage.MAC_ALGORITHM_3
    }
    found = neighbours(
        lab_key(name).secret,
        message.mac_input(),
        message.mac,
        way=_WAY,
        others=others,
        trials_max=MAC_HINT_TRIALS_MAX,
        found_max=1,
    )
    return f"; it would match with: {found[0]}" if found else ""


def _is_published(hsm: SoftHsm, name: str) -> bool:
    """Whether the key of that name has the check value of the published one: a name alone is anybody's."""
    if name not in LAB_KEYS or LAB_KEYS[name].usage is not KeyUsage.MAC_ALGORITHM_3:
        return False
    try:
        found = hsm.describe_key(name)
    except KeysError:
        return False
    return constant_time_equal(found.kcv.encode("ascii"), lab_key(name).kcv.encode("ascii"))
