"""Reading a configuration: every complaint names its place and the nearest word, and nothing but `ConfigError` leaves."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.config import CONFIG_BYTES_MAX, Config, ConfigError, load_config, nearest, parse_config

LINK = b'[[links]]\nname = "pos"\nrole = "acquirer"\ndialect = "iso87-ascii"\nframing = "len2-big"\n'


def problem(data):
    with pytest.raises(ConfigError) as error:
        parse_config(data)
    [text] = error.value.problems
    return text


def test_an_empty_file_is_a_configuration():
    """All defaults."""
    assert parse_config(b"") == Config()


def test_what_is_written_is_read():
    """Links, routes, keys, the issuer and its cards."""
    config = parse_config(
        LINK + b'sign_on = "required"\n[[routes]]\nprefix = "4"\nto = "issuer"\n[issuer]\npin_free = "20.00"\n'
    )
    assert (config.links[0].name, config.links[0].sign_on) == ("pos", "required")
    assert (config.routes[0].prefix, config.issuer.pin_free) == ("4", "20.00")


COMPLAINTS = {
    b'stat_dir = "x"': '$.stat_dir: "stat_dir" is not known; did you mean "state_dir"?',
    b"allow_any_pan = 1": "$.allow_any_pan: expected `bool`, got `int`",
    LINK + b'dialekt = "x"': '$.links[0].dialekt: "dialekt" is not known; did you mean "dialect"?',
    LINK + b'sign_on = "require"': '$.links[0].sign_on: "require" is not known; did you mean "required"?',
    LINK + LINK.replace(b'"acquirer"', b'"aquirer"'): '$.links[1].role: "aquirer" is not known; did you mean "acquirer"?',
    LINK + b'response_timeout_ms = "25"': "$.links[0].response_timeout_ms: expected `int`, got `str`",
    b'[[links]]\nname = "pos"\n': "$.links[0]: object missing required field `role`",
    b'[[issuer.cards]]\npan = "x"\nexpiry = 3112\naccount = "A"\n': "$.issuer.cards[0].expiry: expected `str`, got `int`",
    b'[journal]\nstor = "sqlite"\n': '$.journal.stor: "stor" is not known; did you mean "store"?',
    b'[[issuer.script]]\nreason = "approved"\nminor = 1.5\n': "$.issuer.script[0].minor: expected `int | null`, got `float`",
    b'links = "pos"': "$.links: expected `array`, got `str`",
}


@pytest.mark.parametrize("data", COMPLAINTS, ids=range(len(COMPLAINTS)))
def test_a_complaint_names_its_place(data):
    """The path, with indexes, what is wrong, and the nearest word where one is misspelt."""
    assert problem(data).startswith(COMPLAINTS[data])


@pytest.mark.parametrize("data", [b"= 1", b"[[links]\n", b"a = 1\na = 2", b"\x00", b"x = '''", b"a" * 100])
def test_what_is_no_toml_is_said_to_be_none(data):
    """With the parser's line and column."""
    assert problem(data).startswith("configuration: not TOML: ")


def test_other_encodings_are_named():
    """The byte where UTF-8 ends."""
    assert problem(b'state_dir = "\xff"') == "configuration: not UTF-8 at byte 13"


def test_depth_is_an_error_and_no_crash():
    """Nested beyond all measure."""
    assert "configuration" in problem(b"a = " + b"[" * 50_000)


@given(st.binary(max_size=200))
def test_noise_is_a_configuration_error_and_nothing_else(data):
    """Any bytes: a configuration or a `ConfigError`."""
    with suppress(ConfigError):
        assert isinstance(parse_config(data), Config)


def test_a_file_that_is_not_there_or_too_big_is_named(tmp_path):
    """The path is in the sentence; a wrong file is refused before it is parsed."""
    with pytest.raises(ConfigError, match="No such file"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="directory"):
        load_config(tmp_path)
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * (CONFIG_BYTES_MAX + 1))
    with pytest.raises(ConfigError, match="is it a configuration"):
        load_config(big)
    big.write_bytes(LINK)
    assert load_config(big).links[0].name == "pos"


@pytest.mark.parametrize(("word", "near"), [("iso87-asci", "iso87-ascii"), ("zzz", None)])
def test_the_nearest_word_is_offered_only_when_it_is_near(word, near):
    """And all known ones are listed."""
    text = nearest(word, ["iso87-ascii", "iso87-binary"])
    assert (f'did you mean "{near}"' in text) == (near is not None)
    assert text.endswith("(known: iso87-ascii, iso87-binary)")
