"""A card is swiped: track 2, and a PIN where the cardholder enters one, else a signature."""

from terminal_sim.card import Card
from terminal_sim.card.magstripe import TrackError, parse_track2
from terminal_sim.terminal.card_data import CardData, CardRefused, Entry, Verification
from terminal_sim.terminal.entry.reading import Reading
from terminal_sim.terminal.kernel.elements import Sale


def read(card: Card, sale: Sale) -> Reading:
    """Swipe the card. That a chip card should have been inserted is for the issuer to judge, by the service code."""
    track2 = card.swipe().track2
    try:
        track = parse_track2(track2)
    except TrackError:
        raise CardRefused("the stripe cannot be read") from None
    verification = Verification.ONLINE_PIN if sale.pin_entered else Verification.SIGNATURE
    return Reading(CardData(Entry.MAGSTRIPE, track.pan, track.expiry, track2, verification))
