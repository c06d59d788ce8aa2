"""One page for each kind of message, and the table that finds it by MTI class and function."""

from collections.abc import Callable

from switch.core.flows.advice import advise
from switch.core.flows.answers import take_advice_answer, take_answer
from switch.core.flows.authorisation import authorise
from switch.core.flows.network import take_network_answer, take_network_request
from switch.core.flows.reversal import reverse
from switch.core.incoming import Incoming
from switch.core.plan import Role
from switch.core.turn import Turn

Flow = Callable[[Turn, Incoming], None]

FLOWS: dict[tuple[Role, str], Flow] = {
    (Role.ACQUIRER, "010"): authorise,
    (Role.ACQUIRER, "020"): authorise,
    (Role.ACQUIRER, "022"): advise,
    (Role.ACQUIRER, "040"): reverse,
    (Role.ACQUIRER, "042"): reverse,
    (Role.ACQUIRER, "080"): take_network_request,
    (Role.ACQUIRER, "081"): take_network_answer,
    (Role.ISSUER, "011"): take_answer,
    (Role.ISSUER, "021"): take_answer,
    (Role.ISSUER, "023"): take_advice_answer,
    (Role.ISSUER, "041"): take_advice_answer,
    (Role.ISSUER, "043"): take_advice_answer,
    (Role.ISSUER, "080"): take_network_request,
    (Role.ISSUER, "081"): take_network_answer,
}
"""By the party's role and the first three digits of the MTI; the fourth tells origin and repeats, which change no meaning."""

NETWORK_CLASS = "08"
"""Version and class of network management, which alone may pass before a sign-on."""
