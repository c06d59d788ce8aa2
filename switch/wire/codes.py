"""Response codes of DE 39 and what they stand for: a `Reason` becomes a code, a code a `Reason`, one edition's code another's.

A code tells by its length whose it is: two characters in the edition of 1987, three digits in that of 1993, four in that of
2003. Those of 1987 are the tongue that they have in common. Not here: the words for a code, which are `Dialect.response_codes`.
"""

import msgspec

from switch.domain.reasons import Reason

PLAIN_CODES: dict[str, str] = {
    "000": "00",
    "001": "08",
    "002": "10",
    "003": "11",
    "004": "16",
    "005": "00",
    "006": "10",
    "007": "00",
    "100": "05",
    "101": "54",
    "102": "59",
    "103": "60",
    "104": "62",
    "105": "66",
    "106": "75",
    "107": "01",
    "108": "02",
    "109": "03",
    "110": "13",
    "111": "14",
    "112": "1A",
    "113": "23",
    "114": "42",
    "115": "40",
    "116": "51",
    "117": "55",
    "118": "56",
    "119": "57",
    "120": "58",
    "121": "61",
    "122": "63",
    "123": "65",
    "124": "93",
    "125": "14",
    "126": "63",
    "127": "55",
    "128": "63",
    "129": "59",
    "200": "04",
    "201": "33",
    "202": "34",
    "203": "35",
    "204": "36",
    "205": "37",
    "206": "38",
    "207": "07",
    "208": "41",
    "209": "43",
    "210": "34",
    "300": "00",
    "301": "24",
    "302": "25",
    "303": "26",
    "304": "27",
    "305": "28",
    "306": "29",
    "307": "30",
    "308": "26",
    "309": "25",
    "400": "00",
    "500": "00",
    "501": "95",
    "502": "95",
    "503": "95",
    "504": "95",
    "600": "00",
    "601": "25",
    "602": "12",
    "603": "12",
    "700": "00",
    "800": "00",
    "900": "00",
    "901": "00",
    "902": "12",
    "903": "19",
    "904": "30",
    "905": "31",
    "906": "90",
    "907": "91",
    "908": "92",
    "909": "96",
    "910": "91",
    "911": "91",
    "912": "91",
    "913": "94",
    "914": "25",
    "915": "95",
    "916": "63",
    "917": "63",
    "918": "96",
    "919": "63",
    "920": "96",
    "921": "96",
    "922": "96",
    "923": "09",
    "950": "57",
}
"""Action code of ISO 8583:1993 -> the code of 1987 that is nearest. Lossy wherever a code stands on the right twice."""

ACTION_CODES: dict[str, str] = {
    **{plain: code for code, plain in reversed(PLAIN_CODES.items())},
    "12": "902",
    "25": "914",
    "30": "904",
    "06": "909",
    "15": "908",
    "20": "909",
    "21": "902",
    "22": "909",
    "39": "114",
    "44": "114",
    "52": "114",
    "53": "114",
    "64": "110",
    "67": "200",
    "68": "911",
    "57": "119",
    "91": "907",
}
"""Code of 1987 -> action code of 1993: of several the first above, and for those without an equal the nearest."""


def code_of_2003(action_code: str) -> str:
    """The four digits of the 2003 edition for three of 1993: 116 becomes 1016, 904 becomes 9104, 900 and 901 9000 and 9001."""
    family = "1" if action_code[0] == "9" and action_code not in ("900", "901") else "0"
    return action_code[0] + family + action_code[1:]


_ACTION_CODES_2003 = {code_of_2003(code): code for code in PLAIN_CODES}


def plain_code(code: str) -> str:
    """The code of 1987 that says what a code of any edition says; one that is not known is a plain no."""
    if len(code) == 2:
        return code
    return PLAIN_CODES.get(_ACTION_CODES_2003.get(code, code), "05")


NOT_TAKEN = (Reason.FORMAT_ERROR, Reason.SECURITY_VIOLATION, Reason.SYSTEM_MALFUNCTION)
"""Reasons of a no to the message and not to what it says: it was damaged on its way, wrongly signed, or could not be kept."""


class Codes(msgspec.Struct, frozen=True):
    """What the codes of DE 39 stand for in one dialect.

    Args:
        reasons: the code for each reason. Several reasons may share one: the journal keeps the reason.
        approvals: every yes, to the whole amount or a part.
        parts: those of them that grant a part only.
        elsewhere: those of them that are no yes to a payment, but to reversals, advices, files and the like.
        accepted: class digit of an MTI -> the code of a plain yes to it, where that is not the one for `Reason.APPROVED`.
        equals: code of 1987 -> code here; nothing where the codes are those of 1987.
    """

    reasons: dict[Reason, str]
    approvals: tuple[str, ...]
    parts: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    accepted: dict[str, str] = {}
    equals: dict[str, str] = {}

    def code(self, reason: Reason, mti: str = "") -> str:
        """DE 39 for a reason, in the answer to a message with this MTI."""
        if reason is Reason.APPROVED and mti:
            return self.accepted.get(mti[1], self.reasons[reason])
        return self.reasons[reason]

    def reason(self, code: str) -> Reason:
        """What DE 39 of an answer means: of several reasons the first; a code that is not known is a plain no."""
        if code in self.approvals:
            return Reason.APPROVED
        return next((reason for reason, known in self.reasons.items() if known == code), Reason.DO_NOT_HONOUR)

    def grants(self, code: str) -> bool:
        """True for a yes to the whole of what was asked."""
        return code in self.approvals and code not in self.parts

    def takes(self, code: str) -> bool:
        """True when the peer has what it was told, whatever it thinks of it; else an advice must be sent again."""
        usual = self.equals.get(plain_code(code), code)  # 916, MAC incorrect, is a security violation as 122 is.
        return all(usual != self.reasons[reason] for reason in NOT_TAKEN)

    def adopt(self, code: str) -> str:
        """A code of any edition as it is said here: as it is when it is as long as ours, else the nearest."""
        if len(code) == len(self.reasons[Reason.APPROVED]):
            return code
        plain = plain_code(code)
        return self.equals.get(plain, self.reasons[Reason.DO_NOT_HONOUR]) if self.equals else plain
