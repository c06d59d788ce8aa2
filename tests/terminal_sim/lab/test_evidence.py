"""What an auditor knows: of whom each message is, and what is open; gathered from a wire log made by hand."""

from terminal_sim.lab.evidence import HISTORY_MAX

NAME = ("LAB00001", "000000000007")


def test_a_transaction_has_its_messages_in_order(wires):
    """What was said and what was heard, of this one alone, the last of them."""
    wires.say(wires.pos[0], 1)
    wires.say(wires.bank[0], 2, heard=False, de11="000001")
    wires.say(wires.pos[0], 3, de37="000000000008", de11="000008")
    told = [(verb, passage.at_ms) for verb, passage in wires.evidence.life(NAME).history]
    assert told == [("says", 1), ("hears", 1), ("says", 2)]
    for at_ms in range(10, 10 + HISTORY_MAX):
        wires.say(wires.pos[0], at_ms)
    history = wires.evidence.life(NAME).history
    assert len(history) == HISTORY_MAX
    assert history[-1][1].at_ms == 9 + HISTORY_MAX


def test_a_forged_message_proves_nothing(wires):
    """It begins no transaction's life."""
    wires.say(wires.pos[0], forged=True)
    assert wires.evidence.life(NAME).request is None
    wires.say(wires.pos[0])
    assert wires.evidence.life(NAME).request is not None


def test_an_approval_is_what_the_switch_has_heard_with_a_right_mac(wires):
    """Its code, and none of what never arrived, was forged, was no approval, or came from another issuer than was asked."""
    wires.evidence.life(NAME).target = "bank2"
    wires.say(wires.bank[1], mti="0210", de39="00", de38="Z0".ljust(6))
    wires.evidence.life(NAME).target = "bank1"
    for heard, forged, code, approval in ((False, False, "00", "A1"), (True, True, "00", "B2"), (True, False, "51", "C3")):
        wires.say(wires.bank[1], heard=heard, forged=forged, mti="0210", de39=code, de38=approval.ljust(6))
    assert wires.evidence.life(NAME).approvals == {}
    wires.say(wires.bank[1], mti="0210", de39="00", de38="D4".ljust(6))
    assert list(wires.evidence.life(NAME).approvals) == ["D4"]


def test_an_advice_is_awaited_until_its_issuer_is_heard(wires):
    """By the STAN that it has there."""
    named = "0200" + "000007" + "0101000000" + "0" * 22
    wires.say(wires.bank[0], 4, mti="0420", de11="000009", de90=named)
    assert list(wires.evidence.awaiting) == [("bank1", "4", "000009")]
    assert wires.evidence.life(NAME).reversed_ms == 4
    wires.say(wires.bank[1], mti="0430", de11="000008", de39="00")
    assert wires.evidence.awaiting
    wires.say(wires.bank[1], mti="0430", de11="000009", de39="00")
    assert not wires.evidence.awaiting
