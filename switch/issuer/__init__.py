"""The embedded issuer: decides requests for the cards it knows, and says what each decision does to accounts and cards.

A *handler* sees a `Request` and the `Book` and returns a `Verdict`: the decision with its postings, its hold and its effect on
the card's counters. It changes nothing itself: the core seals a record, and applying that record changes the book.
"""

from switch.issuer.accounts import AccountsHandler
from switch.issuer.book import Book
from switch.issuer.handler import Handler, Verdict
from switch.issuer.scripted import ScriptedHandler

HANDLERS: dict[str, type[Handler]] = {
    "accounts": AccountsHandler,
    "scripted": ScriptedHandler,
}
"""Every handler by the name that configuration uses."""

__all__ = ["HANDLERS", "AccountsHandler", "Book", "Handler", "ScriptedHandler", "Verdict"]
