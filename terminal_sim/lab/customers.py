"""The people who pay: cards of a published test range, each with an account of its own, and the wallets they make."""

from functools import cache

from keys.lab import lab_key
from keys.sensitive import Pan, Secret
from switch.config import AccountConfig, CardConfig
from switch.default_config import issued_card
from switch.domain.card import luhn_valid
from switch.domain.test_cards import TEST_CARDS, TestCard
from terminal_sim.card import PROFILES, Card, CardProfile, IssuerKeys, personalise

RANGE = "476173900101"
"""Of the EMV test card profiles; see `switch.domain.card.TEST_RANGES`."""

PREFIX = f"{RANGE}5"
"""Beginning of the customers' card numbers; the two digits behind it are the customer's number."""

CUSTOMERS_MAX = 100
BALANCE = "1000000.00"
"""What is on an account when nothing else is said."""

HOME = "EUR"
"""The currency of the accounts."""


@cache
def customer(number: int) -> TestCard:
    """The test card of customer `number`, from 0 to `CUSTOMERS_MAX` - 1; the same one in every run."""
    body = f"{PREFIX}{number:02d}"
    pan = next(pan for digit in "0123456789" if luhn_valid(pan := Pan(body + digit)))
    pin = f"{1000 + 37 * number:04d}".encode()
    return TestCard(f"customer-{number}", pan, "3112", "01", "201", Secret(pin), f"ACC-CUSTOMER-{number:02d}", "TEST/CUSTOMER")


def issuer_side(cards: list[TestCard], balance: str = BALANCE) -> tuple[tuple[AccountConfig, ...], tuple[CardConfig, ...]]:
    """Accounts and cards of these customers, as the issuer's configuration has them."""
    accounts = tuple(AccountConfig(number=card.account, balance=balance, currency=HOME) for card in cards)
    return accounts, tuple(map(issued_card, cards))


def make_card(card: TestCard) -> Card:
    """The plastic, personalised with the lab keys. Its chip counts on from where the terminal remembers it."""
    keys = IssuerKeys(
        imk_ac=lab_key("issuer.imk-ac").secret, cvk=lab_key("issuer.cvk").secret, pvk=lab_key("issuer.pvk").secret
    )
    return personalise(card, keys, profile=_profile(card))


def _profile(card: TestCard) -> CardProfile:
    """Customers carry what the catalogue calls "visa-chip": stripe, chip and antenna."""
    return PROFILES[card.name if card.name in TEST_CARDS else "visa-chip"]
