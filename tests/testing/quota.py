"""How often a law is tried: little in a change's run, a hundred times as much in the nightly one."""

import os

from hypothesis import HealthCheck, settings

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
_FACTOR = 100 if NIGHTLY else 1


def quota(number: int) -> int:
    """`number`, or what it is in the nightly run."""
    return number * _FACTOR


def tried(number: int) -> settings:
    """Settings of Hypothesis for a law tried `number` times, more in the nightly run; never timed."""
    return settings(max_examples=quota(number), deadline=None, suppress_health_check=list(HealthCheck))
