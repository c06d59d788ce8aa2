"""Who sits where: terminals at the links of acquirers, and actors of somebody's own among those of the lab. Numbers and names;
nobody is made here.

Terminals are dealt round the links. Somebody's own fill the first link before the next one has any, so that the lab's have
links to themselves as long as there are enough: there keys are changed, and everything is spoken.
"""


def terminal_name(number: int) -> str:
    """The DE 41 of a terminal; numbers begin at 0."""
    return f"LAB{number + 1:05d}"


def issuer_name(number: int) -> str:
    """The name of a remote issuer, and of the link to it."""
    return f"bank{number + 1}"


def own_terminals(own: int | None, terminals: int, links: int) -> tuple[int, ...]:
    """Which terminals are somebody's own: so many of them, or all."""
    by_link = sorted(range(terminals), key=lambda number: number % links)
    return tuple(sorted(by_link[:own]))


def own_issuers(own: int | None, issuers: int) -> tuple[int, ...]:
    """Which remote issuers are somebody's own: the first so many, or all."""
    return tuple(range(issuers))[:own]


def links_apart(own: int | None, terminals: int, links: int) -> frozenset[int]:
    """Links at which terminals of the lab sit, and nobody else."""
    taken = own_terminals(own, terminals, links)
    return frozenset(number % links for number in range(terminals)) - frozenset(number % links for number in taken)
