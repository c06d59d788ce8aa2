"""What a bad peer makes of a message, fault by fault: each does what its words say, and nothing else."""

import pytest

from keys.errors import MacMismatch
from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.wire import DIALECTS, FRAMINGS, DecodeError
from terminal_sim.faults import FAULTS, BadPeer, Family, FaultPlan
from terminal_sim.faults.peer_faults import FLOOD, Signatures
from terminal_sim.lab import SeededEntropy

DIALECT, FRAMING = DIALECTS["iso87-binary"], FRAMINGS["len2-big"]
HSM = SoftHsm(lab_keystore(), SeededEntropy(1), lambda event: None)
PEER_FAULTS = [name for name, fault in FAULTS.items() if fault.family is Family.PEER]


def sign(data):
    """The right MAC."""
    return HSM.generate_mac("pos.zak", data)


SIGNATURES = Signatures(sign, lambda data: HSM.generate_mac("issuer-link.zak", data), lambda data: bytes(8))


def frame(mti="0210", **changes):
    """A signed message as its peer would say it."""
    values = {"mti": mti, 4: "000000001250", 7: "1122093000", 11: "000123", 39: "00", 41: "TERM0001", 49: "978"}
    message = DIALECT.decode(DIALECT.encode(values | changes)).with_mac(sign)
    return FRAMING.frame(message.raw)


def utter(name, data, seed=1):
    """What becomes of a message when this fault happens to it."""
    means = {name: 1} if name else {}
    plan = FaultPlan(means, lambda fault: SeededEntropy(f"{seed}/{fault}"))
    return BadPeer(plan, DIALECT, FRAMING, SIGNATURES).utter(data)


def read(uttered):
    """The message in what was uttered."""
    [payload] = FRAMING.buffer().feed(uttered.data)
    return DIALECT.decode(payload)


def is_authentic(uttered):
    """Whether its receiver would believe it."""
    try:
        message = read(uttered)
        if message.mac_field is None:
            return False
        HSM.verify_mac("pos.zak", message.mac_input(), message.mac)
    except (DecodeError, MacMismatch):
        return False
    return True


def test_a_peer_without_faults_says_what_it_means():
    """At once, and unchanged."""
    [uttered] = utter("", frame())
    assert (uttered.data, uttered.after_ms, uttered.fault) == (frame(), 0, "")


@pytest.mark.parametrize("name", [name for name in PEER_FAULTS if name != "garbage"])
@pytest.mark.parametrize("seed", range(20))
def test_what_is_forged_is_said_to_be_forged(name, seed):
    """A message is marked as forged exactly when its MAC does not verify."""
    assert all(uttered.forged is not is_authentic(uttered) for uttered in utter(name, frame(), seed))


def test_said_twice():
    """The same bytes, the second time later or at once."""
    first, second = utter("duplicate", frame())
    assert first.data == second.data == frame()
    assert first.after_ms == 0


def test_said_again_when_all_is_over():
    """The same bytes, at once and long afterwards."""
    first, again = utter("replay", frame())
    assert first.data == again.data == frame()
    assert (first.after_ms, first.fault) == (0, "")
    assert 3_000 <= again.after_ms < 30_000


def test_said_too_late_or_after_the_next():
    """Whole and right, but later."""
    [late], [reordered] = utter("late", frame()), utter("reorder", frame())
    assert late.data == reordered.data == frame()
    assert late.after_ms >= 8_000
    assert 400 <= reordered.after_ms < 1_000


def test_never_said():
    """Silence is nothing at all."""
    assert utter("silence", frame()) == []


def test_a_flood():
    """The same message many times."""
    assert [uttered.data for uttered in utter("flood", frame())] == [frame()] * FLOOD


@pytest.mark.parametrize(("name", "de"), [("wrong-stan", 11), ("wrong-amount", 4), ("wrong-terminal", 41)])
def test_an_answer_that_contradicts(name, de):
    """One DE is another one, and the MAC is right: the peer means it."""
    [uttered] = utter(name, frame())
    message, meant = read(uttered), DIALECT.decode(frame()[2:])
    assert [at for at in meant.fields if message[at] != meant[at]] == [de, 64]
    assert is_authentic(uttered)


def test_an_advice_that_was_not_taken():
    """The answer to an advice says so; that to a request says what it means."""
    [advice], [request] = utter("not-taken", frame("0430")), utter("not-taken", frame("0210"))
    assert read(advice)[39] == "96"
    assert is_authentic(advice)
    assert request.data == frame("0210")


@pytest.mark.parametrize("name", ["wrong-stan", "wrong-amount", "wrong-terminal", "not-taken"])
def test_a_request_cannot_contradict(name):
    """Nobody has asked it anything."""
    request = frame("0200")
    assert [uttered.data for uttered in utter(name, request)] == [request]


def test_garbage_is_no_frame():
    """It announces more than any frame may hold."""
    [uttered] = utter("garbage", frame())
    assert uttered.data.startswith(b"\xff\xff\xff")
    assert uttered.forged
