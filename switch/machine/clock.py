"""The two clocks a machine is told about. Not for reading them: that is the world's work."""

import msgspec


class Moment(msgspec.Struct, frozen=True):
    """When an event happened, on both clocks.

    Args:
        mono_ms: milliseconds on a clock that never goes back. Deadlines are judged by this one only.
        wall_ms: milliseconds since 1970-01-01 UTC, as the host believes. It may step or drift; DE 7, 12, 13 and records use it.
    """

    mono_ms: int
    wall_ms: int
