"""What kinds of terminals there are: identity, country, EMV capabilities, timings. Values only; the table is in `profiles`."""

import msgspec

from switch.limits import ORDER_PATIENCE_MS, RESPONSE_TIMEOUT_MS, SAF_RETRY_MAX_MS, SAF_RETRY_MS


class TerminalProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of terminal, or one terminal of it (`msgspec.structs.replace` gives it another `terminal_id`).

    Args:
        name: as commands and configuration call it.
        words: what it is, for people.
        terminal_id: DE 41, up to 8 characters.
        merchant_id: DE 42, up to 15 characters.
        country: three digits of ISO 3166-1, for tag 9F1A.
        terminal_type: tag 9F35, two digits (EMV Book 4 annex A1).
        capabilities: tag 9F33, 3 bytes: input, cardholder verification, offline authentication (EMV Book 4 annex A2).
        more_capabilities: tag 9F40, 5 bytes (EMV Book 4 annex A3).
        reader_capabilities: tag 9F66 (TTQ), 4 bytes, without the bit that asks for cardholder verification.
        applications: AIDs that it takes, in the order in which it looks for them.
        denial: terminal action code for declining offline, 5 bytes against the TVR (EMV Book 3 10.7).
        contactless_cvm_minor: highest amount, in minor units, of a tap without cardholder verification.
        utc_offset_minutes: where its local time (DE 12, DE 13) stands against UTC.
        link: the party it dials.
        dialect, framing: names in `switch.wire.DIALECTS` and `FRAMINGS`.
        sign_on: whether it signs on (0800, DE 70 = 001) before anything else on a connection.
        response_timeout_ms: how long it waits for an answer before the outcome counts as unknown.
        retry_ms, retry_max_ms: pause before an owed advice is sent again, doubled each time up to the second.
        order_patience_ms: how long an order waits behind owed advices before it is refused.
    """

    name: str
    words: str
    terminal_id: str = "TERM0001"
    merchant_id: str = "MERCHANT0000001"
    country: str = "276"
    terminal_type: str = "21"
    capabilities: bytes = bytes.fromhex("E06800")
    more_capabilities: bytes = bytes.fromhex("F000F0A001")
    reader_capabilities: bytes = bytes.fromhex("36800000")
    applications: tuple[bytes, ...] = (bytes.fromhex("A0000000031010"), bytes.fromhex("A0000000041010"))
    denial: bytes = bytes.fromhex("0010000000")
    contactless_cvm_minor: int = 5_000
    utc_offset_minutes: int = 0
    link: str = "switch"
    dialect: str = "iso87-ascii"
    framing: str = "len2-big"
    sign_on: bool = False
    response_timeout_ms: int = RESPONSE_TIMEOUT_MS
    retry_ms: int = SAF_RETRY_MS
    retry_max_ms: int = SAF_RETRY_MAX_MS
    order_patience_ms: int = ORDER_PATIENCE_MS

    def __post_init__(self) -> None:
        for what, text, longest in (("terminal_id", self.terminal_id, 8), ("merchant_id", self.merchant_id, 15)):
            if not (0 < len(text) <= longest and text.isascii() and text.isprintable() and text == text.strip()):
                raise ValueError(f"{what} has 1 to {longest} printable ASCII characters and no blanks around them")
