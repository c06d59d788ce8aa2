"""Content classes hold exactly the characters that ISO 8583 gives them."""

import pytest

from switch.wire.content import CONTENTS, ISO_HEADER
from switch.wire.rules import RULES


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("n", "0123456789", "A -+=\x00"),
        ("a", "AZaz ", "0_-\t"),
        ("an", "AZaz09 ", "_-=\t"),
        ("ns", "09-./= ", "Aaz\t"),
        ("ans", " ~AZ09<>\\", "\t\x00\x7f\x1b\xe9"),
        ("z", "0123456789=D", ";?dAE "),
        ("b", "0123456789ABCDEF", "abcdefG "),
    ],
)
def test_each_class_has_its_characters(name: str, inside: str, outside: str) -> None:
    """Characters of a class are in its alphabet, others are not, in the first place as in all others."""
    content = CONTENTS[name]
    assert content.first == content.rest
    assert set(inside) <= set(content.rest or "")
    assert not set(outside) & set(content.rest or "")


def test_signed_amounts_start_with_a_letter() -> None:
    """Class x+n has C or D in the first place and digits in the others."""
    assert (CONTENTS["x+n"].first, CONTENTS["x+n"].rest) == ("CD", "0123456789")


@pytest.mark.parametrize("name", CONTENTS)
def test_each_class_has_a_rule(name: str) -> None:
    """The rule that a class names is explained, and only the permissive class allows empty values."""
    assert CONTENTS[name].name == name
    assert CONTENTS[name].rule in RULES
    assert CONTENTS[name].empty is (name == "any")


def test_a_header_opens_with_its_letters() -> None:
    """The class of headers that begin with ISO is none of a DE, and its rule is explained."""
    assert ISO_HEADER.name not in CONTENTS
    assert (ISO_HEADER.opening, ISO_HEADER.first, ISO_HEADER.rest) == ("ISO", "0123456789", "0123456789")
    assert ISO_HEADER.rule in RULES
