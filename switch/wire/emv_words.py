"""EMV tags bit by bit, in words: EMV Book 3 annex C and Book 4 annex A. Facts for people; no decision rests on them."""

TAG_BITS: dict[str, tuple[tuple[str, ...], ...]] = {
    "82": (
        (
            "",
            "SDA supported",
            "DDA supported",
            "cardholder verification supported",
            "terminal risk management is to be performed",
            "issuer authentication supported",
            "",
            "CDA supported",
        ),
        ("",) * 8,
    ),
    "95": (
        (
            "offline data authentication was not performed",
            "SDA failed",
            "ICC data missing",
            "card on the exception file",
            "DDA failed",
            "CDA failed",
            "SDA selected",
            "",
        ),
        (
            "card and terminal have different application versions",
            "expired application",
            "application not yet effective",
            "requested service not allowed for the card product",
            "new card",
            "",
            "",
            "",
        ),
        (
            "cardholder verification was not successful",
            "unrecognised CVM",
            "PIN try limit exceeded",
            "PIN required, and PIN pad not present or not working",
            "PIN required, PIN pad present, and no PIN entered",
            "online PIN entered",
            "",
            "",
        ),
        (
            "transaction exceeds the floor limit",
            "lower consecutive offline limit exceeded",
            "upper consecutive offline limit exceeded",
            "transaction selected at random for online processing",
            "merchant forced the transaction online",
            "",
            "",
            "",
        ),
        (
            "default TDOL used",
            "issuer authentication failed",
            "script processing failed before the final GENERATE AC",
            "script processing failed after the final GENERATE AC",
            "",
            "",
            "",
            "",
        ),
    ),
    "9B": (
        (
            "offline data authentication was performed",
            "cardholder verification was performed",
            "card risk management was performed",
            "issuer authentication was performed",
            "terminal risk management was performed",
            "script processing was performed",
            "",
            "",
        ),
        ("",) * 8,
    ),
    "9F33": (
        ("manual key entry", "magnetic stripe", "chip with contacts", "", "", "", "", ""),
        (
            "offline plaintext PIN",
            "enciphered PIN for online verification",
            "signature",
            "enciphered PIN for offline verification",
            "no CVM required",
            "",
            "",
            "",
        ),
        ("SDA", "DDA", "card capture", "", "CDA", "", "", ""),
    ),
}
"""Tag -> for each byte what its bits mean, the highest first; "" for a reserved one."""

CVM_CODES: dict[int, str] = {
    0x00: "fail CVM processing",
    0x01: "offline plaintext PIN",
    0x02: "enciphered PIN verified online",
    0x03: "offline plaintext PIN and signature",
    0x04: "offline enciphered PIN",
    0x05: "offline enciphered PIN and signature",
    0x1E: "signature",
    0x1F: "no CVM required",
    0x3F: "no CVM performed",
}
"""Tag 9F34, byte 1 without the bit that says to go on."""

CVM_CONDITIONS: dict[int, str] = {
    0x00: "always",
    0x01: "if unattended cash",
    0x02: "if not unattended cash, manual cash or cashback",
    0x03: "if the terminal supports it",
    0x04: "if manual cash",
    0x05: "if cashback",
    0x06: "if in the application currency and under X",
    0x07: "if in the application currency and over X",
    0x08: "if in the application currency and under Y",
    0x09: "if in the application currency and over Y",
}
"""Tag 9F34, byte 2."""

CVM_RESULTS: dict[int, str] = {0: "result unknown", 1: "failed", 2: "successful"}
"""Tag 9F34, byte 3."""

CRYPTOGRAMS: dict[int, str] = {0x00: "AAC (declined)", 0x40: "TC (approved offline)", 0x80: "ARQC (online requested)"}
"""Tag 9F27, bits 8 and 7."""


def tag_meaning(tag: str, value: bytes) -> str:
    """What the value of a tag means; nothing when no table says so or the value is not as long as the tag."""
    if tag == "9F34" and len(value) == 3:
        code = CVM_CODES.get(value[0] & 0x3F, "unknown method")
        condition = CVM_CONDITIONS.get(value[1], "under an unknown condition")
        onward = ", then the next method if it fails" if value[0] & 0x40 else ""
        return f"{code}, {condition}{onward}: {CVM_RESULTS.get(value[2], 'unknown result')}"
    if tag == "9F27" and len(value) == 1:
        return CRYPTOGRAMS.get(value[0] & 0xC0, "reserved type of cryptogram")
    table = TAG_BITS.get(tag)
    if table is None or len(table) != len(value):
        return ""
    words = []
    for place, (byte, bits) in enumerate(zip(value, table, strict=True), start=1):
        for bit, meaning in enumerate(bits):
            if byte & 0x80 >> bit:
                words.append(meaning or f"byte {place} bit {8 - bit} (reserved)")
    return "; ".join(words) or "no bit set"
