"""Proves how `pointsman crypto mac` verifies: what it says of a right MAC, of a wrong one, and of a hopeless one."""

import json

KEY = "0123456789ABCDEFFEDCBA9876543210"
TEXT = "mac --key 0123456789ABCDEFFEDCBA9876543210 --text 'Now is the time for all '"


def test_a_right_mac(crypto):
    """Status 0, however many bytes of it are given."""
    assert crypto(f"{TEXT} --verify A1C72E74EA3FA9B6").stdout == "the MAC is right\n"
    assert crypto(f"{TEXT} --verify a1c72e74").exit_code == 0


def test_another_padding(crypto):
    """Status 1; what would match is said."""
    made = crypto(f"{TEXT} --padding 2").stdout.strip()
    done = crypto(f"{TEXT} --verify {made}")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "the MAC is wrong\nit would match with: algorithm 3, padding 2\n"


def test_another_range(crypto):
    """The bytes that were left out are counted."""
    made = crypto(f"mac --key {KEY} --text 'is the time for all '").stdout.strip()
    assert "it would match with: without the first 4 bytes" in crypto(f"{TEXT} --verify {made}").stderr


def test_another_key(crypto):
    """A key that was given beside is named."""
    old = KEY[16:] + "89ABCDEF01234567"
    made = crypto(f"mac --key {old} --text 'Now is the time for all '").stdout.strip()
    done = crypto(f"{TEXT} --verify {made} --also last-year={old}")
    assert "it would match with: key last-year" in done.stderr


def test_nothing_that_is_known(crypto):
    """It is said that nothing was found, and where to look."""
    done = crypto(f"{TEXT} --verify 0000000000000000")
    assert done.exit_code == 1
    assert "look at the key itself" in done.stderr


def test_in_json(crypto):
    """The verdict and what would match are parts of the tree."""
    made = crypto(f"{TEXT} --padding 3").stdout.strip()
    done = crypto(f"{TEXT} --verify {made} --json")
    tree = json.loads(done.stdout)
    assert (done.exit_code, tree["verified"], tree["would_match"]) == (1, False, ["algorithm 3, padding 3"])


def test_nothing_is_no_mac(crypto):
    """No bytes at all match nothing, nor do fewer than are asked for."""
    for words in ("--verify ''", "--length 8 --verify A1C72E74"):
        assert crypto(f"{TEXT} {words}").exit_code == 1
