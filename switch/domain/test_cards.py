"""The test cards of the house: published numbers, with everything an issuer and a simulated card need to agree on."""

import msgspec

from keys.sensitive import Pan, Secret


class TestCard(msgspec.Struct, frozen=True):
    """One test card.

    Args:
        name: how commands and configuration call it.
        pan: a published test number.
        expiry: YYMM.
        sequence: PAN sequence number, two digits.
        service_code: of the magnetic stripe; the first digit 2 says that a chip is on the card (ISO/IEC 7813).
        pin: its PIN.
        account: the account behind it at the embedded issuer.
        holder: name as on the card.
    """

    __test__ = False

    name: str
    pan: Pan
    expiry: str
    sequence: str
    service_code: str
    pin: Secret
    account: str
    holder: str


TEST_CARDS: dict[str, TestCard] = {
    card.name: card
    for card in (
        TestCard("visa-chip", Pan("4761739001010119"), "3112", "01", "201", Secret(b"1234"), "ACC-VISA", "TEST/VISA CHIP"),
        TestCard("visa-mag", Pan("4111111111111111"), "3112", "00", "101", Secret(b"1234"), "ACC-MAG", "TEST/VISA MAG"),
        TestCard("mc-chip", Pan("5413330089010434"), "3112", "01", "201", Secret(b"4315"), "ACC-MC", "TEST/MC CHIP"),
        TestCard("visa-poor", Pan("4761739001010010"), "3112", "01", "201", Secret(b"1234"), "ACC-POOR", "TEST/POOR"),
        TestCard("visa-expired", Pan("4012888888881881"), "2001", "01", "201", Secret(b"1234"), "ACC-OLD", "TEST/EXPIRED"),
    )
}
"""Every card by its name."""
