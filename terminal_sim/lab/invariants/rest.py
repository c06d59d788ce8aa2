"""What must hold when the world has come to rest: a finding for each transaction that is wrong."""

from collections.abc import Callable, Iterable, Iterator

from switch.core.gauges import Gauge
from switch.machine import ChainError
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.invariants.row import Finding
from terminal_sim.lab.run import actor_of, switch_of, terminal_of


def conserves_money(evidence: Evidence) -> Iterator[Finding]:
    """I1."""
    yield from keeps_its_accounts(evidence)
    costs, books = _costs(evidence), _issuers(evidence)
    for transaction in dict.fromkeys((*costs, *books)):
        told, booked = costs.get(transaction, 0), books.get(transaction, 0)
        if told != booked:
            yield Finding(f"receipts come to {told}, the issuer's books to {booked} minor units", transaction)


def keeps_its_accounts(evidence: Evidence) -> Iterator[Finding]:
    """I1: the embedded issuer's accounts are what its journal says that was moved and set aside on them."""
    book = evidence.durables.account_book
    stand = switch_of(evidence.run.switch).state.book
    if stand.holds != book.holds:
        yield Finding(f"the switch has {len(stand.holds)} holds; by the journal {len(book.holds)} are open, or others")
    for number, account in stand.accounts.items():
        stands, moved = (account.balance_minor, account.held_minor), (book.balances.get(number, 0), book.held(number))
        if stands != moved:
            yield Finding(f"account {number} stands at {stands}, balance and holds; by the journal that is {moved}")


def forgets_what_authenticates(evidence: Evidence) -> Iterator[Finding]:
    """I17."""
    place = evidence.secrets.authentication_kept_by(switch_of(evidence.run.switch))
    if place:
        yield Finding(f"the switch's memory holds a PIN block or a track of what was answered long ago, in {place}")


def delivers_or_reverses(evidence: Evidence) -> Iterator[Finding]:
    """I2."""
    costs = _costs(evidence)
    for transaction, booked in _issuers(evidence).items():
        if booked and not costs.get(transaction):
            yield Finding("approved by its issuer, and neither delivered nor reversed", transaction)


def reverses_nothing_delivered(evidence: Evidence) -> Iterator[Finding]:
    """I3."""
    books = _issuers(evidence)
    for transaction, told in _costs(evidence).items():
        if told and not books.get(transaction) and evidence.life(transaction).reversed_ms is not None:
            yield Finding("reversed at its issuer, though its approval was delivered and not taken back", transaction)


def books_once(evidence: Evidence) -> Iterator[Finding]:
    """I4: an issuer's own books against a reference book that is fed from what it has said on the wire; the embedded issuer has
    no wire, and must not have booked what one key names a second time.
    """
    for transaction in evidence.durables.journal_book.twice:
        yield Finding("the embedded issuer has booked it twice", transaction)
    for name, host in evidence.run.issuers.items():
        net, reference = actor_of(host).net, evidence.references[name].net
        for transaction in dict.fromkeys((*net, *reference)):
            own, expected = net.get(transaction, 0), reference.get(transaction, 0)
            if own > expected and evidence.settlement.is_open(transaction):
                yield Finding(f"{name} has booked {own}, its answers come to {expected} minor units", transaction)


def drains_its_queues(evidence: Evidence) -> Iterator[Finding]:
    """I10."""
    for (name, _, stan), passage in evidence.awaiting.items():
        brief = passage.brief
        if brief is not None:
            yield Finding(f"a {brief.mti} STAN {stan} to {name} was never acknowledged", brief.transaction)
    for name, queue in switch_of(evidence.run.switch).state.saf.items():
        for advice in queue.values():
            yield Finding(f"{advice.mti} STAN {advice.stan} still waits for {name}")


def comes_to_rest(evidence: Evidence) -> Iterator[Finding]:
    """I20."""
    for host in evidence.run.terminals:
        if not host.alive or not terminal_of(host).idle:
            yield Finding(f"{host.name} has not come to rest")
        elif evidence.run.ear.tills[host.name].waiting:
            yield Finding(f"{host.name} has not said how {evidence.run.ear.tills[host.name].waiting} orders ended")
    for table in evidence.waiting.asked.values():
        for asked in table.values():
            if not asked.settled:
                yield Finding(f"a {asked.brief.mti} was never answered", asked.brief.transaction)


def is_the_fold_of_its_journal(evidence: Evidence) -> Iterator[Finding]:
    """I12."""
    host = evidence.run.switch
    try:
        again = evidence.run.checkpoint.begin(host.journal)
    except ChainError as error:
        yield Finding(f"the journal is not what was written: {error}")
        return
    state = switch_of(host).state
    for name in ("seq", "digest", "transactions", "saf", "stans", "day", "totals"):
        if getattr(state, name) != getattr(again, name):
            yield Finding(f"after a restart the switch's {name} would be other ones")
    if (state.book.accounts, state.book.holds, state.book.cards) != (again.book.accounts, again.book.holds, again.book.cards):
        yield Finding("after a restart the issuer's book would be another one")


def overfull(gauges: Iterable[Gauge]) -> Iterator[str]:
    """I19."""
    for gauge in gauges:
        if gauge.count > gauge.bound:
            yield f"the switch has {gauge.count} {gauge.name}, and may have {gauge.bound}"


def lets_go_of_what_is_over(evidence: Evidence) -> Iterator[Finding]:
    """I19: what has a hold is never pushed out, so that one whose hold has ended must not seem to have it."""
    state = switch_of(evidence.run.switch).state
    for key, transaction in state.transactions.items():
        if transaction.hold is not None and key not in state.book.holds:
            yield Finding("its hold is over, and it is remembered for ever all the same", evidence.names.transaction_of(key))


def adds_up_its_days(evidence: Evidence) -> Iterator[Finding]:
    """I14: each day that was closed, and the one that is open."""
    for text in evidence.durables.day_book.wrong:
        yield Finding(text)
    if evidence.durables.day_book.differs(switch_of(evidence.run.switch).state.totals.values()):
        yield Finding("the totals of the open business day are not what its records come to")


def agreement(evidence: Evidence) -> Callable[[Transaction], bool]:
    """A judge of single transactions: whether what is said of one, now, is what must be true of it at the end."""
    told, booked = _told(evidence), [actor_of(host).net for host in evidence.run.issuers.values()]
    expected = [reference.net for reference in evidence.references.values()]

    def agree(transaction: Transaction) -> bool:
        minors = [net.get(transaction, 0) for net in booked]
        approved = all(minor <= net.get(transaction, 0) for minor, net in zip(minors, expected, strict=True))
        return approved and told.get(transaction, 0) == evidence.durables.journal_book.cost(transaction) + sum(minors)

    return agree


def _costs(evidence: Evidence) -> dict[Transaction, int]:
    """What each transaction that is to be judged has cost by the terminals' receipts."""
    return _open(evidence, _told(evidence))


def _issuers(evidence: Evidence) -> dict[Transaction, int]:
    """What each transaction that is to be judged has cost by the books of remote issuers, and by the switch's journal."""
    costs = evidence.durables.journal_book.costs()
    for host in evidence.run.issuers.values():
        for transaction, minor in actor_of(host).net.items():
            costs[transaction] = costs.get(transaction, 0) + minor
    return _open(evidence, costs)


def _told(evidence: Evidence) -> dict[Transaction, int]:
    """What all receipts say."""
    costs: dict[Transaction, int] = {}
    for host in evidence.run.terminals:
        costs |= terminal_of(host).net
    return costs


def _open(evidence: Evidence, costs: dict[Transaction, int]) -> dict[Transaction, int]:
    return {transaction: minor for transaction, minor in costs.items() if evidence.settlement.is_open(transaction)}
