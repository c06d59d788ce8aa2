"""The core: the switch as one machine.

- the *plan* is what configuration says at the start; routes and keys are changed later by *orders*, for as long as the process
  lives;
- the *state* is what the journal says: a fold of its records, changed by `apply` alone;
- the *traffic* is what lives only as long as the process: connections, open exchanges, deadlines;
- a *turn* is one call of `handle`: it seals records, sends messages and collects commands.

A message walks from `switch` (frames, decoding, MAC, session) through `FLOWS` to one straight page that answers it.
"""

from switch.core.orders import ChangeKeys, ChangeRoutes, CloseDay, SwitchOrder
from switch.core.plan import EMBEDDED, AccountPlan, KeySet, LinkPlan, Role, Route, SwitchPlan
from switch.core.restore import fold, restore
from switch.core.state import State
from switch.core.switch import Switch

__all__ = [
    "EMBEDDED",
    "AccountPlan",
    "ChangeKeys",
    "ChangeRoutes",
    "CloseDay",
    "KeySet",
    "LinkPlan",
    "Role",
    "Route",
    "State",
    "Switch",
    "SwitchOrder",
    "SwitchPlan",
    "fold",
    "restore",
]
