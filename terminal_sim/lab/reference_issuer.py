"""The embedded issuer once more: what its cards and accounts allow, told from requests as the wire showed them.

Coarser than the issuer itself, and of another make: it opens PIN blocks with the lab's keys, counts tries and counters on its
own, and is told what an account had left when the answer was given. In the order in which the answers became durable.
"""

import msgspec

from switch.domain.money import currency
from switch.domain.test_cards import TestCard
from switch.limits import PIN_TRIES_MAX
from switch.wire import Message, TlvError
from switch.wire.tlv import parse_flat
from switch.wire.translate import plain_of
from terminal_sim.lab.customers import HOME
from terminal_sim.lab.pins import open_pin
from terminal_sim.lab.run import ACQUIRER_KEYS

HOME_CODE = currency(HOME).numeric
"""DE 49 of the accounts' currency."""

DO_NOT_HONOUR, NOT_SUPPORTED, NO_FUNDS, WRONG_PIN, NO_TRIES = "05", "40", "51", "55", "75"
"""What it may answer to a customer: a counter seen before, another currency, more than there is, a wrong PIN, one too many
(DE 39 of 1987).
"""


class Known(msgspec.Struct):
    """What is remembered of one card: tries left for its PIN, its highest transaction counter."""

    tries: int = PIN_TRIES_MAX
    atc: int = -1


class Asked(msgspec.Struct, frozen=True):
    """What speaks for and against a request.

    Args:
        pin, wrong: whether it has a PIN, and a wrong one.
        atc: the card's transaction counter; -1 where there is none.
        foreign: whether it is in another currency than its account.
        affordable: whether the account has so much left.
    """

    pin: bool
    wrong: bool
    atc: int
    foreign: bool
    affordable: bool


class ReferenceIssuer:
    """A fold of answers and their requests."""

    def __init__(self) -> None:
        self._cards: dict[str, Known] = {}

    def judge(self, card: TestCard, request: Message, code: str, *, minor: int, left_minor: int) -> str:
        """What is wrong with the answer `code` to a request for so much, or nothing; it counts from now on, as it is.

        Args:
            left_minor: what the card's account had left.
        """
        known = self._cards.setdefault(card.name, Known())
        block = request.get(52)
        asked = Asked(
            pin=block is not None,
            wrong=block is not None and open_pin(block, card.pan.expose(), ACQUIRER_KEYS[1]) != card.pin,
            atc=_atc_of(request),
            foreign=plain_of(request).get(49, HOME_CODE) != HOME_CODE,
            affordable=minor <= left_minor,
        )
        objection = _object(known, code, asked)
        self._count(known, code, asked)
        known.atc = max(known.atc, asked.atc)
        return objection

    def _count(self, known: Known, code: str, asked: Asked) -> None:
        if code == WRONG_PIN:
            known.tries -= 1
        elif code == NO_TRIES:
            known.tries = 0
        elif code in ("00", NO_FUNDS) and asked.pin:
            known.tries = PIN_TRIES_MAX


def _object(known: Known, code: str, asked: Asked) -> str:
    used = 0 <= asked.atc <= known.atc
    match code:
        case "00":
            reasons = (
                (asked.wrong, "a wrong PIN"),
                (asked.pin and known.tries <= 0, "a PIN that has no tries left"),
                (used, "a counter that was used before"),
                (asked.foreign, "another currency than its account's"),
                (not asked.affordable, "more than its account had left"),
            )
            return next((f"approved with {words}" for found, words in reasons if found), "")
        case "55":
            good = asked.wrong and known.tries > 1
        case "75":
            good = known.tries <= 0 or (asked.wrong and known.tries == 1)
        case "51":
            good = not asked.affordable
        case "40":
            good = asked.foreign
        case _:
            good = used
    return "" if good else f"declined with {code}, for which its request gives no reason"


def _atc_of(request: Message) -> int:
    """The card's transaction counter (tag 9F36); -1 where there is none."""
    try:
        return int.from_bytes(parse_flat(bytes.fromhex(request.get(55, ""))).get("9F36", b"")) if 55 in request else -1
    except (TlvError, ValueError):
        return -1
