"""Hypothesis strategies for the values of one element, from its form, its lengths and its content class."""

from hypothesis import strategies as st

from switch.wire.content import UPPER_HEX
from switch.wire.element import Element, Form

_LENGTH_USUAL = 30


def element_values(element: Element) -> st.SearchStrategy[str]:
    """Values that an element may hold: of its class, of any lawful length, the longest included."""
    return _lengths(element).flatmap(lambda units: values_of_length(element, units))


def values_of_length(element: Element, units: int) -> st.SearchStrategy[str]:
    """Values of so many characters, bytes or digits, one or more, in an element that can spell that many."""
    first, rest = _alphabets(element)
    opening = element.content.opening
    size = units if element.form is Form.DIGITS else element.byte_count(units) * (1 + (element.form is Form.BYTES))
    more = size - 1 - len(opening)
    # Long values repeat a short draw: their content adds nothing that their length does not.
    tail = st.text(rest, min_size=1, max_size=12).map(lambda text: (text * (more // len(text) + 1))[:more])
    return st.tuples(st.just(opening), st.sampled_from(first), tail).map("".join)


def shortest(element: Element) -> int:
    """A length that the element may have, or two where one may be no whole byte."""
    return 2 if element.prefix_bytes else element.units_max


def _alphabets(element: Element) -> tuple[str, str]:
    """Characters of the first place and of the others, as far as the spelling of the element has them."""
    first, rest = element.content.first or UPPER_HEX, element.content.rest or UPPER_HEX
    if element.form is not Form.TEXT:
        first, rest = ("".join(digit for digit in alphabet if digit in UPPER_HEX) for alphabet in (first, rest))
    return first, rest


def _lengths(element: Element) -> st.SearchStrategy[int]:
    """Lengths in units that can be spelled."""
    if not element.prefix_bytes:
        return st.just(element.units_max)
    longest = max(element.lengths.values())
    able = [units for units in range(1, min(longest, _LENGTH_USUAL) + 1) if element.shape(units) is not None]
    edge = next(units for units in (longest, longest - 1) if element.shape(units) is not None)
    return st.one_of(st.sampled_from(able or [edge]), st.just(edge))
