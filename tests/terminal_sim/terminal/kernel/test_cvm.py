import pytest

from terminal_sim.terminal.card_data import CardRefused, Verification
from terminal_sim.terminal.kernel.cvm import choose_verification
from terminal_sim.terminal.kernel.tvr import Finding

AMOUNTS = "0000000000000000"
ALL = bytes.fromhex("E06800")
NO_PIN_PAD = bytes.fromhex("E02800")
NOTHING = bytes.fromhex("E00000")


@pytest.mark.parametrize(
    ("rules", "capabilities", "pin", "verification", "results", "findings"),
    [
        ("4203 5E03 1F03", ALL, True, Verification.ONLINE_PIN, "420300", (Finding.ONLINE_PIN_ENTERED,)),
        ("4203 5E03 1F03", ALL, False, Verification.SIGNATURE, "5e0300", (Finding.PIN_NOT_ENTERED,)),
        ("4203 5E03 1F03", NO_PIN_PAD, True, Verification.SIGNATURE, "5e0300", ()),
        ("4203 5E03 1F03", NOTHING, True, Verification.FAILED, "3f0001", (Finding.VERIFICATION_FAILED,)),
        ("1F03", ALL, True, Verification.NONE, "1f0302", ()),
        ("1F02", ALL, False, Verification.NONE, "1f0202", ()),
        ("0200", ALL, False, Verification.FAILED, "020001", (Finding.PIN_NOT_ENTERED, Finding.VERIFICATION_FAILED)),
        ("0200 1F00", ALL, False, Verification.FAILED, "020001", (Finding.PIN_NOT_ENTERED, Finding.VERIFICATION_FAILED)),
        ("4200 1F00", NO_PIN_PAD, True, Verification.NONE, "1f0002", (Finding.PIN_PAD_MISSING,)),
        ("4400 1F00", ALL, True, Verification.NONE, "1f0002", ()),
        ("0000", ALL, True, Verification.FAILED, "000001", (Finding.VERIFICATION_FAILED,)),
        ("6A00 1F00", ALL, True, Verification.NONE, "1f0002", (Finding.VERIFICATION_UNKNOWN,)),
        ("1F01 1F04 1F05 1F06 1F09", ALL, True, Verification.FAILED, "3f0001", (Finding.VERIFICATION_FAILED,)),
    ],
)
def test_the_list_is_walked_as_emv_book_3_says(
    rules: str, capabilities: bytes, pin: bool, verification: Verification, results: str, findings: tuple[Finding, ...]
) -> None:
    """The first rule that applies and works decides; each failure before it is found in the TVR, and may end the walk."""
    outcome = choose_verification(bytes.fromhex(AMOUNTS + rules), capabilities, pin_entered=pin)
    assert (outcome.verification, outcome.results.hex(), outcome.findings) == (verification, results, findings)


@pytest.mark.parametrize("data", ["", AMOUNTS, AMOUNTS + "42", AMOUNTS + "42031F", AMOUNTS[2:] + "4203"])
def test_what_is_no_list_is_refused(data: str) -> None:
    """A list has two amounts and at least one whole rule."""
    with pytest.raises(CardRefused):
        choose_verification(bytes.fromhex(data), ALL, pin_entered=True)
