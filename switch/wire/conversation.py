"""Bytes as they were said: who sent which chunk to whom. Captures give conversations, pasted bytes one of one chunk."""

import msgspec


class Party(msgspec.Struct, frozen=True, order=True):
    """One end of a connection."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


class Chunk(msgspec.Struct, frozen=True):
    """Bytes that came together.

    Args:
        packet: number of the packet that brought them, 0 where there was none.
        data: the bytes, those already known left out.
    """

    packet: int
    data: bytes

    def __repr__(self) -> str:
        return f"<Chunk of packet {self.packet}, {len(self.data)} bytes>"


class Direction(msgspec.Struct, frozen=True):
    """What one party sent to another on one connection.

    Args:
        source, target: who to whom; None where nobody knows.
        pieces: chunks that follow each other without a gap; between pieces bytes are missing.
    """

    source: Party | None
    target: Party | None
    pieces: tuple[tuple[Chunk, ...], ...]

    def __str__(self) -> str:
        return f"{self.source} to {self.target}" if self.source else ""


class Connection(msgspec.Struct, frozen=True):
    """The directions of one connection, that of the first packet first; directions without data are left out."""

    directions: tuple[Direction, ...]


def pasted(data: bytes) -> Connection:
    """A connection of which no more is known than some bytes."""
    return Connection((Direction(None, None, ((Chunk(0, data),),)),))
