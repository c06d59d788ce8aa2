"""What a bad peer can do with a message: say it twice, late, in another order, damaged, wrongly signed, or not at all.

Works on whole messages as they are said; what the stream under them does is `stream_faults`' business. A bad peer knows its
keys: what it says wrongly on purpose it signs rightly.
"""

from collections.abc import Callable

import msgspec

from switch.wire import Dialect, EncodeError, Frame, Framing, Message, TlvError
from switch.wire.mti import is_response
from switch.wire.tlv import encode, parse_flat
from switch.wire.translate import recast
from terminal_sim.faults.plan import FAULTS, Family, FaultPlan

Sign = Callable[[bytes], bytes]
"""Makes the MAC over the bytes that it covers."""

REORDERED_MS = 400
"""By how much a message is held back that the next one shall overtake."""

LATE_MS = (8_000, 45_000)
"""By how much a late message is late: more than the patience of some, and of all."""

REPLAYED_MS = (3_000, 30_000)
"""By how much a message that is said again is late: most voids are told before, and many timeouts."""

HASTY = "hasty"
"""The fault whose opportunities are sign-ons alone."""

REPLAY_AHEAD, HASTY_AHEAD = 500_000, 400_000
"""By how much the STAN of what is said as a new payment is ahead: where no terminal's own have come to."""

AGAIN_MS = 3_000
"""By how much something that is said again is late, at most."""

FLOOD = 20
"""How often a message of a flood is said."""

FURTHER_MAX = 100
"""By how much a byte is another one, at most: twice as much is less than once round."""


def _another_number(value: str, by: int) -> str:
    return f"{(int(value) + 1 + by) % 10 ** len(value):0{len(value)}d}"


def _under_another_stan(message: Message, ahead: int) -> Message:
    """A payment as if it were a new one, by DE 11 and 37."""
    spelled = message[11]
    stan = f"{(int(spelled) + ahead) % 1_000_000:06d}"
    return message.with_fields({11: stan.zfill(len(spelled)), 37: message.get(37, "")[:6] + stan})


def _another_cryptogram(value: str, by: int) -> str:
    """DE 55 with another answer cryptogram in its tag 91; as it is where it has none.

    Whom it befalls on both hops is not told the right one again.
    """
    try:
        tags = parse_flat(bytes.fromhex(value))
    except (TlvError, ValueError):
        return value
    if "91" in tags:
        tags["91"] = bytes([(tags["91"][0] + 1 + by % FURTHER_MAX) % 256]) + tags["91"][1:]
    return encode(tags).hex().upper()


CONTRADICTIONS: dict[str, tuple[int, Callable[[str, int], str]]] = {
    "wrong-stan": (11, _another_number),
    "wrong-amount": (4, _another_number),
    "wrong-currency": (49, lambda value, by: "978" if value == "840" else "840"),
    "wrong-terminal": (41, lambda value, by: value[:6] + "ZZ" + value[8:]),
    "not-taken": (39, lambda value, by: "96"),
    "wrong-arpc": (55, _another_cryptogram),
}
"""What an answer says wrongly on purpose: the DE, and another value for it. Codes are plain."""

PART = "10"
"""DE 39 of an approval of a part, in plain."""

SHARED = ("crossed",)
"""Faults that befall two lines, which no peer of one of them can do alone."""

_RESPONSE_CODE, _AMOUNT = 39, 4


class Uttered(msgspec.Struct, frozen=True):
    """A message as a peer says it.

    Args:
        data: the frame.
        after_ms: how long it waits before it says so.
        fault: what is wrong with it, empty for nothing.
        forged: True when its MAC cannot be right.
    """

    data: bytes
    after_ms: int = 0
    fault: str = ""
    forged: bool = False


class Signatures(msgspec.Struct, frozen=True):
    """How a peer signs: rightly, under each generation of its key; under a key of another link; under a key of nobody's."""

    right: tuple[Sign, ...]
    old: Sign
    wrong: Sign

    def resign(self, changed: Message, said: Message) -> Message:
        """What has become of a message, signed under the generation that its peer has signed it under."""
        for sign in self.right:
            if said.with_mac(sign).raw == said.raw:
                return changed.with_mac(sign)
        return changed.with_mac(self.right[0])

    def signed(self, message: Message) -> bool:
        """Whether a message was signed rightly."""
        return any(message.with_mac(sign).raw == message.raw for sign in self.right)


class BadPeer:
    """One party as it speaks on one kind of link.

    Args:
        plan: decides what is done when.
        dialect, framing: how it speaks.
        signatures: its keys.
        guarded: of a link of terminals: says of a payment whether whoever decides it counts the card's cryptograms. Whoever is
            asked on any other link believes the switch, and must not be told of payments that nobody has made.
    """

    def __init__(
        self,
        plan: FaultPlan,
        dialect: Dialect,
        framing: Framing,
        signatures: Signatures,
        guarded: Callable[[Message], bool] | None = None,
    ) -> None:
        self._plan = plan
        self._dialect = dialect
        self._framing = framing
        self._signatures = signatures
        self._guarded = guarded
        self._payment = b""  # The last one that was said.
        self._faults = [name for name in plan.means if FAULTS[name].family is Family.PEER and name not in (HASTY, *SHARED)]

    def utter(self, data: bytes) -> list[Uttered]:
        """What becomes of a message that it was to say: a frame, whole and alone."""
        for fault in self._faults:
            if self._plan.fires(fault):
                return self._do(fault, data)
        return self._hurry(data) if self._guarded and HASTY in self._plan.means else [Uttered(data)]

    def say_for_another(self, message: Message, wall_ms: int) -> bytes:
        """What somebody else was to say on his line, as it is said on this one; nothing where it cannot be said here."""
        try:
            said = recast(message, self._dialect, wall_ms)
            return self._framing.frame(said.with_mac(self._signatures.right[0]).raw) if said.mac_field is not None else b""
        except EncodeError:
            return b""

    def _do(self, fault: str, data: bytes) -> list[Uttered]:
        dice = self._plan.dice[fault]
        match fault:
            case "duplicate":
                return [Uttered(data), Uttered(data, after_ms=dice.below(3_000), fault=fault)]
            case "replay":
                low, high = REPLAYED_MS
                return [Uttered(data), Uttered(data, after_ms=low + dice.below(high - low), fault=fault)]
            case "flood":
                return [Uttered(data, after_ms=number * 10, fault=fault if number else "") for number in range(FLOOD)]
            case "changed-repeat" | "forged-copy" | "replayed-chip":
                again = self._said_again(fault, data)
                forged = fault == "forged-copy"
                return [Uttered(data), *([Uttered(again, 1 + dice.below(AGAIN_MS), fault, forged)] if again else [])]
            case "late":
                low, high = LATE_MS
                return [Uttered(data, after_ms=low + dice.below(high - low), fault=fault)]
            case "reorder":
                return [Uttered(data, after_ms=REORDERED_MS + dice.below(REORDERED_MS), fault=fault)]
            case "silence":
                return []
            case "poll":
                return [Uttered(self._framing.poll + data, fault=fault if self._framing.poll else "")]
            case "garbage":
                return [Uttered(b"\xff" * 3 + dice.draw(61), fault=fault, forged=True)]
            case _:
                return self._damage(fault, data)

    def _damage(self, fault: str, data: bytes) -> list[Uttered]:
        frames = self._framing.buffer().feed(data)
        if not frames:
            return [Uttered(data)]  # A poll says nothing that could be damaged.
        frame, dice = frames[0], self._plan.dice[fault]
        if fault == "corrupt":
            at = self._dialect.header_bytes + dice.below(len(frame) - self._dialect.header_bytes)
            # The higher half of the byte stays: a capital letter would become a small one, which is the same digit of a MAC.
            payload = frame[:at] + bytes([frame[at] ^ (1 + dice.below(15))]) + frame[at + 1 :]
            return [self._framed(payload, frame, fault, forged=True)]
        if fault == "truncate":
            return [self._framed(frame[: 1 + dice.below(len(frame) - 1)], frame, fault, forged=True)]
        message = self._dialect.decode(frame)
        if message.mac_field is None:
            return [Uttered(data)]
        if fault == "no-mac":
            bare = message.with_fields({}, drop=(message.mac_field,))
            return [self._framed(bare.raw, frame, fault, forged=True)]
        if fault == "wrong-key":
            return [self._framed(message.with_mac(self._signatures.wrong).raw, frame, fault, forged=True)]
        if fault == "old-key":
            return [self._framed(message.with_mac(self._signatures.old).raw, frame, fault, forged=True)]
        if fault == "part":
            return [self._grant_a_part(message, frame, data)]
        return [self._contradict(fault, message, frame, data)]

    def _contradict(self, fault: str, message: Message, frame: Frame, data: bytes) -> Uttered:
        """An answer that does not fit its request, or does not fit what was done about it."""
        de, told = CONTRADICTIONS[fault]
        answers = is_response(message.mti) and (fault != "not-taken" or message.mti[2] == "3")
        if not answers or de not in message:
            return Uttered(data)
        value = told(message[de], self._plan.dice[fault].below(9))
        value = self._dialect.codes.adopt(value) if de == _RESPONSE_CODE else value
        return self._changed(fault, {de: value}, message, frame, data)

    def _grant_a_part(self, message: Message, frame: Frame, data: bytes) -> Uttered:
        """An approval of a payment as one of a part of it; every other time it says of how much."""
        dice, codes = self._plan.dice["part"], self._dialect.codes
        if message.mti[1:3] not in ("11", "21") or not codes.grants(message.get(_RESPONSE_CODE, "")):
            return Uttered(data)
        values = {_RESPONSE_CODE: codes.adopt(PART)}
        if _AMOUNT in message and dice.below(2):
            values[_AMOUNT] = f"{int(message[_AMOUNT]) // 2:0{len(message[_AMOUNT])}d}"
        return self._changed("part", values, message, frame, data)

    def _changed(self, fault: str, values: dict[int, str], message: Message, frame: Frame, data: bytes) -> Uttered:
        """A message with other values, as its peer would have signed it."""
        if all(message.get(de) == value for de, value in values.items()):
            return Uttered(data)
        try:
            return self._framed(self._signatures.resign(message.with_fields(values), message).raw, frame, fault)
        except EncodeError:
            return Uttered(data)

    def _said_again(self, fault: str, data: bytes) -> bytes:
        """A payment as it is said once more, otherwise; nothing when it is none, or was not signed rightly the first time."""
        frames = self._framing.buffer().feed(data)
        if not frames:
            return b""
        [frame] = frames
        message, dice = self._dialect.decode(frame), self._plan.dice[fault]
        payment = message.mti[1:3] in ("10", "20") and 4 in message and message.mac_field is not None
        if not payment or not self._signatures.signed(message):
            return b""
        if fault == "forged-copy":
            return self._framed(message.with_mac(self._signatures.wrong).raw, frame, "").data
        if fault == "replayed-chip":
            if 55 not in message or self._guarded is None or not self._guarded(message):
                return b""
            return self._signed(_under_another_stan(message, REPLAY_AHEAD), message, frame)
        return self._signed(message.with_fields({4: _another_number(message[4], dice.below(9))}), message, frame)

    def _signed(self, changed: Message, said: Message, frame: Frame) -> bytes:
        return self._framed(self._signatures.resign(changed, said).raw, frame, "").data

    def _hurry(self, data: bytes) -> list[Uttered]:
        """Remember payments, and say the last one before a sign-on as if it were a new one."""
        frames = self._framing.buffer().feed(data)
        kind = self._dialect.decode(frames[0]).mti[1:3] if frames else ""
        if kind in ("10", "20"):
            self._payment = data
        elif kind == "80" and self._payment and self._plan.fires(HASTY):
            [frame] = self._framing.buffer().feed(self._payment)
            said = self._dialect.decode(frame)
            early = _under_another_stan(said, HASTY_AHEAD)
            return [Uttered(self._signed(early, said, frame), fault=HASTY), Uttered(data)]
        return [Uttered(data)]

    def _framed(self, payload: bytes, frame: Frame, fault: str, *, forged: bool = False) -> Uttered:
        head = self._framing.header.reply(frame.head) if self._framing.header is not None else b""
        return Uttered(self._framing.frame(payload, head), fault=fault, forged=forged)  # Turned around twice: as it was.
