"""Proves that a key is formed by two custodians or not at all, and that their components are shown to nobody."""

import pytest

from keys.ciphers import kcv_tdes_legacy
from keys.sensitive import Secret

ONE = "0123456789ABCDEFFEDCBA9876543210"
OTHER = "1032547698BADCFEABCDEF0123456789"
WORDS = "components zmk --usage K1 --mode B --custodian alice --custodian bob"


def kcv(component):
    """A component's check value."""
    return kcv_tdes_legacy(Secret(bytes.fromhex(component)))


def typed(*words):
    """What the custodians type in."""
    return "".join(f"{word}\n" for word in words)


def test_two_custodians(key):
    """The key is theirs together; check values are shown, components are not."""
    done = key(WORDS, stdin=typed(ONE, kcv(ONE), OTHER, kcv(OTHER)))
    assert done.exit_code == 0, done.stderr
    whole = bytes(a ^ b for a, b in zip(bytes.fromhex(ONE), bytes.fromhex(OTHER), strict=True))
    # Parity is made odd, and parity is no part of a DES key.
    assert kcv_tdes_legacy(Secret(whole)) in done.stdout
    assert f"component of alice: KCV {kcv(ONE)}" in done.output
    for component in (ONE, OTHER):
        assert component not in done.output


def test_from_files(key, tmp_path):
    """What is in files is what would have been typed in."""
    for name, component in (("alice", ONE), ("bob", OTHER)):
        (tmp_path / name).write_text(f"{component}\n{kcv(component)}\n")
    done = key(f"components zmk --usage K1 --custodian alice={tmp_path}/alice --custodian bob={tmp_path}/bob")
    assert (done.exit_code, ONE in done.output) == (0, False)


@pytest.mark.parametrize(
    ("line", "entered", "words"),
    [
        (WORDS, (ONE, "000000", OTHER, kcv(OTHER)), "component 1 does not have the check value"),
        (WORDS, (ONE[:-1], "000000"), "component of alice: it has 31 characters"),
        (WORDS, (ONE[:-2], "000000", OTHER, kcv(OTHER)), "16 or 24 bytes, not 15"),
        (WORDS, (ONE, "08D7"), "its check value has six hex digits"),
        (WORDS, (ONE, kcv(ONE), ONE, kcv(ONE)), "are equal, and cancel each other"),
        (WORDS.replace("bob", "Alice"), (ONE, kcv(ONE), OTHER, kcv(OTHER)), "is brought by another custodian"),
    ],
)
def test_what_is_no_ceremony(key, line, entered, words):
    """Status 2, no key, and no component in what is said."""
    done = key(line, stdin=typed(*entered))
    assert (done.exit_code, words in done.stderr) == (2, True), done.stderr
    assert ONE not in done.output
    assert key("show zmk").exit_code == 2


def test_a_file_that_is_none(key, tmp_path):
    """One word, or bytes that are no text: the custodian and the file are named."""
    (tmp_path / "alice").write_text(ONE)
    (tmp_path / "bob").write_bytes(b"\xff\xfe")
    words = f"components zmk --usage K1 --custodian alice={tmp_path}/alice --custodian bob={tmp_path}/bob"
    assert "the component and its check value" in key(words).stderr
    (tmp_path / "alice").write_text(f"{ONE} {kcv(ONE)}")
    assert "component of bob" in key(words).stderr
