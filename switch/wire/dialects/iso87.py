"""ISO 8583:1987 as widely published: its data elements, response codes and message pictures.

Public facts, agreed upon by jPOS, moov-io and Wireshark. Departures from the letter of the 1987 text, each because all known
traffic departs from it: DE 36 is track data (z, not n), DE 44 to 48 hold any printable character (ans, not an; track 1 needs
its ^ and blank), DE 55 is raw bytes (b). What a request needs and a response echoes is no part of the standard but the common
practice of acquirers and issuers; a network that differs says so in its own dialect.
"""

from collections.abc import Mapping

from switch.wire.content import ANY, Content
from switch.wire.dialect import Dialect, make_codec
from switch.wire.dialects.iso87_subfields import SUBFIELDS
from switch.wire.dialects.table import FIXED, LL, LLL, DataElement
from switch.wire.spec import Spec
from switch.wire.subfields import InnerLayout

DATA_ELEMENTS: tuple[DataElement, ...] = (
    DataElement(2, "Primary account number", "n", LL, 19),
    DataElement(3, "Processing code", "n", FIXED, 6),
    DataElement(4, "Amount, transaction", "n", FIXED, 12),
    DataElement(5, "Amount, settlement", "n", FIXED, 12),
    DataElement(6, "Amount, cardholder billing", "n", FIXED, 12),
    DataElement(7, "Transmission date and time (MMDDhhmmss, UTC)", "n", FIXED, 10),
    DataElement(8, "Amount, cardholder billing fee", "n", FIXED, 8),
    DataElement(9, "Conversion rate, settlement", "n", FIXED, 8),
    DataElement(10, "Conversion rate, cardholder billing", "n", FIXED, 8),
    DataElement(11, "System trace audit number", "n", FIXED, 6),
    DataElement(12, "Time, local transaction (hhmmss)", "n", FIXED, 6),
    DataElement(13, "Date, local transaction (MMDD)", "n", FIXED, 4),
    DataElement(14, "Date, expiration (YYMM)", "n", FIXED, 4),
    DataElement(15, "Date, settlement (MMDD)", "n", FIXED, 4),
    DataElement(16, "Date, conversion (MMDD)", "n", FIXED, 4),
    DataElement(17, "Date, capture (MMDD)", "n", FIXED, 4),
    DataElement(18, "Merchant type", "n", FIXED, 4),
    DataElement(19, "Country code, acquiring institution", "n", FIXED, 3),
    DataElement(20, "Country code, primary account number", "n", FIXED, 3),
    DataElement(21, "Country code, forwarding institution", "n", FIXED, 3),
    DataElement(22, "Point of service entry mode", "n", FIXED, 3),
    DataElement(23, "Card sequence number", "n", FIXED, 3),
    DataElement(24, "Network international identifier", "n", FIXED, 3),
    DataElement(25, "Point of service condition code", "n", FIXED, 2),
    DataElement(26, "Point of service PIN capture code", "n", FIXED, 2),
    DataElement(27, "Authorisation identification response length", "n", FIXED, 1),
    DataElement(28, "Amount, transaction fee", "x+n", FIXED, 9),
    DataElement(29, "Amount, settlement fee", "x+n", FIXED, 9),
    DataElement(30, "Amount, transaction processing fee", "x+n", FIXED, 9),
    DataElement(31, "Amount, settlement processing fee", "x+n", FIXED, 9),
    DataElement(32, "Acquiring institution identification code", "n", LL, 11),
    DataElement(33, "Forwarding institution identification code", "n", LL, 11),
    DataElement(34, "Primary account number, extended", "ns", LL, 28),
    DataElement(35, "Track 2 data", "z", LL, 37),
    DataElement(36, "Track 3 data", "z", LLL, 104),
    DataElement(37, "Retrieval reference number", "an", FIXED, 12),
    DataElement(38, "Authorisation identification response", "an", FIXED, 6),
    DataElement(39, "Response code", "an", FIXED, 2),
    DataElement(40, "Service restriction code", "an", FIXED, 3),
    DataElement(41, "Card acceptor terminal identification", "ans", FIXED, 8),
    DataElement(42, "Card acceptor identification code", "ans", FIXED, 15),
    DataElement(43, "Card acceptor name and location", "ans", FIXED, 40),
    DataElement(44, "Additional response data", "ans", LL, 25),
    DataElement(45, "Track 1 data", "ans", LL, 76),
    DataElement(46, "Additional data, ISO", "ans", LLL, 999),
    DataElement(47, "Additional data, national", "ans", LLL, 999),
    DataElement(48, "Additional data, private", "ans", LLL, 999),
    DataElement(49, "Currency code, transaction", "n", FIXED, 3),
    DataElement(50, "Currency code, settlement", "n", FIXED, 3),
    DataElement(51, "Currency code, cardholder billing", "n", FIXED, 3),
    DataElement(52, "Personal identification number data", "b", FIXED, 8),
    DataElement(53, "Security related control information", "n", FIXED, 16),
    DataElement(54, "Additional amounts", "an", LLL, 120),
    DataElement(55, "Integrated circuit card data", "b", LLL, 999),
    DataElement(56, "Reserved, ISO", "ans", LLL, 999),
    DataElement(57, "Reserved, national", "ans", LLL, 999),
    DataElement(58, "Reserved, national", "ans", LLL, 999),
    DataElement(59, "Reserved, national", "ans", LLL, 999),
    DataElement(60, "Reserved, national", "ans", LLL, 999),
    DataElement(61, "Reserved, private", "ans", LLL, 999),
    DataElement(62, "Reserved, private", "ans", LLL, 999),
    DataElement(63, "Reserved, private", "ans", LLL, 999),
    DataElement(64, "Message authentication code", "b", FIXED, 8),
    DataElement(66, "Settlement code", "n", FIXED, 1),
    DataElement(67, "Extended payment code", "n", FIXED, 2),
    DataElement(68, "Country code, receiving institution", "n", FIXED, 3),
    DataElement(69, "Country code, settlement institution", "n", FIXED, 3),
    DataElement(70, "Network management information code", "n", FIXED, 3),
    DataElement(71, "Message number", "n", FIXED, 4),
    DataElement(72, "Message number, last", "n", FIXED, 4),
    DataElement(73, "Date, action (YYMMDD)", "n", FIXED, 6),
    DataElement(74, "Credits, number", "n", FIXED, 10),
    DataElement(75, "Credits, reversal number", "n", FIXED, 10),
    DataElement(76, "Debits, number", "n", FIXED, 10),
    DataElement(77, "Debits, reversal number", "n", FIXED, 10),
    DataElement(78, "Transfers, number", "n", FIXED, 10),
    DataElement(79, "Transfers, reversal number", "n", FIXED, 10),
    DataElement(80, "Inquiries, number", "n", FIXED, 10),
    DataElement(81, "Authorisations, number", "n", FIXED, 10),
    DataElement(82, "Credits, processing fee amount", "n", FIXED, 12),
    DataElement(83, "Credits, transaction fee amount", "n", FIXED, 12),
    DataElement(84, "Debits, processing fee amount", "n", FIXED, 12),
    DataElement(85, "Debits, transaction fee amount", "n", FIXED, 12),
    DataElement(86, "Credits, amount", "n", FIXED, 16),
    DataElement(87, "Credits, reversal amount", "n", FIXED, 16),
    DataElement(88, "Debits, amount", "n", FIXED, 16),
    DataElement(89, "Debits, reversal amount", "n", FIXED, 16),
    DataElement(90, "Original data elements", "n", FIXED, 42),
    DataElement(91, "File update code", "an", FIXED, 1),
    DataElement(92, "File security code", "an", FIXED, 2),
    DataElement(93, "Response indicator", "an", FIXED, 5),
    DataElement(94, "Service indicator", "an", FIXED, 7),
    DataElement(95, "Replacement amounts", "an", FIXED, 42),
    DataElement(96, "Message security code", "b", FIXED, 8),
    DataElement(97, "Amount, net settlement", "x+n", FIXED, 17),
    DataElement(98, "Payee", "ans", FIXED, 25),
    DataElement(99, "Settlement institution identification code", "n", LL, 11),
    DataElement(100, "Receiving institution identification code", "n", LL, 11),
    DataElement(101, "File name", "ans", LL, 17),
    DataElement(102, "Account identification 1", "ans", LL, 28),
    DataElement(103, "Account identification 2", "ans", LL, 28),
    DataElement(104, "Transaction description", "ans", LLL, 100),
    DataElement(105, "Reserved, ISO", "ans", LLL, 999),
    DataElement(106, "Reserved, ISO", "ans", LLL, 999),
    DataElement(107, "Reserved, ISO", "ans", LLL, 999),
    DataElement(108, "Reserved, ISO", "ans", LLL, 999),
    DataElement(109, "Reserved, ISO", "ans", LLL, 999),
    DataElement(110, "Reserved, ISO", "ans", LLL, 999),
    DataElement(111, "Reserved, ISO", "ans", LLL, 999),
    DataElement(112, "Reserved, national", "ans", LLL, 999),
    DataElement(113, "Reserved, national", "ans", LLL, 999),
    DataElement(114, "Reserved, national", "ans", LLL, 999),
    DataElement(115, "Reserved, national", "ans", LLL, 999),
    DataElement(116, "Reserved, national", "ans", LLL, 999),
    DataElement(117, "Reserved, national", "ans", LLL, 999),
    DataElement(118, "Reserved, national", "ans", LLL, 999),
    DataElement(119, "Reserved, national", "ans", LLL, 999),
    DataElement(120, "Reserved, private", "ans", LLL, 999),
    DataElement(121, "Reserved, private", "ans", LLL, 999),
    DataElement(122, "Reserved, private", "ans", LLL, 999),
    DataElement(123, "Reserved, private", "ans", LLL, 999),
    DataElement(124, "Reserved, private", "ans", LLL, 999),
    DataElement(125, "Reserved, private", "ans", LLL, 999),
    DataElement(126, "Reserved, private", "ans", LLL, 999),
    DataElement(127, "Reserved, private", "ans", LLL, 999),
    DataElement(128, "Message authentication code", "b", FIXED, 8),
)
"""All data elements; DE 1 and DE 65 announce bitmaps and are not among them."""

RESPONSE_CODES: dict[str, str] = {
    "00": "approved",
    "01": "refer to card issuer",
    "02": "refer to issuer, special conditions",
    "03": "invalid merchant",
    "04": "pick up",
    "05": "do not honour",
    "06": "error",
    "07": "pick up, special conditions",
    "08": "honour with identification",
    "09": "request in progress",
    "10": "approved for partial amount",
    "11": "approved (VIP)",
    "12": "invalid transaction",
    "13": "invalid amount",
    "14": "invalid card number",
    "15": "no such issuer",
    "16": "approved, update track 3",
    "17": "customer cancellation",
    "18": "customer dispute",
    "19": "re-enter transaction",
    "20": "invalid response",
    "21": "no action taken",
    "22": "suspected malfunction",
    "23": "unacceptable transaction fee",
    "24": "file update not supported by receiver",
    "25": "unable to locate record",
    "26": "duplicate file update record",
    "27": "file update field edit error",
    "28": "file update file locked",
    "29": "file update not successful",
    "30": "format error",
    "31": "bank not supported by switch",
    "32": "completed partially",
    "33": "expired card, pick up",
    "34": "suspected fraud, pick up",
    "35": "contact acquirer, pick up",
    "36": "restricted card, pick up",
    "37": "call acquirer security, pick up",
    "38": "PIN tries exceeded, pick up",
    "39": "no credit account",
    "40": "function not supported",
    "41": "lost card, pick up",
    "42": "no universal account",
    "43": "stolen card, pick up",
    "44": "no investment account",
    "51": "not sufficient funds",
    "52": "no cheque account",
    "53": "no savings account",
    "54": "expired card",
    "55": "incorrect PIN",
    "56": "no card record",
    "57": "not permitted to cardholder",
    "58": "not permitted to terminal",
    "59": "suspected fraud",
    "60": "contact acquirer",
    "61": "exceeds withdrawal amount limit",
    "62": "restricted card",
    "63": "security violation",
    "64": "original amount incorrect",
    "65": "exceeds withdrawal frequency",
    "66": "call acquirer security",
    "67": "hard capture",
    "68": "response received too late",
    "75": "PIN tries exceeded",
    "90": "cut-off in process",
    "91": "issuer or switch inoperative",
    "92": "routing unavailable",
    "93": "violation of law",
    "94": "duplicate transmission",
    "95": "reconcile error",
    "96": "system malfunction",
    "1A": "cardholder verification required",
}
"""DE 39, the two-character codes of the 1987 edition. Those with a letter are private; 1A is one that networks share."""

ECHO: tuple[int, ...] = (2, 3, 4, 7, 11, 12, 13, 28, 32, 33, 37, 41, 42, 49, 70, 90, 95)
"""DEs that a response repeats unchanged where its request has them. DE 22, 25 and all card data but the PAN are not echoed."""

_NEEDED_PURCHASE = ((2, 35), (3,), (4,), (7,), (11,), (49,))
_NEEDED_REVERSAL = ((7,), (11,), (90,))

REQUIRED: dict[str, tuple[tuple[int, ...], ...]] = {
    "0100": _NEEDED_PURCHASE,
    "0120": _NEEDED_PURCHASE,
    "0200": _NEEDED_PURCHASE,
    "0220": _NEEDED_PURCHASE,
    "0400": _NEEDED_REVERSAL,
    "0420": _NEEDED_REVERSAL,
    "0800": ((7,), (11,), (70,)),
}
"""MTI of a request -> groups of DEs; without one of each group it cannot be worked on at all. Networks ask for more."""

_KEY_PURCHASE = (11, 41)

MATCH_KEY: dict[str, tuple[int, ...]] = {
    "1": _KEY_PURCHASE,
    "2": _KEY_PURCHASE,
    "4": _KEY_PURCHASE,
    "8": (7, 11, 70),
}
"""Class digit of the MTI -> DEs that a response has in common with its request and with no other. All of them are echoed.

DE 7 is not among those of purchases, because some issuers answer with a new one; the STAN is unique per acquirer or terminal.
"""

CLEAR: tuple[int, ...] = (
    *(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33),
    *(37, 38, 39, 40, 41, 42, 43, 49, 50, 51, 64, 66, 67, 68, 69, 70, 71, 72, 73, *range(74, 90), 90, 91, 92, 93, 94, 95),
    *(97, 99, 100, 128),
)
"""DEs whose 1987 meaning holds no card or key data. Free text, private and reserved DEs may hold any: not among them."""


def make_dialect(
    name: str,
    words: str,
    rows: tuple[DataElement, ...],
    spec: Spec,
    *,
    stretched: Mapping[int, str] | None = None,
    header: str = "",
    header_content: Content = ANY,
    header_answer: str = "",
    subfields: Mapping[int, InnerLayout] | None = None,
) -> Dialect:
    """A dialect of ISO 8583:1987 whose elements are `rows`, spelled as `spec` says; all else is what the edition shares.

    Args:
        stretched: fixed DEs that are longer than in the table of the edition -> what fills them behind a value of its length.
        header: of the messages that we begin.
        header_content: content class of all headers.
        header_answer: of answers; a dot stands for what the request has there.
        subfields: what is inside of DEs, in place of what the edition says of the same.

    Raises:
        SpecError: when the spec or a content class is unusable.
    """
    content = {row.de: row.content for row in rows}
    inside = {**SUBFIELDS, **(subfields or {})}
    return Dialect(
        name=name,
        words=words,
        spec=spec,
        content=content,
        names={row.de: row.name for row in rows},
        codec=make_codec(spec, content, header=header_content),
        response_codes=RESPONSE_CODES,
        echo=ECHO,
        required=REQUIRED,
        match_key=MATCH_KEY,
        clear=CLEAR,
        header=header,
        header_answer=header_answer,
        stretched={row.de: (row.longest, stretched[row.de]) for row in DATA_ELEMENTS if stretched and row.de in stretched},
        subfields={de: layout for de, layout in inside.items() if de in content},
    )
