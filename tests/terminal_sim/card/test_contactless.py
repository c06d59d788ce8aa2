"""Taps, command by command."""

from collections.abc import Callable
from itertools import product

import pyemv
import pytest

from switch.domain.test_cards import TEST_CARDS
from switch.wire.tlv import decode, find, parse_flat
from terminal_sim.card import Card, IssuerKeys
from terminal_sim.card.contactless import TRANSITIONS, ContactlessApplication, Signal, State
from terminal_sim.card.magstripe import decode_equivalent, parse_track2

Ask = Callable[[ContactlessApplication, str], str]
MakeCard = Callable[..., Card]

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")

PPSE = "00A404000E325041592E5359532E444446303100"
SELECT = "00A4040007A000000003101000"

PATHS: dict[State, tuple[Signal, ...]] = {
    State.IDLE: (),
    State.LISTED: (Signal.LIST,),
    State.SELECTED: (Signal.LIST, Signal.SELECT),
    State.COMPLETE: (Signal.LIST, Signal.SELECT, Signal.PAY),
}


@pytest.fixture
def pay(transaction: dict[str, bytes]) -> Callable[[str], str]:
    """GET PROCESSING OPTIONS of a reader with these capabilities (TTQ)."""

    def command(capabilities: str) -> str:
        values = capabilities + b"".join(transaction.values()).hex()
        return f"80A8000023{'8321'}{values}00"

    return command


def test_a_tap_gives_a_cryptogram_at_once(
    make_card: MakeCard, ask: Ask, pay: Callable[[str], str], transaction: dict[str, bytes], issuer_keys: IssuerKeys
) -> None:
    """The answer to GET PROCESSING OPTIONS holds track, counter and the ARQC that pyemv computes."""
    card = TEST_CARDS["visa-chip"]
    tap = make_card(atc=4).tap()
    assert ask(tap, PPSE).endswith("9000")
    assert ask(tap, SELECT).endswith("9000")
    answer = parse_flat(parse_flat(bytes.fromhex(ask(tap, pay("26000000")))[:-2])["77"])
    assert (answer["9F36"].hex(), answer["9F27"].hex(), answer["9F6C"].hex()) == ("0005", "80", "0000")
    assert parse_track2(decode_equivalent(answer["57"])).pan == card.pan
    mk = pyemv.kd.derive_icc_mk_a(issuer_keys.imk_ac.expose(), card.pan.expose(), card.sequence)
    key = pyemv.kd.derive_common_sk(mk, answer["9F36"] + bytes(6))
    covered = b"".join(transaction.values()) + answer["82"] + answer["9F36"] + answer["9F10"]
    assert answer["9F26"] == pyemv.ac.generate_ac(key, covered, pyemv.ac.PaddingType.EMV)


@pytest.mark.parametrize(
    ("capabilities", "asked"),
    [("26000000", "0000"), ("26400000", "8000"), ("22400000", "4000"), ("24400000", "8000")],
)
def test_the_card_asks_for_the_verification_that_the_reader_has(
    capabilities: str, asked: str, make_card: MakeCard, ask: Ask, pay: Callable[[str], str]
) -> None:
    """Above the reader's limit the card asks for the PIN, else for a signature; below it for nothing (CTQ)."""
    tap = _led_to(State.SELECTED, make_card(), ask, pay)
    answer = parse_flat(parse_flat(bytes.fromhex(ask(tap, pay(capabilities)))[:-2])["77"])
    assert answer["9F6C"].hex() == asked


def test_a_reader_that_can_verify_nobody_is_sent_to_the_chip(make_card: MakeCard, ask: Ask, pay: Callable[[str], str]) -> None:
    """A reader that must verify the cardholder and cannot gets 6984, and no counter is spent."""
    card = make_card()
    tap = _led_to(State.SELECTED, card, ask, pay)
    assert ask(tap, pay("20400000")) == "6984"
    assert card.atc == 0


@pytest.mark.parametrize(("state", "signal"), list(product(State, Signal)))
def test_every_row_and_every_missing_row(
    state: State, signal: Signal, make_card: MakeCard, ask: Ask, pay: Callable[[str], str]
) -> None:
    """In each state each command does what the table says; where it has no row the answer is 6985 and nothing changes."""
    tap = _led_to(state, make_card(), ask, pay)
    assert tap.state is state
    status = ask(tap, _command(signal, pay))[-4:]
    follower = TRANSITIONS[state].get(signal)
    assert (status, tap.state) == (("6985", state) if follower is None else ("9000", follower))


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00A4040007A000000004101000", "6A82"),
        ("00A4040207A000000003101000", "6A82"),
        ("80A8000002830000", "6700"),
        ("00B2010C00", "6D00"),
        ("80AE8000", "6D00"),
        ("90A4040007A000000003101000", "6E00"),
        ("00A8000000", "6E00"),
    ],
)
def test_wrong_commands_get_their_status(
    command: str, status: str, make_card: MakeCard, ask: Ask, pay: Callable[[str], str]
) -> None:
    """Each way of being wrong has its own status word and changes nothing."""
    tap = _led_to(State.SELECTED, make_card(), ask, pay)
    assert ask(tap, command) == status
    assert tap.state is State.SELECTED


def test_a_reader_of_the_stripe_kind_only_is_refused(make_card: MakeCard, ask: Ask, pay: Callable[[str], str]) -> None:
    """A reader that does not speak qVSDC gets 6985: this card has no stripe over the air."""
    assert ask(_led_to(State.SELECTED, make_card(), ask, pay), pay("80000000")) == "6985"


def test_the_directory_names_the_application(make_card: MakeCard, ask: Ask) -> None:
    """The PPSE lists the AID, its label, its priority and the kernel that a reader must take."""
    entries = decode(bytes.fromhex(ask(make_card().tap(), PPSE))[:-2])
    found = {tag: element.value.hex() for tag in ("4F", "87", "9F2A") if (element := find(entries, tag)) is not None}
    assert found == {"4F": "a0000000031010", "87": "01", "9F2A": "03"}


def _command(signal: Signal, pay: Callable[[str], str]) -> str:
    return {Signal.LIST: PPSE, Signal.SELECT: SELECT, Signal.PAY: pay("26000000")}[signal]


def _led_to(state: State, card: Card, ask: Ask, pay: Callable[[str], str]) -> ContactlessApplication:
    tap = card.tap()
    for signal in PATHS[state]:
        ask(tap, _command(signal, pay))
    return tap
