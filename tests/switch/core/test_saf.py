"""Store and forward: what is owed arrives, in order, once, however often the issuer or the switch goes away."""

import msgspec
import pytest

from switch.core.numbers import STAN_LAST
from switch.core.state import Advice
from switch.limits import ADVICE_UNREAD_MAX, SAF_WINDOW_MAX

CARD = "mc-chip"


@pytest.fixture
def owed(desk, pos, bank, wallet):
    """One reversal, owed since a timeout and sent once: the message the issuer got."""
    pos.post(wallet.pay(CARD, entry="012"))
    desk.wait(20_000)
    pos.take()
    asked, reversal = bank.take()
    assert (asked.mti, reversal.mti) == ("0200", "0420")
    return reversal


def expire_many(desk, pos, bank, wallet, count):
    """So many purchases that the issuer does not answer."""
    for stan in range(1, count + 1):
        pos.post(wallet.pay(CARD, entry="012", stan=stan))
    desk.wait(20_000)
    assert [answer[39] for answer in pos.take()] == ["91"] * count
    return [message for message in bank.take() if message.mti == "0420"]


def test_it_is_repeated_until_it_is_answered(desk, bank, owed):
    """After 5, 10, 20, 40, 60, 60 s as 0421 with the same STAN, DE 7 and DE 90; then, answered, never again."""
    pauses = []
    for _ in range(6):
        began = desk.now.mono_ms
        while not (sent := [message for message in bank.take() if message.mti[:2] == "04"]):
            desk.wait(1_000)
            for echo in [message for message in bank.inbox if message.mti == "0800"]:
                bank.reply(echo)
        assert sent[0].mti == "0421"
        assert [sent[0][de] for de in (7, 11, 90)] == [owed[de] for de in (7, 11, 90)]
        pauses.append((desk.now.mono_ms - began) // 1_000)
    assert pauses == [5, 10, 20, 40, 60, 60]
    bank.reply(sent[0])
    assert desk.state.saf == {"bank": {}}
    desk.wait(29_000)
    assert bank.take() == []


@pytest.mark.parametrize("code", ["00", "05", "12", "25", ""])
def test_any_answer_ends_it(desk, bank, owed, code):
    """The issuer has it; what it thinks of it is recorded."""
    bank.reply(owed, code)
    assert not desk.state.saf["bank"]
    assert desk.records[-1].response_code == code


@pytest.mark.parametrize("code", ["30", "63", "96"])
def test_an_answer_that_the_message_was_not_taken_does_not_end_it(desk, bank, owed, code):
    """Damaged on its way, wrongly signed, or not kept: the issuer does not have it, so it goes once more."""
    bank.reply(owed, code)
    desk.wait(5_000)
    again = bank.take()[-1]
    assert (again.mti, again[11]) == ("0421", owed[11])
    bank.reply(again, "00")
    assert not desk.state.saf["bank"]


def test_what_an_issuer_cannot_read_ten_times_is_given_up(desk, bank, owed):
    """A message that cannot be said otherwise would be repeated for ever; its end is recorded with the code."""
    bank.reply(owed, "30")
    for _ in range(ADVICE_UNREAD_MAX - 1):
        while not (sent := [message for message in bank.take() if message.mti == "0421"]):
            assert desk.state.saf["bank"]
            desk.wait(1_000)
            for echo in [message for message in bank.inbox if message.mti == "0800"]:
                bank.reply(echo)
        bank.reply(sent[0], "30")
    assert not desk.state.saf["bank"]
    assert desk.records[-1].response_code == "30"
    assert desk.told("advice.given_up")
    assert not desk.told("advice.ended")


@pytest.mark.parametrize("changed", [{"mti": "0230"}, {"mti": "0210"}, {"d11": "000009"}])
def test_another_answer_does_not_end_it(desk, bank, owed, changed):
    """An 0230 or an answer with another STAN is not the one to this 0420."""
    bank.post({"mti": "0430", 11: owed[11], 39: "00", **{int(n[1:]) if n != "mti" else n: v for n, v in changed.items()}})
    assert list(desk.state.saf["bank"]) == [owed[11]]


def test_it_waits_while_the_link_is_down_and_an_attempt_counts_only_when_sent(desk, pos, bank, wallet):
    """Owed while the issuer is away: nothing is counted; when the issuer comes it goes out as 0420, not as a repeat."""
    pos.post(wallet.pay(CARD, entry="012"))
    bank.close()
    desk.wait(3_600_000)
    assert [advice.attempts for advice in desk.state.saf["bank"].values()] == [0]
    assert desk.connect("bank").take_one().mti == "0420"


def test_it_is_repeated_on_the_next_connection(desk, bank, owed):
    """The connection broke before the answer: the next one gets it again, as a repeat."""
    bank.close()
    again = desk.connect("bank").take_one()
    assert (again.mti, again[11]) == ("0421", owed[11])


def test_it_is_repeated_on_the_connection_that_is_left(desk, pos, bank, wallet):
    """The issuer has two connections and loses the one that the advice went out on: the other gets it, nobody is dialled."""
    second, dialled = desk.connect("bank"), len(desk.dialled)
    [reversal] = expire_many(desk, pos, bank, wallet, 1)
    bank.close()
    again = second.take_one()
    assert (again.mti, again[11]) == ("0421", reversal[11])
    assert not desk.told("link.down")
    desk.wait(1_000)
    assert len(desk.dialled) == dialled


def test_it_survives_a_restart(desk, owed):
    """The queue is in the journal; after the restart it is a repeat, since nobody knows whether it arrived."""
    for _ in range(3):
        desk.restart()
        again = desk.connect("bank").take_one()
        assert (again.mti, again[11], again[90]) == ("0421", owed[11], owed[90])


def test_an_answer_to_the_first_attempt_ends_it_after_the_second(desk, bank, owed):
    """Both attempts are the same advice."""
    desk.wait(5_000)
    bank.reply(owed)
    assert not desk.state.saf["bank"]
    bank.reply(owed)
    assert desk.told("answer.unmatched")


def test_a_window_keeps_a_host_from_being_flooded(desk, pos, bank, wallet):
    """Eight at a time; each answer lets the next one out, in the order in which they were owed."""
    sent = expire_many(desk, pos, bank, wallet, 20)
    assert len(sent) == SAF_WINDOW_MAX
    order = [message[11] for message in sent]
    while sent:
        bank.reply(sent.pop(0))
        sent += bank.take()
        order += [message[11] for message in sent[len(sent) - 1 :] if message[11] not in order]
    assert order == sorted(order)
    assert len(order) == 20
    assert not desk.state.saf["bank"]


def test_one_that_is_never_answered_does_not_hold_up_the_others(desk, pos, bank, wallet):
    """The host ignores one reversal and takes the rest."""
    sent = expire_many(desk, pos, bank, wallet, 12)
    ignored = sent.pop(0)[11]
    while sent:
        bank.reply(sent.pop(0))
        sent += bank.take()
    assert list(desk.state.saf["bank"]) == [ignored]


def test_a_stan_that_is_still_owed_is_not_given_out_again(desk, pos, bank, owed, wallet):
    """Nine hundred thousand transactions later the queue still holds an old STAN: it is passed over, not overwritten."""
    desk.state.stans["bank"] = int(owed[11]) - 1
    pos.post(wallet.pay(CARD, entry="012", stan=2))
    assert bank.take_one()[11] == f"{int(owed[11]) + 1:06d}"
    del desk.state.stans["bank"]
    _rewind(desk)


def test_stans_begin_again_after_the_last(desk, pos, bank, wallet):
    """899999 is followed by 000001; the numbers above are those of network management."""
    desk.state.stans["bank"] = STAN_LAST - 1
    for stan in (1, 2):
        pos.post(wallet.pay(CARD, entry="012", stan=stan))
    assert [message[11] for message in bank.take()] == ["899999", "000001"]
    _rewind(desk)


def test_a_vault_that_does_not_open_waits_and_says_so(desk, pos, bank, owed):
    """A queue entry whose fields cannot be deciphered is not sent and not dropped."""
    advice = desk.state.saf["bank"][owed[11]]
    desk.state.saf["bank"][owed[11]] = Advice(advice.key, advice.mti, advice.stan, advice.transmitted, bytes(40), 1)
    desk.wait(5_000)
    assert bank.take() == []
    assert desk.told("keys.failed")
    desk.state.saf["bank"][owed[11]] = advice


def test_one_that_cannot_be_said_waits_and_holds_up_nobody(desk, pos, bank, wallet):
    """More entries than the window has places hold what the dialect cannot spell: noted, kept, and the others go out."""
    for number in range(SAF_WINDOW_MAX + 1):
        key = f"k{number}"
        vault = desk.hsm.protect("journal.protect", b'{"4":"twelve"}', b"vault/" + key.encode())
        desk.state.saf.setdefault("bank", {})[f"8000{number:02d}"] = Advice(
            key, "0420", f"8000{number:02d}", "0101000000", vault
        )
    assert len(expire_many(desk, pos, bank, wallet, 1)) == 1
    assert desk.told("advice.unsayable")
    for stan in [stan for stan in desk.state.saf["bank"] if stan[0] == "8"]:
        del desk.state.saf["bank"][stan]


def test_a_link_that_was_taken_out_of_the_configuration_strands_its_advices(desk, pos, bank, wallet):
    """Owed all the same, kept, and said aloud; the switch starts and works."""
    pos.post(wallet.pay(CARD, entry="012"))
    pos.post(wallet.pay(CARD, entry="012", stan=2))
    bank.reply(bank.take()[1], "00")
    desk.plan = msgspec.structs.replace(desk.plan, links=desk.plan.links[:1], routes=desk.plan.routes[:1])
    desk.restart()
    assert len(desk.state.saf["bank"]) == 1
    pos = desk.connect()
    assert pos.ask(wallet.undo(wallet.pay(CARD, entry="012", stan=2)))[39] == "00"
    assert len(desk.state.saf["bank"]) == 2
    assert len(desk.told("advice.stranded")) == 2
    assert pos.ask(wallet.pay(stan=3))[39] == "00"


def _rewind(desk):
    """The test moved the STAN itself; let the audit see the state that the journal tells."""
    desk.state.stans.clear()
    desk.state.stans.update({"bank": int(desk.records[-1].stan_out)})
