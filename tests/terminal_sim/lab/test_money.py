"""Proves that the auditor finds money that only one side knows of, and nothing else."""

from switch.domain.postings import Hold, Posting
from switch.ledger.records import Answered, Opening, Reversed
from terminal_sim.lab import judge
from terminal_sim.lab.money import Key

KEY = Key("T0000001", "000001", "0101000000")
LATER = Key("T0000001", "000002", "0101000100")


def booked(key: Key, *, postings=(), hold=None, released="", original="") -> Answered:
    """An approved transaction of the journal."""
    opening = Opening(
        key=name(key),
        link="pos",
        mti="0200",
        fingerprint="f",
        kind="purchase",
        minor=500,
        currency="978",
        stan=key.stan,
        transmitted=key.transmitted,
        terminal_id=key.terminal_id,
        original=original,
    )
    return Answered(
        key=name(key),
        approved=True,
        reason="approved",
        source="issuer",
        response_code="00",
        opening=opening,
        postings=postings,
        hold=hold,
        released=released,
    )


def name(key: Key) -> str:
    """The journal's own name of a transaction."""
    return f"pos/0200/{'/'.join(key)}"


DEBIT = (Posting("A", -500, "978"),)
CREDIT = (Posting("A", 500, "978"),)


def test_agreement():
    """A booked purchase with its receipt differs in nothing."""
    assert judge({KEY: 500}, [booked(KEY, postings=DEBIT)]).differences == ()


def test_money_without_a_receipt():
    """A booking that no terminal knows of is found."""
    (found,) = judge({}, [booked(KEY, postings=DEBIT)]).differences
    assert (found.key, found.receipts, found.booked) == (KEY, 0, 500)


def test_a_receipt_without_money():
    """A receipt that the journal does not know is found."""
    (found,) = judge({KEY: 500}, []).differences
    assert (found.receipts, found.booked) == (500, 0)


def test_a_reversal_that_was_booked_twice():
    """Money given back twice is found: the cardholder would have gained it."""
    undone = Reversed(key=name(KEY), cause="acquirer", postings=CREDIT)
    assert judge({KEY: 0}, [booked(KEY, postings=DEBIT), undone]).differences == ()
    (found,) = judge({KEY: 0}, [booked(KEY, postings=DEBIT), undone, undone]).differences
    assert found.booked == -500


def test_a_hold_and_its_completion():
    """A completion's money counts for its authorisation, whose hold it ends."""
    hold = Hold(name(KEY), "A", 500, "978")
    completed = booked(LATER, postings=(Posting("A", -450, "978"),), released=name(KEY), original=name(KEY))
    assert judge({KEY: 500}, [booked(KEY, hold=hold)]).differences == ()
    assert judge({KEY: 450}, [booked(KEY, hold=hold), completed]).differences == ()
    assert judge({KEY: 500}, [booked(KEY, hold=hold), completed]).differences != ()
