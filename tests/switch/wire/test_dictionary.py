"""The dictionary: every kind of question has its answer from the tables, and what is in no table is said not to be."""

import pytest

from switch.wire import DIALECTS
from switch.wire.dictionary import (
    NotInDictionary,
    explain_element,
    explain_mti,
    explain_part,
    explain_rule,
    explain_tag,
    explain_values,
)
from switch.wire.rules import RULES
from switch.wire.tags import TAGS

DIALECT = DIALECTS["iso87-ascii"]


def said(entries) -> list[tuple[str, str]]:
    return [(entry.what, entry.means) for entry in entries]


def test_mti() -> None:
    """Digit by digit, also where a digit is reserved."""
    assert said(explain_mti("0421")) == [
        ("version 0", "ISO 8583:1987"),
        ("class 4", "reversal"),
        ("function 2", "advice"),
        ("origin 1", "repeat"),
    ]
    assert said(explain_mti("7900"))[:2] == [("version 7", "reserved"), ("class 9", "reserved")]
    assert said(explain_mti("0200"))[3] == ("origin 0", "from the acquirer")


def test_values() -> None:
    """A value has the meaning that decode would give it; one may explain another; secrets stay masked."""
    assert said(explain_values(DIALECT, ["39=51"])) == [("DE 39 51", "Response code = not sufficient funds")]
    assert said(explain_values(DIALECT, ["4=1250", "49=978"]))[0] == ("DE 4 000000001250", "Amount, transaction = 12.50 EUR")
    assert said(explain_values(DIALECT, ["2=4761739001010119"])) == [("DE 2 476173******0119", "Primary account number")]
    assert said(explain_values(DIALECT, ["mti=0421"])) == [("MTI 0421", "Message type = reversal advice, repeat")]
    assert said(explain_values(DIALECT, ["55=9F3602000195050000000000"]))[-1][1].endswith("no bit set")


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_every_element_of_every_dialect(dialect) -> None:
    """Each DE has a name and a length."""
    for de in dialect.codec.elements:
        entries = explain_element(dialect, de)
        assert entries[0].what == f"DE {de}"
        assert entries[1].what == "length"


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_every_part_of_every_dialect(dialect) -> None:
    """Each part that a DE is said to have is found by its path, with a name and a length."""
    left = [entry.what[3:] for de in dialect.codec.elements for entry in explain_element(dialect, de) if "." in entry.what]
    for path in left:
        entries = explain_part(dialect, path)
        assert entries[0].what == f"DE {path}"
        assert entries[0].means != "no name"
        left.extend(entry.what[3:] for entry in entries[1:] if entry.what.startswith(f"DE {path}."))


def test_a_part() -> None:
    """Name, length, content and what values mean."""
    assert said(explain_part(DIALECTS["postilion"], "127.25.12")) == [
        ("DE 127.25.12", "Cryptogram"),
        ("length", "16 characters"),
        ("content ans", "printable ASCII (20 to 7E) only"),
        ("shown", "in clear"),
    ]
    assert ("20", "refund") in said(explain_part(DIALECT, "3.1"))
    assert said(explain_part(DIALECT, "54.1.3"))[:2] == [("DE 54.1.3", "Currency code"), ("length", "3 characters")]
    assert ("DE 127.25.12", "Cryptogram") in said(explain_part(DIALECTS["postilion"], "127.25"))
    assert said(explain_values(DIALECT, ["3.1=20", "3.2=00", "3.3=30"]))[1] == ("3.1 20", "Transaction type = refund")


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag(tag) -> None:
    """Each tag is found, in either case."""
    assert said(explain_tag(tag.lower())) == [(tag, TAGS[tag].name)]


def test_tags_with_a_value() -> None:
    """Values are explained bit by bit, templates opened, card data hidden."""
    assert said(explain_tag("9F27", "80")) == [("9F27 80", "Cryptogram information data = ARQC (online requested)")]
    assert said(explain_tag("77", "9F270140")) == [
        ("77", "Response message template 2"),
        ("9F27 40", "Cryptogram information data = TC (approved offline)"),
    ]
    assert said(explain_tag("5A", "4761739001010119")) == [("5A (16 hidden)", "Application PAN")]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule(rule) -> None:
    """Each rule is found, in either case, with why and what to do."""
    assert [entry.what for entry in explain_rule(rule.lower())] == [rule, "why", "mend"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: explain_mti("042"),
        lambda: explain_mti("٠٤٢١"),
        lambda: explain_element(DIALECT, 1),
        lambda: explain_part(DIALECT, "3.4"),
        lambda: explain_part(DIALECT, "3.1.1"),
        lambda: explain_part(DIALECT, "x.1"),
        lambda: explain_part(DIALECT, "2.1"),
        lambda: explain_values(DIALECT, ["3.4=1"]),
        lambda: explain_values(DIALECT, ["39=515"]),
        lambda: explain_values(DIALECT, ["200=1"]),
        lambda: explain_values(DIALECT, ["39"]),
        lambda: explain_tag("9F99"),
        lambda: explain_tag("9F27", "8"),
        lambda: explain_tag("77", "9F27"),
        lambda: explain_rule("FLD"),
    ],
)
def test_what_is_not_in_it(ask) -> None:
    """A question without an answer says so."""
    with pytest.raises(NotInDictionary):
        ask()
