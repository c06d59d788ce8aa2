"""What an auditor knows: the wire log of all hops, indexed as its questions need it, beside the journals (`durables`).

Gathered from messages as outsiders see them. Nothing here asks the switch for its opinion, and nothing here judges.
"""

from collections import deque
from collections.abc import Mapping

import msgspec

from switch.core import EMBEDDED, ChangeRoutes, KeySet
from switch.domain.test_cards import TestCard
from switch.machine import Drain, JournalLow, JournalRoom, Opened, Operate, Received, Sealed, Send
from switch.wire.mti import is_response, without_repeat
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.deliveries import Deliveries
from terminal_sim.lab.durables import Durables
from terminal_sim.lab.exchanges import Exchanges
from terminal_sim.lab.host import Host
from terminal_sim.lab.key_watch import KeyWatch
from terminal_sim.lab.names import Names, name_of
from terminal_sim.lab.network import Brief, End, Passage
from terminal_sim.lab.patience import Patience
from terminal_sim.lab.pauses import Pauses
from terminal_sim.lab.reach import Reach
from terminal_sim.lab.recent import Recent
from terminal_sim.lab.reference_book import ReferenceBook
from terminal_sim.lab.reference_issuer import ReferenceIssuer
from terminal_sim.lab.route_book import RouteBook, Routes
from terminal_sim.lab.run import Run, acquirer_links, issuer_links
from terminal_sim.lab.secrets import Secrets
from terminal_sim.lab.sessions import Sessions
from terminal_sim.lab.settlement import SETTLED_KEPT, Settlement
from terminal_sim.lab.turn import Opening, Turn, hung_up_in
from terminal_sim.lab.waiting import Waiting

HISTORY_MAX = 50
"""Messages of a transaction that are kept for a report."""

TRANSACTIONS_KEPT = 5_000
"""Transactions whose messages are kept: a minute of the busiest world, which is longer than any message is late."""

TURNED_AWAY_KEPT = 5_000
"""Requests that were heard on a low disk and are remembered: those of a minute of the busiest world; no shortage is longer."""

STANS_KEPT = 100_000
"""STANs that are remembered; the oldest make room. A terminal's come round after 999,999 others, the run's own ones before."""

OVER = "keys that are over"
"""What is wrong with a message under keys that are not accepted any more: for the switch it is a forged one."""

APPROVALS = ("00", "10")

REFUSALS = ("12", "21", "30", "63", "91", "94", "96")
"""DE 39 of answers that do not end a transaction for good: the same request may be answered otherwise later."""

FALSE_ARPC = "wrong-arpc"
"""What is wrong with a message whose cryptogram for the card is none."""

NOT_KEPT = "96"
"""DE 39 of an answer to an advice that its issuer could not keep, and must hear again."""

SLACK_MS = 15_000
"""By how much an answer may be later than its issuer's time: the disk may take five seconds for a commit, more than once."""


class Life(msgspec.Struct):
    """What is known of one transaction over all hops.

    Args:
        history: its messages, with whether each was said or heard.
        request: the request as the switch heard it first, with a right MAC.
        forwarded: the request as the switch has passed it on to an issuer, the last time.
        completion: the first advice, with a right MAC, that has told the switch what the request came to.
        told_card: whether the issuer at `target` had something to say to the card (DE 55) when it approved.
        approvals: approval codes that the issuer at `target` has said of what was asked, and the switch has heard.
        issuer_codes: DE 39 of all its issuer's answers.
        reversed_ms: when the switch told an issuer first that the request does not stand.
        given_up_ms: when the switch told the terminal that the issuer it was passed on to does not answer.
        answers: by the MTI of a request and its STAN, the answer that counts: DE 39 and DE 38.
        taken_back_ms: by the same, when the switch first said yes to a reversal of it.
        target: the issuer that its card was routed to when the switch took it up to pass it on; empty for none.
    """

    history: deque[tuple[str, Passage]]
    request: Passage | None = None
    forwarded: Passage | None = None
    completion: Passage | None = None
    told_card: bool = False
    approvals: dict[str, None] = {}
    issuer_codes: dict[str, None] = {}
    reversed_ms: int | None = None
    given_up_ms: int | None = None
    answers: dict[tuple[str, str], tuple[str, str]] = {}
    taken_back_ms: dict[tuple[str, str], int] = {}
    target: str | None = None


class Evidence:
    """The wire log and the journals of one run.

    `lives` by transaction; `waiting` is who waits for the switch, and `names` by what its journal knows their requests;
    `draining` says that the switch was told to stop, and `drained_ms` when; `low` that its journal's disk has little room;
    `durables` are the journals; `reversals` and `stans` say under which numbers the switch and the terminals have spoken, and
    `attempts` how often the switch has recorded that it sent an advice; `awaiting` are the advices that an issuer has not
    acknowledged; `references` is what the answers of each remote issuer come to, `reference_issuer` decides as the embedded one
    should; `routes` are those in force; `exchanges`, `deliveries`, `sessions` and `reach` are what the switch's turns have come
    to, `pauses` is what it waits before it tries again, `patience` what terminals wait; `false_arpcs` has what was told to
    cards (DE 55) and none of them may believe, `turned_away` the requests that were heard while the disk was low; `secrets` are
    what nobody may keep; `settlement` says which transactions are to be judged.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.lives: Recent[Transaction, Life] = Recent(TRANSACTIONS_KEPT)
        self.draining = False
        self.drained_ms: int | None = None
        self.low = False
        self.waiting = Waiting(run.options.response_timeout_ms + SLACK_MS)
        self.names = Names()
        readable = (host.name for host in (run.switch, *run.terminals) if host.name not in run.own)
        self.durables = Durables(run.switch.name, frozenset(readable))
        self.reversals: Recent[tuple[str, str, tuple[str, str, str]], str] = Recent(SETTLED_KEPT)
        self.stans: Recent[tuple[str, str], tuple[str, str]] = Recent(STANS_KEPT)
        self.awaiting: dict[tuple[str, str, str], Passage] = {}
        self.references = {name: ReferenceBook() for name in run.issuers}
        self.routes = RouteBook(run.operator.routes, (EMBEDDED, *run.issuers))
        self.settlement = Settlement(self._forget)
        self.exchanges = Exchanges()
        self.deliveries = Deliveries()
        self._acquirers = tuple(acquirer_links(run.options))
        wires = acquirer_links(run.options) | issuer_links(run.options)
        self._signed_on = frozenset(name for name, wire in wires.items() if wire.sign_on)
        self.reference_issuer = ReferenceIssuer()
        self._cards = {card.pan.expose(): card for card in run.crowd}
        self.attempts: Recent[tuple[str, str], int] = Recent(TRANSACTIONS_KEPT)
        self.sessions = Sessions()
        self.patience = Patience()
        self.pauses = Pauses()
        self.false_arpcs: Recent[str, None] = Recent(TRANSACTIONS_KEPT)
        self.reach = self._nobody()
        self.turned_away: Recent[str, None] = Recent(TURNED_AWAY_KEPT)
        self.keys = KeyWatch(run.operator.keys, frozenset(issuer_links(run.options)))
        self.secrets = Secrets()
        self._at_issuer: Recent[tuple[int, str, str], Brief] = Recent(TRANSACTIONS_KEPT)
        self._switch = run.switch

    def life(self, transaction: Transaction) -> Life:
        """What is known of a transaction."""
        found = self.lives.get(transaction)
        if found is None:
            found = Life(deque(maxlen=HISTORY_MAX))
            self.lives.keep(transaction, found)
        return found

    def is_decided_here(self, brief: Brief) -> bool:
        """Whether the embedded issuer decides about the card of a message."""
        return self.run.is_decided_here(brief.pan)

    def lacks_sign_on(self, passage: Passage) -> bool:
        """Whether the switch speaks where a sign-on is asked for and none was granted."""
        asks = passage.speech is not None and passage.speech.name in self._signed_on
        return asks and passage.speaker.conn not in self.sessions.open

    def card_of(self, brief: Brief) -> TestCard | None:
        """The customer's card that a message names."""
        return self._cards.get(brief.pan)

    # What is gathered.

    def took(self, turn: Turn) -> None:
        """The switch has taken a turn."""
        self.keys.took(turn, self.reach.can_ask)
        self.pauses.turn(turn)
        for entry in turn.entries:
            if entry.opening is not None:
                self.names.opened(entry.opening)
            if entry.kind == "advice-sent":
                self.attempts.keep((entry.link, entry.stan), entry.attempt)
            if entry.kind == "forwarded" and entry.opening is not None:
                self._note_target(turn, entry.opening)
        match turn.event:
            case Operate(order=Drain()):
                self.draining, self.drained_ms = True, turn.at_ms
            case Operate(order=JournalLow()):
                self.low = True
            case Operate(order=JournalRoom()):
                self.low = False
            case Operate(order=ChangeRoutes() as order):
                self.routes.take(order)
            case Opened(conn=conn, link=link) if link in self.run.issuers:
                self.sessions.lively[conn] = turn.at_ms
            case Received(conn=conn) if not self.deliveries.leaves(conn):
                self.sessions.read(conn, turn.at_ms, begun=turn.begun and turn.clear, whole=bool(turn.heard))
                if conn in self.sessions.lively:
                    self.sessions.lively[conn] = turn.at_ms
        for conn in hung_up_in(turn):
            self.sessions.hung_up(conn)
        self.reach.turn(turn)
        if self.low:
            for passage in turn.heard:
                if passage.brief is not None and passage.hearer.host is self._switch:
                    self.turned_away.keep(name_of(passage, passage.brief), None)
        self.exchanges.turn(turn.entries, turn.at_ms + self.run.options.response_timeout_ms)
        self.deliveries.turn(turn, self._acquirers, lambda send: self._approval_in(turn, send))

    def said(self, passage: Passage) -> None:
        """A host has said a message."""
        if passage.speaker.host is self._switch:
            self.deliveries.left(passage.speaker.conn)
        brief = passage.brief
        if brief is None:
            return
        if brief.rrn:
            transaction = brief.transaction
            self.settlement.touch(transaction, passage.at_ms)
            self.life(transaction).history.append(("says", passage))
        speaker = passage.speaker.host
        if speaker is self._switch:
            self._switch_said(passage, brief)
        elif speaker.name in self.references:
            self._issuer_said(speaker.name, passage, brief)
        else:
            self._spend(speaker.name, brief)
            if brief.mti[2] == "2" and brief.mti != "0220":
                self.patience.said(speaker.name, brief, passage.at_ms)

    def heard(self, passage: Passage) -> None:
        """A message has arrived."""
        brief = passage.brief
        hearer = passage.hearer.host
        if hearer is self._switch and not passage.forged and self.keys.is_over(passage):
            passage.forged, passage.fault = True, passage.fault or OVER
        if brief is None:
            if hearer is self._switch:
                self.waiting.heard_unreadable(passage.hearer.conn)
            return
        if brief.rrn:
            self.life(brief.transaction).history.append(("hears", passage))
        if passage.fault == FALSE_ARPC and passage.message is not None:
            self.false_arpcs.keep(passage.message[55], None)
        if hearer is self._switch and brief.mti[1] == "8":
            self.sessions.heard(passage, brief)
        if hearer.name in self.references:
            self._at_issuer.keep((passage.hearer.conn, brief.stan, brief.moment), brief)
        elif hearer is self._switch and passage.speaker.host.name in self.references:
            self._heard_from_issuer(passage, brief)
        elif hearer is self._switch and not is_response(brief.mti):
            self._heard_from_terminal(passage, brief)

    def committed(self, host: Host, sealed: Sealed) -> None:
        """An entry has become durable."""
        transaction = self.durables.take(host.name, sealed)
        if transaction is not None:
            self.settlement.touch(transaction, self.run.world.mono_ms)

    def revived(self, host: Host, routes: Routes, keys: Mapping[str, KeySet]) -> None:
        """A host has begun again on what is durable; the switch with these routes and keys."""
        if host is self._switch:
            self.routes.begin(routes)
            self.keys.began(keys)
            self.draining, self.drained_ms, self.low = False, None, False
            self.exchanges, self.deliveries = self.durables.exchanges.copy(), Deliveries()
            self.reach, self.pauses = self._nobody(), Pauses()
            self.turned_away.clear()

    def closed(self, end: End) -> None:
        """A connection is gone, and what was asked on it will not be answered there."""
        self.waiting.closed(end.conn)
        self.sessions.closed(end.conn)
        self.deliveries.dropped(end.conn)

    # Parts of it.

    def _nobody(self) -> Reach:
        """Whom a switch can ask that has just begun."""
        return Reach(frozenset(self.run.issuers), self._signed_on)

    def _forget(self, transaction: Transaction) -> None:
        """A transaction was settled long ago."""
        self.durables.journal_book.forget(transaction)
        for reference in self.references.values():
            reference.forget(transaction)

    def _note_target(self, turn: Turn, opening: Opening) -> None:
        """A request that was heard in this turn is passed on: its card tells where it must go, by the routes of now."""
        for passage in turn.heard:
            brief = passage.brief
            if brief is not None and name_of(passage, brief) == opening.name:
                self.life(brief.transaction).target = self.routes.target(brief.pan)

    def _approval_in(self, turn: Turn, send: Send) -> str:
        """The payment whose approval a turn says once more: one that it has heard again, as the journal names it."""
        for passage in turn.heard:
            brief = passage.brief
            if brief is None or passage.hearer.conn != send.conn or brief.mti[1:3] not in ("10", "20"):
                continue
            answer = Passage(passage.hearer, send.data, turn.at_ms).brief
            if answer is not None and answer.stan == brief.stan and answer.response_code in APPROVALS:
                return self.names.key_of(name_of(passage, brief))
        return ""

    def _switch_said(self, passage: Passage, brief: Brief) -> None:
        if brief.mti[1] == "8":
            self.sessions.said(passage, brief)
            self.keys.said(passage, brief)
        if passage.hearer.host.name not in self.references:
            asked = self.waiting.said(passage, brief)
            if asked is not None:
                mti, life = without_repeat(asked.brief.mti), self.life(asked.brief.transaction)
                if mti[1:3] in ("10", "20") and brief.response_code == "91" and life.forwarded is not None:
                    life.given_up_ms = life.given_up_ms or passage.at_ms
                if mti[1] in "12" and brief.response_code not in REFUSALS:
                    life.answers.setdefault((mti, brief.stan), (brief.response_code, brief.approval_code))
                if mti[1] == "4" and brief.response_code in APPROVALS and asked.brief.original is not None:
                    undone, stan, _ = asked.brief.named
                    life.taken_back_ms.setdefault((without_repeat(undone), stan), passage.at_ms)
            return
        hop = passage.hearer.host.name
        if brief.mti[:3] == "042":
            name = (hop, brief.terminal_id, brief.named)
            if name not in self.reversals:
                self.reversals.keep(name, brief.stan)
            life = self.life(brief.transaction)
            if brief.named[0][1:3] in ("10", "20") and life.reversed_ms is None:
                life.reversed_ms = passage.at_ms
        if brief.mti[1:3] in ("10", "20"):
            self.life(brief.transaction).forwarded = passage
            self._plant(passage)
        if brief.mti[2] == "2":
            self.awaiting[hop, brief.mti[1], brief.stan] = passage
        self._spend(hop, brief)

    def _spend(self, who: str, brief: Brief) -> None:
        """Note a STAN; those of network management are not unique."""
        if brief.mti[1] != "8" and not is_response(brief.mti):
            self.stans.keep((who, brief.stan), (without_repeat(brief.mti), brief.transmitted))

    def _issuer_said(self, name: str, passage: Passage, brief: Brief) -> None:
        """The reference book: what an issuer's own answers come to."""
        asked = self._at_issuer.get((passage.speaker.conn, brief.stan, brief.moment))
        if asked is not None and brief.response_code in APPROVALS:
            self.references[name].take(asked, without_repeat(asked.mti))

    def _heard_from_issuer(self, passage: Passage, brief: Brief) -> None:
        if passage.forged or not is_response(brief.mti):
            return
        name = passage.speaker.host.name
        if brief.mti[2] == "3" or brief.mti[:2] == "04":
            if brief.response_code != NOT_KEPT:
                self.awaiting.pop((name, brief.mti[1], brief.stan), None)
        else:
            life = self.life(brief.transaction)
            life.issuer_codes[brief.response_code] = None
            if brief.response_code in APPROVALS and name == life.target and _fits(passage, life.request):
                life.approvals[brief.approval_code] = None
                life.told_card = life.told_card or (passage.message is not None and 55 in passage.message)

    def _heard_from_terminal(self, passage: Passage, brief: Brief) -> None:
        self.waiting.heard(passage, brief)
        if passage.forged:
            return
        self.names.heard(brief)
        if brief.mti[1:3] in ("10", "20"):
            life = self.life(brief.transaction)
            life.request = life.request or passage
            self._plant(passage)
        elif brief.mti[1:3] == "22":
            life = self.life(brief.transaction)
            life.completion = life.completion or passage

    def _plant(self, passage: Passage) -> None:
        if passage.message is not None:
            self.secrets.plant(passage.message, passage.speaker.host.name, passage.hearer.host.name)


def _fits(answer: Passage, request: Passage | None) -> bool:
    """Whether what an answer repeats of amount and currency is what was asked."""
    if request is None or request.message is None or answer.message is None:
        return True
    asked, said = (each.dialect.plain(each.values(), each.mti) for each in (request.message, answer.message))
    return all(said.get(de, "") in ("", asked.get(de, "")) for de in (4, 49))
