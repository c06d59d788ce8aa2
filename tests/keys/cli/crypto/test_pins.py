"""Proves that a PIN block that is none is told why, which only a tester may be."""

import json

import pytest

PAN = "4761739001010119"


def clear(field):
    """The block of format 0 with this field."""
    return f"{int(field, 16) ^ int(PAN[-13:-1], 16):016X}"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("141234FFFFFFFFFF", "it begins with 1 and not with 0"),
        ("031234FFFFFFFFFF", "says 3 PIN digits"),
        ("0D1234567890123F", "says 13 PIN digits"),
        ("04123AFFFFFFFFFF", "its PIN has letters"),
        ("041234FFFFFFFF0F", "other fill than F"),
    ],
)
def test_a_block_that_is_none(crypto, field, words):
    """Status 1 and the reason; with --explain the field as it was found, with --json the reason in the tree."""
    line = f"pinblock --format 0 --pan {PAN} --block {clear(field)}"
    done = crypto(line)
    assert (done.exit_code, done.stdout) == (1, "")
    assert words in done.stderr
    assert crypto(f"{line} --explain").stdout.splitlines()[-1].split() == ["PIN", "field", field]
    assert words in json.loads(crypto(f"{line} --json").stdout)["why"]


def test_another_card_number(crypto):
    """The wrong PAN shows in the digits behind the PIN."""
    made = crypto(f"pinblock --format 0 --pin 123456 --pan {PAN}").stdout.strip()
    done = crypto(f"pinblock --format 0 --pan 4111111111111111 --block {made}")
    assert (done.exit_code, "another card number" in done.stderr) == (1, True)


@pytest.mark.parametrize("block_format", "01234")
def test_there_and_back(crypto, block_format):
    """What is put into a block of any format comes out of it."""
    words = f"pinblock --format {block_format} --pan {PAN} --key 0123456789ABCDEFFEDCBA9876543210"
    made = crypto(f"{words} --pin 98765").stdout.strip()
    assert crypto(f"{words} --block {made}").stdout == "98765\n"
