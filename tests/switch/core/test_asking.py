"""Our own 0800s: one of each code is waited for on a connection, and an answer finds its question or none."""

import msgspec
import pytest

from switch.core import ChangeKeys, CloseDay

SIGN_ON, ECHO_IDLE_MS, NETWORK_ANSWER_MS = "001", 30_000, 10_000


def codes(messages):
    return [message[70] for message in messages]


def test_a_later_question_takes_the_place_of_an_earlier_one_of_its_kind(desk, bank):
    """Also within one millisecond: their STANs differ, and the answer to the earlier one is nobody's."""
    desk.order(CloseDay())
    desk.order(CloseDay())
    first, second = bank.take()
    assert codes((first, second)) == ["201", "201"]
    assert first[11] != second[11]
    bank.reply(first, "40")
    assert len(desk.told("answer.unmatched")) == 1
    assert not desk.told("network.cut_over_refused")
    bank.reply(second, "40")
    assert len(desk.told("answer.unmatched")) == 1
    assert desk.told("network.cut_over_refused")


def test_an_answer_counts_once(desk, bank):
    """Said twice, the second one answers nothing."""
    desk.order(CloseDay())
    asked = bank.take_one()
    bank.reply(asked)
    assert not desk.told("answer.unmatched")
    bank.reply(asked)
    assert len(desk.told("answer.unmatched")) == 1


def test_an_answer_on_another_connection_is_none(desk, bank):
    """What was asked on one is waited for there."""
    other = desk.connect("bank")
    desk.order(CloseDay())
    asked = bank.take_one()
    other.reply(asked)
    assert desk.told("answer.unmatched")


@pytest.mark.parametrize("order", [CloseDay(), ChangeKeys("bank", "pos.zak", "pos.zpk")], ids=["cut-over", "key change"])
def test_silence_to_what_is_not_vital_does_not_end_a_connection(desk, bank, order):
    """A host may never have heard of it; the echo that falls due meanwhile is what it must answer."""
    desk.order(order)
    desk.wait(ECHO_IDLE_MS)
    echo = next(message for message in bank.take() if message[70] == "301")
    bank.reply(echo)
    desk.wait(NETWORK_ANSWER_MS)
    assert bank.hung_up is None


def test_silence_to_an_echo_ends_a_connection_whatever_else_is_answered(desk, bank):
    """The answer to another question does not count for it."""
    desk.wait(ECHO_IDLE_MS)
    assert codes(bank.take()) == ["301"]
    desk.order(CloseDay())
    bank.reply(bank.take_one())
    desk.wait(NETWORK_ANSWER_MS - 1)
    assert bank.hung_up is None
    desk.wait(1)
    assert bank.hung_up == "no answer to our 0800"


def test_a_sign_on_is_asked_when_the_line_stands_and_silence_ends_it(make_desk, plan):
    """Nothing passes before its answer; without one the line is given up in time."""
    pos, bank = plan.links
    desk = make_desk(msgspec.structs.replace(plan, links=(pos, msgspec.structs.replace(bank, sign_on=True))))
    bank = desk.connect("bank")
    assert codes(bank.take()) == [SIGN_ON]
    desk.order(CloseDay())
    assert bank.take() == []
    desk.wait(NETWORK_ANSWER_MS)
    assert bank.hung_up == "no answer to our 0800"
