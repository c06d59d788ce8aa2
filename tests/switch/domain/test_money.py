"""Amounts: whole minor units in, whole minor units out, and nothing that only looks like a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.domain.money import Money, MoneyError, currency, parse_money

CODES = {"EUR": ("978", 2), "USD": ("840", 2), "JPY": ("392", 0), "KWD": ("414", 3), "CLF": ("990", 4), "ALL": ("008", 2)}


@pytest.mark.parametrize("alpha", CODES)
def test_a_currency_is_known_by_letters_and_by_digits(alpha):
    """Three digits with their leading zeroes, and the exponent that DE 4 needs."""
    numeric, exponent = CODES[alpha]
    assert currency(alpha) == currency(numeric)
    assert (currency(alpha).numeric, currency(alpha).exponent) == (numeric, exponent)


@pytest.mark.parametrize("code", ["", "eur", "EURO", "000", "999", "XAU", "8", "97८", "978 ", "XXX"])
def test_what_is_no_currency_is_refused(code):
    """Gold, test codes and near misses have no minor units."""
    with pytest.raises(MoneyError):
        currency(code)


@given(minor=st.integers(0, 999_999_999_999), alpha=st.sampled_from(sorted(CODES)))
def test_printing_and_parsing_are_each_others_inverse(minor, alpha):
    """Whatever the exponent."""
    money = Money(minor, currency(alpha))
    text, _, code = str(money).partition(" ")
    assert code == alpha
    assert parse_money(text, alpha) == money


@pytest.mark.parametrize(
    ("text", "alpha", "minor"), [("12.5", "EUR", 1_250), ("12", "JPY", 12), ("0.001", "KWD", 1), ("007", "EUR", 700)]
)
def test_decimals_may_be_left_out(text, alpha, minor):
    """12.5 is twelve and a half, in any number of decimals up to the currency's own."""
    assert parse_money(text, alpha).minor == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1.",
        ".5",
        "-1",
        "+1",
        "1e3",
        "1_000",
        "1,5",
        " 1",
        "1 ",
        "1.234",
        "٣",
        "1.٣",
        "0x10",
        "NaN",
        "1\n",
        "9" * 13,
        "12.5.0",
    ],
)
def test_what_is_no_amount_is_refused(text):
    """Signs, spaces, underscores, exponents, other scripts' digits, and decimals that the currency does not have."""
    with pytest.raises(MoneyError):
        parse_money(text, "EUR")


def test_an_amount_must_fit_de_4():
    """Twelve digits of minor units and not one more."""
    assert parse_money("9999999999.99", "EUR").minor == 999_999_999_999
    with pytest.raises(MoneyError, match="12 digits"):
        parse_money("99999999999", "EUR")


def test_yen_have_no_decimals():
    """1.0 is no amount of yen."""
    with pytest.raises(MoneyError, match=r"write it like 12$"):
        parse_money("1.0", "JPY")


@pytest.mark.parametrize(
    ("minor", "alpha", "text"),
    [(-5, "EUR", "-0.05 EUR"), (5, "KWD", "0.005 KWD"), (-5, "JPY", "-5 JPY"), (0, "EUR", "0.00 EUR")],
)
def test_small_and_negative_amounts_print_whole(minor, alpha, text):
    """Zeroes in front of the decimals are not lost."""
    assert str(Money(minor, currency(alpha))) == text


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("1.234", "EUR", "amount '1.234' is not a number of EUR, which has 2 decimals; write it like 12.50"),
        ("1.5", "JPY", "amount '1.5' is not a number of JPY, which has 0 decimals; write it like 12"),
        ("9999999999999", "EUR", "the amount does not fit the 12 digits of DE 4"),
        ("99999999999", "EUR", "the amount does not fit the 12 digits of DE 4"),
    ],
)
def test_the_words_say_what_is_wrong(text, code, words):
    """Too many decimals, or too many digits: each is told as what it is."""
    with pytest.raises(MoneyError) as error:
        parse_money(text, code)
    assert str(error.value) == words
