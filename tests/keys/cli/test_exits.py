"""Proves that words of somebody's command no terminal."""

import pytest

from keys.cli.exits import complain, printable

HOSTILE = [
    ("plain words, größer", "plain words, größer"),
    ("\x1b[2J", r"\x1b[2J"),
    ("a\nb", r"a\nb"),
    ("\u202eabc", r"\u202eabc"),
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
def test_what_does_not_print(text, shown):
    """It is escaped; whatever prints stays as it is."""
    assert printable(text) == shown


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
def test_a_complaint(text, shown, capsys):
    """It is one line on standard error, whatever it quotes."""
    complain(text)
    assert capsys.readouterr().err == f"{shown}\n"
