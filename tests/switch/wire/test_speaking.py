"""What a switch has to say is tried before: what we ship can say it, a file that holds no answer cannot."""

import itertools

import msgspec
import pytest

from switch.wire import DIALECTS
from switch.wire.dialect_file import file_of, make_of
from switch.wire.speaking import unsayable

BASE = DIALECTS["iso87-ascii"]


def without(*des, **said):
    """A dialect from a file whose spec lacks some DEs."""
    spec = {key: entry for key, entry in BASE.spec.items() if key not in map(str, des)}
    content = {de: name for de, name in BASE.content.items() if de not in des}
    file = file_of("mine", "", spec, content, base="iso87-ascii")
    return make_of(msgspec.structs.replace(file, **said), DIALECTS)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_every_shipped_dialect_can_be_spoken(dialect):
    """Toward acquirers and issuers, with a MAC and without."""
    for asking, signed in itertools.product((False, True), repeat=2):
        assert unsayable(dialect, asking=asking, signed=signed) == ""


@pytest.mark.parametrize(
    ("de", "answering", "asking", "signing"),
    [
        (7, False, True, False),
        (11, False, True, False),
        (37, True, True, False),
        (38, True, False, False),
        (39, True, True, False),
        (64, False, False, True),
        (70, False, True, False),
        (90, False, True, False),
        (128, False, False, True),
    ],
)
def test_a_de_that_is_not_there_is_named(de, answering, asking, signing):
    """By whom it is needed: who answers acquirers, who asks issuers, who signs."""
    dialect = without(de)
    for found, needed in (
        (unsayable(dialect, asking=False, signed=False), answering),
        (unsayable(dialect, asking=True, signed=False), asking),
        (unsayable(dialect, asking=False, signed=True), answering or signing),
    ):
        assert bool(found) == needed
        assert not found or found.startswith(f"DE {de}:")


def test_no_place_for_a_fault_is_none():
    """Where the file lacks DE 44 refusals name nothing; only a file that asks for it there is refused."""
    assert without(44).fault_de == 0
    assert unsayable(without(44), asking=False, signed=True) == ""
    assert unsayable(without(44, fault_de=44), asking=False, signed=False).startswith("DE 44:")


def test_a_code_that_de_39_cannot_spell_is_named():
    """Reasons of a file are tried too."""
    assert unsayable(without(reasons={"wrong-pin": "P12"}), asking=False, signed=False).startswith("DE 39:")


def test_a_header_that_nobody_knows_is_named():
    """Who is asked first gets a header from us; who asks gets its own back."""
    spec = {**BASE.spec, "h": {**BASE.spec["h"], "max_len": 5}}
    dialect = make_of(file_of("mine", "", spec, BASE.content, base="iso87-ascii"), DIALECTS)
    assert unsayable(dialect, asking=True, signed=False).startswith("header:")
    assert unsayable(dialect, asking=False, signed=False) == ""
