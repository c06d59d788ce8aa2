"""What happens because time passes or the process begins and ends: deadlines, dialling, echo, start and stop."""

from switch.core import key_change, saf
from switch.core.exchange import TransactionState
from switch.core.flows.network import ask_echo
from switch.core.link import Connection, Link
from switch.core.respond import expire_exchange
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.core.undo import expire as expire_transaction
from switch.core.undo import lacks_reversal
from switch.ledger.records import AccountOpened
from switch.limits import ECHO_IDLE_MS, STOP_GRACE_MS
from switch.machine import Severity


def begin(turn: Turn) -> None:
    """Once, before the first event: open accounts that the journal does not know, expire what a crash left open, and owe the
    reversals that it kept from being owed.
    """
    if turn.traffic.begun:
        return
    turn.traffic.begun = True
    for account in turn.plan.accounts:
        if account.number not in turn.state.book.accounts:
            opening = account.opening
            turn.record(AccountOpened(account.number, opening.currency.numeric, opening.minor))
    for key, transaction in list(turn.state.transactions.items()):
        if transaction.state is TransactionState.FORWARDED:
            turn.notice("exchange.orphaned", Severity.WARNING, "open when the process ended; reversed now", exchange=key)
            expire_transaction(turn, key)
        elif lacks_reversal(transaction):
            turn.notice("exchange.orphaned", Severity.WARNING, "its reversal was not owed when the process ended", exchange=key)
            saf.owe_reversal(turn, key, transaction)


def expire(turn: Turn) -> None:
    """Carry out every deadline that has passed."""
    for due, name in turn.traffic.deadlines.expire(turn.now.mono_ms):
        match due:
            case Due.EXCHANGE:
                expire_exchange(turn, str(name))
            case Due.HALF_FRAME:
                _give_up(turn, int(name), "half a frame, and then silence")
            case Due.NETWORK_ANSWER:
                _give_up(turn, int(name), "no answer to our 0800")
            case Due.ECHO:
                _check_alive(turn, int(name))
            case Due.ADVICE:
                link, _, stan = str(name).rpartition("/")
                saf.retry(turn, turn.traffic.links[link], stan)
            case Due.DIAL:
                _dial(turn, str(name))
            case Due.KEY_CHANGE:
                key_change.announce(turn, turn.traffic.links[str(name)])
            case Due.KEY_GRACE:
                key_change.end_grace(turn, turn.traffic.links[str(name)])
            case Due.STOP:
                _stop_waiting(turn)


def heard(turn: Turn, connection: Connection) -> None:
    """Bytes came from a host: it is alive, and need not be asked for a while."""
    if connection.link.dialled and connection.online:
        connection.link.reached()
        turn.traffic.deadlines.set((Due.ECHO, connection.conn), turn.now.mono_ms + ECHO_IDLE_MS)


def dial_later(turn: Turn, link: Link, why: str) -> None:
    """Try a host again after a pause."""
    if turn.traffic.draining:
        return
    pause = link.next_dial_ms()
    text = f"{link.plan.name} is not there: {why}; next attempt in {pause / 1000:g} s"
    turn.notice("link.down", Severity.WARNING, text)
    turn.traffic.deadlines.set((Due.DIAL, link.plan.name), turn.now.mono_ms + pause)


def drain(turn: Turn) -> None:
    """Take no new work; finish what is open, for as long as the grace lasts."""
    turn.traffic.draining = True
    turn.traffic.deadlines.set((Due.STOP, ""), turn.now.mono_ms + STOP_GRACE_MS)
    for name in ("", *turn.traffic.links):
        turn.traffic.deadlines.drop((Due.DIAL, name))
    turn.notice("switch.draining", Severity.INFO, f"stopping; {len(turn.traffic.inflight)} exchanges are open")


def finish_draining(turn: Turn) -> None:
    """Hang up everywhere once a draining switch has nothing open."""
    if turn.traffic.draining and not len(turn.traffic.inflight):
        turn.traffic.deadlines.drop((Due.STOP, ""))
        for connection in turn.traffic.connections.values():
            if not connection.leaving:
                turn.hangup(connection, "the switch stops")


def _give_up(turn: Turn, conn: int, why: str) -> None:
    connection = turn.traffic.connections.get(conn)
    if connection is not None:
        turn.notice("link.given_up", Severity.WARNING, f"{connection.plan.name}: {why}", connection)
        turn.hangup(connection, why)


def _check_alive(turn: Turn, conn: int) -> None:
    connection = turn.traffic.connections.get(conn)
    if connection is not None and connection.online:
        ask_echo(turn, connection)
        turn.traffic.deadlines.set((Due.ECHO, conn), turn.now.mono_ms + ECHO_IDLE_MS)


def _dial(turn: Turn, name: str) -> None:
    """Dial one host, or with an empty name all of them: so the first tick begins."""
    for link in turn.traffic.links.values():
        if link.dialled and not link.connections and name in ("", link.plan.name):
            turn.dial(link.plan.name)


def _stop_waiting(turn: Turn) -> None:
    """The grace is over: what is still open has no answer in time."""
    for key in turn.traffic.inflight.open_keys():
        turn.traffic.deadlines.drop((Due.EXCHANGE, key))
        expire_exchange(turn, key)
