"""Notices: what a machine has to say to people. Each rare branch has a `kind` of its own, so that tests can ask for it."""

from enum import Enum

import msgspec


class Severity(Enum):
    """How loud a notice is; the shell maps it to log levels."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Notice(msgspec.Struct, frozen=True):
    """One thing that happened, in words.

    Args:
        kind: dotted name of the event, stable over releases ("exchange.answered", "mac.bad").
        severity: how loud.
        text: a sentence for a person: what, where, why, what next. Never card data.
        link, conn, exchange: where it happened; empty or 0 where that has no meaning.
        facts: further named values for logs and filters, already masked.
    """

    kind: str
    severity: Severity
    text: str
    link: str = ""
    conn: int = 0
    exchange: str = ""
    facts: tuple[tuple[str, str], ...] = ()
