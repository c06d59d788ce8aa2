"""Words of the protocol that the tests of the host port put together, and the card that they are about."""

from keys.lab import lab_key
from keys.pin import pvv
from keys.sensitive import Pan, Secret

PAN = "4761739001010119"
ACCOUNT = "173900101011"
"""Its rightmost twelve digits without the check digit."""


def named(name: str) -> str:
    """A key by its name."""
    return f"N{len(name):02}{name}"


def pvv_of(pin: str) -> str:
    """The card's PVV under the lab issuer's key, index 1."""
    return pvv(lab_key("issuer.pvk").secret, Pan(PAN), 1, Secret(pin.encode("ascii")))
