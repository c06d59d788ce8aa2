"""What is to be said of a message beside its values, by severity: why it is refused, what is missing, what can hardly be meant.

An error is a broken rule; a warning is a value that is lawful and means nothing; a note is for information. No value is quoted.
"""

from collections.abc import Callable
from enum import Enum

import msgspec

from keys.errors import KeysError
from keys.sensitive import Pan
from switch.domain.card import luhn_valid
from switch.domain.money import MoneyError, currency
from switch.wire.errors import DecodeError, Finding, TlvError
from switch.wire.message import Message
from switch.wire.mti import CLASSES, VERSIONS, is_mti
from switch.wire.rules import RULES
from switch.wire.tlv import decode


class Severity(Enum):
    """How bad it is, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Remark(msgspec.Struct, frozen=True):
    """One finding.

    Args:
        severity: how bad it is.
        words: what is wrong and where, without any value.
        rule: id of the broken rule; "" where none is broken.
    """

    severity: Severity
    words: str
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.severity.value}: {self.words}"


def remarks_on(outcome: Message | DecodeError) -> list[Remark]:
    """What is to be said of a message that was read or refused, the worst first."""
    remarks = []
    if isinstance(outcome, DecodeError):
        remarks.append(Remark(Severity.ERROR, f"{outcome} {RULES[outcome.rule].mend}", outcome.rule))
    else:
        remarks.extend(Remark(Severity.WARNING, str(finding), finding.rule) for finding in outcome.findings)
        remarks.extend(Remark(Severity.WARNING, str(fault), fault.rule) for fault in _broken_insides(outcome))
        remarks.extend(Remark(Severity.WARNING, words) for words in doubts_about(outcome))
        missing = outcome.missing()
        if missing:
            names = ", ".join(str(de) for de in missing)
            remarks.append(Remark(Severity.WARNING, f"DEs that a request of this MTI needs are missing: {names}"))
    return sorted(remarks, key=lambda remark: list(Severity).index(remark.severity))


def _broken_insides(message: Message) -> list[Finding]:
    """What is broken inside of DEs whose layout the dialect states; what the reading has found already is not found again."""
    if not message.layout.trusted:
        return []
    faults = [message.fault_inside(de) for de in sorted(message.dialect.subfields)]
    return [fault for fault in faults if fault is not None and fault not in message.findings]


def doubts_about(message: Message) -> list[str]:
    """What a lawful message says that can hardly be meant, which a message read in the wrong dialect is full of."""
    doubts = []
    if not (is_mti(message.mti) and message.mti[0] in VERSIONS and message.mti[1] in CLASSES):
        doubts.append(f"MTI {message.mti} is reserved")
    elif message.dialect.required and not any(mti[0] == message.mti[0] for mti in message.dialect.required):
        doubts.append(f"MTI {message.mti} is of another version of ISO 8583 than the dialect")
    if not message.fields:
        doubts.append("no DE at all")
    if message.dialect.content:
        doubts.extend(words for de, (holds, words) in PLAUSIBLE.items() if de in message and not holds(message[de]))
    return doubts


def _is_card_number(value: str) -> bool:
    try:
        return luhn_valid(Pan(value))
    except KeysError:
        return False


def _is_time(value: str) -> bool:
    """True for MMDDhhmmss that can be."""
    if len(value) != 10 or not (value.isascii() and value.isdigit()):
        return False
    month, day, hour, minute, second = (int(value[at : at + 2]) for at in range(0, 10, 2))
    return 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60


def _is_currency(value: str) -> bool:
    try:
        currency(value)
    except MoneyError:
        return False
    return True


def _is_tlv(value: str) -> bool:
    try:
        decode(bytes.fromhex(value))
    except (TlvError, ValueError):
        return False
    return True


PLAUSIBLE: dict[int, tuple[Callable[[str], bool], str]] = {
    2: (_is_card_number, "DE 2: the check digit is wrong"),
    7: (_is_time, "DE 7: no such month, day or time"),
    49: (_is_currency, "DE 49: no currency of ISO 4217"),
    55: (_is_tlv, "DE 55: no canonical BER-TLV"),
}
"""DE -> what nearly every honest value of it passes in any version of the standard, and what to say otherwise."""
