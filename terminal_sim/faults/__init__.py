"""Faults: what goes wrong between two honest machines, and beside them. Pure: a world, simulated or real, injects them.

Two families are never confused. *Stream* faults are what TCP can do to bytes: cut them anywhere, delay, hold, lose the tail
with the connection; bytes never change and never overtake. *Peer* faults are what a bad host can do with messages: say them
twice, late, in another order, damaged, signed with another key, or not at all. The table `FAULTS` has these and what befalls
disks, hosts, clocks and operators; a *plan* decides from a seed which of them happen when, and numbers each one.
"""

from terminal_sim.faults.peer_faults import BadPeer, Uttered
from terminal_sim.faults.plan import FAULTS, Dice, Family, Fault, FaultPlan, parse_faults
from terminal_sim.faults.stream_faults import Pipe

__all__ = ["FAULTS", "BadPeer", "Dice", "Family", "Fault", "FaultPlan", "Pipe", "Uttered", "parse_faults"]
