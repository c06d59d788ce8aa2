"""Numbers that the switch gives out: STANs toward issuers, retrieval references, times of transmission."""

from datetime import UTC, datetime
from functools import lru_cache

from switch.core.state import State
from switch.limits import SECONDS_KEPT

STAN_LAST = 899_999
"""Highest STAN of a transaction; 900000 to 999999 are for network management, which no journal remembers."""


def next_stan(state: State, link: str) -> str:
    """The STAN after the last one used toward `link`, six digits. It is taken when the record that holds it is applied.

    STANs come round again; those of advices that are still owed are passed over.
    """
    owed = state.saf.get(link, {})
    last = state.stans.get(link, 0)
    for ahead in range(len(owed) + 1):
        stan = f"{(last + ahead) % STAN_LAST + 1:06d}"
        if stan not in owed:
            break
    return stan


def network_stan(conn: int, count: int) -> str:
    """A STAN for an 0800 of ours on connection `conn`."""
    return f"{900_000 + (conn * 31 + count) % 100_000:06d}"


def transmitted(wall_ms: int) -> str:
    """DE 7: MMDDhhmmss in UTC."""
    return _print(wall_ms // 1000)


def rrn(wall_ms: int, stan: str) -> str:
    """DE 37 for a request that came without one: last digit of the year, day of the year, hour, end of the STAN; 12 digits."""
    now = datetime.fromtimestamp(wall_ms / 1000, UTC)
    return f"{now.year % 10}{now.timetuple().tm_yday:03d}{now.hour:02d}{stan[-6:]}"


@lru_cache(maxsize=SECONDS_KEPT)
def _print(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%m%d%H%M%S")
