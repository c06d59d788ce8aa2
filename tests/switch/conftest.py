"""What the tests of the switch pay with: the test cards, made with the published lab keys as their bureau would make them; and
what they listen with: packet captures; and where they keep keys: a store with the published ones.

Written from `keys` alone and not from `terminal_sim`, so that the switch is checked by something that was typed twice.
"""

import struct

import msgspec
import pytest

from keys.cvv import cvv
from keys.emv.cryptogram import application_cryptogram, arpc_method_2
from keys.emv.derive import common_session_key, icc_master_key
from keys.keystore.file import FileKeystore
from keys.keystore.seals import BareLmk
from keys.lab import LAB_KEYS, lab_key, lab_keystore
from keys.pin import pvv
from keys.pinblock import encrypt_iso0
from keys.sensitive import Secret
from keys.system import SystemEntropy
from switch.config import KeystoreConfig
from switch.default_config import default_config
from switch.domain.test_cards import TEST_CARDS
from switch.wire.tlv import encode

COVERED = ("9F02", "9F03", "9F1A", "95", "5F2A", "9A", "9C", "9F37", "82", "9F36", "9F10")
"""What a Visa cryptogram of version 18 covers, in its order."""


class Wallet:
    """Every test card, and what a terminal reads from it. Values are as `Dialect.encode` takes them."""

    def __init__(self):
        self.keys = lab_keystore()

    def secret(self, name):
        """The material of a lab key."""
        return self.keys.get(name).secret

    def pan(self, card):
        return TEST_CARDS[card].pan.expose()

    def pvv(self, card):
        return pvv(self.secret("issuer.pvk"), TEST_CARDS[card].pan, 1, TEST_CARDS[card].pin)

    def track2(self, card, *, value=None, expiry=None, chip=False):
        """DE 35 of the stripe, or of the chip's copy of it."""
        plastic = TEST_CARDS[card]
        expiry = expiry or plastic.expiry
        code = "999" if chip else plastic.service_code
        value = value or cvv(self.secret("issuer.cvk"), plastic.pan, expiry, code)
        return f"{self.pan(card)}={expiry}{plastic.service_code}1{self.pvv(card)}{value}"

    def pin_block(self, card, pin=None, key="pos.zpk"):
        """DE 52: ISO 9564-1 format 0 under TDES."""
        plastic = TEST_CARDS[card]
        clear = Secret(pin.encode()) if pin else plastic.pin
        return encrypt_iso0(self.secret(key), clear, plastic.pan).hex().upper()

    def session(self, card, atc):
        plastic = TEST_CARDS[card]
        master = icc_master_key(self.secret("issuer.imk-ac"), plastic.pan, plastic.sequence, "B")
        return common_session_key(master, atc.to_bytes(2, "big"))

    def tags(self, card, *, minor, atc, currency="978", results="03A00000", **changed):
        """The objects of DE 55 with a right ARQC over them; `changed` alters objects (t9F02="...") after it was made."""
        tags = {
            "9F02": f"{minor:012d}",
            "9F03": "000000000000",
            "9F1A": "0276",
            "95": "8000048000",
            "5F2A": f"0{currency}",
            "9A": "260101",
            "9C": "00",
            "9F37": "A1B2C3D4",
            "82": "1C00",
            "9F36": f"{atc:04X}",
            "9F10": f"060112{results}",
        }
        data = bytes.fromhex("".join(tags[tag] for tag in COVERED))
        tags["9F26"] = application_cryptogram(self.session(card, atc), data, 2).hex().upper()
        tags |= {name[1:]: value for name, value in changed.items()}
        return {tag: bytes.fromhex(value) for tag, value in tags.items() if value}

    def chip(self, card, **how):
        """DE 55, see `tags`."""
        return encode(self.tags(card, **how)).hex().upper()

    def arpc(self, card, *, minor, atc, csu):
        """What the card expects back."""
        arqc = self.tags(card, minor=minor, atc=atc)["9F26"]
        return arpc_method_2(self.session(card, atc), arqc, csu)

    def pay(self, card="visa-mag", *, entry="021", minor=1250, stan=1, at="0101000000", mti="0200", pin="", **fields):
        """A request: by stripe (02x, 90x, 91x), contact chip (05x) or tap (07x). d41="..." sets or, empty, drops a DE."""
        plastic = TEST_CARDS[card]
        values = {
            "mti": mti,
            2: self.pan(card),
            3: "000000",
            4: f"{minor:012d}",
            7: at,
            11: f"{stan:06d}",
            12: at[4:],
            13: at[:4],
            14: plastic.expiry,
            22: entry,
            25: "00",
            32: "00001",
            41: "TERM0001",
            42: "MERCHANT0000001",
            49: "978",
        }
        if entry[:2] in ("02", "90", "91"):
            values[35] = self.track2(card)
        if pin:
            values[52] = self.pin_block(card, pin)
        values |= {int(name[1:]): value for name, value in fields.items()}
        return {de: value for de, value in values.items() if value}

    def pay_by_chip(self, card="visa-chip", *, atc=1, minor=1250, entry="051", changed=None, **how):
        """A request with DE 55; `changed` as in `tags`."""
        icc = self.chip(card, minor=minor, atc=atc, **(changed or {}))
        return self.pay(card, entry=entry, minor=minor, d23="001", d35=self.track2(card, chip=True), d55=icc, **how)

    def undo(self, original, *, mti="0420", stan=900, at="0101000500", **fields):
        """The reversal of a request, found by DE 90."""
        named = original["mti"][:3] + "0" + original[11] + original[7] + original.get(32, "").zfill(11) + "0" * 11
        values = {"mti": mti, 7: at, 11: f"{stan:06d}", 90: named}
        values |= {de: original[de] for de in (2, 3, 4, 32, 41, 42, 49) if de in original}
        values |= {int(name[1:]): value for name, value in fields.items()}
        return {de: value for de, value in values.items() if value}

    def complete(self, original, *, minor, stan=500, at="0101000300", **fields):
        """The completion of an authorisation, found by DE 90."""
        return self.undo(original, mti="0220", stan=stan, at=at, d4=f"{minor:012d}", **fields)


@pytest.fixture(scope="session")
def wallet():
    """The test cards of the house."""
    return Wallet()


class Wiretap:
    """Packet captures written from the specifications of their formats, with nothing of `switch.wire`.

    A packet is (source port, sequence number, flags, data); port 8583 is the host, every other one its client.
    """

    SYN, FIN, RST, ACK = 0x02, 0x01, 0x04, 0x10
    LINKS = ("ethernet", "vlan", "cooked", "cooked 2", "raw", "null")

    def segment(self, port, sequence, flags=ACK, data=b""):
        """The TCP segment of a packet."""
        target = 8583 if port != 8583 else 40000
        return struct.pack(">HHIIBBHHH", port, target, sequence % 2**32, 0, 0x50, flags, 1024, 0, 0) + data

    def ip(self, segment, version=4):
        """The segment in an IP packet; addresses follow from the port."""
        from_host = segment[:2] == struct.pack(">H", 8583)
        ends = [1, 2] if from_host else [2, 1]
        if version == 4:
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 1, 0x4000, 64, 6, 0)
            return head + b"".join(bytes([10, 0, 0, end]) for end in ends) + segment
        addresses = b"".join(bytes.fromhex("20010DB8") + bytes(11) + bytes([end]) for end in ends)
        return struct.pack(">IHBB", 0x60000000, len(segment), 6, 64) + addresses + segment

    def frame(self, packet, link="ethernet"):
        """The IP packet as the link carries it, and the number of its link type."""
        kind = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
        padding = bytes(max(46 - len(packet), 0))
        match link:
            case "ethernet":
                return 1, bytes(12) + kind + packet + padding
            case "vlan":
                return 1, bytes(12) + b"\x81\x00\x00\x05" + kind + packet + padding
            case "cooked":
                return 113, bytes(14) + kind + packet
            case "cooked 2":
                return 276, kind + bytes(18) + packet
            case "raw":
                return 101, packet
            case _:
                return 0, (b"\x02" if packet[0] >> 4 == 4 else b"\x1e") + bytes(3) + packet

    def pcap(self, packets, *, link="ethernet", version=4, order="<", nanoseconds=False, cut=0):
        """A pcap; `cut` bytes of each packet were not captured."""
        frames = [self.frame(self.ip(self.segment(*packet), version), link) for packet in packets]
        magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
        kind = frames[0][0] if frames else 1
        data = struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 65535, kind)
        for at, (_, frame) in enumerate(frames):
            data += struct.pack(order + "IIII", at, 0, len(frame) - cut, len(frame)) + frame[: len(frame) - cut]
        return data

    def pcapng(self, packets, *, link="ethernet", version=4, order="<", simple=False):
        """A pcapng with one section, one interface, a block of no interest, and a block for each packet."""
        frames = [self.frame(self.ip(self.segment(*packet), version), link) for packet in packets]

        def block(kind, body):
            body += bytes(-len(body) % 4)
            size = struct.pack(order + "I", len(body) + 12)
            return struct.pack(order + "I", kind) + size + body + size

        data = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
        data += block(1, struct.pack(order + "HHI", frames[0][0] if frames else 1, 0, 0)) + block(5, b"no matter")
        for _, frame in frames:
            head = b"" if simple else struct.pack(order + "IIII", 0, 0, 0, len(frame))
            data += block(3 if simple else 6, head + struct.pack(order + "I", len(frame)) + frame)
        return data


@pytest.fixture(scope="session")
def wiretap():
    """A maker of packet captures."""
    return Wiretap()


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """The default configuration with its keys from a store, and the store."""
    lmk = bytes(range(32))
    monkeypatch.setenv("POINTSMAN_TEST_LMK", lmk.hex())
    store = FileKeystore.create(tmp_path / "keys", BareLmk(Secret(lmk)), SystemEntropy())
    for name in LAB_KEYS:
        store.add(lab_key(name))
    place = KeystoreConfig(path=str(tmp_path / "keys"), lmk_env="POINTSMAN_TEST_LMK")
    return msgspec.structs.replace(default_config(), lab_keys=False, keystore=place), store
