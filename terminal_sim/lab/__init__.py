"""The laboratory: production machines in a world of our own, on a virtual clock, from one seed.

A *world* holds *hosts*; a host is a machine with its outbox and its disk; a *wire* joins a link of one host to a link of
another, and a *line* is one connection on it, with an *end* at each host. A *passage* is one message on its way. Nothing here
sleeps: time jumps to the next thing that happens, and the same seed makes the same things happen.

Before anything goes well the world asks its *hazards*: in the *calm* they have nothing against it, in a *storm* a plan of
faults decides. A *swarm* draws all options of a *run* from a seed; an *actor* is anybody's machine with books of its own, and
*makers* say whose take part; before those that are not ours stands a *guard*. An *observer* is told all that happens, and
changes nothing. One of them, the *auditor*, gathers *evidence* on the wire, from *turns* of machines and from what becomes
durable, and holds it against the table of *invariants*; a *trial* is a run with its verdict.
"""

from terminal_sim.lab.host import Host
from terminal_sim.lab.money import Difference, Judgement, judge
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.world import World

__all__ = ["Difference", "Host", "Judgement", "SeededEntropy", "World", "judge"]
