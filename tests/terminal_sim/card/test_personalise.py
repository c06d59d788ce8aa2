from collections.abc import Callable

import psec
import pytest

from switch.domain.test_cards import TEST_CARDS
from terminal_sim.card import PROFILES, Card, Interface, IssuerKeys, NoSuchInterface
from terminal_sim.card.magstripe import CVV_PLACE, PVKI_PLACE, PVV_PLACE, parse_track2

MakeCard = Callable[..., Card]

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")


@pytest.mark.parametrize("name", list(TEST_CARDS))
def test_the_stripe_carries_the_issuers_values(name: str, make_card: MakeCard, issuer_keys: IssuerKeys) -> None:
    """CVV and PVV on track 2 are those that psec computes from the same keys."""
    card = TEST_CARDS[name]
    track = parse_track2(make_card(name).swipe().track2)
    discretionary = track.discretionary.expose().decode()
    digits = card.pan.expose()
    assert (track.pan, track.expiry, track.service_code) == (card.pan, card.expiry, card.service_code)
    cvk = issuer_keys.cvk.expose()
    assert discretionary[CVV_PLACE] == psec.cvv.generate_cvv(cvk, digits, card.expiry, card.service_code)
    pvki = discretionary[PVKI_PLACE]
    pin = card.pin.expose().decode()
    assert discretionary[PVV_PLACE] == psec.pin.generate_visa_pvv(issuer_keys.pvk.expose(), pvki, pin, digits)


@pytest.mark.parametrize("name", list(PROFILES))
def test_cards_have_the_faces_of_their_profile_and_no_others(name: str, make_card: MakeCard) -> None:
    """A face that a card does not have cannot be presented, and the refusal names those that it has."""
    card = make_card(name)
    acts = {Interface.MAGSTRIPE: card.swipe, Interface.CHIP: card.insert, Interface.CONTACTLESS: card.tap}
    for interface, act in acts.items():
        if interface in PROFILES[name].interfaces:
            act()
        else:
            with pytest.raises(NoSuchInterface, match="it has magstripe"):
                act()


def test_profiles_and_test_cards_have_the_same_names() -> None:
    """Every test card of the house can be written."""
    assert list(PROFILES) == list(TEST_CARDS)


def test_nothing_of_a_card_shows_in_its_repr(make_card: MakeCard) -> None:
    """A card prints as its name."""
    card = make_card()
    assert repr(card) == "<Card visa-chip>"
    assert "4761739001010119" not in repr(card.swipe())


def test_the_counter_only_moves_forward(make_card: MakeCard) -> None:
    """A journal may tell a card that it has counted further, never that it has counted less."""
    card = make_card(atc=7)
    card.remember_atc(9)
    card.remember_atc(3)
    assert card.atc == 9
