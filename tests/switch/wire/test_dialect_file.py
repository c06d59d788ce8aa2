"""Dialect files: what is printed is read back the same, a base lends its policies, and what does not fit is refused."""

import pytest

from switch.domain.reasons import Reason
from switch.wire import DIALECTS, SpecError
from switch.wire.dialect_file import file_of, make_of, parse_dialect, print_dialect

BASE = DIALECTS["iso87-ascii"]
FILE = file_of("my-bank", "mine", BASE.spec, BASE.content, base="iso87-ascii")


@pytest.mark.parametrize("base", DIALECTS.values(), ids=DIALECTS)
def test_round_trip(base) -> None:
    """A shipped dialect written to a file and read back has the same bytes and the same policies."""
    made = parse_dialect(print_dialect(file_of("copy", "a copy", base.spec, base.content, base=base.name)), DIALECTS)
    assert (made.name, made.words) == ("copy", "a copy")
    for name in ("spec", "content", "response_codes", "codes", "echo", "pictures", "match_key", "clear", "mac", "pin"):
        assert getattr(made, name) == getattr(base, name), name
    values = {"mti": base.edition.mti("0800"), 7: "1122101500", 11: base.edition.stan("000001")}
    assert made.encode(values) == base.encode(values)


def test_without_a_base() -> None:
    """Nothing is known of it but its bytes, so nothing of it is clear."""
    made = make_of(file_of("bare", "", BASE.spec, {}), DIALECTS)
    assert (made.clear, made.echo, made.required, made.content) == ((), (), {}, {})


def test_an_edition_lends_its_practice() -> None:
    """Without a base: codes, echoes, keys and pictures as far as there are the DEs, but nothing is clear."""
    spec = {key: BASE.spec[key] for key in ("h", "t", "p", "1", "2", "7", "11", "39", "41", "70")}
    made = make_of(file_of("small", "", spec, {}, edition="1987"), DIALECTS)
    assert (made.echo, made.clear, made.match_key["2"]) == ((2, 7, 11, 41, 70), (), (11, 41))
    assert made.required["0200"] == ((2,), (7,), (11,))
    assert (made.response_codes, made.codes, made.fault_de) == (BASE.response_codes, BASE.codes, 0)


def test_reasons_and_approvals_can_be_said() -> None:
    """One reason with a code of the network's own, the others as the base has them; what is a yes is said whole."""
    text = print_dialect(FILE).replace('name = "my-bank"', 'name = "my-bank"\napprovals = ["00", "85"]')
    made = parse_dialect(text + '\n[reasons]\nwrong-pin = "P1"\n', DIALECTS)
    assert made.codes.code(Reason.WRONG_PIN) == "P1"
    assert made.codes.code(Reason.EXPIRED_CARD) == "54"
    assert [made.codes.grants(code) for code in ("00", "85", "08")] == [True, True, False]


def test_what_a_file_says_holds_in_place_of_its_base() -> None:
    """Each policy can be said anew."""
    text = print_dialect(FILE).replace('name = "my-bank"', 'name = "my-bank"\necho = [11]\nclear = []')
    made = parse_dialect(text + '\n[response_codes]\n00 = "good"\n\n[pictures.0200]\nrequired = [[2, 35], [11]]\n', DIALECTS)
    assert (made.echo, made.clear, made.response_codes) == ((11,), (), {"00": "good"})
    assert made.required == {"0200": ((2, 35), (11,))}
    assert made.match_key == BASE.match_key


def test_a_base_lends_no_elements() -> None:
    """Echoes and clear DEs that the file does not have are not taken over."""
    spec = {key: BASE.spec[key] for key in ("h", "t", "p", "1", "11")}
    made = make_of(file_of("small", "", spec, {}, base="iso87-ascii"), DIALECTS)
    assert (made.echo, made.clear) == ((11,), (11,))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('name = "my-bank"', "", "name"),
        ('name = "my-bank"', 'name = "my bank"', "letters, digits"),
        ('name = "my-bank"', 'name = "\\u001b[2J"', "letters, digits"),
        ('base = "iso87-ascii"', 'base = "iso88"', "its base is none of"),
        ('base = "iso87-ascii"', 'edition = "1986"', "its edition is none of"),
        ('base = "iso87-ascii"', 'bass = "iso87-ascii"', "bass"),
        ('base = "iso87-ascii"', 'bitmap = "fixed17"', "fixed17"),
        ("[content]", "[content]\nx = 'n'", "by the number of a DE"),
        ('2 = "n"', '2 = "q"', "unknown content class"),
        ("[spec.3]", "[spec.300]", "is none of"),
        ("[spec.t]", "[spec.3x]", "is missing"),
        ("[content]", "[content", "not TOML"),
    ],
)
def test_what_does_not_fit(before, after, words) -> None:
    """Misspelt words, unknown names and unusable specs are refused in words."""
    text = print_dialect(FILE)
    assert before in text
    with pytest.raises(SpecError, match=words.replace("[", r"\[")):
        parse_dialect(text.replace(before, after, 1), DIALECTS)
