"""Card numbers: the check digit, and the published ranges that alone are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.sensitive import Pan
from switch.domain.card import TEST_RANGES, luhn_valid, published_range
from switch.domain.test_cards import TEST_CARDS


@pytest.mark.parametrize("digits", ["4111111111111111", "378282246310005", "30569309025904", "4222222222222", "79927398713"])
def test_known_numbers_have_right_check_digits(digits):
    """ISO/IEC 7812-1 annex B; the last one is the textbook's."""
    assert luhn_valid(Pan(digits))


@given(body=st.text("0123456789", min_size=7, max_size=18))
def test_exactly_one_check_digit_is_right(body):
    """Of ten, whatever stands before it."""
    assert sum(luhn_valid(Pan(body + digit)) for digit in "0123456789") == 1


@given(body=st.text("0123456789", min_size=8, max_size=19), data=st.data())
def test_any_single_wrong_digit_is_noticed(body, data):
    """What the check digit is for."""
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != body[place]]))
    changed = body[:place] + other + body[place + 1 :]
    assert not (luhn_valid(Pan(body)) and luhn_valid(Pan(changed)))


@pytest.mark.parametrize("name", TEST_CARDS)
def test_the_cards_of_the_house_are_published_numbers(name):
    """Each with a right check digit, an expiry that is one, and a PIN."""
    card = TEST_CARDS[name]
    assert published_range(card.pan)
    assert luhn_valid(card.pan)
    assert "01" <= card.expiry[2:] <= "12"
    assert (len(card.sequence), len(card.service_code), len(card.pin)) == (2, 3, 4)
    assert card.name == name


@pytest.mark.parametrize(
    "digits", ["4539578763621486", "411111111111111", "41111111111111110", "4761739001020110", "5413330090010434"]
)
def test_what_is_not_published_is_not_taken(digits):
    """Another number, or a published one with a digit less or more."""
    assert published_range(Pan(digits)) is None


@pytest.mark.parametrize("card_range", TEST_RANGES, ids=lambda card_range: card_range.prefix)
def test_a_range_is_narrow_and_says_where_it_is_published(card_range):
    """No range takes in a whole BIN, which real people's cards share."""
    assert card_range.prefix.isdigit()
    assert 9 <= len(card_range.prefix) <= card_range.digits <= 19
    assert card_range.brand
    assert card_range.origin
    inside = Pan(card_range.prefix.ljust(card_range.digits, "0"))
    assert published_range(inside) is not None
