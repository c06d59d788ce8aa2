"""The editions of 1993 and 2003: plain values in their words, typed by hand, and back again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.domain.request import Original
from switch.wire import DIALECTS
from switch.wire.edition import Occasion, dated, plain_stan
from switch.wire.editions import EDITIONS

NOW_MS = 1_767_225_600_000
"""2026-01-01 00:00 UTC."""

PURCHASE = {2: "4111111111111111", 3: "000000", 4: "000000001250", 7: "1231235959", 11: "000123", 12: "235959", 13: "1231"}
PURCHASE |= {
    15: "0101",
    18: "5411",
    22: "051",
    25: "00",
    41: "TERM0001",
    42: "MERCHANT1".ljust(15),
    43: "SHOP".ljust(40),
    49: "978",
}
PURCHASE |= {52: "0123456789ABCDEF"}


@pytest.mark.parametrize(
    ("name", "worded"),
    [
        (
            "1993",
            {
                **{de: PURCHASE[de] for de in (2, 3, 4, 7, 11, 41, 42, 49, 52)},
                12: "251231235959",
                15: "260101",
                22: "51010151300C",
                24: "200",
                26: "5411",
                43: "SHOP",
            },
        ),
        (
            "2003",
            {
                **{de: PURCHASE[de] for de in (2, 3, 7, 41, 52)},
                4: "9782000000001250",
                11: "000000000123",
                12: "20251231235959",
                15: "20260101",
                22: "20000000010000000200000000000000",
                24: "200",
                26: "5411",
                42: "MERCHANT1",
            },
        ),
    ],
)
def test_a_purchase_in_words_of_each_edition(name, worded):
    """Last year's local time found its year; DE 25 went into DE 22; in 2003 the amount took DE 49 along."""
    assert EDITIONS[name].word(PURCHASE, Occasion("0200", NOW_MS)) == worded


@pytest.mark.parametrize("name", ["1993", "2003"])
def test_what_was_worded_reads_back(name):
    """All that an edition can say; what it cannot is left out."""
    edition = EDITIONS[name]
    plain = edition.plain(edition.word(PURCHASE, Occasion("0200", NOW_MS)), "0200")
    lost = {"1993": set(), "2003": {43}}[name]
    expected = {de: value for de, value in PURCHASE.items() if de not in lost}
    if name == "2003":
        expected |= {22: "050"}  # Whether a PIN can be entered is not among its bits.
        del expected[25]
    assert plain == expected


@pytest.mark.parametrize(
    ("mode", "position", "bits"),
    [("01", "6", "04"), ("90", "2", "10"), ("05", "5", "20"), ("07", "M", "22"), ("91", "A", "12"), ("00", "0", "01")],
)
def test_how_a_card_was_read(mode, position, bits):
    """Digits 1 and 2 of 1987, position 7 of 1993, the first byte of 2003, and back."""
    occasion = Occasion("0200", NOW_MS)
    of_1993 = EDITIONS["1993"].word({22: mode + "1"}, occasion)
    of_2003 = EDITIONS["2003"].word({22: mode + "1"}, occasion)
    assert (of_1993[22][6], of_2003[22][:2]) == (position, bits)
    assert EDITIONS["1993"].plain(of_1993, "0200")[22][:2] == mode
    assert EDITIONS["2003"].plain(of_2003, "0200")[22][:2] == mode


@pytest.mark.parametrize(("code", "function"), [("001", "801"), ("002", "802"), ("301", "831")])
def test_network_codes(code, function):
    """DE 70 is function code 8xx; a function that 1987 has no code for keeps its own, which nobody supports."""
    edition = EDITIONS["1993"]
    assert edition.word({70: code}, Occasion("0804", NOW_MS)) == {24: function}
    assert edition.plain({24: function}, "0804") == {70: code}
    assert edition.plain({24: "899"}, "0804") == {70: "899"}


@pytest.mark.parametrize("name", ["1993", "2003"])
def test_a_network_code_without_an_equal_is_left_out(name):
    """162 of a network would be a function of authorisations in DE 24."""
    assert EDITIONS[name].word({70: "162"}, Occasion("0804", NOW_MS)) == {}


@pytest.mark.parametrize("name", ["1993", "2003"])
def test_two_ways_to_say_a_key_change_are_one_function(name):
    """101 of the standard and 161 of networks are 811, which is read as the standard says it."""
    words = [EDITIONS[name].word({70: code}, Occasion("0804", NOW_MS)) for code in ("101", "161")]
    assert words == [{24: "811"}] * 2
    assert EDITIONS[name].plain({24: "811"}, "0804")[70] == "101"


@pytest.mark.parametrize(
    ("mode", "of_1993", "of_2003"), [("80", "52", "10200000"), ("79", "51", "04200000"), ("90", "22", "10000000")]
)
def test_a_fallback_is_no_ordinary_reading(mode, of_1993, of_2003):
    """1993 says that the terminal could have read a chip; 2003 says that it fell back, and that comes back."""
    occasion = Occasion("0200", NOW_MS)
    word = EDITIONS["1993"].word({22: mode + "1"}, occasion)[22]
    assert word[0] + word[6] == of_1993
    worded = EDITIONS["2003"].word({22: mode + "1"}, occasion)
    assert worded[22][:8] == of_2003
    assert EDITIONS["2003"].plain(worded, "0200")[22][:2] == mode


@pytest.mark.parametrize(
    ("name", "original", "value"),
    [
        ("1987", Original("0200", "000123", "0101120000", "42"), "020000012301011200000000000004200000000000"),
        ("1993", Original("0200", "000123", "", "42", local_at="260101120000"), "12000001232601011200000242"),
        ("2003", Original("0100", "000123", "", local_at="20260101120000"), "21000000000001232026010112000000"),
    ],
)
def test_an_original_is_named_and_found(name, original, value):
    """DE 90 and DE 56, part by part."""
    form = EDITIONS[name].original
    assert form.print(original) == value
    assert form.parse(value) == original


@pytest.mark.parametrize("name", ["1993", "2003"])
@pytest.mark.parametrize("data", ["", "1", "1200000123"])
def test_an_original_cut_short_names_none(name, data):
    """Which the switch answers with a format error."""
    assert EDITIONS[name].original.parse(data) is None


@pytest.mark.parametrize(
    ("month_day", "wall_ms", "day"),
    [
        ("1231", NOW_MS, "20251231"),
        ("0101", NOW_MS - 1, "20260101"),
        ("0630", NOW_MS, "20260630"),
        ("0229", NOW_MS, "20260229"),
        ("9999", NOW_MS, "20269999"),
        ("0229", 1_835_440_000_000, "20280229"),
    ],
)
def test_a_date_gets_the_year_that_is_nearest(month_day, wall_ms, day):
    """Also around New Year; what is no day of the years around now is left as it was."""
    assert dated(month_day, wall_ms) == day


def test_stans_that_are_longer_by_zeroes_only():
    """Six digits of twelve; one that needs more stays itself."""
    assert [plain_stan(stan) for stan in ("000123", "000000000123", "000001000123", "")] == [
        "000123",
        "000123",
        "000001000123",
        "",
    ]


@pytest.mark.parametrize("name", ["iso93-ascii", "iso93-binary", "iso2003"])
@given(data=st.data())
def test_whatever_is_lawful_can_be_read_as_plain(name, data):
    """Turning never raises: neither values of the dialect's own classes nor any text at all."""
    dialect = DIALECTS[name]
    des = data.draw(st.lists(st.sampled_from([4, 11, 12, 15, 22, 24, 25, 26, 39, 41, 42, 43, 49, 56, 70]), unique=True))
    values = {de: data.draw(st.text("0123456789ABCDEF M", max_size=34)) for de in des}
    mti = data.draw(st.sampled_from(["0100", "0210", "0420", "0804", "0999"]))
    plain = dialect.edition.plain(values, mti)
    assert all(isinstance(value, str) for value in plain.values())
    dialect.edition.word(plain, Occasion(mti, NOW_MS))


@pytest.mark.parametrize("name", EDITIONS)
def test_pictures_contradict_nothing(name):
    """No DE is both wanted and forbidden, and each MTI of the edition has the digit of its version."""
    edition = EDITIONS[name]
    for mti, picture in edition.pictures.items():
        named = {de for group in picture.required for de in group} | set(picture.optional)
        assert not named & set(picture.forbidden), mti
        assert mti[0] == edition.version
