"""A journal cut off anywhere is what a process that ended there remembers: what it began is finished, and finished once."""

from copy import deepcopy

import msgspec
import pytest

from switch.core import ChangeRoutes, CloseDay, State, fold, restore
from switch.core.apply import APPLIERS, apply
from switch.core.exchange import TransactionState
from switch.ledger import JOURNAL
from switch.ledger.records import AdviceOwed, Answered, Expired, Forwarded, Reversed
from switch.machine import GENESIS, ChainError

CARD = "mc-chip"


@pytest.fixture
def day(desk, pos, bank, wallet):
    """A day in which everything happens at least once; gives its desk."""
    paid, held = wallet.pay(pin="1234"), wallet.pay(mti="0100", stan=2)
    for message in (paid, held, wallet.pay(stan=3, pin="9999"), wallet.pay_by_chip(stan=4, pin="1234")):
        pos.ask(message)
    pos.ask(wallet.complete(held, minor=900))
    pos.ask(wallet.undo(paid))
    pos.ask(wallet.undo(wallet.pay(stan=77)))
    pos.post_raw(pos.message(wallet.pay()).raw[:-1] + b"!")
    remote = [wallet.pay(CARD, entry="012", mti=mti, stan=stan) for stan, mti in enumerate(["0100", *["0200"] * 4], 10)]
    for message in remote:
        pos.post(message)
    asked = bank.take()
    bank.reply(asked[0], "00")
    bank.reply(asked[1], "00")
    bank.reply(asked[2], "51")
    pos.take()
    completion = wallet.complete(remote[0], minor=900, stan=501)
    pos.ask(completion)
    pos.ask(wallet.undo(completion, stan=902))
    pos.ask(wallet.undo(remote[1], stan=903))
    pos.ask(wallet.undo(remote[3], stan=904))
    desk.order(ChangeRoutes(desk.plan.routes))
    desk.order(CloseDay())
    desk.wait(20_000)
    bank.reply(asked[4], "00")
    for message in bank.take():
        if message.mti[:2] in ("02", "04"):
            bank.reply(message)
    pos.close()
    return desk


def debts(records):
    """Transactions that must be reversed at their issuer, by what the records say alone."""
    owed, route, approved, declined = [], {}, set(), set()
    for record in records:
        match record:
            case Forwarded(opening=opening, route=link):
                route[opening.key] = link
            case AdviceOwed(mti="0220", key=key, link=link):
                route[key] = link
            case Answered(key=key):
                (approved if record.approved else declined).add(key)
            case Expired(key=key):
                owed.append(key)
            case Reversed(key=key) if key in route and key not in declined and key not in owed:
                owed.append(key)
            case _:
                pass
    return owed


def test_the_day_holds_every_kind_of_record(day):
    """What follows is proven for all of them."""
    assert set(day.kinds()) == {kind.__struct_config__.tag for kind in APPLIERS}


def test_a_journal_cut_anywhere_is_finished_after_a_restart(day, new_desk):
    """For each prefix: nothing open stays open, each debt has exactly one 0420, each completion one 0220, the audit holds."""
    for length in range(len(day.journal) + 1):
        desk = new_desk()
        desk.resume(day.journal[:length])
        records = desk.records
        states = {key: transaction.state for key, transaction in desk.state.transactions.items()}
        assert TransactionState.FORWARDED not in states.values()
        for mti, expected in (("0420", debts(records)), ("0220", None)):
            found = [record.key for record in records if isinstance(record, AdviceOwed) and record.mti == mti]
            assert len(found) == len(set(found)), f"{mti} owed twice after {length} records"
            assert expected is None or sorted(found) == sorted(expected), f"after {length} records"
        written = len(desk.journal)
        desk.restart()
        assert len(desk.journal) == written, "a second restart changes nothing"


def test_a_completion_whose_answer_was_lost_with_the_process_is_not_sent_twice(day, new_desk, wallet):
    """The journal ends between the advice and its answer: the acquirer's repeat is answered, and one 0220 is owed."""
    place = next(n for n, record in enumerate(day.records) if isinstance(record, AdviceOwed) and record.mti == "0220")
    desk = new_desk()
    desk.resume(day.journal[: place + 1])
    completion = wallet.complete(wallet.pay(CARD, entry="012", mti="0100", stan=10), minor=900, stan=501)
    pos = desk.connect()
    assert pos.ask(completion | {"mti": "0221"})[39] == "00"
    assert pos.ask(completion)[39] == "00"
    assert [record.mti for record in desk.records if isinstance(record, AdviceOwed)].count("0220") == 1
    assert pos.ask(wallet.undo(completion))[39] == "00"
    desk.audit()
    key = "pos/0220/TERM0001/000501/0101000300"
    assert [advice.mti for advice in desk.state.saf["bank"].values() if advice.key == key] == ["0220", "0420"]


def test_a_completion_whose_answer_was_lost_with_the_process_can_be_reversed(day, new_desk, wallet):
    """The acquirer gave up waiting and reverses instead: its issuer hears of both, and the completion itself is refused."""
    place = next(n for n, record in enumerate(day.records) if isinstance(record, AdviceOwed) and record.mti == "0220")
    desk = new_desk()
    desk.resume(day.journal[: place + 1])
    completion = wallet.complete(wallet.pay(CARD, entry="012", mti="0100", stan=10), minor=900, stan=501)
    pos = desk.connect()
    assert pos.ask(wallet.undo(completion))[39] == "00"
    assert pos.ask(wallet.undo(completion, mti="0421"))[39] == "00"
    assert pos.ask(completion)[39] == "21"
    desk.audit()
    key = "pos/0220/TERM0001/000501/0101000300"
    assert [advice.mti for advice in desk.state.saf["bank"].values() if advice.key == key] == ["0220", "0420"]


def test_a_fresh_journal_is_a_fresh_state(desk):
    """Nothing written, nothing known."""
    assert desk.snapshot(restore([])) == desk.snapshot(State())


def test_a_copy_goes_on_and_leaves_its_original_alone(day):
    """Cut anywhere: what was folded, copied and gone on with is the whole; the original is what it was, in every attribute."""
    whole = everything(restore(day.journal))
    for length in range(len(day.journal) + 1):
        base = restore(day.journal[:length])
        before = everything(base)
        twin = base.copy()
        fold(twin, day.journal[length:])
        assert everything(base) == before
        assert everything(twin) == whole


def test_what_follows_must_follow(day):
    """A fold goes on with the next record and no other."""
    base = restore(day.journal[:5])
    with pytest.raises(ChainError, match="record 7 follows record 5"):
        fold(base, day.journal[6:])
    with pytest.raises(ChainError, match="record 5 follows record 5"):
        fold(base, day.journal[4:])


def everything(state):
    """All attributes of a state and its book, on their own."""
    return deepcopy({**vars(state), "book": vars(state.book)})


@pytest.mark.parametrize("act", ["drop", "swap", "twice", "first"])
def test_a_journal_that_is_not_whole_is_refused(day, act):
    """A record missing, moved, repeated, or the beginning cut off: named, and no state is given."""
    journal = list(day.journal)
    if act == "drop":
        del journal[5]
    elif act == "swap":
        journal[5], journal[6] = journal[6], journal[5]
    elif act == "twice":
        journal.insert(5, journal[5])
    else:
        del journal[0]
    with pytest.raises(ChainError) as error:
        restore(journal)
    assert error.value.seq == {"first": 1, "twice": 7}.get(act, 6)


def test_each_changed_byte_is_found_and_its_record_named(day):
    """One bit of any body, digest, sequence, time or kind: `restore` names that record as the first wrong one."""
    journal = day.journal[:8]
    for place, sealed in enumerate(journal):
        for changed in _spoiled(sealed):
            with pytest.raises(ChainError) as error:
                restore([*journal[:place], changed, *journal[place + 1 :]])
            assert error.value.seq in (sealed.seq, changed.seq)
            assert restore(journal[:place]).seq == place


def test_a_chain_can_be_gone_on_with(day):
    """Sealing behind the restored state gives a chain that verifies from its first record."""
    state = restore(day.journal)
    sealed = JOURNAL.seal(Expired("x", "91"), seq=state.seq + 1, at=1, previous=state.digest)
    assert len(list(JOURNAL.replay([*day.journal, sealed]))) == len(day.journal) + 1


def test_applying_is_what_restoring_does(day):
    """`apply`, record by record, over a fresh state: the same fold."""
    state = State()
    for sealed, record in JOURNAL.replay(day.journal):
        apply(state, record)
        state.seq, state.digest = sealed.seq, sealed.digest
    assert day.snapshot(state) == day.snapshot()
    assert state.digest != GENESIS


def _spoiled(sealed):
    for place in range(0, len(sealed.body), 3):
        body = bytearray(sealed.body)
        body[place] ^= 1
        yield msgspec.structs.replace(sealed, body=bytes(body))
    for place in range(32):
        digest = bytearray(sealed.digest)
        digest[place] ^= 0x80
        yield msgspec.structs.replace(sealed, digest=bytes(digest))
    yield msgspec.structs.replace(sealed, at=sealed.at + 1)
    yield msgspec.structs.replace(sealed, seq=sealed.seq + 1)
    yield msgspec.structs.replace(sealed, kind="late" if sealed.kind != "late" else "expired")
