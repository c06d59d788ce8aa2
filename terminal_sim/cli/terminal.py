"""`pointsman terminal`: be one terminal. Exit status: 0 approved, 1 declined, 2 wrong words, 3 no connection."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import trio
import typer

from keys.errors import KeysError
from keys.keystore import MemoryKeystore
from keys.lab import LAB_KEYS, lab_key
from keys.material import Key, KeyUsage
from keys.sensitive import Secret
from switch.app import SystemEntropy
from switch.cli import examples, new_app
from switch.cli.dialects import dialect_named
from switch.cli.exits import CONNECTION, FAILED, USAGE, complain
from switch.cli.faults import run_or_exit
from switch.config import nearest
from switch.domain.money import MoneyError, parse_money
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Notice, Severity
from switch.shell.logs import LogFormat, notice_logger
from switch.wire import DIALECTS, FRAMINGS, Dialect
from switch.wire.pairing import unfit
from terminal_sim.lab.customers import make_card
from terminal_sim.shell import OrderFailed, open_terminal
from terminal_sim.terminal import DEFAULT, Entry, Pay, Receipt, RefusalReason, TerminalKeys, TerminalProfile

app = new_app()

DEFAULT_STATE = Path("pointsman-state") / "terminals"

SETTLE_S = 20.0
"""Seconds that an unanswered purchase gives its reversal before the command ends; what is left stays owed in the state."""

NOT_THERE = (RefusalReason.UNREACHABLE, RefusalReason.OWED)
"""Refusals that mean that the host is away: it cannot be reached, or does not acknowledge what is owed to it."""

TOLD_ANYWAY = ("terminal.refused", "terminal.unreachable")
"""Notices whose words the end of the command repeats."""

ENTRIES: dict[str, Entry] = {"chip": Entry.CHIP, "nfc": Entry.NFC, "mag": Entry.MAGSTRIPE}

_EPILOG = examples(
    "pointsman terminal pay --amount 12.50 --card visa-chip --entry chip --pin 1234",
    "pointsman terminal pay --amount 8.20 --entry nfc --json",
    "pointsman terminal pay --amount 5 --to 127.0.0.1:8583 --explain",
)


@app.callback()
def terminal() -> None:
    """Be one terminal: pay from the shell."""


@app.command(epilog=_EPILOG)
def pay(
    amount: Annotated[str, typer.Option(help="Decimal amount, such as 12.50.")],
    currency: Annotated[str, typer.Option(help="Three letters or digits of ISO 4217.")] = "EUR",
    card: Annotated[str, typer.Option(help=f"Test card: {', '.join(TEST_CARDS)}.")] = "visa-chip",
    entry: Annotated[str, typer.Option(help=f"How it is presented: {', '.join(ENTRIES)}.")] = "chip",
    pin: Annotated[str | None, typer.Option(help="What the cardholder types; test cards only.")] = None,
    to: Annotated[str, typer.Option(help="HOST:PORT of the switch or host.")] = "127.0.0.1:8583",
    dialect: Annotated[
        str, typer.Option(help=f"How it speaks: {', '.join(DIALECTS)}, or a dialect file (.toml).")
    ] = DEFAULT.dialect,
    framing: Annotated[str, typer.Option(help=f"How it cuts messages: {', '.join(FRAMINGS)}.")] = DEFAULT.framing,
    terminal_id: Annotated[str, typer.Option(help="DE 41, up to 8 characters.")] = DEFAULT.terminal_id,
    mac_key: Annotated[str | None, typer.Option(help="MAC key in hex, in place of the published lab key.")] = None,
    pin_key: Annotated[str | None, typer.Option(help="PIN key in hex, in place of the published lab key.")] = None,
    sign_on: Annotated[bool, typer.Option("--sign-on", help="Sign on (0800, DE 70 = 001) first.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for the answer.")] = DEFAULT.response_timeout_ms
    / 1000,
    state: Annotated[Path, typer.Option(help="Directory of what the terminal remembers.")] = DEFAULT_STATE,
    explain: Annotated[bool, typer.Option("--explain", help="Tell each step, masked.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
) -> None:
    """One purchase (0200), with its receipt.

    Exit status: 0 approved, 1 declined or unanswered, 2 wrong words, 3 nobody there.
    """
    try:
        order = _order(amount, currency, card, entry, pin)
        speech = dialect_named(dialect)
        profile = _profile(terminal_id, speech, framing, sign_on, timeout)
        address = _address(to)
        keystore = _keystore(mac_key, pin_key)
    except (MoneyError, KeysError, UsageFault) as error:
        complain(str(error))
        raise typer.Exit(USAGE) from None
    log = notice_logger(LogFormat.CONSOLE, least=Severity.INFO if explain else Severity.WARNING)

    def hear(notice: Notice) -> None:
        if explain or notice.kind not in TOLD_ANYWAY:
            log(notice)

    def show(receipt: Receipt) -> None:
        typer.echo(json.dumps(_tree(receipt)) if as_json else _printed(receipt))

    outcome = run_or_exit(_pay, profile, speech, address, order, keystore, state, hear, show, explain)
    if isinstance(outcome, OrderFailed):
        complain(str(outcome))
        if outcome.reason is RefusalReason.UNREACHABLE:
            complain("Start one with: pointsman serve; or say where it is: --to HOST:PORT")
        raise typer.Exit(CONNECTION if outcome.reason in NOT_THERE else USAGE)
    if not outcome.approved:
        raise typer.Exit(FAILED)


async def _pay(
    profile: TerminalProfile,
    dialect: Dialect,
    address: tuple[str, int],
    order: Pay,
    keystore: MemoryKeystore,
    state: Path,
    hear: Callable[[Notice], None],
    show: Callable[[Receipt], None],
    explain: bool,
) -> Receipt | OrderFailed:
    async with open_terminal(
        profile,
        {order.card: make_card(TEST_CARDS[order.card])},
        keystore=keystore,
        entropy=SystemEntropy(),
        address=address,
        record_file=state / f"{profile.terminal_id}.jsonl",
        on_notice=hear,
        explain=explain,
        dialect=dialect,
    ) as session:
        try:
            receipt = await session.carry_out(order)
        except OrderFailed as refusal:
            return refusal
        show(receipt)
        with trio.move_on_after(SETTLE_S):
            await session.settled()
        books = session.terminal.books
        if owed := len(books.owed) + len(books.unsettled):
            complain(f"still owed to the host: {owed}; it goes out before the next payment of {profile.terminal_id} on {state}")
        return receipt


class UsageFault(Exception):
    """A word on the command line that cannot be meant; the text says what can."""


def _order(amount: str, currency: str, card: str, entry: str, pin: str | None) -> Pay:
    if card not in TEST_CARDS:
        raise UsageFault(f"--card: {nearest(card, TEST_CARDS)}")
    if entry not in ENTRIES:
        raise UsageFault(f"--entry: {nearest(entry, ENTRIES)}")
    if pin is not None and not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12):
        raise UsageFault("--pin: 4 to 12 digits")
    secret = Secret(pin.encode()) if pin is not None else None
    return Pay(card=card, entry=ENTRIES[entry], amount=parse_money(amount, currency.upper()), pin=secret)


def _profile(terminal_id: str, dialect: Dialect, framing: str, sign_on: bool, timeout: float) -> TerminalProfile:
    if not dialect.match_key:
        raise UsageFault("--dialect: the file says neither a base nor an edition, so nothing tells what its messages mean")
    if framing not in FRAMINGS:
        raise UsageFault(f"--framing: {nearest(framing, FRAMINGS)}")
    misfit = unfit(dialect, FRAMINGS[framing])
    if misfit:
        raise UsageFault(f"--framing: {misfit}")
    if not (1 <= len(terminal_id) <= 8 and terminal_id.isascii() and terminal_id.isalnum()):
        raise UsageFault("--terminal-id: 1 to 8 letters and digits")
    return msgspec.structs.replace(
        DEFAULT,
        terminal_id=terminal_id,
        dialect=dialect.name,
        framing=framing,
        sign_on=sign_on,
        response_timeout_ms=int(timeout * 1000),
    )


def _address(to: str) -> tuple[str, int]:
    host, _, port = to.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) <= 65_535:
        raise UsageFault(f"--to: {to[:80]!r} is not HOST:PORT, such as 127.0.0.1:8583")
    return host.strip("[]"), int(port)


def _keystore(mac_key: str | None, pin_key: str | None) -> MemoryKeystore:
    """The lab keys, with what the command line gives in their place."""
    names = TerminalKeys()
    keys = {name: lab_key(name) for name in LAB_KEYS}
    for name, usage, given in (
        (names.mac_key, KeyUsage.MAC_ALGORITHM_3, mac_key),
        (names.pin_key, KeyUsage.PIN_ENCRYPTION, pin_key),
    ):
        if given is not None:
            keys[name] = Key.make(name, usage, given)
    return MemoryKeystore(keys.values())


def _tree(receipt: Receipt) -> dict[str, object]:
    tree: dict[str, object] = msgspec.to_builtins(receipt)
    return {**tree, "approved": receipt.approved, "amount": str(receipt.amount)}


def _printed(receipt: Receipt) -> str:
    """The receipt as paper would have it."""
    lines = [
        ("merchant", receipt.merchant_id),
        ("terminal", receipt.terminal_id),
        ("card", f"{receipt.masked_pan}  ({receipt.card})"),
        ("entry", f"{receipt.entry}{', ' + receipt.verification if receipt.verification else ''}"),
        (receipt.kind.value, str(receipt.amount)),
        ("result", f"{receipt.outcome.value.upper()}: {receipt.words}"),
        ("response code", receipt.response_code or "none"),
        ("approval code", receipt.approval_code or "none"),
        ("reference", f"STAN {receipt.stan}, RRN {receipt.rrn}"),
        (
            "local time",
            f"{receipt.local_date[2:]}.{receipt.local_date[:2]}. {receipt.local_time[:2]}:{receipt.local_time[2:4]}",
        ),
    ]
    return "\n".join(f"{name:<14} {value}" for name, value in lines)
