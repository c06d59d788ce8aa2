"""How often one caller may use one key: an allowance that fills up as time passes, and is empty for whoever guesses.

Not durable: a process that was just started has given nobody anything yet. The clock is given with each question.
"""

from typing import Final

import msgspec

from keys.host.limits import RATED_PAIRS_MAX

_MS_PER_SECOND: Final = 1_000


class Rate(msgspec.Struct, frozen=True):
    """So many in a second; as many at once after a second's rest."""

    per_second: int


class Allowance(msgspec.Struct):
    """What is left, in thousandths of a use, at a moment; and whether its emptiness was told."""

    left: int
    at_ms: int
    told: bool = False


class Rates:
    """Allowances of pairs of caller and key."""

    def __init__(self, pairs_max: int = RATED_PAIRS_MAX) -> None:
        self._pairs_max = pairs_max
        self._pairs: dict[tuple[str, str], Allowance] = {}

    def take(self, caller: str, key: str, rate: Rate, now_ms: int) -> Allowance | None:
        """Nothing, if the caller may use the key now; else its empty allowance, which remembers whether it was told."""
        full = rate.per_second * _MS_PER_SECOND
        allowance = self._pairs.pop((caller, key), None) or Allowance(full, now_ms)
        self._pairs[caller, key] = allowance  # The longest unused stands first.
        if len(self._pairs) > self._pairs_max:
            del self._pairs[next(iter(self._pairs))]
        allowance.left = min(full, allowance.left + (now_ms - allowance.at_ms) * rate.per_second)
        allowance.at_ms = now_ms
        if allowance.left < _MS_PER_SECOND:
            return allowance
        allowance.left -= _MS_PER_SECOND
        allowance.told = False
        return None
