"""EMV tags: their names, and whether their values may be shown (EMV Book 3 annex A, EMV Book C kernels).

A tag that is not here has no name and is hidden: what fills it is unknown.
"""

from typing import NamedTuple


class Tag(NamedTuple):
    """What is known of a tag.

    Args:
        name: as EMV calls it.
        clear: False when its value holds cardholder data, or may hold a PIN or key, and is never shown.
    """

    name: str
    clear: bool = True


_HIDDEN = False

TAGS: dict[str, Tag] = {
    "4F": Tag("Application identifier (card)"),
    "50": Tag("Application label"),
    "56": Tag("Track 1 data", _HIDDEN),
    "57": Tag("Track 2 equivalent data", _HIDDEN),
    "5A": Tag("Application PAN", _HIDDEN),
    "5F20": Tag("Cardholder name", _HIDDEN),
    "5F24": Tag("Application expiration date", _HIDDEN),
    "5F25": Tag("Application effective date"),
    "5F28": Tag("Issuer country code"),
    "5F2A": Tag("Transaction currency code"),
    "5F2D": Tag("Language preference"),
    "5F30": Tag("Service code", _HIDDEN),
    "5F34": Tag("PAN sequence number"),
    "5F36": Tag("Transaction currency exponent"),
    "6F": Tag("File control information template", _HIDDEN),
    "70": Tag("Record template", _HIDDEN),
    "71": Tag("Issuer script template 1", _HIDDEN),
    "72": Tag("Issuer script template 2", _HIDDEN),
    "77": Tag("Response message template 2", _HIDDEN),
    "82": Tag("Application interchange profile"),
    "84": Tag("Dedicated file name"),
    "86": Tag("Issuer script command", _HIDDEN),
    "8A": Tag("Authorisation response code"),
    "8E": Tag("Cardholder verification method list"),
    "91": Tag("Issuer authentication data"),
    "94": Tag("Application file locator"),
    "95": Tag("Terminal verification results"),
    "99": Tag("Transaction PIN data", _HIDDEN),
    "9A": Tag("Transaction date"),
    "9B": Tag("Transaction status information"),
    "9C": Tag("Transaction type"),
    "9F01": Tag("Acquirer identifier"),
    "9F02": Tag("Amount, authorised"),
    "9F03": Tag("Amount, other"),
    "9F06": Tag("Application identifier (terminal)"),
    "9F07": Tag("Application usage control"),
    "9F08": Tag("Application version number (card)"),
    "9F09": Tag("Application version number (terminal)"),
    "9F0B": Tag("Cardholder name, extended", _HIDDEN),
    "9F0D": Tag("Issuer action code, default"),
    "9F0E": Tag("Issuer action code, denial"),
    "9F0F": Tag("Issuer action code, online"),
    "9F10": Tag("Issuer application data"),
    "9F12": Tag("Application preferred name"),
    "9F15": Tag("Merchant category code"),
    "9F16": Tag("Merchant identifier"),
    "9F1A": Tag("Terminal country code"),
    "9F1C": Tag("Terminal identification"),
    "9F1E": Tag("Interface device serial number"),
    "9F1F": Tag("Track 1 discretionary data", _HIDDEN),
    "9F20": Tag("Track 2 discretionary data", _HIDDEN),
    "9F21": Tag("Transaction time"),
    "9F26": Tag("Application cryptogram"),
    "9F27": Tag("Cryptogram information data"),
    "9F33": Tag("Terminal capabilities"),
    "9F34": Tag("Cardholder verification method results"),
    "9F35": Tag("Terminal type"),
    "9F36": Tag("Application transaction counter"),
    "9F37": Tag("Unpredictable number"),
    "9F39": Tag("POS entry mode"),
    "9F40": Tag("Additional terminal capabilities"),
    "9F41": Tag("Transaction sequence counter"),
    "9F53": Tag("Transaction category code"),
    "9F5B": Tag("Issuer script results"),
    "9F66": Tag("Terminal transaction qualifiers"),
    "9F6B": Tag("Track 2 data (contactless)", _HIDDEN),
    "9F6C": Tag("Card transaction qualifiers"),
    "9F6E": Tag("Form factor indicator"),
    "9F7C": Tag("Customer exclusive data", _HIDDEN),
}
"""Upper-case hexadecimal tag -> what is known of it."""


def tag_name(tag: str) -> str:
    """The name of a tag, or that it has none here."""
    return TAGS[tag].name if tag in TAGS else "unknown tag"


def may_show(tag: str) -> bool:
    """True when values of this tag hold nothing secret."""
    return tag in TAGS and TAGS[tag].clear
