"""Where bytes of a DE lie on the wire, and how a fault there is told. The unit is half a byte: packed digits have two."""

from switch.wire.errors import SubfieldError


class Place:
    """Where some bytes lie on the wire.

    Args:
        path: of what they are the inside of.
        origin: half bytes that stand before them.
        scale: half bytes on the wire that each of them takes.
    """

    __slots__ = ("origin", "path", "scale")

    def __init__(self, path: str, origin: int, scale: int) -> None:
        self.path = path
        self.origin = origin
        self.scale = scale

    def half(self, at: int) -> int:
        """Half bytes of the message before byte `at` of these."""
        return self.origin + at * self.scale

    def within(self, key: str, at: int) -> "Place":
        """The place of a part that begins at byte `at`."""
        return Place(self.path_of(key), self.half(at), self.scale)

    def path_of(self, key: str) -> str:
        """The path of a part."""
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, at: int, why: str, rule: str) -> SubfieldError:
        """What is wrong at byte `at`, with a part or, without a key, with the whole."""
        return SubfieldError(self.path_of(key) if key else self.path, self.half(at) // 2, why, rule)
