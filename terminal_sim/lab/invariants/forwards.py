"""What must hold of each message that the switch says to an issuer. A check gives nothing, or what is wrong, as a sentence."""

from switch.wire import Message
from terminal_sim.lab.evidence import SLACK_MS, Evidence
from terminal_sim.lab.names import name_of
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.pins import open_pin
from terminal_sim.lab.run import ACQUIRER_KEYS, ISSUER_KEYS, SWITCH

AUTHENTICATION = (35, 36, 45, 52, 55)
"""DEs that authenticate a cardholder, and that nobody may keep: tracks, the PIN, what the chip has said."""

CHANGED = frozenset({7, 11, 37, 52, 64, 128})
"""DEs that a route may change: the switch's own time, STAN and reference, the PIN under the issuer's key, the MAC."""

CARRIED = (2, 3, 4, 12, 13, 14, 22, 23, 35, 41, 42, 49, 55)
"""DEs of a request that go over between editions, for each can say them; of DE 22 how the card was read. In the edition of 2003
there is no place for what its third digit says, and for DE 25.
"""


ABOUT = (2, 3, 4, 42, 49)
"""DEs of an advice that tell what it is about: the card, what was done, how much of which currency, where."""


def journals_before_it_forwards(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I11."""
    hop = passage.hearer.host.name
    if brief.mti[2] == "2":
        name = f"{hop}/{brief.stan}"
        if not evidence.durables.has(SWITCH, "advice-owed", name):
            return f"a {brief.mti} left before it was recorded as owed"
        # Or, after a crash, it would be said again as if it were new.
        good = evidence.durables.has(SWITCH, "advice-sent", name)
        return "" if good else f"a {brief.mti} left before its attempt was recorded"
    request = evidence.life(brief.transaction).request
    if brief.mti[2] != "0" or brief.mti[1] not in "12" or request is None or request.brief is None:
        return ""
    good = evidence.durables.has(SWITCH, "forwarded", evidence.names.key_of(name_of(request, request.brief)))
    return "" if good else f"a {brief.mti} left before it was recorded"


def keeps_the_order(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I10: what a reversal undoes has arrived before it, where both wait in a queue."""
    if brief.mti[:3] != "042" or brief.named[0][1:3] != "22":
        return ""
    hop, stan = passage.hearer.host.name, brief.named[1]
    arrived = (hop, stan) in evidence.stans and (hop, "2", stan) not in evidence.awaiting
    return "" if arrived else f"a reversal left before the completion that it undoes, STAN {stan}, was acknowledged"


def carries_no_authentication(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I17: whoever sends it later has kept it."""
    if brief.mti[2] != "2" or passage.message is None:
        return ""
    kept = [de for de in AUTHENTICATION if de in passage.message]
    return f"a {brief.mti} carries DE {', DE '.join(map(str, kept))}" if kept else ""


def passes_the_pin_on(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I15: the PIN is the same one under another key."""
    request = evidence.life(brief.transaction).request
    if brief.mti[1:3] not in ("10", "20") or request is None or request.message is None or passage.message is None:
        return ""
    if 52 not in request.message:
        return ""
    entered = open_pin(request.message.get(52, ""), brief.pan, ACQUIRER_KEYS[1])
    passed = open_pin(passage.message.get(52, ""), brief.pan, ISSUER_KEYS[1])
    return "" if entered is None or entered == passed else "the PIN did not pass through"


def speaks_under_keys_that_are_taken(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I7: from its issuer's yes on under the new keys, and not before."""
    link = evidence.keys.links[passage.hearer.host.name]
    if not link.moved:
        return ""
    keys = evidence.keys.set_of(passage)
    if keys == link.present:
        return ""
    if keys is not None and keys == link.coming:
        return f"a {brief.mti} is under keys that its issuer has not taken yet"
    decided_before = link.changed_ms is not None and passage.at_ms < link.changed_ms + SLACK_MS
    return "" if decided_before else f"a {brief.mti} is under keys that are not its link's any more"


def passes_nothing_before_its_sign_on(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I26."""
    early = brief.mti[1] != "8" and evidence.lacks_sign_on(passage)
    return f"a {brief.mti} left before the sign-on" if early else ""


def goes_where_its_card_is_routed(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I27."""
    hop, target = passage.hearer.host.name, evidence.life(brief.transaction).target
    if target is None or hop == target or brief.mti[1] == "8":
        return ""
    return f"a {brief.mti} goes to {hop}; the routes had sent the request to {target or 'nobody'} when it was taken up"


def asks_nothing_that_is_undone(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I10."""
    if brief.mti[1:3] not in ("10", "20"):
        return ""
    reversed_ms = evidence.life(brief.transaction).reversed_ms
    return "" if reversed_ms is None else f"a request left after its reversal, which had left at {reversed_ms} ms"


def owes_one_reversal(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I8."""
    if brief.mti[:3] != "042":
        return ""
    first = evidence.reversals.get((passage.hearer.host.name, brief.terminal_id, brief.named))
    return "" if first in (None, brief.stan) else f"a second reversal of the same request: STAN {first}, then {brief.stan}"


def passes_fields_through(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I15."""
    request = evidence.life(brief.transaction).request
    if brief.mti[1:3] not in ("10", "20") or request is None or request.message is None or passage.message is None:
        return ""
    came, went = _plain(request.message), _plain(passage.message)
    if request.message.dialect.edition is passage.message.dialect.edition:
        judged = [de for de in dict.fromkeys((*came, *went)) if de not in CHANGED]
    else:
        judged = list(CARRIED)
        came[22], went[22] = came.get(22, "")[:2], went.get(22, "")[:2]
    changed = [de for de in judged if came.get(de) != went.get(de)]
    return f"DE {', DE '.join(map(str, changed))} did not pass through as it came" if changed else ""


def says_what_it_is_about(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I15: an advice speaks of the very payment that was passed on, or completed."""
    if brief.mti[2] != "2" or passage.message is None:
        return ""
    life = evidence.life(brief.transaction)
    about = life.completion if "2" in (brief.mti[1], brief.named[0][2:3]) else life.forwarded
    if about is None or about.message is None:
        return ""
    asked, said = _plain(about.message), _plain(passage.message)
    changed = [de for de in ABOUT if de in asked and said.get(de) != asked[de]]
    return f"DE {', DE '.join(map(str, changed))} of a {brief.mti} are not those of what it is about" if changed else ""


def _plain(message: Message) -> dict[int, str]:
    """A message's DEs in plain, whatever its dialect."""
    plain = message.dialect.plain(message.values(), message.mti)
    return plain | {35: plain[35].replace("D", "=")} if 35 in plain else plain
