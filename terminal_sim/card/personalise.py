"""Personalisation: a test card written from the issuer's keys, as a bureau writes plastic. Only here are a card's keys made."""

import msgspec

from keys.cvv import ICVV_SERVICE_CODE, cvv
from keys.emv.derive import icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES
from keys.pin import pvv
from keys.sensitive import Secret
from switch.domain.test_cards import TestCard
from terminal_sim.card.card import Card
from terminal_sim.card.dol import encode_dol
from terminal_sim.card.magstripe import Magstripe, Track2, encode_equivalent, print_track2
from terminal_sim.card.memory import Memory
from terminal_sim.card.profile import CDOL1, CDOL2, ELEMENTS, PROFILES, CardProfile, Interface

_LAST_DAY = {"02": "28", "04": "30", "06": "30", "09": "30", "11": "30"}


class IssuerKeys(msgspec.Struct, frozen=True):
    """The issuer's keys that a bureau needs.

    Args:
        imk_ac: issuer master key for application cryptograms, 16 bytes.
        cvk: card verification key pair, 16 bytes.
        pvk: PIN verification key pair, 16 bytes.
    """

    imk_ac: Secret
    cvk: Secret
    pvk: Secret


def personalise(card: TestCard, keys: IssuerKeys, *, profile: CardProfile | None = None, atc: int = 0) -> Card:
    """The card, ready to be presented.

    Args:
        card: number, expiry, holder and PIN.
        keys: the issuer's.
        profile: the kind of card; by default the row of `PROFILES` with the card's name.
        atc: transactions that its chip has made before.
    """
    kind = PROFILES[card.name] if profile is None else profile
    stripe = Magstripe(_track2(card, keys, kind, card.service_code))
    if Interface.CHIP not in kind.interfaces and Interface.CONTACTLESS not in kind.interfaces:
        return Card(kind, stripe, None)
    option = CVN_PROFILES[Scheme.VISA, kind.cvn].master_key_option
    master_key = icc_master_key(keys.imk_ac, card.pan, card.sequence, option)
    return Card(kind, stripe, Memory(kind, _elements(card, keys, kind), master_key, atc))


def _track2(card: TestCard, keys: IssuerKeys, kind: CardProfile, verified_with: str) -> Secret:
    """Track 2 with a verification value made with service code `verified_with`.

    The chip's copy is made with 999 (iCVV), which makes it worthless on a stripe; the code written is the stripe's in both.
    """
    value = cvv(keys.cvk, card.pan, card.expiry, verified_with)
    issuers = f"{kind.pvki}{pvv(keys.pvk, card.pan, kind.pvki, card.pin)}{value}"
    return print_track2(Track2(card.pan, card.expiry, card.service_code, Secret(issuers.encode("ascii"))))


def _elements(card: TestCard, keys: IssuerKeys, kind: CardProfile) -> dict[str, bytes]:
    digits = card.pan.expose()
    month = card.expiry[2:]
    return {
        **ELEMENTS,
        "57": encode_equivalent(_track2(card, keys, kind, ICVV_SERVICE_CODE)),
        "5A": bytes.fromhex(digits + "F" * (len(digits) % 2)),
        "5F20": card.holder.encode("ascii"),
        "5F24": bytes.fromhex(card.expiry + _LAST_DAY.get(month, "31")),
        "5F34": bytes.fromhex(card.sequence),
        "8C": encode_dol(CDOL1),
        "8D": encode_dol(CDOL2),
    }
