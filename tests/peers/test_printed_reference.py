"""Proves that what `--print-config` says of the wire is what a stranger typed from the standard, element by element."""

import tomllib

import pytest

from tests.peers.foreign_client import ASCII, BINARY
from tests.peers.parties import write
from tests.peers.processes import run


@pytest.fixture(scope="module")
def reference(configuration, place):
    """The printed `[reference]` of a configuration with both dialects."""
    shown = run("serve", "--config", write(configuration, place), "--print-config")
    assert shown.status == 0, shown
    return tomllib.loads(shown.output)["reference"]


@pytest.mark.parametrize(("dialect", "typed"), [("iso87-ascii", ASCII), ("iso87-binary", BINARY)])
def test_spec(reference, dialect, typed):
    """Each element that the foreign client uses has the same physical form in the printed pyiso8583 spec."""
    printed = reference["dialects"][dialect]["spec"]
    assert {de: _form(printed[de]) for de in typed} == {de: _form(element) for de, element in typed.items()}


def test_policies(reference):
    """MAC, PIN format and framings are told in words that the foreign client was written from."""
    for dialect in reference["dialects"].values():
        assert (dialect["mac"]["algorithm"], dialect["mac"]["padding"], dialect["mac"]["length"]) == (
            "ISO 9797-1 algorithm 3",
            1,
            8,
        )
        assert dialect["pin"] == {"format": "ISO 9564-1 format 0", "algorithm": "TDES", "field": "DE 52"}
    assert reference["framings"] == {"ascii4": "4 ASCII digits", "len2-big": "2 bytes, big-endian"}


def _form(element):
    """What of an element decides about its bytes: for a fixed one the charset of its length prefix does not."""
    form = {name: element.get(name) for name in ("data_enc", "len_type", "max_len", "len_count", "left_pad", "right_pad")}
    charset = {"latin-1": "ascii"}.get(form["data_enc"], form["data_enc"])
    return form | {"data_enc": charset, "len_enc": element["len_enc"] if element["len_type"] else None}
