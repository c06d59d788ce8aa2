"""Proves the port without its sockets: headers, trailers, unknown and broken commands, service and its end."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.host.commands import COMMANDS
from keys.host.limits import BLOCKS_KEPT_MAX
from keys.host.machine import Options, answer_code
from keys.host.service import open_machine
from keys.lab import lab_key, lab_keystore
from keys.material import Key, KeyUsage
from keys.pin import pvv
from keys.pinblock import encrypt_iso0
from keys.sensitive import Pan, Secret
from keys.terms import Terms
from tests.keys.host.conftest import Client
from tests.keys.host.samples import TABLE
from tests.keys.host.words import ACCOUNT, PAN, named, pvv_of

ISSUE = "A0 A6 A8 B2 BU CA CC CI CW CY DA DC EA EC G0 KQ KW M0 M2 M6 M8 NC"


def test_all_commands_are_there():
    """Those that clients were promised, under their own codes."""
    assert sorted(COMMANDS) == ISSUE.split()
    assert all(code == command.code for code, command in COMMANDS.items())


@pytest.mark.parametrize("header", [0, 1, 4, 20])
def test_the_header_is_echoed(open_client, header):
    """Whatever bytes it has, and however long it is."""
    machine = open_client(header_bytes=header).machine
    sent = bytes(range(header))
    assert machine.answer(sent + b"B20002OK", "somebody", 0) == sent + b"B300OK"
    assert machine.message_bytes_min == header + 2


def test_the_answer_code_is_the_next(client):
    """Second character and one; what is no code has ZZ."""
    assert [answer_code(code) for code in (b"A0", b"CA", b"KY", b"NC")] == [b"A1", b"CB", b"KZ", b"ND"]
    assert {answer_code(code) for code in (b"AZ", b"A9", b"a0", b"\x00\xff", b"A", b"  ", b"")} == {b"ZZ"}


@pytest.mark.parametrize("code", ["XX", "ZZ", "A2", "nc", "\x00\x00", "\xff\xfe"])
def test_an_unknown_command_is_answered(client, code):
    """With 68, not with silence."""
    assert client.ask(code + "whatever") == ("68", "")


def test_a_disabled_command_is_answered(open_client):
    """With 68; the others work."""
    client = open_client(disabled=("NC",))
    assert client.ask("NC") == ("68", "")
    assert client.good("B20000") == ""


def test_a_trailer_is_echoed(client):
    """Behind X'19', up to 32 characters, binary ones too; behind the LMK's identifier as well."""
    assert client.raw("B20002OK\x19trailer") == b"B300OK\x19trailer"
    assert client.raw("B20002OK%00\x19") == b"B300OK\x19"
    assert client.raw(b"NC\x19" + bytes(32))[-33:] == b"\x19" + bytes(32)
    assert client.ask(b"NC\x19" + bytes(33)) == ("15", "")


@pytest.mark.parametrize(("command", "code"), [("NC%01", "13"), ("NC%", "15"), ("NCx", "15"), ("B20002OKx", "15")])
def test_what_does_not_belong_there_is_refused(client, command, code):
    """Another LMK, or bytes too many."""
    assert client.ask(command) == (code, "")


@pytest.mark.parametrize(
    ("command", "code"), [("B2", "15"), ("B2000", "15"), ("B20003OK", "80"), ("B2zzzz", "15"), ("B2FFFF", "80")]
)
def test_a_length_that_lies_is_refused(client, command, code):
    """Missing, short, of letters, too long."""
    assert client.ask(command) == (code, "")


def test_diagnostics_tell_the_lmk(client):
    """Six digits of its check value, never more, and what answers."""
    assert client.good("NC") == "17D99B" + 10 * "0" + "POIN-0001"


@given(data=st.data())
@settings(max_examples=300)
def test_whatever_comes_is_answered(shared_client, data):
    """Garbage behind any code: an answer with a known error code, and no exception (B13, B14, B31)."""
    code = data.draw(st.sampled_from([*sorted(COMMANDS), "ZZ"]))
    answer = shared_client.raw(code.encode("ascii") + data.draw(st.binary(max_size=200)))
    assert answer[:2] == answer_code(code.encode("ascii"))
    assert answer[2:4].isalnum()


@given(data=st.data())
@settings(max_examples=300)
def test_a_changed_command_is_answered(shared_client, data):
    """A good command cut short, lengthened, or with a byte changed: an answer, and no exception."""
    command = bytearray(data.draw(st.sampled_from(GOOD)).encode("latin-1"))
    at = data.draw(st.integers(2, len(command) - 1))
    match data.draw(st.integers(0, 2)):
        case 0:
            del command[at:]
        case 1:
            command[at] = data.draw(st.integers(0, 255))
        case _:
            command[at:at] = data.draw(st.binary(max_size=5))
    assert shared_client.raw(bytes(command))[2:4].isalnum()


GOOD = [
    "A00FFFS#P0T2B00E00",
    "BUFF" + "F" + named("pos.zpk"),
    "M600131FFF" + named("pos.zak") + "0008ABCDEFGH",
    "M0000" + "1FFF" + named("journal.protect") + "0010" + 16 * "x",
    "CW" + named("issuer.cvk") + "4761739001010119;2512201",
    "DC" + named("pos.zpk") + named("issuer.pvk") + 16 * "A" + "01" + ACCOUNT + "11234",
    "CC" + named("pos.zpk") + named("issuer-link.zpk") + "12" + 16 * "A" + "0101" + ACCOUNT,
    "KQ00" + named("issuer.imk-ac") + 14 * "x" + "25" + 37 * "x" + ";" + 8 * "x",
]


@pytest.fixture(scope="module")
def shared_client(tmp_path_factory):
    """One machine for many examples: it must bear them all."""

    state = tmp_path_factory.mktemp("machine")
    with open_machine(lab_keystore(), state, Options(authorised=True), lab=True) as machine:
        yield Client(machine, state)


def test_more_blocks_than_are_kept_change_nothing(client):
    """Past the bound all are forgotten, and the next is opened again: answers stay the same."""
    block = client.good("A00FFFS#P0T2B00E00")[:-6]
    value = client.good("BUFFF" + block)
    for _ in range(BLOCKS_KEPT_MAX + 2):
        client.good("BUFFF" + "S" + client.machine._keys.wrap("pos.zpk"))
    assert client.good("BUFFF" + block) == value


def test_too_many_calls_are_refused_and_told_once(open_client):
    """A caller's allowance for one key: beyond it 39, one alarm, and other callers go on (R13)."""
    client = open_client(verifications_per_second=2)
    command = "CY" + named("issuer.cvk") + "0004761739001010119;2512201"
    codes = []
    for _ in range(5):
        client.now_ms = 0
        codes.append(client.ask(command)[0])
    assert codes == ["01", "01", "39", "39", "39"]
    assert [event.reason for event in client.events() if event.result == "alarm"] == ["too-often"]
    client.caller = "192.0.2.2"
    assert client.ask(command)[0] == "01"


def test_three_wrong_pins_and_no_more(client):
    """The fourth is refused without looking, were it the right one; unblocking begins anew (R12)."""
    right = verify_command("1234", pvv_of("1234"))
    wrong = verify_command("1234", "0000")
    assert client.ask(right) == ("00", "")
    assert [client.ask(wrong)[0] for _ in range(3)] == ["01", "01", "01"]
    assert client.ask(right) == client.ask(wrong) == ("39", "")
    assert client.machine.unblock(Pan(PAN), "issuer.pvk")
    assert client.ask(right) == ("00", "")
    assert not client.machine.unblock(Pan(PAN), "issuer.pvk")


def test_a_right_pin_forgives_the_wrong_ones(client):
    """Two wrong, one right, three wrong again."""
    right, wrong = verify_command("1234", pvv_of("1234")), verify_command("1234", "0000")
    assert [client.ask(each)[0] for each in (wrong, wrong, right, wrong, wrong, wrong, wrong)] == [
        "01",
        "01",
        "00",
        "01",
        "01",
        "01",
        "39",
    ]


def test_another_block_of_the_key_gives_no_new_tries(client):
    """Counters know keys by what they are, not by how they are named."""
    wrong = verify_command("1234", "0000")
    assert [client.ask(wrong)[0] for _ in range(3)] == ["01", "01", "01"]
    block = "S" + client.machine._keys.wrap("issuer.pvk")
    assert client.ask(wrong.replace(named("issuer.pvk"), block)) == ("39", "")


def test_another_number_with_the_same_pvv_gives_no_new_tries(client):
    """Of twelve digits a PVV is made of eleven: a number that differs only in the first has no tries of its own."""
    codes = []
    for first in "0123456":
        pan = Pan(PAN[:3] + first + PAN[4:-1] + "0")
        assert pvv(lab_key("issuer.pvk").secret, pan, 1, Secret(b"1234")) == pvv_of("1234")
        block = encrypt_iso0(lab_key("pos.zpk").secret, Secret(b"4321"), pan).hex().upper()
        account = pan.expose()[3:-1]
        codes.append(client.ask("DC" + named("pos.zpk") + named("issuer.pvk") + block + "01" + account + "1" + "0000")[0])
    assert codes == ["01", "01", "01", "39", "39", "39", "39"]


def test_another_number_with_the_same_natural_pin_gives_no_new_tries(open_client):
    """Nor digits that the validation data of an IBM 3624 key leave out."""
    terms = Terms(decimalisation=TABLE, validation="PPPPPPPPPPFFFFFF")
    client = open_client(Key.make("short.pvk", KeyUsage.PIN_VERIFICATION_IBM_3624, bytes(range(16)), terms=terms))
    codes = []
    for first in "123456":
        pan = Pan(PAN[:3] + first + PAN[4:])
        block = encrypt_iso0(lab_key("pos.zpk").secret, Secret(b"4321"), pan).hex().upper()
        command = "DA" + named("pos.zpk") + named("short.pvk") + "12" + block + "0104" + pan.expose()[3:-1] + TABLE
        codes.append(client.ask(command + "39001NFFFFFF" + "0000FFFFFFFF")[0])
    assert codes == ["01", "01", "01", "39", "39", "39"]


def test_a_key_that_may_not_verify_costs_no_try(client):
    """Refused before the PIN is looked at."""
    refused = verify_command("1234", "0000").replace(named("issuer.pvk"), named("issuer.cvk"))
    assert {client.ask(refused)[0] for _ in range(5)} == {"29"}


def test_counters_survive_a_restart(open_client, tmp_path):
    """A new machine over the same files remembers."""

    for expected in ("01", "01", "01", "39", "39"):
        with open_machine(lab_keystore(), tmp_path / "state", Options(), lab=True) as machine:
            answer = machine.answer(b"0000" + verify_command("1234", "0000").encode(), "somebody", 0)
            assert answer[6:8].decode() == expected


def test_every_failing_pin_looks_the_same(open_client):
    """A thousand damaged blocks, wrong PINs and wrong cards: one answer to verify, one to translate (R5, R6, R9)."""

    random = Random(4)
    client = open_client(tries_max=10**6, verifications_per_second=10**6)
    verified, translated = set(), set()
    good = encrypt_iso0(lab_key("pos.zpk").secret, Secret(b"1234"), Pan(PAN))
    for number in range(300):
        block = random.randbytes(8) if number % 3 else bytes((good[0] ^ (1 << number % 8),)) + good[1:]
        text = block.hex().upper()
        verified.add(client.raw("DC" + named("pos.zpk") + named("issuer.pvk") + text + "01" + ACCOUNT + "1" + "0000"))
        translated.add(client.raw("CC" + named("pos.zpk") + named("issuer-link.zpk") + "12" + text + "0101" + ACCOUNT))
    verified.add(client.raw(verify_command("1234", "0000")))
    verified.add(client.raw(verify_command("123456789012", "0000")))
    assert verified == {b"DD01"}
    assert translated == {b"CD20"}


def test_refusals_and_failures_are_audited_with_their_caller(client):
    """Operation, keys, result and reason of each, in a chain; no card number among them (R32)."""
    client.ask(verify_command("1234", "0000"))
    client.ask("M600131FFF" + named("pos.zpk") + "0008ABCDEFGH")
    client.ask("BUFFFSD0016P0TB00E0000")
    told = [(event.command, event.operation, event.result, event.reason, event.caller) for event in client.events()]
    assert told == [
        ("DC", "verify-pin-pvv", "failed", "pin-mismatch", "192.0.2.1"),
        ("M6", "command", "refused", "key-function", "192.0.2.1"),
        ("BU", "command", "refused", "key-block", "192.0.2.1"),
    ]
    everything = b"".join(path.read_bytes() for path in client.state.iterdir())
    assert PAN.encode() not in everything
    assert ACCOUNT.encode() not in everything


def test_without_counters_or_audit_there_is_no_service(client):
    """A file that cannot be written: this command and every later one is answered with 41."""
    client.machine._counters.close()
    assert client.ask(verify_command("1234", pvv_of("1234"))) == ("41", "")
    assert not client.machine.in_service
    assert client.ask("NC") == ("41", "")


def verify_command(pin, value):
    block = encrypt_iso0(lab_key("pos.zpk").secret, Secret(pin.encode()), Pan(PAN)).hex().upper()
    return "DC" + named("pos.zpk") + named("issuer.pvk") + block + "01" + ACCOUNT + "1" + value
