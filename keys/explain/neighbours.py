"""What a wrong MAC would have matched: the nearest ways of computing one, tried one by one, with a bound.

A tester whose MAC is refused has most often another padding, half of the key, another range of bytes, or a MAC cut at the
other end. This knows no messages: a range is bytes left out of what was covered. It is for test keys, and for a switch in
lab mode; elsewhere it would tell a stranger how near a forgery is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import msgspec

from keys.ciphers import AES_KEY_BYTES, TDES_KEY_BYTES, HashName, Hmac, xor
from keys.dukpt_tdes import Variant
from keys.mac import MAC_BYTES_MIN, RETAIL_KEY_BYTES, aes_cmac, cbc_mac, hmac, retail_mac, tdes_cmac
from keys.sensitive import Secret, constant_time_equal

HEAD_BYTES_MAX: Final = 64  # A header, a length, MTI and bitmaps: more than stands before any message.
TAIL_BYTES_MAX: Final = 24  # A MAC element or two, or what DE 64's eight zeroes and a trailer are.
TRIALS_MAX: Final = 20_000  # About a quarter of a second over a message of 200 bytes.
DATA_BYTES_MAX: Final = 4_096  # A message; a longer one is tried as it stands and in no other range.
FOUND_MAX: Final = 3

# Where an ISO 8583 bitmap can stand: bytes of the MTI before it (4 characters, 2 packed, 0 where it was dropped), its size.
_MTI_BYTES: Final = (4, 2)
_BITMAP_BYTES: Final = (8, 16, 32)

_HEX_DIGITS: Final = frozenset(b"0123456789ABCDEFabcdef")
_PADDINGS: Final = (1, 2, 3)


class Way(msgspec.Struct, frozen=True):
    """How a MAC is made: an algorithm, and for those of ISO/IEC 9797-1 a padding. `name` is one of `WAYS`."""

    name: str
    padding: int | None = None

    def __str__(self) -> str:
        padding = "" if self.padding is None else f", padding {self.padding}"
        return f"{WAYS[self.name].what}{padding}"


class Method(msgspec.Struct, frozen=True):
    """An algorithm: in words, the sizes of its keys, whether it pads, and all bytes of its MAC."""

    what: str
    key_bytes: tuple[int, ...]
    pads: bool
    compute: Callable[[Secret, bytes, int], bytes]


WAYS: Final[dict[str, Method]] = {
    "3": Method("algorithm 3", (RETAIL_KEY_BYTES,), True, lambda key, data, padding: retail_mac(key, data, padding=padding)),
    "1": Method("algorithm 1", TDES_KEY_BYTES, True, lambda key, data, padding: cbc_mac(key, data, padding=padding)),
    "tdes-cmac": Method("TDES CMAC", TDES_KEY_BYTES[1:], False, lambda key, data, _: tdes_cmac(key, data)),
    "aes-cmac": Method("AES CMAC", AES_KEY_BYTES, False, lambda key, data, _: aes_cmac(key, data)),
    "hmac-sha256": Method(
        "HMAC-SHA-256", tuple(range(16, 129)), False, lambda key, data, _: hmac(Hmac(key, HashName.SHA256), data)
    ),
}


class Match(msgspec.Struct, frozen=True):
    """One way to the given MAC: the differences from what was expected, in words, none of them empty."""

    differences: tuple[str, ...]

    def __str__(self) -> str:
        return ", and ".join(self.differences)


class _Cut(msgspec.Struct, frozen=True):
    """A range of the data, or another spelling of it, in words."""

    what: str
    data: bytes


class _Trial(msgspec.Struct, frozen=True):
    """One MAC to be computed, and how it differs from the one that was expected."""

    differences: tuple[str, ...]
    way: Way
    key: Secret
    data: bytes

    def compute(self) -> bytes:
        return WAYS[self.way.name].compute(self.key, self.data, self.way.padding or 0)


def neighbours(
    key: Secret,
    data: bytes,
    mac: bytes,
    *,
    way: Way,
    others: Mapping[str, Secret] | None = None,
    trials_max: int = TRIALS_MAX,
    found_max: int = FOUND_MAX,
) -> list[Match]:
    """The nearest ways of computing the MAC that was given: those with the fewest differences first.

    Args:
        key: the one that should have made it.
        data: what it should cover.
        mac: as given, 4 bytes or more.
        way: how it should have been made.
        others: more keys to try, such as an earlier generation, by what they are called.
        trials_max: MACs computed at most.
        found_max: matches given at most.

    Returns:
        Nothing where the MAC is right as it stands, or is too short to tell.

    >>> key = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> mac = retail_mac(key, b"Now is the time", padding=2)
    >>> print(*neighbours(key, b"Now is the time", mac, way=Way("3", 1)))
    algorithm 3, padding 2
    """
    if len(mac) < MAC_BYTES_MIN:
        return []
    found: list[Match] = []
    for trial in islice(_trials(key, data, way, others or {}), trials_max):
        shape = _shape_of(trial.compute(), mac)
        if shape is None:
            continue
        if not shape and not trial.differences:
            return []
        found.append(Match((*trial.differences, shape) if shape else trial.differences))
        if len(found) >= found_max:
            break
    return sorted(found, key=lambda match: len(match.differences))


def _trials(key: Secret, data: bytes, way: Way, others: Mapping[str, Secret]) -> Iterator[_Trial]:
    """First nothing differs, then one thing, then two, then all three."""
    ways = [each for each in _ways() if each != way]
    keys = list(_keys(key, others))
    cuts = list(_cuts(data))
    plain = _Cut("", data)
    yield from _each([way], [("", key)], [plain], way)
    yield from _each(ways, [("", key)], [plain], way)
    yield from _each([way], keys, [plain], way)
    yield from _each([way], [("", key)], cuts, way)
    yield from _each(ways, keys, [plain], way)
    yield from _each(ways, [("", key)], cuts, way)
    yield from _each([way], keys, cuts, way)
    yield from _each(ways, keys, cuts, way)


def _each(ways: Sequence[Way], keys: Sequence[tuple[str, Secret]], cuts: Sequence[_Cut], usual: Way) -> Iterator[_Trial]:
    for way in ways:
        for name, key in keys:
            if len(key) not in WAYS[way.name].key_bytes:
                continue
            for cut in cuts:
                words = ("" if way == usual else str(way), name, cut.what)
                yield _Trial(tuple(filter(None, words)), way, key, cut.data)


def _ways() -> Iterator[Way]:
    for name, method in WAYS.items():
        for padding in _PADDINGS if method.pads else (None,):
            yield Way(name, padding)


def _keys(key: Secret, others: Mapping[str, Secret]) -> Iterator[tuple[str, Secret]]:
    """The other keys, halves of this one, and its DUKPT variants; no more than a dozen."""
    for name, other in list(others.items())[:8]:
        yield f"key {name}", other
    clear = key.expose()
    if len(clear) == RETAIL_KEY_BYTES:
        left, right = clear[:8], clear[8:]
        yield "the key's halves swapped", Secret(right + left)
        yield "the key's left half alone", Secret(left)
        yield "the key's right half alone", Secret(right)
        for variant in (Variant.MAC_REQUEST, Variant.MAC_RESPONSE):
            yield f"the key's DUKPT variant {variant.name.lower().replace('_', ' ')}", Secret(xor(clear, variant.value))
    if len(clear) == 24:
        yield "the first 16 bytes of the key", Secret(clear[:16])


def _cuts(data: bytes) -> Iterator[_Cut]:
    """Other ranges and spellings of the data."""
    if len(data) > DATA_BYTES_MAX:
        return
    for count in range(1, min(HEAD_BYTES_MAX, len(data) - 1) + 1):
        yield _Cut(f"without the first {_bytes(count)}", data[count:])
    for count in range(1, min(TAIL_BYTES_MAX, len(data) - 1) + 1):
        yield _Cut(f"without the last {_bytes(count)}", data[:-count])
    for mti in _MTI_BYTES:
        for size in _BITMAP_BYTES:
            if mti + size <= len(data):
                yield _Cut(f"without a bitmap of {size} bytes at byte {mti}", data[:mti] + data[mti + size :])
        yield from _without_mac_bit(data, mti)
    yield _Cut("with a length of 2 bytes before it", len(data).to_bytes(2, "big") + data)
    yield _Cut("with a length of 2 bytes, lowest first, before it", len(data).to_bytes(2, "little") + data)
    yield _Cut("with a length of 4 digits before it", b"%04d" % len(data) + data)
    for size in (4, 8, 16):
        yield _Cut(f"with {size} zero bytes behind it, as for the MAC's own element", data + bytes(size))
    yield _Cut("spelled in upper-case hex digits", data.hex().upper().encode())
    yield _Cut("spelled in lower-case hex digits", data.hex().encode())
    if data and not len(data) % 2 and set(data) <= _HEX_DIGITS:
        yield _Cut("packed from its hex digits", bytes.fromhex(data.decode("ascii")))


def _without_mac_bit(data: bytes, at: int) -> Iterator[_Cut]:
    """The bitmap's last bit, the MAC's own, the other way round: in hex digits where all of it are such, else binary."""
    for de, size in ((64, 8), (128, 16)):
        spelled = data[at : at + 2 * size]
        if len(spelled) == 2 * size and set(spelled) <= _HEX_DIGITS:
            last = at + 2 * size - 1
            turned, how = b"%X" % (int(spelled[-1:], 16) ^ 1), "hex"
        elif at + size <= len(data) and not set(data[at : at + size]) <= _HEX_DIGITS:
            last = at + size - 1
            turned, how = bytes((data[last] ^ 1,)), "binary"
        else:
            continue
        changed = data[:last] + turned + data[last + 1 :]
        yield _Cut(f"with the bit of DE {de} turned round ({how} bitmap at byte {at})", changed)


def _shape_of(whole: bytes, given: bytes) -> str | None:
    """How the given bytes are the MAC: "" as its beginning, words for another shape, None if not at all."""
    size = len(given)
    if size <= len(whole) and constant_time_equal(whole[:size], given):
        return ""
    if size <= len(whole) and constant_time_equal(whole[-size:], given):
        return f"its last {size} bytes in place of the first"
    half = whole[: size // 2]
    if len(half) >= MAC_BYTES_MIN and constant_time_equal(half.hex().upper().encode(), given.upper()):
        return f"its first {len(half)} bytes spelled in hex digits"
    for kept in (4, 6, 8):
        if kept < size and len(whole) >= kept and constant_time_equal(whole[:kept].ljust(size, b"\x00"), given):
            return f"its first {kept} bytes, with zeroes behind them"
    return None


def _bytes(count: int) -> str:
    return "byte" if count == 1 else f"{count} bytes"
