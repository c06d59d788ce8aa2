"""What is inside of the elements of `mastercard-cis`.

Public fact, from the same table as the dialect's: tags, names and lengths. DE 48 begins with a transaction category code of one
character; behind it come objects of a tag of two digits, a length of two digits and a value. Left out are the objects that
speak of other networks only or that sources do not agree on (DE 60, 124), and the meanings of the digits of DE 61, which are
in the network's manuals.
"""

from switch.wire.subfields import Groups, InnerLayout, Part, Positional, Tagged


def _text(desc: str, length: int = 0, *, inner: InnerLayout | None = None) -> Part:
    return Part(desc=desc, max_len=length, content="ans", inner=inner)


def _object(key: str, desc: str, length: int, *, inner: InnerLayout | None = None) -> Part:
    return Part(key=key, desc=desc, max_len=length, content="ans", inner=inner)


_CARD_MAPPING = Tagged(
    (
        _object("01", "Account number indicator", 1),
        _object("02", "Account number", 19),
        _object("03", "Expiration date", 4),
        _object("04", "Product code", 3),
    )
)

_COMMERCE = Tagged(
    (
        _object(
            "01",
            "Security level and UCAF collection",
            3,
            inner=Positional(
                (_text("Security protocol", 1), _text("Cardholder authentication", 1), _text("UCAF collection indicator", 1))
            ),
        ),
    )
)

_ON_BEHALF = Groups((_text("On-behalf service", 2), _text("On-behalf result 1", 1), _text("On-behalf result 2", 1)))

ADDITIONAL_DATA = Tagged(
    (
        _object("12", "Routing indicator", 1),
        _object("15", "Advice date and time", 10, inner=Positional((_text("Date", 4), _text("Time", 6)))),
        _object("16", "Processor pseudo ICA", 7),
        _object("20", "Cardholder verification method", 1),
        _object("32", "Assigned ID", 6),
        _object("33", "PAN mapping file information", 43, inner=_CARD_MAPPING),
        _object(
            "34",
            "Dynamic CVC 3 ATC information",
            11,
            inner=Positional((_text("ATC", 5), _text("ATC discrepancy", 5), _text("ATC discrepancy indicator", 1))),
        ),
        _object("35", "Form factor of a contactless device", 1),
        _object("38", "Account category", 1),
        _object("41", "Electronic commerce certificate qualifying information", 95),
        _object("42", "Electronic commerce indicators", 7, inner=_COMMERCE),
        _object("43", "Universal cardholder authentication field", 32),
        _object("47", "Payment gateway transaction indicator", 8),
        _object(
            "61",
            "POS data, extended condition codes",
            5,
            inner=Positional(
                (
                    _text("Partial approval supported", 1),
                    _text("Purchase amount only supported", 1),
                    _text("Real-time substantiation", 1),
                    _text("Reserved", 2),
                )
            ),
        ),
        _object("63", "Trace ID", 15, inner=Positional((_text("Network data", 9), _text("Date, settlement", 6)))),
        _object("71", "On-behalf services", 40, inner=_ON_BEHALF),
        _object(
            "74",
            "Additional processing information",
            30,
            inner=Groups((_text("Processing indicator", 2), _text("Processing information", 1))),
        ),
        _object("75", "Fraud scoring data", 7, inner=Tagged((_object("01", "Fraud score", 3),))),
        _object("76", "Electronic acceptance indicator", 1),
        _object("77", "Payment transaction type indicator", 3),
        _object("80", "PIN service code", 2),
        _object("82", "Address verification service request", 2),
        _object("83", "Address verification service response", 1),
        _object("84", "Merchant advice code", 2),
        _object("87", "Card validation code result", 1),
        _object("88", "Magnetic stripe compliance status", 1),
        _object("89", "Magnetic stripe compliance error", 1),
        _object("92", "CVC 2", 3),
        _object("95", "Promotion code", 6),
        _object("98", "Corporate fleet card ID or driver number", 6),
        _object("99", "Corporate fleet card vehicle number", 6),
    ),
    lead=Part(key="TCC", desc="Transaction category code", max_len=1, content="an"),
)

SUBFIELDS: dict[int, InnerLayout] = {
    43: Positional(
        (_text("Name", 22), _text("Blank", 1), _text("City", 13), _text("Blank", 1), _text("Country or state", 3)),
    ),
    48: ADDITIONAL_DATA,
    53: Positional(
        (
            _text("PIN security type", 2),
            _text("PIN encryption type", 2),
            _text("PIN block format", 2),
            _text("PIN key index", 4),
            _text("Reserved", 6),
        )
    ),
    61: Positional(
        (
            _text("Terminal attendance", 1),
            _text("Reserved", 1),
            _text("Terminal location", 1),
            _text("Cardholder presence", 1),
            _text("Card presence", 1),
            _text("Card capture capability", 1),
            _text("Transaction status", 1),
            _text("Transaction security", 1),
            _text("Reserved", 1),
            _text("Cardholder-activated terminal level", 1),
            _text("Card data input capability", 1),
            _text("Authorisation life cycle", 2),
            _text("Country code", 3),
            _text("Postal code"),
        ),
        short=True,
    ),
    63: Positional((_text("Financial network code", 3), _text("Banknet reference number")), short=True),
    94: Positional(
        (_text("Reserved", 1), _text("Acquirer or issuer", 1), _text("Address data", 1), _text("Filler", 4)),
    ),
    112: Tagged(tag=3, length=3),
    120: Tagged(
        (
            _object("01", "AVS service indicator 1", 49),
            _object("02", "AVS service indicator 2", 14),
            _object("03", "AVS service indicator 3", 14),
            _object("04", "AVS service indicator 4", 14),
        )
    ),
}
