"""Proves that `explain` answers each form of question, and says which forms there are when it cannot."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from switch.cli.explain import app

OK, USAGE = 0, 2


def explain(*words: str):
    """Run the command in this process."""
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["39=51"], "DE 39 51  Response code = not sufficient funds"),
        (["39=116"], "DE 39 116  not sufficient funds (ISO 8583:1993)"),
        (["39=1016"], "DE 39 1016  not sufficient funds (ISO 8583:2003)"),
        (["--dialect", "iso93-ascii", "39=116"], "DE 39 116  Action code = not sufficient funds"),
        (["mti", "0421"], "class 4     reversal"),
        (["field", "22", "051"], "DE 22 051  Point of service entry mode = chip; can accept a PIN"),
        (["field", "22"], "DE 22      Point of service entry mode"),
        (["tlv", "9F34", "1E0300"], "9F34 1E0300  Cardholder verification method results = signature"),
        (["tag", "9f26"], "9F26  Application cryptogram"),
        (["rule", "FLD-LL-01"], "FLD-LL-01  A length prefix in text is all decimal digits."),
        (["4=1250", "49=978"], "Amount, transaction = 12.50 EUR"),
    ],
    ids=" ".join,
)
def test_questions(words, answer):
    """Each form gets its lines, and the same as JSON."""
    done = explain(*words)
    assert done.exit_code == OK
    assert answer in done.stdout
    tree = json.loads(explain("--json", *words).stdout)
    assert len(tree) == len(done.stdout.splitlines())
    assert all(entry.keys() == {"what", "means"} for entry in tree)


@pytest.mark.parametrize(
    "words", [["39"], ["mti"], ["mti", "04x1"], ["field", "x"], ["field", "1"], ["tlv"], ["rule", "X"], ["39=\x1b[2J"]]
)
def test_no_answer(words):
    """Status 2, why, and the forms."""
    done = explain(*words)
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert "Ask for DE=VALUE" in done.stderr
    assert "\x1b" not in done.stderr


@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda word: not word.startswith("-")), min_size=1, max_size=3))
def test_any_question(words):
    """Whatever is asked: status 0 or 2, and printable text."""
    done = explain(*words)
    assert done.exit_code in (OK, USAGE)
    assert done.output.isascii()
