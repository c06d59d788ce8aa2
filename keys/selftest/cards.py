"""Vectors of what a card carries: verification values."""

from typing import Final

from keys.cvv import cvv
from keys.selftest.runner import Operation

CARDS: Final[dict[str, Operation]] = {
    "cvv": lambda p: cvv(p.secret("cvk"), p.pan(), p.text("expiry"), p.text("service_code")),
}
