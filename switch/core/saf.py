"""Store and forward: what an issuer must hear, however long it takes. Entries are durable; only their pacing is not.

Entries of one transaction keep their order; others overtake within a window. An attempt counts when it is sent on a link that
is online, and from the second on it is marked as a repeat (xx21). An answer of the right kind ends an entry, whatever the
issuer thinks of it: the issuer has it. Not so one that says that the message was not taken (`Codes.takes`): it is sent again.
What the issuer cannot read is given up in the end, for saying it once more changes nothing.
"""

from keys.errors import KeysError
from switch.core.exchange import Transaction
from switch.core.incoming import Incoming
from switch.core.link import Connection, Link
from switch.core.numbers import next_stan, transmitted
from switch.core.state import Advice
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.core.vault import Fields, close_vault, naming, open_vault
from switch.domain.reasons import Reason
from switch.ledger.records import AdviceEnded, AdviceOwed, AdviceSent
from switch.limits import ADVICE_UNREAD_MAX, SAF_RETRY_MAX_MS, SAF_RETRY_MS, SAF_WINDOW_MAX
from switch.machine import Severity
from switch.wire import EncodeError
from switch.wire.mti import repeat_of
from switch.wire.redact import clean
from switch.wire.translate import message_of


def owe_reversal(turn: Turn, key: str, transaction: Transaction) -> None:
    """Tell the issuer that a forwarded transaction does not stand."""
    link = transaction.route
    _owe(turn, AdviceOwed(key, link, "0420", next_stan(turn.state, link), transmitted(turn.now.wall_ms), transaction.vault))


def owe_completion(turn: Turn, key: str, link: str, fields: Fields) -> None:
    """Tell the issuer what has already happened; `fields` are those of the completion, beside its STAN and DE 7."""
    dialect = turn.traffic.links[link].plan.dialect
    stan, at = next_stan(turn.state, link), transmitted(turn.now.wall_ms)
    reversal = close_vault(turn, key, naming(dialect, fields, mti="0220", stan=stan, transmitted=at, wall_ms=turn.now.wall_ms))
    _owe(turn, AdviceOwed(key, link, "0220", stan, at, close_vault(turn, key, fields), reversal))


def _owe(turn: Turn, owed: AdviceOwed) -> None:
    turn.record(owed)
    waiting = len(turn.state.saf[owed.link])
    text = f"{owed.mti} STAN {owed.stan} queued for {owed.link} ({waiting} waiting)"
    turn.notice("advice.owed", Severity.WARNING, text, exchange=owed.key)
    link = turn.traffic.links.get(owed.link)
    if link is None:
        text = f"{owed.mti} STAN {owed.stan} waits: the configuration has no link {owed.link} any more"
        turn.notice("advice.stranded", Severity.ERROR, text, exchange=owed.key)
    else:
        pump(turn, link)


def pump(turn: Turn, link: Link) -> None:
    """Send what may be sent now: up to the window, in order within a transaction, only on an online connection."""
    connection = link.online()
    if connection is None:
        return
    window = 0
    busy: dict[str, None] = {}
    for advice in turn.state.saf.get(link.plan.name, {}).values():
        if window == SAF_WINDOW_MAX:
            return
        if advice.key not in busy:
            busy[advice.key] = None
            if advice.stan in link.advices_sent or _send(turn, link, connection, advice):
                window += 1


def retry(turn: Turn, link: Link, stan: str) -> None:
    """The answer to an advice did not come in time: it goes out again, now or when the link is back."""
    link.advices_sent.pop(stan, None)
    pump(turn, link)


def forget_attempts(turn: Turn, link: Link) -> None:
    """The link has lost a connection: nobody can say which answers will not come, so none is waited for."""
    for stan in link.advices_sent:
        turn.traffic.deadlines.drop((Due.ADVICE, f"{link.plan.name}/{stan}"))
    link.advices_sent.clear()


def end(turn: Turn, incoming: Incoming) -> bool:
    """Take an answer to an advice; False when no entry waits for it."""
    connection, message = incoming.connection, incoming.message
    link, advice = connection.link, _attempted(turn, incoming)
    if advice is None:
        return False
    code, codes = message.get(39, ""), connection.plan.dialect.codes
    place = f"{message.mti} STAN {advice.stan}"
    if codes.takes(code):
        _drop(turn, link, advice, code)
        turn.notice("advice.ended", Severity.INFO, f"{place}: {link.plan.name} has it", connection, exchange=advice.key)
    elif code == codes.reasons[Reason.FORMAT_ERROR] and advice.attempts >= ADVICE_UNREAD_MAX:
        _give_up(turn, connection, advice, code)
    else:
        text = f"{place}: {link.plan.name} has not taken it (DE 39 = {code}); it is sent again"
        turn.notice("advice.refused", Severity.WARNING, text, connection, exchange=advice.key)
        return True
    pump(turn, link)
    return True


def reject(turn: Turn, incoming: Incoming, code: str) -> None:
    """An advice that the network gave back: it goes out again when it is due, and is given up as an unreadable one is."""
    advice = _attempted(turn, incoming)
    if advice is not None and advice.attempts >= ADVICE_UNREAD_MAX:
        _give_up(turn, incoming.connection, advice, code)
        pump(turn, incoming.connection.link)


def _attempted(turn: Turn, incoming: Incoming) -> Advice | None:
    """The advice that a message of the issuer's link speaks of, if it was ever sent."""
    advice = turn.state.saf.get(incoming.connection.plan.name, {}).get(incoming.stan)
    return advice if advice is not None and advice.mti[:2] == incoming.mti[:2] and advice.attempts else None


def _give_up(turn: Turn, connection: Connection, advice: Advice, code: str) -> None:
    link, place = connection.link, f"{advice.mti} STAN {advice.stan}"
    text = f"{place}: {link.plan.name} could not read it {advice.attempts} times ({code}); given up"
    _drop(turn, link, advice, code)
    turn.notice("advice.given_up", Severity.ERROR, text, connection, exchange=advice.key)


def _drop(turn: Turn, link: Link, advice: Advice, code: str) -> None:
    turn.record(AdviceEnded(link.plan.name, advice.stan, code))
    turn.traffic.deadlines.drop((Due.ADVICE, f"{link.plan.name}/{advice.stan}"))
    link.advices_sent.pop(advice.stan, None)


def _send(turn: Turn, link: Link, connection: Connection, advice: Advice) -> bool:
    """Send an advice; False when that cannot be done. Then it waits, and takes no place in the window."""
    attempt = advice.attempts + 1
    mti = advice.mti if attempt == 1 else repeat_of(advice.mti)
    dialect = connection.plan.dialect
    try:
        fields = open_vault(turn, advice.key, advice.vault) | {7: advice.transmitted, 11: advice.stan}
        message = message_of(dialect, mti, fields, turn.now.wall_ms)
    except KeysError as error:
        turn.notice("keys.failed", Severity.ERROR, f"{advice.mti} STAN {advice.stan} waits: {error}", connection)
        return False
    except EncodeError as error:
        text = f"{advice.mti} STAN {advice.stan} waits: its dialect cannot say it ({clean(str(error))})"
        turn.notice("advice.unsayable", Severity.ERROR, text, connection)
        return False
    turn.record(AdviceSent(link.plan.name, advice.stan, attempt))
    if attempt > 1:
        text = f"{mti} STAN {advice.stan} goes to {link.plan.name} for the {attempt}. time"
        turn.notice("advice.repeated", Severity.INFO, text, connection, exchange=advice.key)
    link.advices_sent[advice.stan] = None
    pause = min(SAF_RETRY_MS * 2 ** min(attempt - 1, 10), SAF_RETRY_MAX_MS)
    turn.traffic.deadlines.set((Due.ADVICE, f"{link.plan.name}/{advice.stan}"), turn.now.mono_ms + pause)
    turn.send(connection, message)
    return True
