"""Code tables of ISO 8583:1987 in words: the digits of DE 3, 22 and 70. Facts for people; no decision rests on them."""

PROCESSING_TYPES: dict[str, str] = {
    "00": "goods and services",
    "01": "cash",
    "02": "debit adjustment",
    "03": "cheque guarantee",
    "04": "cheque verification",
    "09": "goods and services with cashback",
    "11": "quasi-cash",
    "17": "cash advance",
    "20": "refund",
    "21": "deposit",
    "22": "credit adjustment",
    "23": "cheque deposit guarantee",
    "24": "cheque deposit",
    "30": "available funds inquiry",
    "31": "balance inquiry",
    "40": "cardholder account transfer",
    "50": "payment",
}
"""DE 3, digits 1 and 2."""

ACCOUNT_TYPES: dict[str, str] = {
    "00": "default account",
    "10": "savings account",
    "20": "cheque account",
    "30": "credit account",
    "40": "universal account",
    "50": "investment account",
}
"""DE 3, digits 3 and 4 (from) and 5 and 6 (to)."""

PAN_ENTRY_MODES: dict[str, str] = {
    "00": "entry mode not stated",
    "01": "keyed by hand",
    "02": "magnetic stripe, track data may be incomplete",
    "03": "bar code",
    "04": "optical characters",
    "05": "chip",
    "07": "contactless chip",
    "10": "credential on file",
    "79": "keyed by hand after the chip failed",
    "80": "magnetic stripe after the chip failed",
    "81": "e-commerce",
    "90": "magnetic stripe, full track",
    "91": "contactless magnetic stripe",
    "95": "chip, CVV may be unreliable",
}
"""DE 22, digits 1 and 2."""

PIN_CAPABILITIES: dict[str, str] = {
    "0": "PIN capability not stated",
    "1": "can accept a PIN",
    "2": "cannot accept a PIN",
    "3": "PIN on a phone (software)",
    "8": "PIN pad out of order",
    "9": "PIN verified by the terminal",
}
"""DE 22, digit 3."""

NETWORK_CODES: dict[str, str] = {
    "001": "sign-on",
    "002": "sign-off",
    "003": "target system unavailable",
    "004": "backup mode",
    "005": "special instructions",
    "006": "alternate routing",
    "101": "key change",
    "161": "key exchange",
    "201": "cut-over",
    "202": "cut-over complete",
    "301": "echo test",
}
"""DE 70."""
