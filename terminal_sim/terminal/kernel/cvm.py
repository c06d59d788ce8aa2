"""Cardholder verification: which method the card's list, the terminal and the amount lead to (EMV Book 3 10.5, annex C3)."""

import msgspec

from terminal_sim.terminal.card_data import CardRefused, Verification
from terminal_sim.terminal.kernel.tvr import Finding

_AMOUNTS_BYTES = 8
_RULE_BYTES = 2

_APPLY_NEXT = 0x40
_METHOD = 0x3F

_ONLINE_PIN = 0x02
_SIGNATURE = 0x1E
_NO_VERIFICATION = 0x1F
_KNOWN_METHODS = (0x00, 0x01, _ONLINE_PIN, 0x03, 0x04, 0x05, _SIGNATURE, _NO_VERIFICATION)

_CAPABILITY: dict[int, int] = {_ONLINE_PIN: 0x40, _SIGNATURE: 0x20, _NO_VERIFICATION: 0x08}
"""Bit of byte 2 of the terminal capabilities (tag 9F33) that a method needs; methods that are not here need more than we do."""

_OUTCOMES = {
    _ONLINE_PIN: Verification.ONLINE_PIN,
    _SIGNATURE: Verification.SIGNATURE,
    _NO_VERIFICATION: Verification.NONE,
}

_ALWAYS = 0x00
_NO_CASH = 0x02
_IF_SUPPORTED = 0x03

_RESULT_UNKNOWN = 0x00
_RESULT_FAILED = 0x01
_RESULT_GOOD = 0x02

NOT_PERFORMED = bytes((0x3F, 0x00, 0x00))
"""CVM results when the card does not ask for verification."""

RESULTS: dict[Verification, bytes] = {
    Verification.ONLINE_PIN: bytes((_ONLINE_PIN, _ALWAYS, _RESULT_UNKNOWN)),
    Verification.SIGNATURE: bytes((_SIGNATURE, _ALWAYS, _RESULT_UNKNOWN)),
    Verification.NONE: bytes((_NO_VERIFICATION, _ALWAYS, _RESULT_GOOD)),
}
"""CVM results (tag 9F34) of a method that was agreed without a list, as at a tap."""


class CvmOutcome(msgspec.Struct, frozen=True):
    """What the list came to.

    Args:
        verification: the method.
        results: tag 9F34, 3 bytes.
        findings: what the TVR has to know.
    """

    verification: Verification
    results: bytes
    findings: tuple[Finding, ...] = ()


def choose_verification(cvm_list: bytes, capabilities: bytes, *, pin_entered: bool) -> CvmOutcome:
    """Walk the card's list (tag 8E) until a method works, or none is left.

    Args:
        cvm_list: two amounts of 4 bytes, then two bytes a rule: method and condition.
        capabilities: tag 9F33 of the terminal.
        pin_entered: whether the cardholder has entered a PIN.

    Raises:
        CardRefused: when the list is no list.
    """
    rules = cvm_list[_AMOUNTS_BYTES:]
    if len(cvm_list) < _AMOUNTS_BYTES + _RULE_BYTES or len(rules) % _RULE_BYTES:
        raise CardRefused("the card's list of verification methods (tag 8E) cannot be read")
    findings: tuple[Finding, ...] = ()
    tried: bytes | None = None
    for at in range(0, len(rules), _RULE_BYTES):
        code, condition = rules[at : at + _RULE_BYTES]
        if not _applies(code & _METHOD, condition, capabilities):
            continue
        tried = bytes((code, condition))
        failure = _failure(code & _METHOD, capabilities, pin_entered=pin_entered)
        if failure is None:
            return _success(code, condition, findings)
        findings += failure
        if not code & _APPLY_NEXT:
            break
    results = bytes((0x3F, 0x00, _RESULT_FAILED)) if tried is None else tried + bytes((_RESULT_FAILED,))
    return CvmOutcome(Verification.FAILED, results, (*findings, Finding.VERIFICATION_FAILED))


def _applies(method: int, condition: int, capabilities: bytes) -> bool:
    """Whether the rule is for a purchase at this terminal. Rules by amount need a currency that our cards do not state."""
    if condition == _IF_SUPPORTED:
        return _supported(method, capabilities)
    return condition in (_ALWAYS, _NO_CASH)


def _supported(method: int, capabilities: bytes) -> bool:
    return bool(capabilities[1] & _CAPABILITY.get(method, 0))


def _failure(method: int, capabilities: bytes, *, pin_entered: bool) -> tuple[Finding, ...] | None:
    """None when the method works; else what the TVR has to know."""
    if method not in _KNOWN_METHODS:
        return (Finding.VERIFICATION_UNKNOWN,)
    if not _supported(method, capabilities):
        return (Finding.PIN_PAD_MISSING,) if method == _ONLINE_PIN else ()
    if method == _ONLINE_PIN and not pin_entered:
        return (Finding.PIN_NOT_ENTERED,)
    return None


def _success(code: int, condition: int, findings: tuple[Finding, ...]) -> CvmOutcome:
    verification = _OUTCOMES[code & _METHOD]
    result = _RESULT_GOOD if verification is Verification.NONE else _RESULT_UNKNOWN
    if verification is Verification.ONLINE_PIN:
        findings = (*findings, Finding.ONLINE_PIN_ENTERED)
    return CvmOutcome(verification, bytes((code, condition, result)), findings)
