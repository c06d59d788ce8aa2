"""Every dialect and framing of the tables can do all that a link needs; whoever adds a row is tested by being in the table."""

from pathlib import Path

import pytest

from switch.domain.reasons import WORDS, Reason
from switch.domain.request import RequestKind
from switch.limits import FRAME_BYTES_MAX
from switch.wire import DIALECTS, FRAMINGS
from switch.wire.pairing import unfit
from switch.wire.translate import APPROVALS, CODE_REASONS, ENTRY_MODES, REASON_CODES, REQUEST_KINDS, reason_of

LINKS = [(dialect, framing) for dialect in DIALECTS for framing in FRAMINGS if not unfit(DIALECTS[dialect], FRAMINGS[framing])]
SECRET = (2, 14, 34, 35, 36, 45, 46, 47, 48, 52, 53, 54, 55, 60, 61, 62, 63, 96, 102, 103, 120, 127)


@pytest.mark.parametrize(("dialect", "framing"), LINKS)
def test_a_link_can_pay_repeat_reverse_and_be_asked_for_an_echo(line, pay, dialect, framing):
    """The whole way through a switch, in every dialect and framing."""
    acquirer = line(dialect, framing)
    first = acquirer.ask(pay())
    assert (first.mti, first[39], first[11]) == ("0210", "00", "000001")
    assert acquirer.ask(pay("0201"))[38] == first[38]
    assert acquirer.ask(pay(), sign=False)[39] == "63"
    reversal = {"mti": "0420", 7: "0101000001", 11: "000002", 41: "TERM0001", 90: "02000000010101000000" + "0" * 22}
    assert acquirer.ask(reversal)[39] == "00"
    assert acquirer.ask(pay("0100", 3))[39] == "00"
    assert acquirer.ask(pay("0220", 4))[39] == "00"
    echo = acquirer.ask({"mti": "0800", 7: "0101000002", 11: "000005", 70: "301"})
    assert (echo.mti, echo[39], echo[70]) == ("0810", "00", "301")


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_is_whole(name):
    """Its key DEs are echoed, what it requires exists, what it may show holds no card data, every answer of ours has words."""
    dialect = DIALECTS[name]
    assert dialect.name == name
    assert dialect.words
    for mti in REQUEST_KINDS:
        assert set(dialect.match_key[mti[1]]) <= set(dialect.echo)
        assert all(de in dialect.codec.elements for group in dialect.required[mti] for de in group)
    assert 11 in dialect.match_key["2"]
    assert len(dialect.match_key["2"]) > 1, "a STAN alone finds no request"
    assert not {38, 39, 35, 45, 52, 55, 64, 128} & set(dialect.echo)
    assert not set(SECRET) & set(dialect.clear)
    assert set(SECRET) & set(dialect.sensitive) == set(SECRET) & set(dialect.codec.elements)
    assert set(REASON_CODES.values()) <= set(dialect.response_codes)
    assert {64, 128} <= set(dialect.codec.elements)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_code_and_words(reason):
    """Two characters; read back it is a reason of the same code, and yes stays yes."""
    code = REASON_CODES[reason]
    assert len(code) == 2
    assert WORDS[reason]
    assert REASON_CODES[reason_of(code)] == code
    assert (reason_of(code) is Reason.APPROVED) == (reason is Reason.APPROVED)


@pytest.mark.parametrize("code", ["", "??", "5", "000", "98", "ZZ"])
def test_a_code_that_nobody_knows_is_a_no(code):
    """Fails closed."""
    assert reason_of(code) is Reason.DO_NOT_HONOUR


def test_only_approvals_approve():
    """Of all codes that are known."""
    assert {code for code, reason in CODE_REASONS.items() if reason is Reason.APPROVED} == set(APPROVALS)


def test_every_kind_of_request_has_an_mti():
    """And every way of reading a card has two digits."""
    assert set(REQUEST_KINDS.values()) == set(RequestKind)
    assert all(len(digits) == 2 and digits.isdigit() for digits in ENTRY_MODES)


@pytest.mark.parametrize("name", FRAMINGS)
def test_a_framing_is_itself_in_any_cut(name):
    """Its name, its words, and three frames fed byte by byte."""
    framing = FRAMINGS[name]
    frames = [b"a", b"b" * 80, b"c" * framing.bytes_max]
    stream = b"".join(map(framing.frame, frames))
    buffer = framing.buffer()
    cut = [frame for place in range(len(stream)) for frame in buffer.feed(stream[place : place + 1])]
    assert (framing.name, cut, buffer.pending) == (name, frames, 0)
    assert framing.words
    assert framing.bytes_max <= FRAME_BYTES_MAX


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_fits_most_framings(name):
    """Of the framings only one is too short for every dialect, and one is for text."""
    misfits = {framing for framing in FRAMINGS if unfit(DIALECTS[name], FRAMINGS[framing])}
    assert {"ascii2"} <= misfits <= {"ascii2", "stx-etx"}


def test_the_page_of_dialects_has_every_row():
    """Names and words as the tables have them."""
    page = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text()
    for row in (*DIALECTS.values(), *FRAMINGS.values()):
        assert f"| `{row.name}` | {row.words} |" in page
