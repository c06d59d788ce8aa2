"""The configuration without a file, and the printed one: what is printed reads back as what was meant."""

import msgspec
import pytest

from keys.lab import LAB_KEYS
from switch.compose import compose
from switch.config import JournalConfig, parse_config
from switch.default_config import default_config, printed
from switch.domain.test_cards import TEST_CARDS
from switch.wire import DIALECTS, FRAMINGS, Dialect


def readback(config):
    return parse_config(printed(config).encode())


def bare(config):
    """Without what printing adds: the lab keys in clear, and the reference."""
    return msgspec.structs.replace(config, keys=(), reference=None)


def test_the_default_is_usable():
    """It composes, listens on loopback only, and knows every test card."""
    config = default_config()
    composition = compose(config)
    assert composition.listen == {"pos": ("127.0.0.1", 8583)}
    assert {card.pan for card in config.issuer.cards} == {card.pan.expose() for card in TEST_CARDS.values()}
    assert not config.allow_any_pan


def test_what_is_printed_reads_back():
    """The default, and one in which everything was changed."""
    config = default_config()
    assert bare(readback(config)) == bare(config)
    link = msgspec.structs.replace(config.links[0], dialect="iso87-binary", framing="ascii4", mac_key="", sign_on="required")
    changed = msgspec.structs.replace(
        config, links=(link,), routes=config.routes[:1], state_dir="x", allow_any_pan=True, issuer=config.issuer
    )
    assert bare(readback(changed)) == bare(changed)


@pytest.mark.parametrize("journal", [JournalConfig(store="memory", path=""), JournalConfig(path="other.db")])
def test_what_was_made_empty_on_purpose_stays_empty(journal):
    """A blank that is not the default is printed."""
    config = msgspec.structs.replace(default_config(), journal=journal)
    assert readback(config).journal == journal


def test_the_printed_keys_are_those_in_use():
    """Lab keys in clear, so that the other end can be written; a key of the file's own takes its place."""
    keys = {key.name: key.value for key in readback(default_config()).keys}
    assert keys == {name: row.hex for name, row in LAB_KEYS.items()}
    compose(readback(default_config()))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_reference_is_enough_to_speak_the_dialect(dialect, framing):
    """The printed spec makes the same bytes as the dialect itself, and the framing is put in words."""
    config = default_config()
    link = msgspec.structs.replace(config.links[0], dialect=dialect, framing=framing)
    reference = readback(msgspec.structs.replace(config, links=(link,))).reference
    foreign = Dialect.from_spec("foreign", reference["dialects"][dialect]["spec"])
    plain = {2: "4111111111111111", 3: "000000", 4: "000000001250", 11: "000001", 41: "TERM0001", 49: "978", 102: "1"}
    values = {"mti": DIALECTS[dialect].edition.mti("0200"), **DIALECTS[dialect].word(plain, "0200", 0)}
    if DIALECTS[dialect].header:
        values["h"] = DIALECTS[dialect].header
    assert foreign.encode(values) == DIALECTS[dialect].encode(values)
    assert reference["framings"] == {framing: FRAMINGS[framing].words}
    assert reference["dialects"][dialect]["mac"]["length"] == 8
