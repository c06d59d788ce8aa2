"""Money is conserved: whatever order messages, repeats, losses, timeouts and restarts come in, each transaction counts once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from switch.core.exchange import TransactionState
from switch.ledger.records import AdviceOwed
from switch.ledger.totals import book

LOCAL = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["ask", "ask", "repeat", "reverse", "reverse again", "complete", "undo completion", "lose", "restart"]),
    ),
    max_size=24,
)


class Model:
    """What the account must say, kept by rules typed a second time; sets of transaction numbers."""

    def __init__(self):
        self.asked, self.reversed, self.held = set(), set(), set()
        self.completed, self.uncompleted = set(), set()

    @property
    def booked_minor(self):
        purchases = {number for number in self.asked - self.reversed if number % 2}
        return sum(map(_amount, purchases)) + sum(_amount(number) + 1 for number in self.completed - self.uncompleted)

    @property
    def held_minor(self):
        return sum(map(_amount, self.held))

    def ask(self, number):
        """True when it is a new one."""
        if number in self.asked | self.reversed:
            return False
        self.asked.add(number)
        if number % 2 == 0:
            self.held.add(number)
        return True

    def reverse(self, number):
        self.reversed.add(number)
        self.held.discard(number)

    def complete(self, number):
        if number not in self.completed | self.uncompleted:
            self.completed.add(number)
            self.held.discard(number)


@settings(max_examples=120)
@given(steps=LOCAL)
def test_each_local_transaction_counts_once(new_desk, wallet, steps):
    """Odd numbers are purchases, even ones authorisations with completions; the model and the book agree after every step."""
    desk, model = new_desk(), Model()
    pos = desk.connect()
    for number, act in steps:
        mti = "0200" if number % 2 else "0100"
        request = wallet.pay(mti=mti, stan=number, minor=_amount(number))
        completion = wallet.complete(request, minor=_amount(number) + 1, stan=500 + number)
        match act:
            case "ask" | "repeat" | "lose":
                fresh = model.ask(number)
                pos.ask(request | {"mti": mti[:3] + ("1" if act == "repeat" else "0")})
                if act == "lose":
                    pos.close(unsent=1)
                    pos = desk.connect()
                    if fresh:
                        model.reverse(number)
            case "reverse" | "reverse again":
                again = act == "reverse again"
                assert pos.ask(wallet.undo(request, mti="0421" if again else "0420", stan=900 + number))[39] == "00"
                model.reverse(number)
            case "complete" if number % 2 == 0:
                pos.ask(completion)
                model.complete(number)
            case "undo completion" if number % 2 == 0:
                pos.ask(wallet.undo(completion, stan=950 + number))
                model.uncompleted.add(number)
            case "restart":
                desk.restart()
                pos = desk.connect()
        assert (100_000 - desk.balance(), desk.held()) == (model.booked_minor, model.held_minor)
    desk.audit()
    books = book(desk.records)
    for key, transaction in desk.state.transactions.items():
        if transaction.state is TransactionState.REVERSED and "/0200/" in key and key in books:
            assert books[key].taken == 0


REMOTE = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from(["ask", "repeat", "reverse", "yes", "no", "wait", "cut", "bank cut", "restart"])
    ),
    max_size=20,
)


@settings(max_examples=120)
@given(steps=REMOTE)
def test_each_remote_approval_is_delivered_or_reversed(new_desk, wallet, steps):
    """No debit stands at the issuer that the acquirer has not heard approved or has reversed, and each reversal is owed once.

    The issuer keeps its own book from what it was sent; it is judged after the world has healed.
    """
    desk, issuer = new_desk(), Issuer()
    desk.tick()
    pos, bank = desk.connect(), desk.connect("bank")
    approved, undone = set(), set()
    for number, act in steps:
        request = wallet.pay("mc-chip", entry="012", stan=number)
        match act:
            case "ask" | "repeat":
                pos.post(request | {"mti": "0201" if act == "repeat" else "0200"})
            case "reverse":
                pos.post(wallet.undo(request, stan=900 + number))
                undone.add(number)
            case "yes" | "no":
                issuer.answer(bank, yes=act == "yes")
            case "wait":
                desk.wait(21_000)
            case "cut":
                pos.close()
                pos = desk.connect()
            case "bank cut":
                bank.close()
                bank = desk.connect("bank")
            case "restart":
                desk.restart()
                pos, bank = desk.connect(), desk.connect("bank")
        approved |= {int(message[11]) for message in pos.inbox if message.mti == "0210" and message[39] == "00"}
        pos.take()
        issuer.hear(bank)
        if bank.hung_up:
            bank.close()
            bank = desk.connect("bank")
    desk.wait(21_000)
    bank.close()
    bank = desk.connect("bank")
    issuer.hear(bank)
    issuer.answer(bank, yes=True)
    desk.audit()
    assert issuer.standing <= approved - undone
    owed = [record.key for record in desk.records if isinstance(record, AdviceOwed)]
    assert len(owed) == len(set(owed))


class Issuer:
    """A remote issuer with a book of its own: what it has approved, and what was reversed, by DE 11 of the request."""

    def __init__(self):
        self.waiting, self.debited, self.reversed = [], {}, set()

    @property
    def standing(self):
        """The debits that stand, by the terminal's STAN, which the reference ends with."""
        return {number for stan, number in self.debited.items() if stan not in self.reversed}

    def hear(self, bank):
        """Take what was sent: advices are answered at once, requests wait."""
        while bank.inbox:
            for message in bank.take():
                if message.mti == "0200":
                    self.waiting.append(message)
                elif message.mti[:2] == "04":
                    self.reversed.add(message[90][4:10])
                    bank.reply(message)
                elif message.mti == "0800":
                    bank.reply(message)

    def answer(self, bank, *, yes):
        """Answer all that wait, on the connection that there is now."""
        waiting, self.waiting = self.waiting, []
        for message in waiting:
            if yes:
                self.debited[message[11]] = int(message[37][6:])
            bank.reply(message, "00" if yes else "05")
        self.hear(bank)


def _amount(number):
    return 100 * 2**number
