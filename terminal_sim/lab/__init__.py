"""The laboratory: production machines in a world of our own, on a virtual clock, from one seed.

A *world* holds *hosts*; a host is a machine with its outbox and its journal; a *wire* joins a link of one host to a link of
another. Nothing here sleeps: time jumps to the next thing that happens, and the same seed makes the same things happen.
"""

from terminal_sim.lab.money import Difference, Judgement, judge
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.world import Host, World

__all__ = ["Difference", "Host", "Judgement", "SeededEntropy", "World", "judge"]
