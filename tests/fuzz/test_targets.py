"""Every target raises its declared errors and nothing else, on its corpus and on thousands of inputs near it, in every run."""

import random

import pytest

from tests.fuzz.corpus import HERE, seeds_of
from tests.fuzz.targets import TARGETS, attempt
from tests.testing.mill import damaged
from tests.testing.quota import quota

CORPUS_BYTES_MAX = 100_000
"""All seeds together: they are read by people, too."""


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus(name: str) -> None:
    """Each target has seeds that it accepts; it refuses what came of them, and nothing, as it has declared."""
    seeds = seeds_of(name)
    assert any(attempt(TARGETS[name], seed) for seed in seeds)
    for seed in (b"", b"\x00", *(seed[: len(seed) // 2] for seed in seeds)):
        attempt(TARGETS[name], seed)


@pytest.mark.parametrize("name", TARGETS)
def test_near_the_corpus(name: str) -> None:
    """Thousands of damaged seeds, and damaged ones of those: accepted, or refused as declared."""
    dice, target, pool = random.Random(name), TARGETS[name], seeds_of(name)
    outcomes = []
    for _ in range(quota(target.tries)):
        data = damaged(dice, dice.choice(pool))
        outcomes.append(attempt(target, data))
        if outcomes[-1] and len(pool) < 200:
            pool.append(data)
    assert any(outcomes), "damage so great that nothing is left to look into finds nothing"
    assert not all(outcomes) or not target.allowed


def test_the_corpus_is_small_and_belongs_to_targets() -> None:
    """No folder without a target, no target without seeds, and no more bytes than can be looked at."""
    assert {folder.name for folder in HERE.iterdir()} <= set(TARGETS)
    assert all(map(seeds_of, TARGETS))
    assert sum(file.stat().st_size for file in HERE.rglob("*") if file.is_file()) < CORPUS_BYTES_MAX
