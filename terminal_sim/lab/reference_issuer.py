"""The embedded issuer once more: what its cards and accounts allow, told from requests as the wire showed them.

Coarser than the issuer itself, and of another make: it opens PIN blocks with the lab's keys, counts tries and counters on its
own, and knows of accounts only how much there was at the beginning. In the order in which the answers became durable.
"""

import msgspec

from switch.domain.money import parse_money
from switch.domain.test_cards import TestCard
from switch.limits import PIN_TRIES_MAX
from switch.wire import Message, TlvError
from switch.wire.tlv import parse_flat
from terminal_sim.lab.customers import BALANCE
from terminal_sim.lab.pins import open_pin
from terminal_sim.lab.run import ACQUIRER_KEYS

BALANCE_MINOR = parse_money(BALANCE, "EUR").minor

DO_NOT_HONOUR, NO_FUNDS, WRONG_PIN, NO_TRIES = "05", "51", "55", "75"
"""What it may answer to a customer: a counter seen before, more than there is, a wrong PIN, one too many (DE 39 of 1987)."""


class Known(msgspec.Struct):
    """What is remembered of one card: tries left for its PIN, its highest transaction counter, what it has spent at most."""

    tries: int = PIN_TRIES_MAX
    atc: int = -1
    spent_minor: int = 0


class ReferenceIssuer:
    """A fold of answers and their requests."""

    def __init__(self) -> None:
        self._cards: dict[str, Known] = {}

    def judge(self, card: TestCard, request: Message, code: str, *, minor: int) -> str:
        """What is wrong with the answer `code` to a request for so much, or nothing; it counts from now on, as it is."""
        known = self._cards.setdefault(card.name, Known())
        block, atc = request.get(52), _atc_of(request)
        asked = block is not None
        wrong = block is not None and open_pin(block, card.pan.expose(), ACQUIRER_KEYS[1]) != card.pin
        objection = _object(known, code, wrong=wrong, asked=asked, atc=atc, minor=minor)
        self._count(known, code, asked=asked, minor=minor)
        known.atc = max(known.atc, atc)
        return objection

    def _count(self, known: Known, code: str, *, asked: bool, minor: int) -> None:
        if code == WRONG_PIN:
            known.tries -= 1
        elif code == NO_TRIES:
            known.tries = 0
        elif code in ("00", NO_FUNDS) and asked:
            known.tries = PIN_TRIES_MAX
        if code == "00":
            known.spent_minor += minor


def _object(known: Known, code: str, *, wrong: bool, asked: bool, atc: int, minor: int) -> str:
    used = 0 <= atc <= known.atc
    match code:
        case "00":
            reasons = (
                (wrong, "a wrong PIN"),
                (asked and known.tries <= 0, "a PIN that has no tries left"),
                (used, "a counter that was used before"),
                (minor > BALANCE_MINOR, "more than its account has ever had"),
            )
            return next((f"approved with {words}" for found, words in reasons if found), "")
        case "55":
            good = wrong and known.tries > 1
        case "75":
            good = known.tries <= 0 or (wrong and known.tries == 1)
        case "51":
            good = minor > BALANCE_MINOR - known.spent_minor
        case _:
            good = used
    return "" if good else f"declined with {code}, for which its request gives no reason"


def _atc_of(request: Message) -> int:
    """The card's transaction counter (tag 9F36); -1 where there is none."""
    try:
        return int.from_bytes(parse_flat(bytes.fromhex(request.get(55, ""))).get("9F36", b"")) if 55 in request else -1
    except (TlvError, ValueError):
        return -1
