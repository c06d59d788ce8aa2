"""Proves that a key block whose MAC is wrong is shown as far as it goes, and one that is made is read again."""

import json

import pytest

KBPK = "EFE0853B256B583D868F251CE99EA1D9"
BLOCK = "A0072K0TN00N0000F40D5672C6D0EC86F860BA88D44D00F0CA9A8CE8CD2F640287A9A9EB"


def test_a_wrong_mac_is_shown(crypto):
    """Status 1; --explain shows both MACs, so that one sees which."""
    wrong = BLOCK[:-1] + "C"
    done = crypto(f"tr31 --kbpk {KBPK} {wrong} --explain")
    steps = dict(line.split("  ", 1) for line in done.stdout.splitlines())
    assert done.exit_code == 1
    assert (steps["MAC in the block"].strip(), steps["MAC over it"].strip()) == ("87A9A9EC", "87A9A9EB")
    assert "MAC is wrong" in done.stderr


@pytest.mark.parametrize(
    "block",
    ["", "A", "A0016K0TN00N0000", BLOCK[:-1], BLOCK + "00", "Z" + BLOCK[1:], BLOCK[:20] + "x" + BLOCK[21:]],
)
def test_what_is_no_key_block(crypto, block):
    """Status 1 and the reason, with steps or without, and in JSON."""
    for more in ((), ("--explain",)):
        done = crypto(f"tr31 --kbpk {KBPK}", *more, "--", block)
        assert (done.exit_code, "key block" in done.stderr) == (1, True)
    done = crypto(f"tr31 --kbpk {KBPK} --json", "--", block)
    assert (done.exit_code, json.loads(done.stdout)) == (1, {"what": "key", "result": None, "why": done.stderr.rstrip("\n")})


@pytest.mark.parametrize("version", "BDE")
def test_made_and_read(crypto, version):
    """The key that goes in comes out."""
    key = "0123456789ABCDEFFEDCBA9876543210"
    made = crypto(f"tr31 --kbpk {KBPK} --version {version} --key {key} --usage M3 --mode C").stdout.strip()
    assert crypto(f"tr31 --kbpk {KBPK} {made}").stdout.strip() == key
