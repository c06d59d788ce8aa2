"""Every dialect and framing of the tables can do all that a link needs; whoever adds a row is tested by being in the table."""

from pathlib import Path

import pytest

from switch.domain.reasons import WORDS, Reason
from switch.domain.request import Original, RequestKind
from switch.limits import FRAME_BYTES_MAX
from switch.wire import DIALECTS, FRAMINGS
from switch.wire.editions import EDITIONS
from switch.wire.mti import response_mti
from switch.wire.pairing import unfit
from switch.wire.translate import ENTRY_MODES, REQUEST_KINDS, local_moment, original_fields

LINKS = [(dialect, framing) for dialect in DIALECTS for framing in FRAMINGS if not unfit(DIALECTS[dialect], FRAMINGS[framing])]
SECRET = (2, 14, 34, 35, 36, 45, 46, 47, 48, 52, 53, 54, 55, 60, 61, 62, 63, 96, 102, 103, 120, 127)


@pytest.mark.parametrize(("dialect", "framing"), LINKS)
def test_a_link_can_pay_repeat_reverse_and_be_asked_for_an_echo(line, pay, dialect, framing):
    """The whole way through a switch, in every dialect and framing."""
    acquirer = line(dialect, framing)
    spoken, edition, codes = acquirer.dialect, acquirer.dialect.edition, acquirer.dialect.codes
    first = acquirer.ask(pay())
    assert (first.mti, first[39], first[11]) == (edition.mti("0210"), codes.code(Reason.APPROVED), edition.stan("000001"))
    assert acquirer.ask(pay("0201"))[38] == first[38]
    assert acquirer.ask(pay(stan=9), sign=False)[39] == codes.code(Reason.SECURITY_VIOLATION)
    named = original_fields(spoken, Original("0200", "000001", "0101000000", local_at=local_moment(spoken, first)))
    reversal = {"mti": "0420", 7: "0101000001", 11: "000002", 12: "000001", 13: "0101", 41: "TERM0001", **named}
    assert acquirer.ask(reversal)[39] == codes.code(Reason.APPROVED, "0420")
    assert spoken.codes.reason(acquirer.ask(pay())[39]) is codes.reason(codes.code(Reason.ORIGINAL_REVERSED))
    assert codes.reason(acquirer.ask(pay("0100", 3))[39]) is Reason.APPROVED
    assert codes.reason(acquirer.ask(pay("0220", 4))[39]) is Reason.APPROVED
    echo = acquirer.ask({"mti": edition.network_mti, 7: "0101000002", 11: "000005", 70: "301"})
    assert (echo.mti, echo[39]) == (response_mti(edition.mti(edition.network_mti)), codes.code(Reason.APPROVED, "0800"))
    assert echo[edition.network_de] == edition.network_codes.get("301", "301")


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_is_whole(name):
    """Its key DEs are echoed, what it requires exists, what it may show holds no card data, every answer of ours has words."""
    dialect = DIALECTS[name]
    assert dialect.name == name
    assert dialect.words
    for mti in REQUEST_KINDS:
        assert set(dialect.match_key[mti[1]]) <= set(dialect.echo)
        assert all(de in dialect.codec.elements for group in dialect.required[dialect.edition.mti(mti)] for de in group)
    assert 11 in dialect.match_key["2"]
    assert len(dialect.match_key["2"]) > 1, "a STAN alone finds no request"
    assert not {38, 39, 35, 45, 52, 55, 64, 128} & set(dialect.echo)
    assert not set(SECRET) & set(dialect.clear)
    assert set(SECRET) & set(dialect.sensitive) == set(SECRET) & set(dialect.codec.elements)
    assert {*dialect.codes.reasons.values(), *dialect.codes.accepted.values()} <= set(dialect.response_codes)
    assert {*dialect.codes.approvals, *dialect.codes.equals.values()} <= set(dialect.response_codes)
    assert {64, 128} <= set(dialect.codec.elements)


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_code_and_words(reason, edition):
    """As long as DE 39 of its edition; read back it is a reason of the same code, and yes stays yes."""
    codes = edition.codes
    code = codes.code(reason)
    assert len(code) == len(codes.code(Reason.APPROVED))
    assert WORDS[reason]
    assert codes.code(codes.reason(code)) == code
    assert (codes.reason(code) is Reason.APPROVED) == (reason is Reason.APPROVED)


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
@pytest.mark.parametrize("code", ["", "??", "5", "99999", "98", "ZZ"])
def test_a_code_that_nobody_knows_is_a_no(code, edition):
    """Fails closed."""
    assert edition.codes.reason(code) is Reason.DO_NOT_HONOUR
    assert not edition.codes.grants(code)


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
    """Of the framings only those of two digits are too short for every dialect, and one is for text."""
    misfits = {framing for framing in FRAMINGS if unfit(DIALECTS[name], FRAMINGS[framing])}
    assert {"ascii2", "ascii2-incl"} <= misfits <= {"ascii2", "ascii2-incl", "stx-etx"}


def test_the_page_of_dialects_has_every_row():
    """Names and words as the tables have them."""
    page = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text()
    for row in (*DIALECTS.values(), *FRAMINGS.values()):
        assert f"| `{row.name}` | {row.words} |" in page
