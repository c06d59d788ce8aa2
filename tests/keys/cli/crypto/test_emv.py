"""Proves that a cryptogram that is wrong is told which key, padding or data would have made it."""

import pytest

from keys.ciphers import xor
from keys.cli.crypto.emv import _ICC
from keys.emv.derive import common_session_key, icc_master_key, mastercard_session_key
from keys.mac import retail_mac
from keys.sensitive import Pan, Secret

IMK = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PAN = Pan("4761739001010119")
ATC, UN = bytes.fromhex("001C"), bytes.fromhex("52BF4585")
LINE = f"arqc --imk {IMK.expose().hex()} --pan {PAN.expose()} --psn 01 --icc {_ICC}"
COVERED = bytes.fromhex("0000000040000000000000000124800004800001241911050152BF45851800001C06011203A0B800")
MK = icc_master_key(IMK, PAN, "01")
KEY = common_session_key(MK, ATC)


def test_a_right_cryptogram(crypto):
    """Status 0."""
    done = crypto(f"{LINE} --verify {retail_mac(KEY, COVERED, padding=2).hex()}")
    assert (done.exit_code, done.stdout) == (0, "the cryptogram is right\n")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (retail_mac(KEY, COVERED), "algorithm 3, padding 1"),
        (retail_mac(MK, COVERED, padding=2), "key ICC master key itself"),
        (retail_mac(IMK, COVERED, padding=2), "key issuer master key itself"),
        (retail_mac(mastercard_session_key(MK, ATC, UN), COVERED, padding=2), "key of Mastercard's method"),
        (
            retail_mac(common_session_key(icc_master_key(IMK, PAN, "00"), ATC), COVERED, padding=2),
            "key of sequence number 00",
        ),
        (retail_mac(KEY, COVERED[:-7], padding=2), "without the last 7 bytes"),
    ],
)
def test_a_wrong_cryptogram(crypto, wrong, words):
    """Status 1, and the way in which it was made."""
    done = crypto(f"{LINE} --verify {wrong.hex()}")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[1] == f"it would match with: {words}"


def test_nothing_is_near(crypto):
    """With a session key as with a card's: it is said that nothing was found."""
    none = xor(retail_mac(KEY, COVERED, padding=2), b"\xff" * 8).hex()
    for line in (LINE, f"arqc --session-key {KEY.expose().hex()} --data {COVERED.hex()}"):
        done = crypto(f"{line} --verify {none}")
        assert (done.exit_code, "look at the key itself" in done.stderr) == (1, True)
        assert crypto(f"{line} --verify ''").exit_code == 1
