"""What nobody may find outside of a message: card numbers for ever, and of the latest requests what authenticates a cardholder.

The numbers of customers begin alike, so that a text is searched for their beginning, in every spelling that a careless line of
code could give it. PIN blocks and tracks are planted by the terminals' own requests, in clear and under the key of each hop, as
known to the two hosts that have said and heard them: no other one could tell them.
"""

import base64
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, product

import msgspec

from switch.wire import Dialect, Framing, Message
from switch.wire.prepared import Reader
from terminal_sim.lab.customers import RANGE
from terminal_sim.lab.recent import Recent

FRESH_MAX = 4
"""Requests of a host whose secrets are looked for in each of its texts: whoever tells one tells it at once."""

SPELLED_KEPT = 1_024
"""Requests whose secrets' spellings are remembered: cards come again, and the blocks of their PINs with them."""

PLANTED_MAX = 200
"""Requests whose secrets are looked for in a memory, at the end."""

TRACK_BYTES_MIN = 12
"""A shorter end of a track is no secret of anybody's."""

SHORT_MAX = 64
"""Texts up to this length are compared as a whole, or they would have to be searched for each secret."""

_AUTHENTICATING = Reader(35, 52)

_SEPARATOR = re.compile("[=Dd]")


class _Fresh:
    """What one host knows of its latest requests; `spelled` are all of it in a row, for which each of its texts is searched."""

    def __init__(self) -> None:
        self.spelled: tuple[str, ...] = ()
        self._latest: Recent[tuple[str, ...], tuple[str, ...]] = Recent(FRESH_MAX)

    def keep(self, values: tuple[str, ...]) -> None:
        """The values of its latest request. A card that comes again brings nothing new to look for."""
        if values in self._latest:
            self._latest.move_to_end(values)
        else:
            self._latest.keep(values, _spellings_of(values))
            self.spelled = tuple(chain.from_iterable(self._latest.values()))


class Secrets:
    """What is planted in one run."""

    def __init__(self) -> None:
        self._numbers = tuple(dict.fromkeys(_spellings_of_number(RANGE)))
        self._fresh: dict[str, _Fresh] = {}
        self._planted: deque[tuple[str, ...]] = deque(maxlen=PLANTED_MAX)

    def plant(self, message: Message, *hosts: str) -> None:
        """These hosts know a request: one has said it, another has heard it."""
        track, block = _AUTHENTICATING.read(message)
        ends = (_SEPARATOR.split(track or "", maxsplit=1)[-1], block or "")
        found = tuple([value for value in ends if len(value) >= TRACK_BYTES_MIN])
        if found:
            self._planted.append(found)
            for host in hosts:
                self._fresh.setdefault(host, _Fresh()).keep(found)

    def number_in(self, text: str) -> bool:
        """Whether a text tells a customer's card number."""
        return _holds(text, self._numbers)

    def found_in(self, text: str, *hosts: str) -> str:
        """What a text of one of these hosts tells, in words; empty where it tells nothing."""
        if self.number_in(text):
            return "a card number"
        return "a PIN block or a track" if self.authentication_in(text, *hosts) else ""

    def authentication_in(self, text: str, *hosts: str) -> bool:
        """Whether a text tells a PIN block or a track of one of the latest requests of these hosts; without any, of all."""
        for host in hosts or self._fresh:
            fresh = self._fresh.get(host)
            if fresh is not None and _holds(text, fresh.spelled):
                return True
        return False

    def authentication_kept_by(self, root: object) -> str:
        """Where in a machine's memory a PIN block or a track is still to be found: the kind of the value; empty for nowhere."""
        texts = dict.fromkeys(spelling for values in self._planted for spelling in _spellings_of(values))
        raw = dict.fromkeys(form for values in self._planted for value in values for form in _bytes_of(value))
        for value in values_in(root):
            if isinstance(value, str):
                if value in texts if len(value) <= SHORT_MAX else any(text in value for text in texts):
                    return "a text"
            elif bytes(value) in raw if len(value) <= SHORT_MAX else any(form in value for form in raw):
                return f"{len(value)} bytes"
        return ""


def _holds(text: str, wanted: tuple[str, ...]) -> bool:
    for each in wanted:  # noqa: SIM110  Asked of every record and notice: a generator would double what it costs.
        if each in text:
            return True
    return False


def values_in(root: object) -> Iterator[str | bytes | bytearray]:
    """Every text and every run of bytes that an object leads to, however deep; not what dialects and framings are made of."""
    waiting, seen = [root], {id(root)}
    while waiting:
        found = waiting.pop()
        if isinstance(found, str | bytes | bytearray):
            yield found
            continue
        for part in _parts(found):
            if isinstance(part, str | bytes | bytearray) or (not isinstance(part, int | float | None) and id(part) not in seen):
                seen.add(id(part))
                waiting.append(part)


def _parts(found: object) -> Iterable[object]:
    if isinstance(found, type | Dialect | Framing) or callable(found):
        return ()
    if isinstance(found, dict):
        return (*found.keys(), *found.values())
    if isinstance(found, list | tuple | set | frozenset | deque):
        return tuple(found)
    if isinstance(found, msgspec.Struct):
        return tuple(getattr(found, name) for name in found.__struct_fields__)
    names = [name for kind in type(found).__mro__ for name in kind.__dict__.get("__slots__", ())]
    slots = tuple(getattr(found, name) for name in names if hasattr(found, name))
    return (*slots, *getattr(found, "__dict__", {}).values())


def _spellings_of_number(number: str) -> Iterator[str]:
    """Clear, in groups of four, backwards, and as bytes of any code in hexadecimal or base 64."""
    groups = [number[at : at + 4] for at in range(0, len(number), 4)]
    yield number
    for gaps in product(" -", repeat=len(groups) - 1):
        yield "".join(map("".join, zip(groups, (*gaps, ""), strict=True)))
    yield number[::-1]
    for form in (number.encode("ascii"), number.encode("cp500")):
        yield form.hex()
        yield form.hex().upper()
        yield base64.b64encode(form).decode("ascii")
    yield base64.b64encode(bytes.fromhex(number)).decode("ascii")


@lru_cache(maxsize=SPELLED_KEPT)
def _spellings_of(values: tuple[str, ...]) -> tuple[str, ...]:
    """What would tell one of these values."""
    return tuple(spelling for value in values for spelling in _spellings(value))


def _spellings(value: str) -> tuple[str, ...]:
    """A PIN block, which is hexadecimal, or the end of a track, as texts that would tell it."""
    return tuple(
        dict.fromkeys((value, value.lower(), value.encode("ascii").hex(), base64.b64encode(_bytes_of(value)[-1]).decode()))
    )


def _bytes_of(value: str) -> tuple[bytes, ...]:
    """The same as bytes: as text, and packed."""
    packed = bytes.fromhex(value if len(value) % 2 == 0 else value + "0")
    return (value.encode("ascii"), value.encode("cp500"), packed)
