"""The steps of a computation and what they come to. Knows no cryptography; values are Secrets until somebody prints them."""

from typing import Final, final

import msgspec

from keys.sensitive import Secret, constant_time_equal

Value = bytes | Secret
"""What a step shows in hex. Digits and words are `str`, and are shown as they are."""


class Step(msgspec.Struct, frozen=True):
    """One intermediate value: what it is, and its text, which may be a key's or a PIN's and so does not print itself."""

    what: str
    text: Secret

    def expose(self) -> str:
        """The text in clear."""
        return self.text.expose().decode()


class Explanation(msgspec.Struct, frozen=True):
    """All steps of a computation; the last of them is its result."""

    steps: tuple[Step, ...]

    @classmethod
    def joined(cls, *parts: "Explanation") -> "Explanation":
        """One computation after another, each of which uses what the one before came to."""
        return cls(tuple(step for part in parts for step in part.steps))

    @property
    def result(self) -> Step:
        """What was to be computed."""
        return self.steps[-1]


@final
class Working:
    """Steps as they are made. `conclude` ends them."""

    __slots__ = ("_steps",)

    def __init__(self) -> None:
        self._steps: list[Step] = []

    @property
    def last(self) -> Step:
        """The newest step."""
        return self._steps[-1]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far: what is shown of a computation that came to no end."""
        return tuple(self._steps)

    def show(self, what: str, value: Value | str) -> None:
        """One more step: bytes in hex, text as it is."""
        self._steps.append(Step(what, Secret(_text(value).encode())))

    def include(self, explanation: Explanation) -> None:
        """The steps of a computation that is part of this one."""
        self._steps.extend(explanation.steps)

    def conclude(self, what: str, by_steps: Value | str, by_primitive: Value | str) -> Explanation:
        """The result, once as the steps have it and once as the primitive does: they are the same, or the steps are wrong."""
        given, required = _text(by_steps).encode(), _text(by_primitive).encode()
        assert constant_time_equal(given, required), f"the steps to {what} come to another value than its primitive"
        self.show(what, by_primitive)
        return Explanation(tuple(self._steps))


def in_blocks(data: bytes, size: int) -> list[bytes]:
    """The data in pieces of so many bytes; the last may be shorter."""
    return [data[start : start + size] for start in range(0, len(data), size)]


def _text(value: Value | str) -> str:
    if isinstance(value, str):
        return value
    octets = value.expose() if isinstance(value, Secret) else value
    return octets.hex().upper() or _NOTHING


_NOTHING: Final = "(nothing)"
