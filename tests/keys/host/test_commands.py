"""Proves the contract of all commands, because they are in the table; then what is particular to some of them."""

import re

import pytest

from keys.ciphers import Tdes, xor
from keys.host.codes import ErrorCode
from keys.host.commands import COMMANDS
from keys.host.commands.pins import FORMATS
from keys.host.fields import KeyField, fields_of
from keys.host.limits import DATA_BYTES_MAX
from keys.lab import LAB_KEYS, lab_key
from keys.mac import cbc_mac
from keys.material import Algorithm, Key, KeyUsage, Mode
from keys.pinblock import PinBlockFormat, encrypt_iso0, encrypt_pin
from keys.sensitive import Pan, Secret
from keys.terms import Permission, Terms
from tests.keys.host.samples import KEYS, PIN, SAMPLES, TABLE
from tests.keys.host.words import ACCOUNT, PAN, named

NAMED = re.compile(r"N(\d\d)((?:[a-z0-9-]+\.)?[a-z0-9-]+)")
CODES = {code.value for code in ErrorCode}
WITH_KEYS = [
    code for code, row in COMMANDS.items() if any(isinstance(field.form, KeyField) for field in fields_of(row.request))
]


@pytest.fixture
def client(open_client):
    """A client of a machine that has all keys of the samples, and does not tire."""
    return open_client(*KEYS, tries_max=10**6, verifications_per_second=10**6, translations_per_second=10**6)


def key_fields(command):
    """Where the names of keys stand in a sample: the part before, the name, the part behind."""
    found = []
    for match in NAMED.finditer(command):
        name = command[match.start() + 3 : match.start() + 3 + int(match[1])]
        if name in LAB_KEYS or name in {key.name for key in KEYS}:
            found.append((command[: match.start()], name, command[match.start() + 3 + len(name) :]))
    return found


def test_every_command_has_a_sample():
    """A new row brings one."""
    assert set(SAMPLES) == set(COMMANDS)


@pytest.mark.parametrize("code", COMMANDS)
def test_a_good_command_is_answered_well(client, code):
    """00, and the answer code."""
    assert client.raw(code + SAMPLES[code])[:4] == (code[0] + chr(ord(code[1]) + 1) + "00").encode()


@pytest.mark.parametrize("code", [code for code in COMMANDS if code != "NC"])
def test_a_command_cut_anywhere_is_refused(client, code):
    """Whatever is missing from its end, the answer is an error that is in the table."""
    sample = SAMPLES[code]
    answers = {client.ask(code + sample[:end])[0] for end in range(len(sample))}
    assert "00" not in answers
    assert answers <= CODES


@pytest.mark.parametrize("code", COMMANDS)
def test_a_byte_too_many_is_refused(client, code):
    """Fields end where they end."""
    assert client.ask(code + SAMPLES[code] + "0")[0] != "00"


@pytest.mark.parametrize("code", WITH_KEYS)
def test_a_key_comes_as_a_block_too(client, code):
    """Each name replaced by a key block: the same answer. Not for keys whose terms a block does not carry."""
    sample = SAMPLES[code]
    for before, name, behind in key_fields(sample):
        if name != "ibm.pvk":
            sent = code + before + "S" + client.machine._keys.wrap(name) + behind
            if code not in ("CI", "G0"):  # Their serial numbers are good once.
                assert client.ask(sent)[0] == "00", name
    assert key_fields(sample)


@pytest.mark.parametrize("code", WITH_KEYS)
def test_a_key_that_is_not_there_is_told(client, code):
    """An unknown name 21, another scheme 26, a damaged block A4: for each key of each command."""
    for before, name, behind in key_fields(SAMPLES[code]):
        block = client.machine._keys.wrap(name)
        assert client.ask(code + before + named("nobody") + behind)[0] == "21"
        assert client.ask(code + before + "U" + 32 * "A" + behind)[0] == "26"
        assert client.ask(code + before + "S" + block[:-1] + ("0" if block[-1] != "0" else "1") + behind)[0] == "A4"
        assert client.ask(code + before + "SD0001" + behind)[0] == "A4"


@pytest.mark.parametrize("code", [code for code in WITH_KEYS if code not in ("BU", "A8")])
def test_a_key_of_another_use_is_refused(client, code):
    """For each key of each command: no other key of the lab does in its place, unless it is one of the same use (R16)."""
    everything = {name: lab_key(name) for name in LAB_KEYS} | {key.name: key for key in KEYS}
    for before, name, behind in key_fields(SAMPLES[code]):
        for other, key in everything.items():
            if key.usage is not everything[name].usage:
                assert client.ask(code + before + named(other) + behind)[0] != "00", (name, other)


# Keys.


def test_a_port_that_is_not_authorised_manages_no_keys(open_client):
    """17 for those that make keys, take them in or let them out; the others work."""
    client = open_client(*KEYS, authorised=False)
    assert {client.ask(code + SAMPLES[code])[0] for code in ("A0", "A6", "A8")} == {"17"}
    assert client.ask("BU" + SAMPLES["BU"])[0] == "00"


@pytest.mark.parametrize(
    ("attributes", "code"),
    [("#Q9T2B00E00", "15"), ("#P0T2z00E00", "15"), ("#P0D1B00E00", "15"), ("#P0T2B00X00", "15"), ("#P0T2B00E01", "15")],
)
def test_attributes_that_do_not_exist_are_refused(client, attributes, code):
    """Usage, mode, algorithm, exportability, optional blocks."""
    assert client.ask("A00FFFS" + attributes) == (code, "")


def test_a_new_key_leaves_under_a_zmk_only_if_it_may(client):
    """Mode 1: both blocks; of exportability N nothing, and nothing of the key stays behind."""
    answer = client.good("A01FFFS" + named("zmk") + "R#P0T2B00E00&N")
    under_zmk = answer[answer.index("R", 20) + 1 : -6]
    assert under_zmk[11] == "N"
    assert client.ask("A01FFFS" + named("zmk") + "R#P0T2B00N00") == ("29", "")
    assert client.ask("BUFFF" + named("block.new")) == ("21", "")


def test_key_management_is_audited(client):
    """Each act with its key's fingerprint or name, done or refused."""
    client.good("A00FFFS#P0T2B00E00")
    client.good("A6" + SAMPLES["A6"])
    client.good("A8" + SAMPLES["A8"])
    client.ask("A8FFF" + named("zmk") + named("ibm.pvk") + "R")
    told = [(event.command, event.operation, event.result) for event in client.events()]
    assert told == [
        ("A0", "generate-key", "done"),
        ("A6", "import-key", "done"),
        ("A8", "export-key", "done"),
        ("A8", "export-key", "refused"),
    ]
    assert client.events()[0].keys[0].startswith("S-P0-")


# PINs.


@pytest.mark.parametrize("code", ["DA", "EA"])
def test_a_table_of_ones_own_finds_no_pin(client, code):
    """The attack of TR-560 over the wire: tables that map one digit to 1, one after another, are refused unlooked at (R10)."""
    sample = SAMPLES[code]
    for digit in range(16):
        table = "".join("1" if place == digit else "0" for place in range(16))
        assert client.ask(code + sample.replace(TABLE, table)) == ("25", "")
    assert {event.reason for event in client.events()} == {"decimalisation-table"}
    assert client.ask(code + sample) == ("00", "")


@pytest.mark.parametrize("code", ["DA", "EA"])
@pytest.mark.parametrize("validation", ["173900NFFFFF", "AAAAAAAAAAAA", "NNNNNNNNNNNN", "1739001N____"])
def test_validation_data_of_ones_own_is_refused(client, code, validation):
    """It is made as the key says, of this card."""
    mine = ACCOUNT[:7] + "NFFFF"
    assert mine in SAMPLES[code]
    assert client.ask(code + SAMPLES[code].replace(mine, validation)) == ("15", "")


def test_an_offset_has_as_many_digits_as_are_checked(client):
    """Shorter, longer or of letters: refused before a PIN is looked at."""
    sample = SAMPLES["DA"]
    assert client.ask("DA" + sample.replace("0104" + ACCOUNT, "0105" + ACCOUNT)) == ("15", "")
    assert client.ask("DA" + sample[:-12] + "12AB" + 8 * "F")[0] == "15"
    assert client.ask("DA" + sample[:-12] + 12 * "F")[0] == "15"


def test_an_offset_of_letters_costs_a_try(open_client):
    """It is refused only when the PIN has been looked at: nobody looks for nothing."""
    client = open_client(*KEYS)
    letters = SAMPLES["DA"][:-12] + "12AB" + 8 * "F"
    assert [client.ask("DA" + letters)[0] for _ in range(4)] == ["15", "15", "15", "39"]
    assert client.ask("DA" + SAMPLES["DA"])[0] == "39"


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_only_lawful_formats_become_each_other(open_client, source, target):
    """All 25 pairs: none to 1 from a format with a card, none from or to 2 (R1); and 4 is AES's (R4)."""
    every = tuple(each for each in PinBlockFormat if each is not PinBlockFormat.ISO_4)
    tdes = Key.make("t.pek", KeyUsage.PIN_ENCRYPTION, lab_key("pos.zpk").secret.expose(), terms=Terms(pin_formats=every))
    aes = Key.make("a.pek", KeyUsage.PIN_ENCRYPTION, bytes(range(16)), algorithm=Algorithm.AES)
    client = open_client(tdes, aes, translations_per_second=10**6)
    keys = {code: aes if FORMATS[code] is PinBlockFormat.ISO_4 else tdes for code in FORMATS}
    block = encrypt_pin(keys[source].secret, FORMATS[source], Secret(PIN.encode()), Pan(PAN), bytes(16))
    account = PAN + ";" if "48" in (source, target) else ACCOUNT
    sent = "CC" + named(keys[source].name) + named(keys[target].name) + "12" + block.hex().upper() + source + target + account
    lawful = {("01", "01"), ("01", "47"), ("01", "48"), ("47", "01"), ("47", "47"), ("47", "48")}
    lawful |= {("48", "01"), ("48", "47"), ("48", "48"), ("05", "01"), ("05", "05"), ("05", "47"), ("05", "48")}
    assert client.ask(sent)[0] == ("00" if (source, target) in lawful else "69")


def test_an_unknown_format_is_told(client):
    """23."""
    assert client.ask("CC" + SAMPLES["CC"].replace("0101" + ACCOUNT, "9901" + ACCOUNT)) == ("23", "")


def test_old_clients_hear_what_they_expect(open_client):
    """With --compat-errors: the PIN's length, and 20 and 24 told apart; without it neither."""
    clear = [b"\x00\x12\x34\xff\xff\xff\xff\xff", b"\x04\x12\x34\xff\xff\xff\xff\xff", b"\x94\x12\x34\xff\xff\xff\xff\xff"]
    masks = bytes.fromhex("0000" + ACCOUNT)
    blocks = [Tdes(lab_key("pos.zpk").secret).encrypt(xor(each, masks)).hex().upper() for each in clear]
    good = encrypt_iso0(lab_key("pos.zpk").secret, Secret(b"123456"), Pan(PAN)).hex().upper()
    encrypting = Key.make("e.pek", KeyUsage.PIN_ENCRYPTION, lab_key("pos.zpk").secret.expose(), mode=Mode.ENCRYPT)
    answers = {}
    for compat in (True, False):
        client = open_client(encrypting, *KEYS, compat_errors=compat)
        head = "CC" + named("pos.zpk") + named("issuer-link.zpk") + "12"
        answers[compat] = [client.ask(head + block + "0101" + ACCOUNT)[0] for block in (blocks[0], blocks[2])]
        assert client.good(head + good + "0101" + ACCOUNT)[:2] == ("06" if compat else "00")
        verify = "DC" + named("pos.zpk") + named("issuer.pvk")
        assert client.ask(verify + blocks[0] + "01" + ACCOUNT + "10000")[0] == ("24" if compat else "01")
        # A key that the HSM would not have used is not used to explain either.
        assert client.ask(verify.replace(named("pos.zpk"), named("e.pek")) + blocks[0] + "01" + ACCOUNT + "10000") == ("29", "")
        assert client.ask(verify + good + "01" + ACCOUNT + "10000") == ("01", "")
    assert answers == {True: ["24", "20"], False: ["20", "20"]}


@pytest.mark.parametrize("code", ["CI", "G0"])
def test_a_serial_number_is_good_once_whatever_block_its_key_comes_in(client, code):
    """The device is known by its base key itself: another block, or the name, of the same key gives it no second time (R15)."""
    sent = code + SAMPLES[code]
    assert client.ask(sent)[0] == "00"
    assert client.ask(sent) == ("92", "")
    assert client.ask(sent.replace(named("x9.bdk"), "S" + client.machine._keys.wrap("x9.bdk"))) == ("92", "")


# MACs and data.


def test_a_mac_key_makes_the_macs_of_its_own_algorithm(client):
    """Another algorithm than the key's usage is refused, not computed."""
    for algorithm, code in (("1", "29"), ("3", "00"), ("6", "29")):
        assert client.ask(f"M6001{algorithm}1FFF{named('pos.zak')}0008ABCDEFGH")[0] == code


def test_algorithm_1_needs_padding_3_or_permission(open_client):
    """Plain CBC-MACs can be forged where lengths vary (R27)."""
    material = "1F3D5B798A6C4E2013579BDF2468ACE0"
    plain = Key.make("plain.zak", KeyUsage.MAC_ALGORITHM_1, material)
    legacy = Key.make("old.zak", KeyUsage.MAC_ALGORITHM_1, material, terms=Terms(permissions=(Permission.LEGACY_MACS,)))
    client = open_client(plain, legacy)
    assert client.ask(f"M600111FFF{named('plain.zak')}0008ABCDEFGH") == ("29", "")
    expected = cbc_mac(plain.secret, b"ABCDEFGH", padding=3).hex().upper()
    assert client.good(f"M600113FFF{named('plain.zak')}0008ABCDEFGH") == expected
    assert client.good(f"M600110FFF{named('old.zak')}0008ABCDEFGH") == cbc_mac(plain.secret, b"ABCDEFGH").hex().upper()


def test_without_padding_data_is_in_whole_blocks(client):
    """80 otherwise; CMAC pads itself."""
    assert client.ask(f"M600130FFF{named('pos.zak')}0007ABCDEFG") == ("80", "")
    assert client.ask(f"M600130FFF{named('pos.zak')}0000") == ("80", "")
    assert client.ask(f"M00001FFF{named('journal.protect')}0007ABCDEFG") == ("80", "")
    assert client.ask(f"M00001FFF{named('pos.zak')}0008ABCDEFGH") == ("29", "")


def test_the_longest_data_is_enciphered(client):
    """Binary in, twice as many digits out; one block more is refused."""
    head = b"M00001FFF" + named("journal.protect").encode()
    assert len(client.good(head + b"%04X" % DATA_BYTES_MAX + bytes(DATA_BYTES_MAX))) == 4 + 2 * DATA_BYTES_MAX
    assert client.ask(head + b"%04X" % (DATA_BYTES_MAX + 16) + bytes(DATA_BYTES_MAX + 16)) == ("80", "")


@pytest.mark.parametrize("length", ["0001A", "0002ag", "0003ABC", "FFFF"])
def test_hexadecimal_data_is_hexadecimal(client, length):
    """Odd, of other letters, or shorter than it says."""
    assert client.ask(f"M601131FFF{named('pos.zak')}{length}")[0] in ("15", "80")


# Chip cards.


def test_no_answer_for_an_arqc_that_was_not_verified(client):
    """Modes that only make an ARPC are not there; a wrong ARQC gets 01 and nothing else (R28)."""
    for code, modes in (("KQ", "234"), ("KW", "24")):
        for mode in modes:
            assert client.ask(code + mode + SAMPLES[code][1:])[0] == "15"
    wrong = SAMPLES["KQ"][:-10] + 8 * "x" + "00"
    assert client.ask("KQ" + wrong) == ("01", "")


def test_transaction_data_of_no_version_is_refused(client):
    """Other lengths, other padding, another counter than the data's: no MAC is made over what is no transaction."""
    sample = SAMPLES["KW"]
    assert client.ask("KW" + sample.replace("\x80;", "\x00;"))[0] == "15"
    head = sample[: sample.index("28")]
    assert client.ask("KW" + head + "01x;" + 8 * "x" + "00")[0] == "15"
    card_end = sample.index("28") - 2
    assert client.ask("KW" + sample[:card_end] + "\x00\x23" + sample[card_end + 2 :])[0] == "15"
    assert client.ask("KW13" + sample[2:])[0] == "15"


# Secrets.


def test_nothing_secret_is_in_a_file(client):
    """After every command, good and spoilt: no card number, account number, PIN block or key in counters or audit (R8)."""
    for code, sample in SAMPLES.items():
        client.ask(code + sample)
        client.ask(code + sample[:-3])
        client.ask(code + sample.replace("0", "1"))
        client.ask(code + sample.replace(PAN, PAN[::-1]).replace(ACCOUNT, ACCOUNT[::-1]))
    written = b"".join(path.read_bytes() for path in client.state.iterdir()).upper()
    keys = [client.machine._keys.get(name).secret.expose() for name in client.machine._keys.names()]
    secrets = [PAN.encode(), ACCOUNT.encode(), encrypt_iso0(lab_key("pos.zpk").secret, Secret(PIN.encode()), Pan(PAN)), *keys]
    assert {event.result for event in client.events()} == {"done", "refused", "failed"}
    for secret in secrets:
        assert secret not in written
        assert secret.hex().upper().encode() not in written
