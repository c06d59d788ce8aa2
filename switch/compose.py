"""From a configuration to a machine: every name is looked up, every complaint has its path, and nothing is started yet."""

from collections.abc import Callable, Container, Iterable
from functools import partial
from typing import TypeVar

import msgspec

from keys.errors import KeysError
from keys.hsm import SoftHsm
from keys.keystore import MemoryKeystore
from keys.lab import LAB_KEYS
from keys.material import Algorithm, Key, KeyUsage, Mode
from keys.pin import pvv
from keys.policy import Operation
from keys.sensitive import Pan, Secret
from keys.terms import KeyState
from switch.config import CardConfig, Config, ConfigError, LinkConfig, nearest
from switch.core import EMBEDDED, AccountPlan, LinkPlan, Role, Route, State, Switch, SwitchPlan
from switch.core.link_keys import Roles, check_mac_key, check_pin_key
from switch.core.traffic import Traffic
from switch.dialect_table import dialect_table
from switch.domain.money import MoneyError, parse_money
from switch.domain.reasons import Reason
from switch.issuer import HANDLERS, Handler
from switch.issuer.accounts import AccountsHandler, IssuedCard, IssuerKeys
from switch.issuer.scripted import ScriptedHandler, ScriptLine
from switch.key_table import NoEntropy, key_table
from switch.limits import RESPONSE_TIMEOUT_MAX_MS
from switch.machine import Entropy
from switch.store import STORES
from switch.wire import FRAMINGS
from switch.wire.dialect_file import DialectFile
from switch.wire.pairing import unfit
from switch.wire.speaking import unsayable

Address = tuple[str, int]

TOKEN_KEY: Roles = ((Operation.TOKEN, "key"),)
PROTECT_KEY: Roles = ((Operation.PROTECT, "key"), (Operation.UNPROTECT, "key"))
PVK: Roles = ((Operation.VERIFY_PIN_PVV, "pvk"),)
CVK: Roles = ((Operation.VERIFY_CVV, "key"), (Operation.VERIFY_ICVV, "key"))
IMK_AC: Roles = ((Operation.VERIFY_ARQC_GENERATE_ARPC, "key"),)

Check = Callable[[SoftHsm, str], None]
"""KeysError unless the key of that name can do all that its place asks for."""

T = TypeVar("T")


class Composition(msgspec.Struct, frozen=True):
    """What a configuration comes to.

    Args:
        plan: for the core.
        dialect_files: what the dialect files say that the configuration lists.
        keystore: all keys.
        listen, connect: addresses by link name.
        handler: makes the embedded issuer, once the HSM is there.
    """

    plan: SwitchPlan
    dialect_files: tuple[DialectFile, ...]
    keystore: MemoryKeystore
    listen: dict[str, Address]
    connect: dict[str, Address]
    handler: Callable[[SoftHsm], Handler]


def compose(config: Config, *, in_use: Container[str] = ()) -> Composition:
    """Look up everything that a configuration names.

    Args:
        in_use: names of keys that are in use already. One of these may be out of use now: so a key is taken from a switch
            that runs.

    Raises:
        ConfigError: with every problem that was found.
    """
    composer = _Composer(config, in_use)
    composition = composer.compose()
    if composer.problems:
        raise ConfigError(composer.problems)
    return composition


def make_switch(composition: Composition, *, entropy: Entropy, state: State) -> Switch:
    """The machine, with its HSM and issuer inside."""
    traffic = Traffic(composition.plan)
    hsm = SoftHsm(composition.keystore, entropy, traffic.hear)
    return Switch(composition.plan, state=state, hsm=hsm, handler=composition.handler(hsm), traffic=traffic)


class _Composer:
    """Collects problems as it goes, so that one reading of a file shows all of them."""

    def __init__(self, config: Config, in_use: Container[str]) -> None:
        self.config = config
        self.in_use = in_use
        self.problems: list[str] = []
        table = dialect_table(config)
        self.dialects, self._files = table.dialects, table.files
        self._keys: dict[str, Key] = key_table(config)

    def compose(self) -> Composition:
        if self.config.journal.store not in STORES:
            self.problems.append(f"$.journal.store: {nearest(self.config.journal.store, STORES)}")
        self._read_keys()
        if not self.config.links:
            self.problems.append("$.links: there is none, and a switch without a link serves nobody; add a [[links]] section")
        self._unique("$.links", [link.name for link in self.config.links])
        links = tuple(self._link(place, link) for place, link in _places("$.links", self.config.links))
        self._name_of_key("$.token_key", self.config.token_key, _may(TOKEN_KEY))
        self._name_of_key("$.protect_key", self.config.protect_key, _may(PROTECT_KEY))
        self._unique("$.routes", [route.prefix for route in self.config.routes])
        plan = SwitchPlan(
            links=tuple(link for link in links if link is not None),
            routes=tuple(
                self._route(place, route.prefix, route.to) for place, route in _places("$.routes", self.config.routes)
            ),
            accounts=self._accounts(),
            token_key=self.config.token_key,
            protect_key=self.config.protect_key,
            any_pan=self.config.allow_any_pan,
        )
        handler = self._handler()
        return Composition(
            plan,
            self._files,
            MemoryKeystore(self._keys.values()),
            self._addresses("listen"),
            self._addresses("connect"),
            handler,
        )

    def _read_keys(self) -> None:
        self._unique("$.keys", [key.name for key in self.config.keys])
        stored = self._keys if self.config.keystore.path else {}
        for place, key in _places("$.keys", self.config.keys):
            if key.name in stored and key.name not in LAB_KEYS:
                self.problems.append(f'{place}.name: "{key.name}" is in the key store too; a key has one place')
            usage = self._code(f"{place}.usage", KeyUsage, key.usage)
            algorithm = self._code(f"{place}.algorithm", Algorithm, key.algorithm)
            mode = self._code(f"{place}.mode", Mode, key.mode)
            if usage is None or algorithm is None or mode is None:
                continue
            try:
                self._keys[key.name] = Key.make(key.name, usage, key.value, algorithm=algorithm, mode=mode)
            except KeysError as error:
                self.problems.append(f"{place}.value: {error}")

    def _code(self, place: str, kind: Callable[[str], T], code: str) -> T | None:
        try:
            return kind(code)
        except ValueError:
            self.problems.append(f"{place}: {nearest(code, [str(member.value) for member in kind])}")  # type: ignore[attr-defined]
            return None

    def _name_of_key(self, place: str, name: str, check: Check) -> None:
        key = self._keys.get(name)
        if key is None:
            self.problems.append(f"{place}: {nearest(name, self._keys)}")
            return
        if name in self.in_use:
            key = msgspec.structs.replace(key, state=KeyState.ACTIVE)
        try:
            check(SoftHsm(MemoryKeystore([key]), NoEntropy(), lambda event: None), name)
        except KeysError as error:
            self.problems.append(f"{place}: {error}")

    def _link(self, place: str, link: LinkConfig) -> LinkPlan | None:
        before = len(self.problems)
        if link.name == EMBEDDED or not link.name:
            self.problems.append(f'{place}.name: "{link.name}" is taken by the embedded issuer, or empty; choose another name')
        if link.dialect not in self.dialects:
            self.problems.append(f"{place}.dialect: {nearest(link.dialect, self.dialects)}")
        if link.framing not in FRAMINGS:
            self.problems.append(f"{place}.framing: {nearest(link.framing, FRAMINGS)}")
        if link.dialect in self.dialects and link.framing in FRAMINGS:
            misfit = unfit(self.dialects[link.dialect], FRAMINGS[link.framing])
            if misfit:
                self.problems.append(f"{place}.framing: {misfit}; choose another")
        if link.dialect in self.dialects:
            gap = unsayable(self.dialects[link.dialect], asking=link.role == "issuer", signed=bool(link.mac_key))
            if gap:
                self.problems.append(f"{place}.dialect: a switch cannot speak {link.dialect} there: {gap}")
        if link.mac_key:
            self._name_of_key(f"{place}.mac_key", link.mac_key, check_mac_key)
        if link.pin_key:
            self._name_of_key(f"{place}.pin_key", link.pin_key, partial(check_pin_key, role=Role(link.role)))
        if not 0 < link.response_timeout_ms <= RESPONSE_TIMEOUT_MAX_MS:
            self.problems.append(f"{place}.response_timeout_ms: must be more than 0 and at most {RESPONSE_TIMEOUT_MAX_MS}")
        wanted, unwanted = ("listen", "connect") if link.role == "acquirer" else ("connect", "listen")
        if not getattr(link, wanted) or getattr(link, unwanted):
            self.problems.append(f'{place}: an {link.role} link has "{wanted}", and no "{unwanted}"')
        if len(self.problems) > before:
            return None
        return LinkPlan(
            name=link.name,
            role=Role(link.role),
            dialect=self.dialects[link.dialect],
            framing=FRAMINGS[link.framing],
            sign_on=link.sign_on == "required",
            mac_key=link.mac_key,
            pin_key=link.pin_key,
            response_timeout_ms=link.response_timeout_ms,
        )

    def _addresses(self, side: str) -> dict[str, Address]:
        found: dict[str, Address] = {}
        for place, link in _places("$.links", self.config.links):
            text: str = getattr(link, side)
            host, _, port = text.rpartition(":")
            if not text:
                continue
            if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
                self.problems.append(f'{place}.{side}: "{text}" is not HOST:PORT')
                continue
            found[link.name] = (host.strip("[]"), int(port))
        return found

    def _route(self, place: str, prefix: str, to: str) -> Route:
        targets = [EMBEDDED, *(link.name for link in self.config.links if link.role == "issuer")]
        if to not in targets:
            self.problems.append(f"{place}.to: {nearest(to, targets)}")
        if not (prefix.isascii() and prefix.isdigit()):
            self.problems.append(f"{place}.prefix: the leading digits of card numbers, such as 4 or 541333")
        return Route(prefix, to)

    def _accounts(self) -> tuple[AccountPlan, ...]:
        plans: list[AccountPlan] = []
        self._unique("$.issuer.accounts", [account.number for account in self.config.issuer.accounts])
        for place, account in _places("$.issuer.accounts", self.config.issuer.accounts):
            try:
                plans.append(AccountPlan(account.number, parse_money(account.balance, account.currency)))
            except MoneyError as error:
                self.problems.append(f"{place}: {error}")
        return tuple(plans)

    def _handler(self) -> Callable[[SoftHsm], Handler]:
        issuer = self.config.issuer
        if issuer.handler not in HANDLERS:
            self.problems.append(f"$.issuer.handler: {nearest(issuer.handler, HANDLERS)}")
        if issuer.handler == "scripted":
            lines = self._script()
            return lambda hsm: ScriptedHandler(lines)
        return self._accounts_handler()

    def _accounts_handler(self) -> Callable[[SoftHsm], Handler]:
        issuer = self.config.issuer
        self._name_of_key("$.issuer.pvk", issuer.pvk, _may(PVK))
        self._name_of_key("$.issuer.cvk", issuer.cvk, _may(CVK))
        self._name_of_key("$.issuer.imk_ac", issuer.imk_ac, _may(IMK_AC))
        cards = self._cards()
        keys = IssuerKeys(issuer.pvk, issuer.cvk, issuer.imk_ac)
        try:
            pin_free = parse_money(issuer.pin_free, issuer.currency)
        except MoneyError as error:
            self.problems.append(f"$.issuer.pin_free: {error}")
            pin_free = parse_money("0", "EUR")
        return lambda hsm: AccountsHandler(cards, hsm=hsm, keys=keys, pin_free=pin_free)

    def _cards(self) -> list[IssuedCard]:
        cards: dict[Pan, IssuedCard] = {}
        for place, entry in _places("$.issuer.cards", self.config.issuer.cards):
            card = self._card(place, entry)
            if card is not None and card.pan in cards:
                self.problems.append(f"{place}.pan: this card is there already; each may be given once")
            elif card is not None:
                cards[card.pan] = card
        return list(cards.values())

    def _card(self, place: str, card: CardConfig) -> IssuedCard | None:
        accounts = [account.number for account in self.config.issuer.accounts]
        if card.account not in accounts:
            self.problems.append(f"{place}.account: {nearest(card.account, accounts)}")
        if not _digits(card.expiry, 4) or not "01" <= card.expiry[2:] <= "12":
            self.problems.append(f"{place}.expiry: four digits, YYMM")
            return None
        if not _digits(card.sequence, 2) or not _digits(card.service_code, 3):
            self.problems.append(f"{place}: sequence has two digits, service_code three")
        if not 0 <= card.pvki <= 9 or not (card.pvv == "" or _digits(card.pvv, 4)):
            self.problems.append(f"{place}: pvki is 0 to 9, pvv has four digits")
            return None
        try:
            pan = Pan(card.pan)
            value = card.pvv or self._pvv(pan, card)
        except (ValueError, KeysError) as error:
            self.problems.append(f"{place}: {error}")
            return None
        return IssuedCard(pan, card.expiry, card.sequence, card.service_code, card.account, card.pvki, value, card.blocked)

    def _pvv(self, pan: Pan, card: CardConfig) -> str:
        key = self._keys.get(self.config.issuer.pvk)
        if not card.pin or key is None:
            return ""
        return pvv(key.secret, pan, card.pvki, Secret(card.pin.encode()))

    def _script(self) -> list[ScriptLine]:
        lines: list[ScriptLine] = []
        for place, line in _places("$.issuer.script", self.config.issuer.script):
            reason = self._code(f"{place}.reason", Reason, line.reason)
            if reason is not None:
                lines.append(ScriptLine(reason, line.pan_prefix, line.minor))
        return lines

    def _unique(self, place: str, names: list[str]) -> None:
        for number, name in enumerate(names):
            if name in names[:number]:
                # Told by place: a route's prefix can be a whole card number.
                earlier = f"{place}[{names.index(name)}]"
                self.problems.append(f"{place}[{number}]: the same as {earlier}; each may be given once")


def _may(roles: Roles) -> Check:
    return lambda hsm, name: hsm.check_key(name, roles)


def _places(path: str, entries: Iterable[T]) -> list[tuple[str, T]]:
    """Entries of a list with their paths."""
    return [(f"{path}[{number}]", entry) for number, entry in enumerate(entries)]


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
