"""Delta debugging: from what makes a run fail to the little that is needed for it. Knows nothing of runs."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def minimise(causes: Sequence[T], fails: Callable[[Sequence[T]], bool], tries_max: int) -> list[T]:
    """A part of `causes`, in their order, that still fails, and from which little or nothing more can be left out.

    Args:
        causes: all of them together fail.
        fails: whether some of them fail.
        tries_max: how often that may be asked; then the smallest part found so far is given.
    """
    kept, parts, tries = list(causes), 2, 0
    if kept and tries < tries_max and fails([]):
        return []
    while len(kept) > 1 and tries < tries_max:
        size = -(-len(kept) // parts)
        for start in range(0, len(kept), size):
            rest = kept[:start] + kept[start + size :]
            tries += 1
            if fails(rest):
                kept, parts = rest, max(parts - 1, 2)
                break
            if tries >= tries_max:
                return kept
        else:
            if size == 1:
                return kept
            parts = min(2 * parts, len(kept))
    return kept
