"""One run: the world that options describe, and its two phases.

First *safety*: faults happen. Then the world *heals*: the tills are closed, and within two virtual minutes everything that is
open must have ended. Production cores only; what is right and wrong is `auditor`'s business.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.compose import compose, make_switch
from switch.config import Config, LinkConfig, RouteConfig
from switch.core import EMBEDDED, KeySet, State, Switch, fold, restore
from switch.core.numbers import STAN_LAST
from switch.default_config import default_config
from switch.domain.test_cards import TestCard
from switch.limits import STOP_CUT_MS
from switch.machine import ChainError, Drain, Entropy, Notice, Sealed
from switch.wire import DIALECTS, FRAMINGS, Message
from terminal_sim.faults import BadPeer, FaultPlan
from terminal_sim.faults.peer_faults import Sign, Signatures
from terminal_sim.lab.actor import RECEIPT, Actor, TerminalActor
from terminal_sim.lab.checkpoint import Checkpoint, M
from terminal_sim.lab.customers import CUSTOMERS_MAX, PREFIX, customer, issuer_side, make_card
from terminal_sim.lab.host import Host, Revive
from terminal_sim.lab.key_desk import KeyOperator, other_generation
from terminal_sim.lab.makers import OURS, Makers, issuer_checkpoint, terminal_checkpoint
from terminal_sim.lab.network import Speech
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.operator import Operator
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.seats import issuer_name, terminal_name
from terminal_sim.lab.storm import Storm
from terminal_sim.lab.swarm import Options, Wire
from terminal_sim.lab.traffic import Till
from terminal_sim.lab.world import World
from terminal_sim.terminal import DEFAULT
from terminal_sim.terminal.books import STAN_MAX

SWITCH = "switch"

HEAL_MS = 120_000
"""Virtual milliseconds in which a world that has healed must have come to rest."""

SWITCH_TRANSACTIONS_KEPT = 40_000
"""Transactions that a switch of the lab remembers. Fewer than others do, so that a long run has it at its bound; but those of
ten minutes of the busiest run, and nothing is late for so long.
"""

ACQUIRER_KEYS = ("pos.zak", "pos.zpk")
ISSUER_KEYS = ("issuer-link.zak", "issuer-link.zpk")
"""MAC and PIN keys of both kinds of links."""

BROAD = f"{PREFIX}0"
"""A route of ten cards, each of which has a longer one of its own, until that is taken away."""

EntropyOf = Callable[[str, Entropy], Entropy]
"""What a host draws from, given its name and the dice that it would have."""


class Run:
    """A world, and the phases that it goes through.

    `own` names the hosts that are somebody's own.

    Args:
        options: what it is like.
        observers: who is told what happens.
        makers: who makes issuers and terminals; who brings an actor of his own says so here.
        entropy_of: stands between machines and their dice; traces need to.

    Raises:
        ActorFailure: somebody's own cannot be made, or cannot have the part that the options give it.
    """

    def __init__(
        self,
        options: Options,
        observers: Sequence[Observer] = (),
        *,
        makers: Makers = OURS,
        entropy_of: EntropyOf = lambda name, dice: dice,
    ) -> None:
        self.options = options
        self.own = makers.own_hosts(options)
        self._makers = makers
        self._entropy_of = entropy_of
        self.plan = FaultPlan(options.faults, lambda name: self.dice(f"fault/{name}"), options.kept)
        self.crowd = [customer(number) for number in range(CUSTOMERS_MAX)]
        self.operator = Operator(SWITCH, lab_config(options, self.crowd))
        self.storm = Storm(self.plan, self.dice("storm"), self._peer_of, options.latency_max_ms, self.operator)
        self.ear = Ear()
        self.world = World(options.wall_ms, hazards=self.storm, observers=(*observers, self.operator, self.ear))
        self._hsm = SoftHsm(lab_keystore(), self.dice("forger"), lambda event: None)
        self.checkpoint = Checkpoint(_first_state(options), fold, restore)
        self.switch = self._add(SWITCH, self._make_switch(), self.checkpoint)
        self.issuers = {name: self._add_issuer(name, wire) for name, wire in issuer_links(options).items()}
        self.terminals = [self._add_terminal(number) for number in range(options.terminals)]
        self.storm.begin(self.world, self.switch, self.issuers.values(), self._key_operator())
        for till in self.ear.tills.values():
            till.begin()

    @property
    def transactions(self) -> int:
        """Receipts so far: payments, completions and voids that have ended at a terminal."""
        return self.ear.receipts.total()

    def dice(self, name: str) -> SeededEntropy:
        """Dice of their own for something, from the run's seed."""
        return SeededEntropy(f"{self.options.seed}/{name}")

    def is_decided_here(self, pan: str) -> bool:
        """Whether a card is the embedded issuer's, or nobody's; whichever it is, it remains."""
        number = pan[len(PREFIX) : len(PREFIX) + 2]
        known = pan.startswith(PREFIX) and number.isdigit() and len(number) == 2
        return not known or route_of(self.options, int(number)) == EMBEDDED

    def heal(self) -> bool:
        """Let no more faults happen and no more orders be given; True when everything has come to rest in time."""
        for till in self.ear.tills.values():
            till.close()
        self.storm.end()
        self.world.run(HEAL_MS)
        return self.at_rest

    def stop(self) -> int:
        """Tell the switch to stop; give the number of connections that it has left open when its grace is over."""
        self.world.operate(self.switch, Drain())
        self.world.run(STOP_CUT_MS)
        return sum(end.host is self.switch for end in self.world.ends)

    @property
    def at_rest(self) -> bool:
        """True when no terminal has anything open, and no issuer is owed anything."""
        idle = all(host.alive and terminal_of(host).idle for host in self.terminals)
        return idle and self.switch.alive and not any(switch_of(self.switch).state.saf.values())

    def _add(self, name: str, revive: Revive, checkpoint: Checkpoint[M] | None) -> Host:
        """A host whose journal is kept whole where nobody can say what its oldest entries come to."""
        return self.world.add(name, revive(()), revive=revive, fold=checkpoint.take if checkpoint is not None else None)

    def _make_switch(self) -> Revive:
        config = self.operator.config
        composition = compose(config)
        lives = 0

        def revive(journal: Sequence[Sealed]) -> Switch:
            nonlocal lives, config, composition
            lives += 1
            if config is not self.operator.config:
                config = self.operator.config
                composition = compose(config)
            entropy = self._entropy_of(SWITCH, self.dice(f"{SWITCH}/{lives}"))
            return make_switch(composition, entropy=entropy, state=self.checkpoint.begin(journal))

        return revive

    def _add_issuer(self, name: str, wire: Wire) -> Host:
        moved = "change-routes" in self.options.faults
        owners = [route_of(self.options, number) for number in range(len(self.crowd))]
        # Books are kept by transaction, so that an issuer can know cards of which it may never hear.
        cards = [card for card, owner in zip(self.crowd, owners, strict=True) if owner == name or (moved and owner != EMBEDDED)]
        checkpoint = None if name in self.own else issuer_checkpoint()

        def revive(journal: Sequence[Sealed]) -> Actor:
            keystore, entropy = lab_keystore(), self._entropy_of(name, self.dice(name))
            return self._makers.begin_issuer(
                cards,
                dialect=wire.dialect,
                framing=wire.framing,
                keystore=keystore,
                entropy=entropy,
                checkpoint=checkpoint,
                journal=journal,
            )

        host = self._add(name, revive, checkpoint)
        speech = Speech(name, DIALECTS[wire.dialect], FRAMINGS[wire.framing], ISSUER_KEYS[0])
        self.world.join(self.switch, name, host, SWITCH, speech)
        return host

    def _add_terminal(self, number: int) -> Host:
        links = acquirer_links(self.options)
        link, wire = list(links.items())[number % len(links)]
        name = terminal_name(number)
        profile = msgspec.structs.replace(
            DEFAULT,
            terminal_id=name,
            dialect=wire.dialect,
            framing=wire.framing,
            sign_on=wire.sign_on,
            response_timeout_ms=self.options.terminal_timeout_ms,
        )
        cards = [self.crowd[number], self.crowd[CUSTOMERS_MAX - 1 - number]]
        wallet = {card.name: make_card(card) for card in cards}
        checkpoint = None if name in self.own else terminal_checkpoint(self.options.stan)
        lives = 0

        def revive(journal: Sequence[Sealed]) -> TerminalActor:
            nonlocal lives
            lives += 1
            entropy = self._entropy_of(name, self.dice(f"{name}/{lives}"))
            return self._makers.begin_terminal(
                profile,
                wallet,
                stan=self.options.stan,
                keystore=lab_keystore(),
                entropy=entropy,
                checkpoint=checkpoint,
                journal=journal,
            )

        host = self._add(name, revive, checkpoint)
        speech = Speech(link, DIALECTS[wire.dialect], FRAMINGS[wire.framing], ACQUIRER_KEYS[0])
        self.world.join(host, profile.link, self.switch, link, speech)
        self.ear.tills[name] = Till(self.world, host, cards, self.options.mix, self.dice(f"{name}/till"))
        return host

    def _key_operator(self) -> KeyOperator:
        """Who changes keys. Of hosts of somebody's own nobody knows that they can: their links are left alone."""
        links = list(acquirer_links(self.options))
        parties = {link: self.terminals[number :: len(links)] for number, link in enumerate(links)}
        parties |= {link: [host] for link, host in self.issuers.items()}
        able = {link: hosts for link, hosts in parties.items() if not any(host.name in self.own for host in hosts)}
        return KeyOperator(self.world, self.switch, self.operator, tuple(self.issuers), able)

    def _peer_of(self, speech: Speech) -> BadPeer:
        other = ISSUER_KEYS[0] if speech.mac_key == ACQUIRER_KEYS[0] else ACQUIRER_KEYS[0]
        first = KeySet(speech.mac_key)
        right = tuple(self._signer(speech, keys.mac_key) for keys in (first, other_generation(first)))
        wrong: Sign = lambda data: bytes(byte ^ 0x5A for byte in right[0](data))  # noqa: E731
        signatures = Signatures(right, self._signer(speech, other), wrong)
        guarded = self._decided_here if speech.mac_key == ACQUIRER_KEYS[0] else None
        return BadPeer(self.plan, speech.dialect, speech.framing, signatures, guarded)

    def _decided_here(self, message: Message) -> bool:
        """Whether the embedded issuer decides a payment: it takes no cryptogram twice, and others may."""
        return self.is_decided_here(message.get(2, ""))

    def _signer(self, speech: Speech, key: str) -> Sign:
        policy = speech.dialect.mac
        return lambda data: self._hsm.generate_mac(key, data, padding=policy.padding, length=policy.length)


class Ear(Observer):
    """An observer that counts what is told, and passes on to the tills what concerns them."""

    def __init__(self) -> None:
        self.tills: dict[str, Till] = {}
        self.notices: Counter[str] = Counter()
        self.receipts: Counter[str] = Counter()
        self.restarts = 0

    def noticed(self, host: Host, notice: Notice) -> None:
        """See `Observer`."""
        self.notices[notice.kind] += 1
        till = self.tills.get(host.name)
        if till is not None:
            till.hear(notice)
            if notice.kind == RECEIPT:
                self.receipts[dict(notice.facts)["outcome"]] += 1

    def revived(self, host: Host, entries: Sequence[Sealed], damage: ChainError | ValueError | None, changed: bool) -> None:
        """See `Observer`."""
        self.restarts += 1
        if host.name in self.tills:
            self.tills[host.name].forget()


def _first_state(options: Options) -> State:
    """What the switch begins with; where terminals soon come to the last STAN, so does it toward each of its issuers."""
    state = State(SWITCH_TRANSACTIONS_KEPT)
    if options.stan:
        state.stans = dict.fromkeys(issuer_links(options), STAN_LAST - (STAN_MAX - options.stan))
    return state


def acquirer_links(options: Options) -> dict[str, Wire]:
    """The links of acquirers by name."""
    return {f"pos{number}": wire for number, wire in enumerate(options.acquirer_wires, 1)}


def issuer_links(options: Options) -> dict[str, Wire]:
    """The links of remote issuers by name."""
    return {issuer_name(number): wire for number, wire in enumerate(options.issuer_wires)}


def route_of(options: Options, number: int) -> str:
    """Whose card the one of customer `number` is in the beginning: they are dealt round."""
    issuers = (EMBEDDED, *issuer_links(options))
    return issuers[number % len(issuers)]


def lab_config(options: Options, crowd: Sequence[TestCard]) -> Config:
    """The configuration that the switch begins with."""
    base = default_config()
    customers = [card for number, card in enumerate(crowd) if route_of(options, number) == EMBEDDED]
    accounts, cards = issuer_side(customers, options.mix.balance)
    return msgspec.structs.replace(
        base,
        links=(
            *(_link(name, wire, "acquirer", KeySet(*ACQUIRER_KEYS), options) for name, wire in acquirer_links(options).items()),
            *(_link(name, wire, "issuer", KeySet(*ISSUER_KEYS), options) for name, wire in issuer_links(options).items()),
        ),
        routes=(
            *(RouteConfig(prefix=BROAD, to=name) for name in list(issuer_links(options))[:1]),
            *(RouteConfig(prefix=f"{PREFIX}{number:02d}", to=route_of(options, number)) for number in range(len(crowd))),
        ),
        issuer=msgspec.structs.replace(base.issuer, accounts=accounts, cards=cards),
    )


def switch_of(host: Host) -> Switch:
    """The switch that a host runs."""
    assert isinstance(host.machine, Switch), f"{host.name} is no switch"
    return host.machine


def terminal_of(host: Host) -> TerminalActor:
    """The terminal that a host is."""
    machine: TerminalActor = host.machine  # type: ignore[assignment]
    return machine


def actor_of(host: Host) -> Actor:
    """The actor that a host runs."""
    machine: Actor = host.machine  # type: ignore[assignment]
    return machine


def _link(name: str, wire: Wire, role: str, keys: KeySet, options: Options) -> LinkConfig:
    address = {"listen" if role == "acquirer" else "connect": f"{name}:1"}
    return msgspec.convert(
        {
            "name": name,
            "role": role,
            "dialect": wire.dialect,
            "framing": wire.framing,
            "sign_on": "required" if wire.sign_on else "none",
            "mac_key": keys.mac_key,
            "pin_key": keys.pin_key,
            "response_timeout_ms": options.response_timeout_ms,
            **address,
        },
        LinkConfig,
    )
