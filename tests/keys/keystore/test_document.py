"""Proves that a keystore's text comes back as it was, that damage is told by line, and that no text breaks the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import KeystoreError
from keys.keystore.document import (
    DOCUMENT_BYTES_MAX,
    Document,
    mac_of,
    parse_counter,
    parse_document,
    print_counter,
    print_document,
    read_torn,
)
from keys.keystore.seals import BareSeal, PassphraseSeal, RsaSeal
from keys.sensitive import Secret

LMK, OTHER = Secret(bytes(range(32))), Secret(bytes(32))
DOCUMENT = Document(17, "ABCDEF", BareSeal(), (("one", "D0 block"), ("other", "D1 block")))
MAC = mac_of(LMK, DOCUMENT)

seals = st.one_of(
    st.just(BareSeal()),
    st.builds(PassphraseSeal, n=st.integers(1, 2**20), salt=st.text("0123456789ABCDEF"), block=st.text("D0123456789 ")),
    st.builds(RsaSeal, fingerprint=st.text("0123456789ABCDEF"), sealed=st.text("0123456789ABCDEF")),
)
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)
blocks = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=200)
documents = st.builds(
    Document,
    counter=st.integers(0, 10**18 - 1),
    lmk_kcv=st.text("0123456789ABCDEF", min_size=6, max_size=6),
    seal=seals,
    entries=st.lists(st.tuples(names, blocks), max_size=5).map(tuple),
    mac=st.text("0123456789ABCDEF", min_size=64, max_size=64),
)


@given(documents)
def test_documents_come_back(document):
    """Whatever names and blocks of printable ASCII are in them."""
    assert parse_document(print_document(document, document.mac)) == document


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_text_breaks_the_reader(data):
    """Other bytes are refused in words."""
    with pytest.raises(KeystoreError):
        parse_document(data)


@given(st.data())
def test_damage_is_refused_or_changes_the_mac(data):
    """Bytes changed, taken out or put in: another document, whose MAC is another, or none at all."""
    good = print_document(DOCUMENT, MAC)
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 5)))
    wrong = good[:start] + data.draw(st.binary(max_size=5)) + good[end:]
    if wrong == good:
        return
    try:
        document = parse_document(wrong)
    except KeystoreError:
        return
    assert mac_of(LMK, document) != document.mac


def test_each_damaged_line_is_told():
    """By its number, and by the name of its key where it seems to have one."""
    lines = print_document(DOCUMENT, MAC).split(b"\n")
    lines[3] = b"key one"
    lines[4] = b"\xff\xff"
    torn = read_torn(b"\n".join(lines))
    assert torn.lost == ("line 4 (key 'one')", "line 5")
    assert torn.document.entries == ()
    behind = read_torn(b"\n".join([*lines, b"more"])).lost[2:]
    assert behind == ("line 7, behind the end", "line 8, behind the end", "the end of the last line")


def test_a_lost_counter_is_told():
    """The rest is read."""
    torn = read_torn(print_document(DOCUMENT, MAC).replace(b"counter 17", b"counter XX"))
    assert torn.lost == ("line 2 (counter)",)
    assert torn.document.entries == DOCUMENT.entries


def test_a_huge_file_is_not_read():
    """Beyond the bound it is no keystore."""
    with pytest.raises(KeystoreError, match="no keystore"):
        read_torn(bytes(DOCUMENT_BYTES_MAX + 1))


def test_everything_is_under_the_mac():
    """Counter, check value, seal, names and blocks, and the LMK itself."""
    changed = [
        Document(18, "ABCDEF", BareSeal(), DOCUMENT.entries),
        Document(17, "ABCDEE", BareSeal(), DOCUMENT.entries),
        Document(17, "ABCDEF", RsaSeal("", ""), DOCUMENT.entries),
        Document(17, "ABCDEF", BareSeal(), DOCUMENT.entries[::-1]),
        Document(17, "ABCDEF", BareSeal(), DOCUMENT.entries[:1]),
    ]
    assert len({MAC, mac_of(OTHER, DOCUMENT), *(mac_of(LMK, each) for each in changed)}) == len(changed) + 2


def test_a_counter_is_read_by_each_master_that_it_is_for():
    """During a rotation by both, otherwise by one; changed by nobody."""
    both = print_counter((OTHER, LMK), 17)
    assert parse_counter(LMK, both) == parse_counter(OTHER, both) == 17
    one = print_counter((OTHER,), 17)
    for lmk, data in ((LMK, one), (OTHER, one.replace(b"17", b"16")), (LMK, b""), (LMK, b"counter 17"), (LMK, b"\xff")):
        with pytest.raises(KeystoreError, match="counter beside the file"):
            parse_counter(lmk, data)
