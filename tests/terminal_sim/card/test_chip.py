"""Dialogues with the contact chip, command by command, judged by pyemv and by SoftHsm's own side of the cryptography."""

from collections.abc import Callable
from itertools import product

import psec
import pyemv
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switch.domain.test_cards import TEST_CARDS
from switch.wire.tlv import decode, find, parse_flat
from terminal_sim.card import Card, IssuerKeys
from terminal_sim.card.chip import TRANSITIONS, ChipApplication, Signal, State
from terminal_sim.card.magstripe import CVV_PLACE, decode_equivalent, parse_track2

Ask = Callable[[ChipApplication, str], str]
MakeCard = Callable[..., Card]

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")

PATHS: dict[State, tuple[str, ...]] = {
    State.IDLE: (),
    State.SELECTED: ("SELECT",),
    State.INITIATED: ("SELECT", "GPO"),
    State.ONLINE: ("SELECT", "GPO", "ARQC"),
    State.ANSWERED: ("SELECT", "GPO", "ARQC", "AUTHENTICATE"),
    State.COMPLETE: ("SELECT", "GPO", "ARQC", "TC"),
}
"""The commands that lead to each state."""

COMMAND_OF: dict[Signal, str] = {
    Signal.SELECT: "SELECT",
    Signal.INITIATE: "GPO",
    Signal.READ: "READ RECORD",
    Signal.GO_ONLINE: "ARQC",
    Signal.DECLINE: "AAC",
    Signal.AUTHENTICATE: "AUTHENTICATE",
    Signal.FINISH: "TC",
}


def test_a_purchase_from_select_to_the_second_cryptogram(
    make_card: MakeCard, ask: Ask, commands: dict[str, str], transaction: dict[str, bytes], issuer_keys: IssuerKeys
) -> None:
    """ARQC, ARPC and TC of a whole dialogue are those that pyemv computes from the issuer's master key."""
    chip = make_card(atc=0x1B).insert()
    assert ask(chip, commands["SELECT"]).startswith("6F")
    options = parse_flat(parse_flat(bytes.fromhex(ask(chip, commands["GPO"]))[:-2])["77"])
    assert options["82"].hex() == "1c00"
    first = _cryptogram(ask(chip, commands["ARQC"]))
    assert (first["9F27"].hex(), first["9F36"].hex(), first["9F10"].hex()) == ("80", "001c", "06011203a00000")
    key = _session_key(issuer_keys, first["9F36"])
    assert first["9F26"] == pyemv.ac.generate_ac(key, _covered(transaction, first), pyemv.ac.PaddingType.EMV)
    csu = bytes.fromhex("03920000")
    arpc = pyemv.ac.generate_arpc_2(key, first["9F26"], csu)
    assert ask(chip, "0082000008" + (arpc + csu).hex()) == "9000"
    second = _cryptogram(ask(chip, commands["TC"]))
    assert (second["9F27"].hex(), second["9F36"].hex(), second["9F10"].hex()) == ("40", "001c", "06011203600000")
    assert second["9F26"] == pyemv.ac.generate_ac(key, _covered(transaction, second), pyemv.ac.PaddingType.EMV)


def test_each_transaction_has_its_own_session_key(
    make_card: MakeCard, ask: Ask, commands: dict[str, str], transaction: dict[str, bytes], issuer_keys: IssuerKeys
) -> None:
    """Also where one card is in two terminals at once, and each goes on after the other."""
    card = make_card()
    chips = [card.insert(), card.insert()]
    for chip in chips:
        ask(chip, commands["SELECT"])
        ask(chip, commands["GPO"])
    for name in ("ARQC", "TC"):
        for chip in chips:
            given = _cryptogram(ask(chip, commands[name]))
            right = pyemv.ac.generate_ac(
                _session_key(issuer_keys, given["9F36"]), _covered(transaction, given), pyemv.ac.PaddingType.EMV
            )
            assert given["9F26"] == right


def test_a_wrong_arpc_is_refused_and_the_card_declines(make_card: MakeCard, ask: Ask, commands: dict[str, str]) -> None:
    """One wrong bit in the ARPC: 6300, and the second cryptogram is an AAC that says why, although a TC was asked for."""
    chip = _led_to(State.ONLINE, make_card(), ask, commands)
    assert ask(chip, commands["AUTHENTICATE"]) == "6300"
    second = _cryptogram(ask(chip, commands["TC"]))
    assert (second["9F27"].hex(), second["9F10"].hex()) == ("00", "06011203280000")


@pytest.mark.parametrize("bit", range(0, 64, 7))
def test_every_bit_of_the_issuers_answer_counts(
    bit: int, make_card: MakeCard, ask: Ask, commands: dict[str, str], issuer_keys: IssuerKeys
) -> None:
    """ARPC and card status update are covered: turning any bit of them around is noticed."""
    chip = make_card().insert()
    for name in PATHS[State.INITIATED]:
        ask(chip, commands[name])
    first = _cryptogram(ask(chip, commands["ARQC"]))
    csu = bytes.fromhex("03920000")
    good = pyemv.ac.generate_arpc_2(_session_key(issuer_keys, first["9F36"]), first["9F26"], csu) + csu
    bad = (int.from_bytes(good, "big") ^ 1 << bit).to_bytes(8, "big")
    assert ask(chip, "0082000008" + bad.hex()) == "6300"


def test_an_authentic_answer_that_does_not_approve_makes_the_card_decline(
    make_card: MakeCard, ask: Ask, commands: dict[str, str], issuer_keys: IssuerKeys
) -> None:
    """A card status update without its approval bit is believed: AAC, and no complaint about authentication."""
    chip = make_card().insert()
    for name in PATHS[State.INITIATED]:
        ask(chip, commands[name])
    first = _cryptogram(ask(chip, commands["ARQC"]))
    csu = bytes.fromhex("03120000")
    arpc = pyemv.ac.generate_arpc_2(_session_key(issuer_keys, first["9F36"]), first["9F26"], csu)
    assert ask(chip, "0082000008" + (arpc + csu).hex()) == "9000"
    second = _cryptogram(ask(chip, commands["TC"]))
    assert (second["9F27"].hex(), second["9F10"].hex()) == ("00", "06011203200000")


def test_the_answer_to_another_transaction_does_not_authenticate(
    make_card: MakeCard, ask: Ask, commands: dict[str, str], issuer_keys: IssuerKeys
) -> None:
    """An ARPC of the card's previous transaction is refused: key and ARQC are new each time."""
    card = make_card()
    csu = bytes.fromhex("03920000")
    earlier = _led_to(State.INITIATED, card, ask, commands)
    first = _cryptogram(ask(earlier, commands["ARQC"]))
    arpc = pyemv.ac.generate_arpc_2(_session_key(issuer_keys, first["9F36"]), first["9F26"], csu)
    later = _led_to(State.ONLINE, card, ask, commands)
    assert ask(later, "0082000008" + (arpc + csu).hex()) == "6300"


def test_without_an_answer_the_card_follows_the_terminal(make_card: MakeCard, ask: Ask, commands: dict[str, str]) -> None:
    """Where the issuer sent no ARPC the card gives the cryptogram it is asked for, and says that none came."""
    approved = _cryptogram(ask(_led_to(State.ONLINE, make_card(), ask, commands), commands["TC"]))
    declined = _cryptogram(ask(_led_to(State.ONLINE, make_card(), ask, commands), commands["DECLINE"]))
    assert (approved["9F27"].hex(), approved["9F10"].hex()) == ("40", "06011203600400")
    assert (declined["9F27"].hex(), declined["9F10"].hex()) == ("00", "06011203200400")


def test_a_card_asked_to_approve_alone_goes_online(make_card: MakeCard, ask: Ask, commands: dict[str, str]) -> None:
    """A terminal that wants a TC at once gets an ARQC: this card never approves without its issuer."""
    chip = _led_to(State.INITIATED, make_card(), ask, commands)
    assert _cryptogram(ask(chip, commands["ARQC"].replace("80AE80", "80AE40")))["9F27"].hex() == "80"
    assert chip.state is State.ONLINE


@pytest.mark.parametrize(("state", "signal"), list(product(State, Signal)))
def test_every_row_and_every_missing_row(
    state: State, signal: Signal, make_card: MakeCard, ask: Ask, commands: dict[str, str]
) -> None:
    """In each state each command does what the table says; where it has no row the answer is 6985 and nothing changes."""
    chip = _led_to(state, make_card(), ask, commands)
    assert chip.state is state
    command = COMMAND_OF[signal]
    # From INITIATED on, one instruction serves both cryptograms: a second one cannot be asked for before the first.
    if signal is Signal.FINISH and state is State.INITIATED:
        assert ask(chip, commands["TC"]) == "6700"
        return
    if signal in (Signal.GO_ONLINE, Signal.DECLINE) and state in (State.ONLINE, State.ANSWERED):
        assert ask(chip, commands[command])[-4:] in ("6A86", "6700")
        assert chip.state is state
        return
    status = ask(chip, commands[command])[-4:]
    follower = TRANSITIONS[state].get(signal)
    if follower is None:
        assert (status, chip.state) == ("6985", state)
    else:
        assert (status, chip.state) == ("6300" if signal is Signal.AUTHENTICATE else "9000", follower)


@pytest.mark.parametrize(
    ("state", "command", "status"),
    [
        (State.IDLE, "", "6700"),
        (State.IDLE, "00A404", "6700"),
        (State.IDLE, "00A4040007A0000000031010" + "0000", "6700"),
        (State.IDLE, "00A4040007A000000004101000", "6A82"),
        (State.IDLE, "00A404000E315041592E5359532E444446303100", "6A82"),
        (State.IDLE, "00A4000007A000000003101000", "6A86"),
        (State.IDLE, "00A4040004A000000000", "6700"),
        (State.IDLE, "FFA4040007A000000003101000", "6E00"),
        (State.IDLE, "80A4040007A000000003101000", "6E00"),
        (State.IDLE, "00CA9F3600", "6D00"),
        (State.IDLE, "0020008008241234FFFFFFFFFF", "6D00"),
        (State.SELECTED, "80A80000028300", "6700"),
        (State.SELECTED, "80A8000007840" + "5E0F8C80276", "6700"),
        (State.SELECTED, "80A801000783" + "05E0F8C80276", "6A86"),
        (State.INITIATED, "00B2010800", "6A86"),
        (State.INITIATED, "00B2012400", "6A82"),
        (State.INITIATED, "00B2030C00", "6A83"),
        (State.INITIATED, "80AE8000021234", "6700"),
        (State.INITIATED, "80AEC0001D" + "00" * 29, "6A86"),
        (State.INITIATED, "80AE90001D" + "00" * 29, "6A86"),
        (State.ONLINE, "0082000007" + "00" * 7, "6700"),
        (State.ONLINE, "0082000011" + "00" * 17, "6700"),
        (State.ONLINE, "0082010008" + "00" * 8, "6A86"),
    ],
)
def test_wrong_commands_get_their_status_and_change_nothing(
    state: State, command: str, status: str, make_card: MakeCard, ask: Ask, commands: dict[str, str]
) -> None:
    """Each way of being wrong has its own status word."""
    chip = _led_to(state, make_card(), ask, commands)
    assert ask(chip, command) == status
    assert chip.state is state


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(["", "00A40400", "80A80000", "00B20114", "80AE8000", "00820000"]), tail=st.binary(max_size=40))
def test_the_chip_answers_whatever_it_is_sent(
    head: str, tail: bytes, make_card: MakeCard, ask: Ask, commands: dict[str, str]
) -> None:
    """Any bytes get a status word in every state; nothing raises."""
    for state in State:
        chip = _led_to(state, make_card(), ask, commands)
        assert len(chip.transmit(bytes.fromhex(head) + tail)) >= 2


def test_records_are_where_the_locator_says(
    make_card: MakeCard, ask: Ask, commands: dict[str, str], issuer_keys: IssuerKeys
) -> None:
    """Reading by tag 94 finds number, expiry, lists and the track with its iCVV, each once."""
    chip = make_card().insert()
    ask(chip, commands["SELECT"])
    locator = parse_flat(parse_flat(bytes.fromhex(ask(chip, commands["GPO"]))[:-2])["77"])["94"]
    found: dict[str, bytes] = {}
    for entry in range(0, len(locator), 4):
        file, first, last, _ = locator[entry : entry + 4]
        for number in range(first, last + 1):
            response = ask(chip, f"00B2{number:02X}{file | 4:02X}00")
            record = parse_flat(parse_flat(bytes.fromhex(response)[:-2])["70"])
            assert not found.keys() & record.keys()
            found |= record
    card = TEST_CARDS["visa-chip"]
    assert found["5A"].hex() == card.pan.expose()
    assert found["5F24"].hex() == "311231"
    assert {"57", "5A", "5F20", "5F24", "5F34", "8C", "8D", "8E"} <= found.keys()
    track = parse_track2(decode_equivalent(found["57"]))
    icvv = psec.cvv.generate_cvv(issuer_keys.cvk.expose(), card.pan.expose(), card.expiry, "999")
    assert track.discretionary.expose().decode()[CVV_PLACE] == icvv


def test_the_counter_counts_transactions_and_ends(make_card: MakeCard, ask: Ask, commands: dict[str, str]) -> None:
    """Each GET PROCESSING OPTIONS takes the next counter, over insertions; a card at its end refuses."""
    card = make_card(atc=0xFFFD)
    for expected in ("FFFE", "FFFF"):
        chip = _led_to(State.INITIATED, card, ask, commands)
        assert _cryptogram(ask(chip, commands["ARQC"]))["9F36"].hex().upper() == expected
    chip = _led_to(State.SELECTED, card, ask, commands)
    assert ask(chip, commands["GPO"]) == "6985"
    assert card.atc == 0xFFFF


def test_two_insertions_do_not_disturb_each_other(make_card: MakeCard, ask: Ask, commands: dict[str, str]) -> None:
    """Two terminals that hold the same card each finish their own dialogue; only the counter is shared."""
    card = make_card()
    one = _led_to(State.ONLINE, card, ask, commands)
    other = _led_to(State.ONLINE, card, ask, commands)
    assert _cryptogram(ask(one, commands["TC"]))["9F36"].hex() == "0001"
    assert _cryptogram(ask(other, commands["TC"]))["9F36"].hex() == "0002"


def test_the_selection_answer_asks_for_what_the_card_wants(make_card: MakeCard, ask: Ask, commands: dict[str, str]) -> None:
    """The FCI names the application and carries the list for GET PROCESSING OPTIONS (tag 9F38)."""
    fci = decode(bytes.fromhex(ask(make_card().insert(), commands["SELECT"]))[:-2])
    values = {tag: element.value.hex() for tag in ("84", "50", "9F38") if (element := find(fci, tag)) is not None}
    assert values == {"84": "a0000000031010", "50": b"VISA CREDIT".hex(), "9F38": "9f33039f1a02"}


def _led_to(state: State, card: Card, ask: Ask, commands: dict[str, str]) -> ChipApplication:
    chip = card.insert()
    for name in PATHS[state]:
        ask(chip, commands[name])
    return chip


def _cryptogram(response: str) -> dict[str, bytes]:
    assert response.endswith("9000"), response
    return parse_flat(parse_flat(bytes.fromhex(response)[:-2])["77"])


def _session_key(keys: IssuerKeys, atc: bytes) -> bytes:
    card = TEST_CARDS["visa-chip"]
    return pyemv.kd.derive_common_sk(
        pyemv.kd.derive_icc_mk_a(keys.imk_ac.expose(), card.pan.expose(), card.sequence), atc + bytes(6)
    )


def _covered(transaction: dict[str, bytes], cryptogram: dict[str, bytes]) -> bytes:
    """CVN 18: the terminal's values, then AIP, ATC and issuer application data."""
    return b"".join(transaction.values()) + bytes.fromhex("1C00") + cryptogram["9F36"] + cryptogram["9F10"]
