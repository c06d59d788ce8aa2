"""A swarm: from one seed every option of a run is drawn, so that each run is another corner of what can happen.

What is on in a run is on with a rate of its own, and much is off: faults that always come together hide each other. Values
only; `run` builds the world.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from switch.wire import DIALECTS, FRAMINGS
from switch.wire.pairing import unfit
from terminal_sim.faults import FAULTS, Fault
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.seats import issuer_name, links_apart, own_issuers, own_terminals, terminal_name
from terminal_sim.lab.traffic import BALANCE, LITTLE, Mix
from terminal_sim.terminal.books import STAN_MAX

DIALECT_NAMES = tuple(DIALECTS)
"""What is spoken in the lab: every dialect of the table."""

FRAMING_NAMES = tuple(
    name for name, framing in FRAMINGS.items() if any(not unfit(dialect, framing) for dialect in DIALECTS.values())
)
"""Every framing that suits one of them."""

MOMENTS = {
    "an ordinary day": "2026-11-22T09:30:00",
    "before midnight": "2026-11-22T23:59:40",
    "before the end of a month": "2026-11-30T23:59:40",
    "before New Year": "2026-12-31T23:59:40",
    "before a leap day": "2028-02-28T23:59:40",
    "a leap day that ends": "2028-02-29T23:59:40",
    "before summer time begins in Europe": "2026-03-29T00:59:40",
    "before summer time ends in Europe": "2026-10-25T00:59:40",
}
"""When runs begin, by the wall clock."""

ON_PERCENT = 40
"""How many of all runs a fault is on in."""

RARE_PERCENT, RARE_MEAN = 80, 10
"""The same for faults that need another one first, such as a death: their opportunities are few, and their means small."""

TERMINALS_MAX = 50
ISSUERS_MAX = 4


class Fluency(msgspec.Struct, frozen=True):
    """What a kind of party speaks, by name; all that is spoken in the lab when it does not say."""

    dialects: tuple[str, ...] = DIALECT_NAMES
    framings: tuple[str, ...] = FRAMING_NAMES

    def framings_of(self, dialect: str) -> list[str]:
        """Those framings that suit a dialect."""
        return [name for name in self.framings if not unfit(DIALECTS[dialect], FRAMINGS[name])]


FLUENT = Fluency()


class Wire(msgspec.Struct, frozen=True):
    """How one kind of party speaks with the switch."""

    dialect: str
    framing: str
    sign_on: bool


class Options(msgspec.Struct, frozen=True):
    """Everything that makes a run what it is.

    Args:
        seed: what all else was drawn from, and is drawn from while it runs.
        moment: a key of `MOMENTS`.
        terminals, issuers: how many; cards are shared among the issuers and the one inside the switch.
        acquirer_wires, issuer_wires: how the switch's links speak.
        response_timeout_ms: how long issuers have; terminals wait longer.
        terminal_timeout_ms: how long terminals wait.
        latency_max_ms: of a line.
        stan: the one that terminals have spent last when they begin.
        mix: what people do.
        faults: what goes wrong, with the mean number of opportunities between two of a kind.
        kept: numbers of a fault that alone are to happen, where not all are.
        own_terminals, own_issuers: how many of them are of somebody's own, where there is a class for them; all when not said.
    """

    seed: int
    moment: str
    terminals: int
    issuers: int
    acquirer_wires: tuple[Wire, ...]
    issuer_wires: tuple[Wire, ...]
    response_timeout_ms: int
    terminal_timeout_ms: int
    latency_max_ms: int
    stan: int
    mix: Mix
    faults: dict[str, int]
    kept: dict[str, frozenset[int]] = {}
    own_terminals: int | None = None
    own_issuers: int | None = None

    @property
    def wall_ms(self) -> int:
        """The wall clock at the beginning."""
        return int(datetime.fromisoformat(MOMENTS[self.moment]).replace(tzinfo=UTC).timestamp()) * 1000

    @property
    def own_terminal_names(self) -> tuple[str, ...]:
        """The terminals that are of somebody's own, where there is a class for them."""
        return tuple(map(terminal_name, own_terminals(self.own_terminals, self.terminals, len(self.acquirer_wires))))

    @property
    def own_issuer_names(self) -> tuple[str, ...]:
        """The same for remote issuers."""
        return tuple(map(issuer_name, own_issuers(self.own_issuers, self.issuers)))


def draw(
    seed: int,
    *,
    terminals: int | None = None,
    issuers: int | None = None,
    faults: Mapping[str, frozenset[int]] | None = None,
    terminals_speak: Fluency = FLUENT,
    issuers_speak: Fluency = FLUENT,
    own_terminals: int | None = None,
    own_issuers: int | None = None,
) -> Options:
    """The options of a seed. What is given is not drawn, and everything else is what it would have been.

    Args:
        faults: the faults that are on, as `parse_faults` gives them; the swarm's own choice by default.
        terminals_speak, issuers_speak: what their links are drawn from; those of the lab alone from all that it speaks.
        own_terminals, own_issuers: see `Options`.

    Raises:
        ValueError: more of somebody's own are wanted than there are.
    """
    dice = SeededEntropy(f"{seed}/swarm")
    count = dice.between(2, 20) if dice.chance(80) else dice.between(20, TERMINALS_MAX)
    banks = dice.between(1, 3)
    drawn = {name: _draw_fault(fault, SeededEntropy(f"{seed}/swarm/{name}")) for name, fault in FAULTS.items()}
    swarm = {name: frozenset[int]() for name, (_, is_on) in drawn.items() if is_on}
    chosen = swarm if faults is None else faults
    terminal_count = count if terminals is None else terminals
    issuer_count = banks if issuers is None else issuers
    _check_own("terminals", own_terminals, terminal_count)
    _check_own("issuers", own_issuers, issuer_count)
    return Options(
        seed=seed,
        moment=dice.pick(tuple(MOMENTS)),
        response_timeout_ms=dice.pick((5_000, 10_000, 25_000)),
        terminal_timeout_ms=dice.pick((15_000, 30_000, 40_000)),
        latency_max_ms=dice.pick((3, 40, 400)),
        stan=dice.pick((0, 0, STAN_MAX - 5)),
        mix=_draw_mix(dice, SeededEntropy(f"{seed}/swarm/money")),
        acquirer_wires=_draw_acquirer_wires(dice, terminals_speak, own_terminals, terminal_count),
        issuer_wires=_draw_issuer_wires(dice, issuers_speak, own_issuers)[:issuer_count],
        terminals=terminal_count,
        issuers=issuer_count,
        faults={name: drawn[name][0] for name in FAULTS if name in chosen},
        kept={name: numbers for name, numbers in chosen.items() if numbers},
        own_terminals=own_terminals,
        own_issuers=own_issuers,
    )


def _check_own(kind: str, own: int | None, count: int) -> None:
    if own is not None and not 0 <= own <= count:
        raise ValueError(f"own-{kind} {own}: of {kind} this world has {count}; --{kind} gives it more")


def _draw_fault(fault: Fault, dice: SeededEntropy) -> tuple[int, bool]:
    """Its mean, and whether it is on. Its own dice, so that a fault which the table gets changes nothing about the others."""
    mean = max(min(2, fault.mean), fault.mean * dice.between(25, 250) // 100)
    return mean, fault.survivable and dice.chance(RARE_PERCENT if fault.mean < RARE_MEAN else ON_PERCENT)


def _draw_mix(dice: SeededEntropy, money: SeededEntropy) -> Mix:
    mix = Mix(
        pause_ms=dice.pick((700, 1_300, 3_000, 10_000)),
        entries=(dice.between(10, 80), dice.between(0, 40), dice.between(0, 40)),
        wrong_pin=dice.pick((0, 2, 10)),
        too_much=dice.pick((0, 2, 10)),
        authorised=dice.pick((0, 10, 40)),
        voided=dice.pick((0, 5, 30)),
        bad_mac=dice.pick((0, 0, 3)),
        minor_max=dice.pick((100, 8_000, 8_000, 500_000)),
        foreign=money.pick((0, 0, 10)),
    )
    little = LITTLE * mix.minor_max
    return msgspec.structs.replace(mix, balance=money.pick((BALANCE, f"{little // 100}.{little % 100:02d}")))


def _draw_acquirer_wires(dice: SeededEntropy, spoken: Fluency, own: int | None, terminals: int) -> tuple[Wire, ...]:
    links = dice.between(1, 3)
    apart = links_apart(own, terminals, links)
    return tuple(_draw_wire(dice, FLUENT if link in apart else spoken) for link in range(links))


def _draw_issuer_wires(dice: SeededEntropy, spoken: Fluency, own: int | None) -> tuple[Wire, ...]:
    taken = own_issuers(own, ISSUERS_MAX)
    return tuple(_draw_wire(dice, spoken if number in taken else FLUENT) for number in range(ISSUERS_MAX))


def _draw_wire(dice: SeededEntropy, spoken: Fluency) -> Wire:
    dialect = dice.pick(spoken.dialects)
    return Wire(dialect, dice.pick(spoken.framings_of(dialect)), dice.chance(50))


def print_options(options: Options) -> list[str]:
    """The options as lines of text: a name and what was drawn for it."""
    mix, lines = options.mix, [f"seed {options.seed}"]
    lines.append(f"begins {MOMENTS[options.moment]}Z, {options.moment}")
    lines.append(f"terminals {options.terminals}, one order each {mix.pause_ms} ms; they wait {options.terminal_timeout_ms} ms")
    lines.append(f"issuers {options.issuers} remote ones and the embedded one; they have {options.response_timeout_ms} ms")
    for kind, own, names in (
        ("terminals", options.own_terminals, options.own_terminal_names),
        ("issuers", options.own_issuers, options.own_issuer_names),
    ):
        if own is not None:
            lines.append(f"own {kind} {own}: {', '.join(names) or 'none'}; the others are the laboratory's")
    lines.append(f"lines take 1 to {options.latency_max_ms} ms; terminals have spent STANs up to {options.stan:06d}")
    for role, wires in (("acquirer", options.acquirer_wires), ("issuer", options.issuer_wires)):
        lines += [
            f"{role} link {number}: {wire.dialect}, {wire.framing}, sign-on {'required' if wire.sign_on else 'none'}"
            for number, wire in enumerate(wires, 1)
        ]
    stripe, chip, tap = mix.entries
    lines.append(
        f"cards: stripe {stripe}, chip {chip}, tap {tap}; up to {mix.minor_max} minor units; {mix.balance} on each account"
    )
    lines.append(
        f"in percent: authorised first {mix.authorised}, voided {mix.voided}, wrong PIN {mix.wrong_pin},"
        f" too much {mix.too_much}, foreign {mix.foreign}, bad MAC {mix.bad_mac}"
    )
    lines += [
        f"fault {name}: {FAULTS[name].words}; one in {mean}" + (f"; only {sorted(kept)}" if kept else "")
        for name, mean in options.faults.items()
        for kept in [options.kept.get(name)]
    ]
    return lines
