"""What a bad peer makes of a message, fault by fault and in every dialect: each does what its words say, and nothing else."""

import pytest

from keys.errors import MacMismatch
from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.wire import DIALECTS, FRAMINGS, DecodeError, FrameError
from switch.wire.codes import plain_code
from switch.wire.mti import is_response
from terminal_sim.faults import FAULTS, BadPeer, Family, FaultPlan
from terminal_sim.faults.peer_faults import CONTRADICTIONS, FLOOD, Signatures
from terminal_sim.lab import SeededEntropy
from terminal_sim.lab.swarm import FLUENT

NOW_MS = 1_763_803_800_000
HSM = SoftHsm(lab_keystore(), SeededEntropy(1), lambda event: None)
PEER_FAULTS = [name for name, fault in FAULTS.items() if fault.family is Family.PEER]
ONCE = [name for name in PEER_FAULTS if name not in ("silence", "garbage")]
"""Faults after which there is something to read."""

PLAIN = {3: "000000", 4: "000000001250", 7: "1122093000", 11: "000123", 12: "103000", 13: "1122", 37: "600100000123"}
PLAIN |= {41: "TERM0001", 49: "978"}
"""What every message here says, in plain."""


FITTING = FLUENT.framings_of("iso87-ascii")

HEADS = {"len2-big-tpdu": bytes.fromhex("6000120034"), "bcd2-tpdu": bytes.fromhex("6000120034")}
HEADS |= {"visa": bytes((22, 1, 2, 0, 0, *range(1, 18)))}
"""Headers of framings that have one, with addresses of which none is zero."""


def sign(data):
    """The right MAC."""
    return HSM.generate_mac("pos.zak", data)


def sign_next(data):
    """The right one after a change of keys."""
    return HSM.generate_mac("pos.zak-2", data)


def sign_old(data):
    """That of another link."""
    return HSM.generate_mac("issuer-link.zak", data)


SIGNATURES = Signatures((sign, sign_next), sign_old, lambda data: bytes(8))


class Mouth:
    """A peer as it speaks in one dialect and framing."""

    def __init__(self, dialect, framing="len2-big"):
        self.dialect, self.framing = DIALECTS[dialect], FRAMINGS[framing]

    def message(self, mti="0210"):
        """A signed message as its peer would mean it; only what is answered or told has a DE 39."""
        plain = PLAIN | ({39: "00"} if is_response(mti) else {})
        values = self.dialect.word(plain, mti, NOW_MS)
        return self.dialect.decode(self.dialect.encode({"mti": self.dialect.edition.mti(mti), **values})).with_mac(sign)

    def frame(self, mti="0210", reply_to=b""):
        """The same as it would say it."""
        return self.framing.frame(self.message(mti).raw, reply_to)

    def utter(self, name, data, seed=1):
        """What becomes of a message when this fault happens to it."""
        plan = FaultPlan({name: 1} if name else {}, lambda fault: SeededEntropy(f"{seed}/{fault}"))
        return BadPeer(plan, self.dialect, self.framing, SIGNATURES).utter(data)

    def frames(self, uttered):
        """The messages that a hearer cuts out of what was uttered."""
        return self.framing.buffer().feed(uttered.data)

    def read(self, uttered):
        """The message in what was uttered."""
        [payload] = self.frames(uttered)
        return self.dialect.decode(payload)

    def is_authentic(self, uttered, key="pos.zak"):
        """Whether a hearer with this key would believe it."""
        try:
            message = self.read(uttered)
            if message.mac_field is None:
                return False
            HSM.verify_mac(key, message.mac_input(), message.mac)
        except (DecodeError, MacMismatch):
            return False
        return True


@pytest.fixture(params=DIALECTS)
def mouth(request):
    """A peer of each dialect."""
    return Mouth(request.param)


def test_a_peer_without_faults_says_what_it_means(mouth):
    """At once, and unchanged."""
    [uttered] = mouth.utter("", mouth.frame())
    assert (uttered.data, uttered.after_ms, uttered.fault) == (mouth.frame(), 0, "")


@pytest.mark.parametrize("name", ONCE)
def test_what_is_forged_is_said_to_be_forged(mouth, name):
    """A message is marked as forged exactly when its MAC does not verify, wherever it was damaged."""
    for seed in range(20):
        assert all(uttered.forged is not mouth.is_authentic(uttered) for uttered in mouth.utter(name, mouth.frame(), seed))


@pytest.mark.parametrize("name", ONCE)
@pytest.mark.parametrize(("framing", "head"), HEADS.items())
def test_what_stands_before_a_message_is_as_it_was(framing, head, name):
    """Its header has the addresses that it had, on the side where they were; only a length in it may be another one."""
    mouth = Mouth("iso87-ascii", framing)
    data = mouth.frame(reply_to=head)
    [meant] = mouth.framing.buffer().feed(data)
    for uttered in mouth.utter(name, data):
        [said] = mouth.frames(uttered)
        complete = mouth.framing.header.complete
        assert complete(said.head, 0) == complete(meant.head, 0) != complete(mouth.framing.header.fresh, 0)


def test_said_twice(mouth):
    """The same bytes, the second time later or at once."""
    first, second = mouth.utter("duplicate", mouth.frame())
    assert first.data == second.data == mouth.frame()
    assert first.after_ms == 0


def test_said_again_when_all_is_over(mouth):
    """The same bytes, at once and long afterwards."""
    first, again = mouth.utter("replay", mouth.frame())
    assert first.data == again.data == mouth.frame()
    assert (first.after_ms, first.fault) == (0, "")
    assert 3_000 <= again.after_ms < 30_000


def test_said_too_late_or_after_the_next(mouth):
    """Whole and right, but later."""
    [late], [reordered] = mouth.utter("late", mouth.frame()), mouth.utter("reorder", mouth.frame())
    assert late.data == reordered.data == mouth.frame()
    assert late.after_ms >= 8_000
    assert 400 <= reordered.after_ms < 1_000


def test_never_said(mouth):
    """Silence is nothing at all."""
    assert mouth.utter("silence", mouth.frame()) == []


def test_a_flood(mouth):
    """The same message many times."""
    assert [uttered.data for uttered in mouth.utter("flood", mouth.frame())] == [mouth.frame()] * FLOOD


def test_the_headers_are_the_tables():
    """A framing with a header is among them."""
    assert set(HEADS) == {name for name, framing in FRAMINGS.items() if framing.header is not None}


@pytest.mark.parametrize("framing", FITTING)
def test_said_behind_a_poll(framing):
    """One poll where the framing has them, and nothing where it has none; the message is the same."""
    mouth = Mouth("iso87-ascii", framing)
    [uttered] = mouth.utter("poll", mouth.frame())
    buffer = mouth.framing.buffer()
    assert buffer.feed(uttered.data) == [mouth.message().raw]
    assert buffer.polls == (1 if mouth.framing.polls else 0)
    assert uttered.fault == ("poll" if mouth.framing.polls else "")


@pytest.mark.parametrize("name", PEER_FAULTS)
def test_a_poll_alone_holds_nothing_that_could_be_wrong(name):
    """A switch that sends one back is a peer too."""
    mouth = Mouth("iso87-ascii", "len2-big-poll-echo")
    for uttered in mouth.utter(name, mouth.framing.poll):
        assert name == "garbage" or not any(mouth.frames(uttered))


def test_a_byte_is_another_one(mouth):
    """Exactly one, and never one of a header that no MAC covers."""
    for seed in range(20):
        [uttered] = mouth.utter("corrupt", mouth.frame(), seed)
        before, after = mouth.frame(), uttered.data
        [at] = [at for at in range(len(before)) if before[at] != after[at]]
        assert len(after) == len(before)
        assert at >= 2 + mouth.dialect.header_bytes


def test_its_end_is_missing(mouth):
    """What is left is the beginning, and its length says so."""
    [uttered] = mouth.utter("truncate", mouth.frame())
    [left] = mouth.frames(uttered)
    assert 0 < len(left) < len(mouth.message().raw)
    assert mouth.message().raw.startswith(left)


@pytest.mark.parametrize("name", ["wrong-key", "old-key"])
def test_signed_under_a_wrong_key(mouth, name):
    """Nothing but the MAC is another one; the old key's is that of the other link."""
    [uttered] = mouth.utter(name, mouth.frame())
    message, meant = mouth.read(uttered), mouth.message()
    assert [de for de in meant.fields if message[de] != meant[de]] == [meant.mac_field]
    assert mouth.is_authentic(uttered, "issuer-link.zak") is (name == "old-key")


def test_a_forged_copy(mouth):
    """A payment is said rightly, and then once more with all as it was but its MAC."""
    data = mouth.frame("0200")
    first, second = mouth.utter("forged-copy", data)
    assert (first.data, first.forged, second.forged) == (data, False, True)
    said, again = (mouth.read(uttered) for uttered in (first, second))
    assert again.mac_input() == said.mac_input()
    assert again.mac != said.mac


@pytest.mark.parametrize("name", [name for name in CONTRADICTIONS if name != "not-taken"])
def test_an_answer_that_contradicts(mouth, name):
    """One DE is another one also in plain, and the MAC is right: the peer means it. What a dialect does not have stays."""
    [uttered] = mouth.utter(name, mouth.frame())
    message, meant, de = mouth.read(uttered), mouth.message(), CONTRADICTIONS[name][0]
    if de not in meant:
        assert message == meant
        return
    assert [at for at in meant.fields if message[at] != meant[at]] == [de, meant.mac_field]
    told, asked = (mouth.dialect.plain(each.values(), each.mti) for each in (message, meant))
    assert {at for at in asked if told.get(at) != asked[at]} == {de, meant.mac_field}
    assert mouth.is_authentic(uttered)


def test_an_advice_that_was_not_taken(mouth):
    """The answer to an advice says so in the codes of its dialect; that to a request says what it means."""
    [advice], [request] = mouth.utter("not-taken", mouth.frame("0430")), mouth.utter("not-taken", mouth.frame("0210"))
    code = mouth.read(advice)[39]
    assert plain_code(code) == "96"
    assert not mouth.dialect.codes.takes(code)
    assert mouth.is_authentic(advice)
    assert request.data == mouth.frame("0210")


def test_a_card_that_is_told_a_wrong_cryptogram():
    """Tag 91 of DE 55 begins with another byte; an answer without one, or with what is no TLV, stays as it is."""
    mouth = Mouth("iso87-ascii")
    for icc, told in (("910400112233", False), ("9F3602000191040011223399", True), ("9F36020001", True), ("91", True)):
        said = mouth.message().with_fields({55: icc}).with_mac(sign)
        [uttered] = mouth.utter("wrong-arpc", mouth.framing.frame(said.raw))
        assert (mouth.read(uttered)[55] == icc) is told
        assert mouth.is_authentic(uttered)
        assert uttered.fault == ("" if told else "wrong-arpc")
        assert told or mouth.read(uttered)[55][:4] + mouth.read(uttered)[55][6:] == icc[:4] + icc[6:]


@pytest.mark.parametrize(("first", "second"), [(0, 0), (7, 7), (0, 255), (99, 99), (127, 127), (255, 255), (254, 1)])
def test_a_cryptogram_that_is_wrong_on_both_hops_is_not_right_again(first, second):
    """Or a card would be told the truth by two faults, and be believed to have taken a lie."""
    _, change = CONTRADICTIONS["wrong-arpc"]
    icc = "9108" + "00112233445566FF"
    assert change(change(icc, first), second) != icc


def test_a_part_is_granted(mouth):
    """In the code of its dialect, and some say of how much; only what grants a payment can grant a part of it."""
    amounts = set()
    for seed in range(10):
        [uttered] = mouth.utter("part", mouth.frame(), seed)
        message = mouth.read(uttered)
        assert message[39] in mouth.dialect.codes.parts
        assert mouth.is_authentic(uttered)
        amounts.add(mouth.dialect.plain(message.values(), message.mti)[4])
    assert amounts == {PLAIN[4], "000000000625"}
    for mti in ("0200", "0430"):
        assert [uttered.data for uttered in mouth.utter("part", mouth.frame(mti))] == [mouth.frame(mti)]


def test_an_answer_on_another_line(mouth):
    """Says the same there, in the dialect and under the key of that line."""
    other = Mouth("iso87-ascii").message()
    peer = BadPeer(FaultPlan({}, SeededEntropy), mouth.dialect, mouth.framing, SIGNATURES)
    [payload] = mouth.framing.buffer().feed(peer.say_for_another(other, NOW_MS))
    said = mouth.dialect.decode(payload)
    told = mouth.dialect.plain(said.values(), said.mti)
    assert {de: told[de] for de in (4, 11, 37, 41)} == {de: other[de] for de in (4, 11, 37, 41)}
    assert plain_code(told[39]) == other[39]
    HSM.verify_mac("pos.zak", said.mac_input(), said.mac)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_request_cannot_contradict(mouth, name):
    """Nobody has asked it anything."""
    request = mouth.frame("0200")
    assert [uttered.data for uttered in mouth.utter(name, request)] == [request]


@pytest.mark.parametrize("framing", FITTING)
def test_garbage_is_no_frame(framing):
    """It announces more than any frame may hold, or begins as none does."""
    mouth = Mouth("iso87-ascii", framing)
    [uttered] = mouth.utter("garbage", mouth.frame())
    assert uttered.forged
    with pytest.raises(FrameError):
        mouth.frames(uttered)
