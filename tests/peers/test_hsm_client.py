"""Proves the host port to somebody else: a client of sockets and psec, on a real port, that expects what psec and pyemv make.

Nothing of Pointsman is imported here; all that the client knows is the page about the host commands, and the published LMK.
"""

import os
import re
import signal
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import psec
import pyemv
import pytest
from pyemv.ac import PaddingType

from tests.peers.processes import POINTSMAN, Program, run

pytestmark = pytest.mark.filterwarnings("ignore:.*TripleDES.*")

PAGE = Path(__file__).parents[2] / "docs" / "hsm-host.md"
LMK = bytes.fromhex(re.findall(r"`([0-9A-F]{64})`", PAGE.read_text())[0])
PAN = "4761739001010119"
ACCOUNT = PAN[-13:-1]
PATIENCE_S = 30.0


class HostClient:
    """A host's side of the protocol: length, header, command; the answer comes back under the same header."""

    def __init__(self, port: int) -> None:
        self.stream = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.count = 0

    def send(self, *commands: bytes) -> list[bytes]:
        """Send commands in one piece; give the headers that their answers will have."""
        headers = []
        for _ in commands:
            self.count += 1
            headers.append(b"%04d" % (self.count % 10_000))
        pairs = zip(headers, commands, strict=True)
        self.stream.sendall(b"".join(struct.pack(">H", 4 + len(data)) + header + data for header, data in pairs))
        return headers

    def receive(self) -> bytes:
        """One answer, its header before it."""
        return self._read(struct.unpack(">H", self._read(2))[0])

    def ask(self, command: bytes | str) -> bytes:
        """The answer to one command, from its answer code on."""
        data = command.encode("ascii") if isinstance(command, str) else command
        (header,) = self.send(data)
        answer = self.receive()
        assert answer[:4] == header
        assert answer[4:6] == data[:1] + bytes((data[1] + 1,))
        return answer[6:]

    def good(self, command: bytes | str) -> bytes:
        """What stands behind a good error code."""
        answer = self.ask(command)
        assert answer[:2] == b"00", answer
        return answer[2:]

    def closed(self) -> bool:
        """Whether the other side has closed."""
        try:
            return self.stream.recv(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self.stream.close()

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.stream.recv(count - len(data))
            assert piece, "the other side closed"
            data += piece
        return data


class Hsm(Program):
    """`pointsman hsm serve`, listening."""

    def __init__(self, state: Path, *words: str) -> None:
        super().__init__([POINTSMAN, "hsm", "serve", "--lab", "--port", "0", "--state", str(state), *words])
        self.state = state
        self.port = int(self.complaints.wait(lambda lines: re.findall(r"on port (\d+)", "\n".join(lines)))[0])


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hsm]:
    """A served HSM."""
    with Hsm(tmp_path_factory.mktemp("hsm")) as program:
        yield program


@pytest.fixture
def client(hsm: Hsm) -> Iterator[HostClient]:
    """A client of it."""
    client = HostClient(hsm.port)
    yield client
    client.close()


def block(usage: str, key: bytes, mode: str = "N", algorithm: str = "T", exportability: str = "E") -> str:
    """A key block as psec makes it under the published LMK."""
    header = psec.tr31.Header("D", usage, algorithm, mode, "00", exportability)
    return "S" + psec.tr31.wrap(LMK, header, key)


def key(size: int = 16) -> bytes:
    return psec.des.adjust_key_parity(os.urandom(size))


def another(value: str) -> str:
    """A value of as many digits that is not this one."""
    return f"{(int(value) + 1) % 10 ** len(value):0{len(value)}}"


def pin_block(pin_key: bytes, pin: str) -> str:
    return psec.des.encrypt_tdes_ecb(pin_key, psec.pinblock.encode_pinblock_iso_0(pin, PAN)).hex().upper()


# Keys.


def test_a_generated_key_is_what_its_block_says(client: HostClient) -> None:
    """A0: psec opens the block with the published LMK; check value and attributes are the key's; BU tells the same."""
    answer = client.good("A00FFFS#P0T2B00E00").decode()
    header, made = psec.tr31.unwrap(LMK, answer[1:-6])
    assert (header.key_usage, header.algorithm, header.mode_of_use, header.exportability) == ("P0", "T", "B", "E")
    assert psec.des.generate_kcv(made, 3).hex().upper() == answer[-6:]
    assert client.good("BUFFF" + answer[:-6]).decode() == answer[-6:]


def test_keys_come_and_go_in_tr31_blocks(client: HostClient) -> None:
    """A6 and A8: a block of psec's under a ZMK comes in, and leaves again as the same key."""
    zmk, mac_key = os.urandom(32), key()
    zmk_block = block("K1", zmk, mode="B", algorithm="A")
    sent = psec.tr31.wrap(zmk, psec.tr31.Header("D", "M3", "T", "C", "00", "E"), mac_key)
    answer = client.good(f"A6FFF{zmk_block}R{sent}S").decode()
    assert psec.tr31.unwrap(LMK, answer[1:-6])[1] == mac_key
    back = client.good(f"A8FFF{zmk_block}{answer[:-6]}R").decode()
    assert back[0] == "R"
    header, returned = psec.tr31.unwrap(zmk, back[1:-6])
    assert (header.key_usage, returned) == ("M3", mac_key)
    assert back[-6:] == psec.des.generate_kcv(mac_key, 3).hex().upper()


def test_a_key_that_may_not_leave_stays(client: HostClient) -> None:
    """A8 of exportability N: 29."""
    zmk_block = block("K1", os.urandom(32), mode="B", algorithm="A")
    assert client.ask(f"A8FFF{zmk_block}{block('M3', key(), exportability='N')}R") == b"29"


# PINs.


@pytest.mark.parametrize("command", ["CA", "CC"])
def test_a_pin_is_translated(client: HostClient, command: str) -> None:
    """psec opens the translated block; nothing tells the PIN's length."""
    source, target = key(), key()
    blocks = block("P0", source) + block("P0", target)
    answer = client.good(f"{command}{blocks}12{pin_block(source, '12345')}0101{ACCOUNT}").decode()
    assert (answer[:2], answer[-2:]) == ("00", "01")
    clear = psec.des.decrypt_tdes_ecb(target, bytes.fromhex(answer[2:-2]))
    assert psec.pinblock.decode_pinblock_iso_0(clear, PAN) == "12345"
    assert client.ask(f"{command}{blocks}12{'0' * 16}0101{ACCOUNT}") == b"20"
    assert client.ask(f"{command}{blocks}12{pin_block(source, '12345')}0105{ACCOUNT}") == b"69"


def test_a_pin_is_translated_to_aes(client: HostClient) -> None:
    """CC from format 0 under TDES to format 4 under AES, where the whole card number is needed."""
    source, target = key(), os.urandom(16)
    blocks = block("P0", source) + block("P0", target, algorithm="A")
    answer = client.good(f"CC{blocks}12{pin_block(source, '1234')}0148{PAN};").decode()
    assert psec.pinblock.decipher_pinblock_iso_4(target, bytes.fromhex(answer[2:-2]), PAN) == "1234"


# ANSI X9.24-1:2009 annex A.4, and the supplement of ANSI X9.24-3:2017: serial number -> PIN block of 1234.
TDES_BDK, TDES_PAN = "0123456789ABCDEFFEDCBA9876543210", "4012345678909"
TDES_BLOCKS = {"FFFF9876543210E00001": "1B9C1845EB993A7A", "FFFF9876543210E00002": "10A01C8D02C69107"}
AES_BDK, AES_PAN = "FEDCBA9876543210F1F1F1F1F1F1F1F1", "4111111111111111"
AES_BLOCKS = {
    "123456789012345600000001": "A912150391AB65A67E52883D81CE2D15",
    "123456789012345600000003": "A5A27E82B43A9A866A93D7ABE89CEF93",
}


def test_a_pin_under_tdes_dukpt_is_translated_once(client: HostClient) -> None:
    """CI and G0 with the standard's own example; an old serial number is refused: a terminal's counter only goes forward."""
    target = key()
    keys = block("B0", bytes.fromhex(TDES_BDK), mode="X") + block("P0", target)
    sent = [
        f"{command}{keys}A05{ksn}{enciphered}{source_format}01{TDES_PAN[:-1]}"
        for (ksn, enciphered), (command, source_format) in zip(TDES_BLOCKS.items(), (("CI", ""), ("G0", "01")), strict=True)
    ]
    for command in sent:
        clear = psec.des.decrypt_tdes_ecb(target, bytes.fromhex(client.good(command)[2:-2].decode()))
        assert psec.pinblock.decode_pinblock_iso_0(clear, TDES_PAN) == "1234"
    assert [client.ask(command) for command in sent] == [b"92", b"92"]


def test_a_pin_under_aes_dukpt_is_translated_once(client: HostClient) -> None:
    """G0 from and to format 4, and to format 0 under TDES, with the standard's own examples."""
    aes_target, tdes_target = os.urandom(16), key()
    base = block("B0", bytes.fromhex(AES_BDK), mode="X", algorithm="A")
    (first, second), account = AES_BLOCKS.items(), f"{AES_PAN};"
    sent = f"G0{base}{block('P0', aes_target, algorithm='A')}808{first[0]}{first[1]}4848{account}"
    translated = client.good(sent)[2:-2].decode()
    assert psec.pinblock.decipher_pinblock_iso_4(aes_target, bytes.fromhex(translated), AES_PAN) == "1234"
    assert client.ask(sent) == b"92"
    translated = client.good(f"G0{base}{block('P0', tdes_target)}808{second[0]}{second[1]}4801{account}")[2:-2].decode()
    clear = psec.des.decrypt_tdes_ecb(tdes_target, bytes.fromhex(translated))
    assert psec.pinblock.decode_pinblock_iso_0(clear, AES_PAN) == "1234"


def test_a_pin_is_verified_by_its_pvv(client: HostClient) -> None:
    """DC and EC: right, and wrong; after three wrong ones the card is refused, whichever command asks (R12)."""
    pin_key, pvk = key(), key()
    keys = block("P0", pin_key) + block("V2", pvk)
    pvv = psec.pin.generate_visa_pvv(pvk, "1", "1234", PAN)
    right, wrong = (f"{keys}{pin_block(pin_key, '1234')}01{ACCOUNT}1{value}" for value in (pvv, another(pvv)))
    assert client.ask("DC" + right) == client.ask("EC" + right) == b"00"
    assert [client.ask(code + wrong) for code in ("DC", "EC", "DC")] == [b"01"] * 3
    assert client.ask("DC" + right) == client.ask("EC" + wrong) == b"39"


# MACs, CVVs, data.


@pytest.mark.parametrize("padding", ["1", "2", "3"])
def test_a_mac_is_generated_and_verified(client: HostClient, padding: str) -> None:
    """M6 and M8, algorithm 3, binary and hexadecimal input; the last bit changed is not verified."""
    mac_key, message = key(), os.urandom(77)
    right = psec.mac.generate_retail_mac(mac_key[:8], mac_key[8:], message, padding=int(padding)).hex().upper().encode()
    fields = block("M3", mac_key).encode()
    hexed = b"%04X" % (2 * len(message)) + message.hex().upper().encode()
    plain = b"%04X" % len(message) + message
    head = b"013" + padding.encode() + b"FFF" + fields
    assert client.good(b"M600" + head[1:] + plain) == client.good(b"M601" + head[1:] + hexed) == right
    assert client.ask(b"M800" + head[1:] + plain + right) == b"00"
    assert client.ask(b"M800" + head[1:] + plain + right[:-1] + (b"0" if right[-1:] != b"0" else b"1")) == b"01"


def test_a_cvv_is_generated_and_verified(client: HostClient) -> None:
    """CW and CY for the stripe, the chip and the back of the card."""
    cvk = key()
    for service_code in ("201", "999", "000"):
        value = psec.cvv.generate_cvv(cvk, PAN, "2512", service_code)
        assert client.good(f"CW{block('C0', cvk)}{PAN};2512{service_code}").decode() == value
        assert client.ask(f"CY{block('C0', cvk)}{value}{PAN};2512{service_code}") == b"00"
        assert client.ask(f"CY{block('C0', cvk)}{another(value)}{PAN};2512{service_code}") == b"01"


def test_data_is_enciphered_and_deciphered(client: HostClient) -> None:
    """M0 and M2 in CBC: cipher text of psec's, the next initial vector, and back."""
    data_key, iv, data = key(), os.urandom(8), os.urandom(40)
    cipher = psec.des.encrypt_tdes_cbc(data_key, iv, data)
    fields = f"01{{}}1FFF{block('D0', data_key)}{iv.hex().upper()}"
    done = client.good(b"M0" + fields.format("0").encode() + b"%04X" % len(data) + data)
    assert done == (cipher[-8:].hex() + f"{2 * len(cipher):04X}" + cipher.hex()).upper().encode()
    back = client.good(("M2" + fields.format("1") + f"{2 * len(cipher):04X}" + cipher.hex().upper()).encode())
    assert back[20:] == data.hex().upper().encode()


# Chip cards.

HEAD = bytes.fromhex("000000001000 000000000000 0840 0080048000 0840 251122 00 11223344 1980 0022")
ATC, UN = HEAD[-2:], bytes.fromhex("11223344")
CARD = bytes.fromhex((PAN + "00")[-16:])


def test_an_arqc_is_verified_and_answered(client: HostClient) -> None:
    """KQ for Visa CVN 10 and M/Chip with its own session key, against pyemv; a wrong one has no answer."""
    imk = key()
    mk = pyemv.kd.derive_icc_mk_a(imk, PAN, "00")
    visa = HEAD + bytes.fromhex("03A0B800")
    visa_arqc = pyemv.ac.generate_ac(mk, visa, PaddingType.VISA)
    m_chip = HEAD + bytes.fromhex("A00003220000")
    m_chip_arqc = pyemv.ac.generate_ac(pyemv.kd.derive_common_sk(mk, ATC + bytes(2) + UN), m_chip, PaddingType.EMV)
    for scheme, data, arqc in ((b"0", visa, visa_arqc), (b"1", m_chip + b"\x80", m_chip_arqc)):
        fields = block("E0", imk, mode="X").encode() + CARD + ATC + UN + b"%02X" % len(data) + data + b";"
        assert client.ask(b"KQ0" + scheme + fields + arqc) == b"00"
        assert client.good(b"KQ1" + scheme + fields + arqc + b"00") == pyemv.ac.generate_arpc_1(mk, arqc, b"00")
        assert client.ask(b"KQ1" + scheme + fields + bytes(8) + b"00") == b"01"
        assert client.ask(b"KQ2" + scheme + CARD) == b"15"


def test_an_arqc_of_the_common_session_key_is_answered(client: HostClient) -> None:
    """KW for Visa CVN 18 by method 2, and for M/Chip CVN 20 by method 1, against pyemv."""
    imk = key()
    fields = block("E0", imk, mode="X").encode() + CARD + ATC
    session = pyemv.kd.derive_common_sk(pyemv.kd.derive_icc_mk_b(imk, PAN, "00"), ATC + bytes(6))
    data = HEAD + bytes.fromhex("06011203A0B800")
    arqc, csu = pyemv.ac.generate_ac(session, data, PaddingType.EMV), bytes.fromhex("00820000")
    padded = psec.mac.pad_iso_2(data)
    sent = fields + b"%02X" % len(padded) + padded + b";" + arqc
    assert client.good(b"KW33" + sent + csu + b"0") == pyemv.ac.generate_arpc_2(session, arqc, csu)
    assert client.good(b"KW33" + sent + csu + b"3abc") == pyemv.ac.generate_arpc_2(session, arqc, csu, b"abc")
    assert client.ask(b"KW13" + sent + b"00") == b"15"
    data = HEAD + bytes.fromhex("A00003220000")
    session = pyemv.kd.derive_common_sk(pyemv.kd.derive_icc_mk_a(imk, PAN, "00"), ATC + bytes(6))
    arqc, padded = pyemv.ac.generate_ac(session, data, PaddingType.EMV), psec.mac.pad_iso_2(data)
    sent = fields + b"%02X" % len(padded) + padded + b";" + arqc
    assert client.good(b"KW12" + sent + b"00") == pyemv.ac.generate_arpc_1(session, arqc, b"00")


# The port itself.


def test_a_hundred_guesses_at_once_are_three_tries(hsm: Hsm) -> None:
    """A hundred connections, each with another PIN: three are looked at, the others not, and neither is the right one (R12)."""
    pin_key, pvk = key(), key()
    guesses = [f"{guess:04}" for guess in range(100)]
    values = {psec.pin.generate_visa_pvv(pvk, "1", guess, PAN) for guess in guesses}
    pvv = next(value for value in map("{:04}".format, range(10_000)) if value not in values)
    keys = block("P0", pin_key) + block("V2", pvk)
    clients = [HostClient(hsm.port) for _ in guesses]
    for guess, client in zip(guesses, clients, strict=True):
        client.send(f"DC{keys}{pin_block(pin_key, guess)}01{ACCOUNT}1{pvv}".encode())
    answers = [client.receive()[4:] for client in clients]
    assert (answers.count(b"DD01"), answers.count(b"DD39")) == (3, 97)
    right = psec.pin.generate_visa_pvv(pvk, "1", "0000", PAN)
    assert clients[0].ask(f"DC{keys}{pin_block(pin_key, '0000')}01{ACCOUNT}1{right}") == b"39"
    for client in clients:
        client.close()


def test_pipelined_commands_are_answered_in_order(client: HostClient) -> None:
    """A thousand commands without reading, then a thousand answers, each under its own header (B12, B14)."""
    headers = client.send(*(b"B20004%04d" % number for number in range(1000)))
    for number, header in enumerate(headers):
        assert client.receive() == header + b"B300%04d" % number


@pytest.mark.parametrize(
    "data",
    [b"\x00\x00", b"\x00\x01A", b"\xff\xff", b"\xff\xff\xff\xff", b"\x80\x01" + bytes(100)],
    ids=["length 0", "below the minimum", "65535 and nothing", "4-byte length", "over the cap"],
)
def test_a_hostile_frame_ends_its_own_connection(hsm: Hsm, client: HostClient, data: bytes) -> None:
    """B1 to B5: the connection is closed, and another client is served before, meanwhile and after."""
    hostile = HostClient(hsm.port)
    assert client.good("B20002OK") == b"OK"
    hostile.stream.sendall(data)
    assert client.good("B20002OK") == b"OK"
    assert hostile.closed()
    assert client.good("B20002OK") == b"OK"
    hostile.close()


def test_a_slow_frame_keeps_nobody_waiting(hsm: Hsm, client: HostClient) -> None:
    """B11: a frame begun and not ended, in its length and in its body; others are served."""
    in_length, in_body = HostClient(hsm.port), HostClient(hsm.port)
    in_length.stream.sendall(b"\x00")
    in_body.stream.sendall(b"\x00\x0a0000")
    for _ in range(20):
        assert client.good("NC")
    in_body.stream.sendall(b"B20000")
    assert in_body.receive() == b"0000B300"
    in_length.close()
    in_body.close()


def test_it_stops_in_order(tmp_path: Path) -> None:
    """SIGTERM: connections closed, exit status 0, no core files to be had, and an audit file that verifies."""
    with Hsm(tmp_path, "--disable", "NC") as program:
        client = HostClient(program.port)
        assert client.ask("NC") == b"68"
        assert client.ask(f"CY{block('C0', key())}000{PAN};2512201") in (b"00", b"01")
        limits = Path(f"/proc/{program.process.pid}/limits").read_text()
        assert re.search(r"Max core file size\s+0\s+0", limits)
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
        assert client.closed()
        client.close()
    shown = run("hsm", "audit", "verify", tmp_path / "audit.log")
    assert shown.status == 0
    assert shown.output.startswith("chain: good, ")


def test_a_killed_server_gives_no_free_try(tmp_path: Path) -> None:
    """SIGKILL with guesses on their way, again and again: never more than three PINs are looked at (R12)."""
    pin_key, pvk = key(), key()
    keys = block("P0", pin_key) + block("V2", pvk)
    pvv = another(psec.pin.generate_visa_pvv(pvk, "1", "1111", PAN))
    guess = f"DC{keys}{pin_block(pin_key, '1111')}01{ACCOUNT}1{pvv}".encode()
    wrong = 0
    for round_ in range(3):
        with Hsm(tmp_path) as program:
            client = HostClient(program.port)
            client.send(*(guess for _ in range(round_ + 1)))
            if round_ < 2:
                wrong += client.receive()[4:] == b"DD01"
                program.signal(signal.SIGKILL)
                program.wait()
            else:
                answers = [client.receive()[4:] for _ in range(round_ + 1)]
                wrong += answers.count(b"DD01")
                assert client.ask(guess) == b"39"
            client.close()
    assert 1 <= wrong <= 3
