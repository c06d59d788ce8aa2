"""A client written by somebody else: pyiso8583, psec, `struct` and `socket`. Nothing of Pointsman is imported here.

All it knows of the switch is what `pointsman serve --print-config` tells a stranger, and ISO 8583:1987. Its specs are typed by
hand, for the data elements that it uses, so that a wrong table on either side is seen.

    python foreign_client.py HOST PORT --wire ascii --mac-key HEX --pin-key HEX

Orders come on standard input, one JSON object a line, and each has one line of JSON as its answer:

    {"mti": "0100", "fields": {"2": "4111111111111111", ...}, "pin": "1234"}
        sends that message, with its PIN in DE 52 and its MAC in DE 64 or DE 128, and waits for one message
    {..., "mac": "wrong"}, {..., "mac": "none"}
        the same with one bit of the MAC changed, or without a MAC
    {"raw": "<hex>"}
        sends these bytes as one message
    {"batch": [order, order, ...]}
        sends them all in one write, then waits for as many messages
    {"wait": true}
        sends nothing and waits for one message
    {..., "slice": 1}
        hands the bytes to the system in slices of that size
    {..., "deaf": true}
        waits for nothing

What comes back is {"sent": hex, "got": hex, "mti": ..., "fields": {...}, "mac": "good" | "wrong" | "none"}, for a batch
{"sent": hex, "answers": [...]}. "closed": true says that the other end hung up, "silent": true that nothing came in time.
"""

import argparse
import json
import socket
import struct
import sys
import warnings
from collections.abc import Callable
from typing import NamedTuple

import iso8583

with warnings.catch_warnings():
    # psec takes TripleDES from where `cryptography` used to have it.
    warnings.simplefilter("ignore")
    import psec

Fields = dict[str, str]
Spec = dict[str, dict]

TIMEOUT_S = 30.0
"""Seconds to wait for a message: a slow machine is no defect of the other end."""


class Broken(Exception):
    """The other end has closed the connection."""


class Silent(Exception):
    """Nothing came in time."""


def text(length: int, prefix: int = 0, charset: str = "ascii", prefix_charset: str = "ascii") -> dict:
    """Characters: as many as `length`, or up to it behind a length prefix of `prefix` bytes."""
    return {"data_enc": charset, "len_enc": prefix_charset, "len_type": prefix, "max_len": length, "desc": ""}


def packed(length: int, prefix: int = 0) -> dict:
    """Digits, two a byte; an odd one is filled with 0 on the left. The length counts digits."""
    return text(length, prefix, "b", "bcd" if prefix else "b") | {"len_count": "nibbles", "left_pad": "0"}


def raw(length: int, prefix: int = 0) -> dict:
    """Bytes as they are."""
    return text(length, prefix, "b", "bcd" if prefix else "b")


ASCII: Spec = {
    "h": text(0),
    "t": text(4),
    "p": text(16),
    "1": text(16),
    "2": text(19, 2),
    "3": text(6),
    "4": text(12),
    "7": text(10),
    "11": text(6),
    "12": text(6),
    "13": text(4),
    "14": text(4),
    "18": text(4),
    "22": text(3),
    "23": text(3),
    "25": text(2),
    "32": text(11, 2),
    "33": text(11, 2),
    "35": text(37, 2),
    "37": text(12),
    "38": text(6),
    "39": text(2),
    "41": text(8),
    "42": text(15),
    "43": text(40),
    "44": text(25, 2),
    "48": text(999, 3),
    "49": text(3),
    "52": text(16),
    "55": text(510, 3),
    "64": text(16),
    "70": text(3),
    "90": text(42),
    "128": text(16),
}
"""ISO 8583:1987 in characters; bitmaps and binary elements are hexadecimal digits."""

BINARY: Spec = {
    "h": raw(0),
    "t": raw(2),
    "p": raw(8),
    "1": raw(8),
    "2": packed(19, 1),
    "3": packed(6),
    "4": packed(12),
    "7": packed(10),
    "11": packed(6),
    "12": packed(6),
    "13": packed(4),
    "14": packed(4),
    "18": packed(4),
    "22": packed(3),
    "23": packed(3),
    "25": packed(2),
    "32": packed(11, 1),
    "33": packed(11, 1),
    "35": packed(37, 1),
    "37": text(12, 0, "latin-1"),
    "38": text(6, 0, "latin-1"),
    "39": text(2, 0, "latin-1"),
    "41": text(8, 0, "latin-1"),
    "42": text(15, 0, "latin-1"),
    "43": text(40, 0, "latin-1"),
    "44": text(25, 1, "latin-1", "bcd"),
    "48": text(999, 2, "latin-1", "bcd"),
    "49": packed(3),
    "52": raw(8),
    "55": raw(999, 2),
    "64": raw(8),
    "70": packed(3),
    "90": packed(42),
    "128": raw(8),
}
"""ISO 8583:1987 with packed digits and binary bitmaps."""


class Wire(NamedTuple):
    """One way to speak: the spec, how a length is put before a message, and how it is read back."""

    spec: Spec
    prefix_bytes: int
    frame: Callable[[bytes], bytes]
    length: Callable[[bytes], int]


WIRES: dict[str, Wire] = {
    "ascii": Wire(
        ASCII, 2, lambda message: struct.pack(">H", len(message)) + message, lambda prefix: struct.unpack(">H", prefix)[0]
    ),
    "binary": Wire(BINARY, 4, lambda message: struct.pack("4s", b"%04d" % len(message)) + message, int),
}
"""The two wires of the default listener's family: 2 bytes big-endian before ASCII, 4 ASCII digits before packed messages."""


class Peer(NamedTuple):
    """A party with its keys: what it packs is signed, what it unpacks is verified."""

    wire: Wire
    mac_key: bytes
    pin_key: bytes

    def pack(self, mti: str, fields: Fields, *, pin: str = "", mac: str = "good") -> bytes:
        """One message, without its length prefix."""
        values = {"t": mti, **fields}
        if pin:
            values["52"] = self.pin_block(pin, pan_of(fields))
        if mac == "none":
            return bytes(iso8583.encode(values, self.wire.spec)[0])
        place = mac_place(values)
        unsigned, parts = iso8583.encode(values | {place: "0" * 16}, self.wire.spec)
        covered = bytes(unsigned[: -len(parts[place]["data"])])
        value = self.mac(covered)
        if mac == "wrong":
            value = bytes([value[0] ^ 1]) + value[1:]
        return bytes(iso8583.encode(values | {place: value.hex().upper()}, self.wire.spec)[0])

    def unpack(self, message: bytes) -> tuple[str, Fields, str]:
        """MTI, data elements and what its MAC is worth."""
        values, parts = iso8583.decode(message, self.wire.spec)
        place = mac_place(values)
        verdict = "none"
        if place in values:
            covered = message[: -len(parts[place]["data"])]
            verdict = "good" if self.mac(covered).hex().upper() == values[place] else "wrong"
        fields = {de: value for de, value in values.items() if de.isdigit() and de != "1"}
        return values["t"], fields, verdict

    def mac(self, covered: bytes) -> bytes:
        """ISO/IEC 9797-1 algorithm 3, padding method 1."""
        return psec.mac.generate_retail_mac(self.mac_key[:8], self.mac_key[8:], covered, padding=1)

    def pin_block(self, pin: str, pan: str) -> str:
        """ISO 9564-1 format 0, enciphered."""
        return psec.des.encrypt_tdes_ecb(self.pin_key, psec.pinblock.encode_pinblock_iso_0(pin, pan)).hex().upper()

    def open_pin_block(self, block: str, pan: str) -> str:
        """The PIN inside."""
        return psec.pinblock.decode_pinblock_iso_0(psec.des.decrypt_tdes_ecb(self.pin_key, bytes.fromhex(block)), pan)


def pan_of(fields: Fields) -> str:
    """The card number, typed or from the track."""
    return fields["2"] if "2" in fields else fields["35"].replace("D", "=").partition("=")[0]


def mac_place(values: Fields) -> str:
    """The MAC is the last data element: DE 64, or DE 128 as soon as there is a second bitmap."""
    return "128" if any(int(de) > 64 for de in values if de.isdigit()) else "64"


def receive(stream: socket.socket, wire: Wire) -> bytes:
    """One message from the stream."""
    return _read(stream, wire.length(_read(stream, wire.prefix_bytes)))


def _read(stream: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        try:
            piece = stream.recv(count - len(data))
        except TimeoutError:
            raise Silent from None
        except ConnectionError:
            raise Broken from None
        if not piece:
            raise Broken
        data += piece
    return data


def obey(order: dict, stream: socket.socket, peer: Peer) -> dict:
    """Carry out one order and say what came of it."""
    told: dict = {}
    try:
        if "wait" not in order:
            messages = [_message(one, peer) for one in order.get("batch", [order])]
            told["sent"] = "".join(message.hex() for message in messages)
            _send(stream, b"".join(peer.wire.frame(message) for message in messages), order.get("slice"))
        if "batch" in order:
            told["answers"] = []
            for _ in messages:
                told["answers"].append(_answer(stream, peer))
        elif "deaf" not in order:
            told |= _answer(stream, peer)
    except Broken:
        told["closed"] = True
    except Silent:
        told["silent"] = True
    return told


def _message(order: dict, peer: Peer) -> bytes:
    if "raw" in order:
        return bytes.fromhex(order["raw"])
    return peer.pack(order["mti"], order["fields"], pin=order.get("pin", ""), mac=order.get("mac", "good"))


def _send(stream: socket.socket, data: bytes, size: int | None) -> None:
    try:
        for at in range(0, len(data), size or len(data)):
            stream.sendall(data[at : at + (size or len(data))])
    except ConnectionError:
        raise Broken from None


def _answer(stream: socket.socket, peer: Peer) -> dict:
    message = receive(stream, peer.wire)
    mti, fields, verdict = peer.unpack(message)
    return {"got": message.hex(), "mti": mti, "fields": fields, "mac": verdict}


def peer_options(about: str) -> argparse.ArgumentParser:
    """The options that say how a party speaks and which keys it has."""
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--wire", choices=WIRES, default="ascii")
    options.add_argument("--mac-key", type=bytes.fromhex, required=True)
    options.add_argument("--pin-key", type=bytes.fromhex, required=True)
    return options


def main() -> None:
    """Connect, and obey until standard input ends."""
    options = peer_options("A client of a switch, written by somebody else.")
    options.add_argument("host")
    options.add_argument("port", type=int)
    chosen = options.parse_args()
    peer = Peer(WIRES[chosen.wire], chosen.mac_key, chosen.pin_key)
    warnings.simplefilter("ignore")
    with socket.create_connection((chosen.host, chosen.port), timeout=TIMEOUT_S) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for line in sys.stdin:
            sys.stdout.write(json.dumps(obey(json.loads(line), stream, peer)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
