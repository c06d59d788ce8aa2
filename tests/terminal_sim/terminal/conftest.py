"""A bench for terminals: the world that a machine needs, moved by hand, and a host that answers as the test says.

The host is written with pyiso8583 and struct-like framing of its own; of the house it only knows the keys and the spec dicts.
"""

import hashlib
from collections.abc import Callable, Iterable

import iso8583
import msgspec
import pytest

from keys.emv.cryptogram import arpc_method_2
from keys.emv.derive import common_session_key, icc_master_key
from keys.lab import lab_key, lab_keystore
from keys.mac import retail_mac
from switch.domain.money import Money, parse_money
from switch.domain.test_cards import TEST_CARDS
from switch.machine import (
    Append,
    Closed,
    Command,
    Dial,
    Event,
    Hangup,
    Moment,
    Notice,
    Notify,
    Opened,
    Operate,
    Order,
    Received,
    Sealed,
    Send,
    Tick,
    Unreachable,
)
from switch.wire import DIALECTS
from terminal_sim.card import Card, IssuerKeys, personalise
from terminal_sim.terminal import DEFAULT, Entry, Pay, PinPad, Receipt, Terminal, TerminalProfile
from terminal_sim.terminal.books import Books

START_MS = 1_772_366_400_000
"""2026-03-01 12:00:00 UTC."""


class CountingEntropy:
    """Bytes that differ from draw to draw and are the same in each run."""

    def __init__(self) -> None:
        self._draws = 0

    def draw(self, n: int) -> bytes:
        """The beginning of a digest over the number of the draw."""
        self._draws += 1
        return hashlib.sha512(str(self._draws).encode()).digest()[:n]


class Host:
    """Reads and writes messages as a host in the given dialect does."""

    def __init__(self, profile: TerminalProfile) -> None:
        self._spec = DIALECTS[profile.dialect].spec
        self._text_length = profile.framing == "ascii4"
        self._mac_key = lab_key("pos.zak").secret

    def use(self, name: str) -> None:
        """Make and check MACs under the lab key of this name from now on."""
        self._mac_key = lab_key(name).secret

    def read(self, framed: bytes) -> dict[str, str]:
        """The fields of one framed message, its MAC checked."""
        head = 4 if self._text_length else 2
        raw = framed[head:]
        assert len(raw) == (int(framed[:head]) if self._text_length else int.from_bytes(framed[:head], "big"))
        fields, _ = iso8583.decode(raw, self._spec)
        assert self.mac_good(raw, fields), "the terminal's MAC is wrong"
        return fields

    def mac_good(self, raw: bytes, fields: dict[str, str]) -> bool:
        """Whether the last DE is the right MAC."""
        place, width = self._mac_of(fields)
        return retail_mac(self._mac_key, raw[:-width]).hex().upper() == fields[place]

    def write(self, fields: dict[str, str], *, mac: bytes | None = None) -> bytes:
        """One framed message, with the right MAC or the given one."""
        place, width = self._mac_of(fields)
        raw, _ = iso8583.encode({**fields, place: "0" * 16}, self._spec)
        value = retail_mac(self._mac_key, bytes(raw[:-width])) if mac is None else mac
        raw = bytes(raw[:-width]) + (value if width == 8 else value.hex().upper().encode())
        return (b"%04d" % len(raw) if self._text_length else len(raw).to_bytes(2, "big")) + raw

    def answer(self, request: dict[str, str], code: str = "00", **more: str) -> dict[str, str]:
        """The response to a request: its echo, the code, an approval code where it approves, and what `more` says (de_38)."""
        echo = {
            de: request[de]
            for de in ("2", "3", "4", "7", "11", "12", "13", "37", "41", "42", "49", "70", "90")
            if de in request
        }
        fields = {"t": request["t"][:2] + str(int(request["t"][2]) + 1) + "0", **echo, "39": code}
        if code == "00" and request["t"] in ("0100", "0200"):
            fields["38"] = "123456"
        return fields | {name.removeprefix("de_"): value for name, value in more.items()}

    def issuer_authentication(self, request: dict[str, str], *, csu: str = "03920000", wrong: bool = False) -> str:
        """DE 55 of an answer: tag 91 for the ARQC in the request."""
        tags = _tags(bytes.fromhex(request["55"]))
        card = next(card for card in TEST_CARDS.values() if card.pan.expose() == request["2"])
        mk = icc_master_key(lab_key("issuer.imk-ac").secret, card.pan, card.sequence)
        arpc = arpc_method_2(common_session_key(mk, tags["9F36"]), tags["9F26"], bytes.fromhex(csu))
        if wrong:
            arpc = bytes((arpc[0] ^ 1,)) + arpc[1:]
        return "9108" + arpc.hex().upper() + csu

    def _mac_of(self, fields: dict[str, str]) -> tuple[str, int]:
        place = "128" if any(de.isdigit() and int(de) > 64 for de in fields) else "64"
        return place, self._spec[place]["max_len"]


class Bench:
    """A terminal and its world: what it asked for is kept, and time moves only by hand."""

    def __init__(self, terminal: Terminal, host: Host, journal: Iterable[Sealed] = ()) -> None:
        self.terminal = terminal
        self.host = host
        self.mono_ms = 1_000
        self.wall_ms = START_MS
        self.conn = 0
        self.journal: list[Sealed] = list(journal)
        self.commands: list[Command] = []
        self.notices: list[Notice] = []

    def feed(self, event: Event) -> list[Command]:
        """One event; the commands that it brought."""
        self.commands = self.terminal.handle(event, Moment(self.mono_ms, self.wall_ms))
        self.journal += [command.sealed for command in self.commands if isinstance(command, Append)]
        self.notices += [command.notice for command in self.commands if isinstance(command, Notify)]
        return self.commands

    def order(self, order: Order) -> list[Command]:
        """Give an order."""
        return self.feed(Operate(order))

    def open(self) -> list[Command]:
        """The dialled connection is up."""
        self.conn += 1
        return self.feed(Opened(self.conn, self.terminal.profile.link))

    def close(self, why: str = "reset by the host") -> list[Command]:
        """The connection is gone."""
        return self.feed(Closed(self.conn, why))

    def unreachable(self) -> list[Command]:
        """The dialled connection did not come up."""
        return self.feed(Unreachable(self.terminal.profile.link, "connection refused"))

    def say(self, fields: dict[str, str], *, mac: bytes | None = None) -> list[Command]:
        """The host says something."""
        return self.feed(Received(self.conn, self.host.write(fields, mac=mac)))

    def wait(self, ms: int) -> list[Command]:
        """Time passes, then the terminal is told."""
        self.mono_ms += ms
        self.wall_ms += ms
        return self.feed(Tick())

    def heard(self) -> dict[str, str]:
        """The one message that the last event made the terminal send."""
        sends = [command for command in self.commands if isinstance(command, Send)]
        assert len(sends) == 1, f"{len(sends)} messages were sent"
        return self.host.read(sends[0].data)

    def silent(self) -> bool:
        """Whether the last event made the terminal send nothing."""
        return not any(isinstance(command, Send) for command in self.commands)

    def shape(self) -> list[str]:
        """The last commands by name; appended records by kind, notices by kind."""
        return [_shape(command) for command in self.commands]

    def kinds(self) -> list[str]:
        """Kinds of the records in the journal."""
        return [sealed.kind for sealed in self.journal]

    def approve(self, request: dict[str, str]) -> Receipt:
        """Have the host say yes to a request; give the receipt."""
        more = {"de_55": self.host.issuer_authentication(request)} if request["22"] == "051" and "55" in request else {}
        self.say(self.host.answer(request, **more))
        assert self.receipt().approved, self.receipt().words
        return self.receipt()

    def receipt(self) -> Receipt:
        """The latest receipt."""
        return self.terminal.receipts[-1]

    def online(self, order: Order) -> dict[str, str]:
        """Give an order to a terminal that is offline, let it connect, and take its request."""
        self.order(order)
        self.open()
        return self.heard()


@pytest.fixture
def eur() -> Callable[[str], Money]:
    """Euros."""
    return lambda text: parse_money(text, "EUR")


@pytest.fixture
def wallet() -> dict[str, Card]:
    """All cards of the house."""
    return make_wallet()


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    """A bench with a terminal of any profile, restored from any journal."""
    return build_bench


@pytest.fixture
def bench() -> Bench:
    """A bench with the default terminal, all cards at hand."""
    return build_bench()


@pytest.fixture
def pay(eur: Callable[[str], Money]) -> Callable[..., Pay]:
    """A payment order: by default 12.50 EUR with the inserted chip and its PIN."""

    def order(card: str = "visa-chip", entry: Entry = Entry.CHIP, amount: str = "12.50", **more: object) -> Pay:
        known: dict[str, object] = {"pin": TEST_CARDS[card].pin if entry is not Entry.NFC else None}
        return Pay(card=card, entry=entry, amount=eur(amount), **(known | more))  # type: ignore[arg-type]

    return order


def make_wallet() -> dict[str, Card]:
    """Freshly written cards."""
    keys = IssuerKeys(
        imk_ac=lab_key("issuer.imk-ac").secret, cvk=lab_key("issuer.cvk").secret, pvk=lab_key("issuer.pvk").secret
    )
    return {name: personalise(card, keys) for name, card in TEST_CARDS.items()}


def build_bench(
    profile: TerminalProfile = DEFAULT,
    *,
    journal: Iterable[Sealed] = (),
    wallet: dict[str, Card] | None = None,
    explain: bool = False,
    books: Books | None = None,
    **changes: object,
) -> Bench:
    """See `make_bench`; `changes` are fields of the profile."""
    kind = msgspec.structs.replace(profile, **changes)
    entropy = CountingEntropy()
    entries = list(journal)
    cards = make_wallet() if wallet is None else wallet
    terminal = Terminal(kind, cards, PinPad(lab_keystore(), entropy), entropy, books=books, journal=entries, explain=explain)
    return Bench(terminal, Host(kind), entries)


def _shape(command: Command) -> str:
    match command:
        case Append(sealed=sealed):
            return f"Append {sealed.kind}"
        case Notify(notice=notice):
            return f"Notify {notice.kind}"
        case Dial() | Hangup() | Send():
            return type(command).__name__
    raise AssertionError(command)


def _tags(data: bytes) -> dict[str, bytes]:
    """The tags of DE 55, read by hand."""
    found, at = {}, 0
    while at < len(data):
        size = 2 if data[at] & 0x1F == 0x1F else 1
        tag, length = data[at : at + size].hex().upper(), data[at + size]
        found[tag] = data[at + size + 1 : at + size + 1 + length]
        at += size + 1 + length
    return found
