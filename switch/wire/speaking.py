"""What a switch says in a dialect, tried before it has to: a dialect file may describe messages that hold no answer.

Not here: what a message must have (`picture`), and whether a framing carries it (`pairing`).
"""

from collections.abc import Iterator
from itertools import chain

from switch.domain.request import Original
from switch.wire.dialect import Dialect
from switch.wire.errors import EncodeError

_MOMENT, _STAN, _RRN = "0101000000", "000001", "0" * 12
_ISSUER_AUTHENTICATION = "910A" + "00" * 10


def unsayable(dialect: Dialect, *, asking: bool, signed: bool) -> str:
    """Which DE cannot say what a switch has to say in it, and why; empty when all can be said.

    Args:
        asking: True toward an issuer, who is asked and told; False toward an acquirer, who is answered.
        signed: whether messages carry a MAC.
    """
    said = [_refusals(dialect), _questions(dialect) if asking else _answers(dialect), _macs(dialect) if signed else ()]
    try:
        for de, value in chain.from_iterable(said):
            dialect.codec.encode_element(de, value)
        if asking:
            dialect.encode({"mti": dialect.edition.mti(dialect.edition.network_mti), **dict(_questions(dialect))})
    except EncodeError as error:
        return str(error)
    return ""


def _refusals(dialect: Dialect) -> Iterator[tuple[int, str]]:
    codes = dialect.codes
    yield from ((39, code) for code in (*codes.reasons.values(), *codes.accepted.values()))
    if dialect.fault_de:
        yield dialect.fault_de, dialect.fault_form.format(128)


def _answers(dialect: Dialect) -> Iterator[tuple[int, str]]:
    yield 37, _RRN
    yield 38, _STAN
    if 55 in dialect.codec.elements:
        yield 55, _ISSUER_AUTHENTICATION


def _questions(dialect: Dialect) -> Iterator[tuple[int, str]]:
    edition = dialect.edition
    yield 7, _MOMENT
    yield 11, edition.stan(_STAN)
    yield 37, _RRN
    yield edition.network_de, edition.network_codes.get("301", "301")
    original = edition.original
    local_time = dialect.codec.elements.get(12)
    local_at = "0" * local_time.units_max if local_time is not None else ""
    yield original.de, original.print(Original("0200", _STAN, _MOMENT, "1", local_at=local_at))


def _macs(dialect: Dialect) -> Iterator[tuple[int, str]]:
    """DE 64 ends messages without a secondary bitmap, DE 128 those with one."""
    value = "00" * dialect.mac.length
    yield 64, value
    if any(de > 64 for de in dialect.codec.elements):
        yield 128, value
