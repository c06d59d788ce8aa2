"""Response codes between editions: the nearest code, a yes stays a yes and a no a no."""

import pytest

from switch.domain.reasons import Reason
from switch.wire.codes import ACTION_CODES, PLAIN_CODES, code_of_2003, plain_code
from switch.wire.editions import EDITIONS


@pytest.mark.parametrize(
    ("code", "of_1993", "of_2003"),
    [("00", "000", "0000"), ("51", "116", "1016"), ("55", "117", "1017"), ("30", "904", "9104"), ("43", "209", "2009")],
)
def test_a_code_in_each_edition(code, of_1993, of_2003):
    """Typed by hand, in all directions."""
    spelled = {"1987": code, "1993": of_1993, "2003": of_2003}
    for name, expected in spelled.items():
        assert {EDITIONS[name].codes.adopt(other) for other in spelled.values()} == {expected}


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
@pytest.mark.parametrize("other", EDITIONS.values(), ids=EDITIONS)
def test_yes_stays_yes_and_no_stays_no(edition, other):
    """For every code that an edition has words for, in the codes of every other; and so does a yes to a part only."""
    for code in other.response_codes:
        adopted = edition.codes.adopt(code)
        assert (adopted in edition.codes.approvals) == (code in other.codes.approvals), code
        assert edition.codes.grants(adopted) == other.codes.grants(code), code


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_what_was_not_taken_is_known_by_each_of_its_codes(edition):
    """Damaged, wrongly signed or not kept: 1993 has several codes for keys that fail."""
    taken = {"1987": ("00", "05", "12", "25"), "1993": ("400", "100", "914"), "2003": ("4000", "1000", "9114")}
    others = {
        "1987": ("30", "63", "96"),
        "1993": ("904", "122", "909", "916", "917", "919", "918", "921"),
        "2003": ("9104", "1022", "9109", "9116", "9117", "9119", "9118", "9121"),
    }
    assert all(edition.codes.takes(code) for code in taken[edition.name])
    assert not any(edition.codes.takes(code) for code in others[edition.name])


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
@pytest.mark.parametrize("code", ["", "1", "777", "7777", "77777"])
def test_a_code_of_no_edition_is_a_no(edition, code):
    """Whatever its length."""
    assert edition.codes.reason(edition.codes.adopt(code)) is Reason.DO_NOT_HONOUR


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_words_are_spelled_as_words(edition):
    """They begin with a small letter or with a whole acronym: PIN and MAC, never pIN."""
    assert [words for words in edition.response_codes.values() if words[0].islower() and words[1:2].isupper()] == []


def test_the_tables_meet():
    """Each action code has a plain one, each plain one of those an action code; those of 1993 become four digits one to one."""
    assert {plain_code(code) for code in PLAIN_CODES} <= set(ACTION_CODES)
    assert len({code_of_2003(code) for code in PLAIN_CODES}) == len(PLAIN_CODES)
    assert [code_of_2003(code) for code in ("900", "901", "902", "116")] == ["9000", "9001", "9102", "1016"]
