"""Delta debugging: from what makes a run fail to the little that is needed for it. Knows nothing of runs."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def minimise(causes: Sequence[T], fails: Callable[[Sequence[T]], Sequence[T] | None], tries_max: int) -> list[T]:
    """A part of `causes`, in their order, that still fails, and from which little or nothing more can be left out.

    Args:
        causes: all of them together fail.
        fails: None where some of them do not fail; where they do, those of them that had a part in it, which fail alone.
        tries_max: how often that may be asked; then the smallest part found so far is given.
    """
    kept, parts, tries = list(causes), 2, 0
    if kept and tries < tries_max and fails([]) is not None:
        return []
    while len(kept) > 1 and tries < tries_max:
        size = -(-len(kept) // parts)
        for start in range(0, len(kept), size):
            tries += 1
            left = fails(kept[:start] + kept[start + size :])
            if left is not None:
                kept, parts = list(left), max(parts - 1, 2)
                break
            if tries >= tries_max:
                return kept
        else:
            if size == 1:
                return kept
            parts = min(2 * parts, len(kept))
    return kept
