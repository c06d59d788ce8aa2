"""Proves what all operations have in common: what was allowed once allows nothing else, and callers share one HSM."""

import pytest

from keys.errors import KeyUsageError, RoleError
from keys.hsm import AuditEvent, Caller, Result
from keys.policy import Operation, Role
from keys.sensitive import Pan

PAN = Pan("4761739001010119")


def test_what_was_allowed_once_allows_nothing_else(desk, make_key):
    """A key that enciphers blocks is not one that opens them, though the same operation has just taken it."""
    hsm = desk(make_key("in", "P0", mode="D"), make_key("out", "P0", bytes(range(16)), mode="E")).hsm
    block = desk(make_key("in", "P0")).hsm.generate_pin(pin_key="in", pan=PAN)
    translated = hsm.translate_pin(source="in", target="out", block=block, pan=PAN)
    for wrong in ({"source": "out", "target": "out"}, {"source": "in", "target": "in"}):
        for _ in range(2):
            with pytest.raises(KeyUsageError):
                hsm.translate_pin(**wrong, block=translated, pan=PAN)


def test_a_key_that_verifies_does_not_generate(desk, make_key):
    """Whichever was asked first."""
    hsm = desk(make_key("verifier", "M3", mode="V"), make_key("maker", "M3", mode="G")).hsm
    mac = hsm.generate_mac("maker", b"0800")
    hsm.verify_mac("verifier", b"0800", mac)
    for act in (lambda: hsm.generate_mac("verifier", b"0800"), lambda: hsm.verify_mac("maker", b"0800", mac)):
        with pytest.raises(KeyUsageError):
            act()


def test_callers_share_keys_and_counts_but_not_roles(desk, make_key):
    """One HSM for all: a use by one is counted for all, and each event names who it was."""
    stand = desk(make_key("zak", "M3"))
    viewer = stand.hsm.acting_for(Caller("vera", Role.VIEWER))
    teller = stand.hsm.acting_for(Caller("tom", Role.OPERATOR))
    teller.generate_mac("zak", b"")
    assert stand.hsm.uses[Operation.GENERATE_MAC, "zak"] == viewer.uses[Operation.GENERATE_MAC, "zak"] == 1
    with pytest.raises(RoleError, match="not for the role viewer: it takes operator"):
        viewer.generate_mac("zak", b"")
    with pytest.raises(KeyUsageError):
        teller.token("zak", "text")
    assert [(event.caller, event.result) for event in stand.audited] == [("vera", Result.REFUSED), ("tom", Result.REFUSED)]
    stand.hsm.generate_mac("zak", b"")  # The HSM itself has stayed an operator.


def test_an_event_has_a_word_for_its_reason():
    """The reason's, or none where it was done."""
    assert AuditEvent(Operation.DELETE_KEY, ("zak",), Result.DONE, None).why == ""
