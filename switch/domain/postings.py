"""Moves of money: what a decision does to accounts, as values that travel inside records."""

import msgspec


class Posting(msgspec.Struct, frozen=True):
    """One booked move on one account.

    Args:
        account: the account's number at its issuer.
        minor: signed minor units of the account's currency: negative takes money from the account, positive gives it back.
        currency: three-digit ISO 4217 code.
    """

    account: str
    minor: int
    currency: str


class Hold(msgspec.Struct, frozen=True):
    """Money set aside by an authorisation and not yet booked.

    Args:
        transaction: key of the authorisation that placed it.
        account: the account's number.
        minor: minor units set aside, positive.
        currency: three-digit ISO 4217 code.
    """

    transaction: str
    account: str
    minor: int
    currency: str
