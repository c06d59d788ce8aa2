"""The picture of a transaction: its rows, its lanes, its notes; and nothing in it that is secret."""

from switch.machine.trace import Befell, Heard, Said
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.timeline import LISTED, Timeline
from terminal_sim.lab.trial import hold_trial
from terminal_sim.lab.wire_log import WireLogger

NAME = "LAB00001/000000000007"


def said(number, at_ms, speaker, hearer, mti, **more):
    """A message of the transaction."""
    facts = {"stan": "000007", "terminal_id": "LAB00001", "rrn": "000000000007", **more}
    return Said(number, at_ms, speaker, hearer, number, mti, **facts)


LINES = (
    said(1, 10, "LAB00001", "switch", "0200"),
    Heard(1, 12),
    said(2, 13, "switch", "bank1", "0200"),
    said(3, 13, "switch", "bank1", "0200", fault="late"),
    Befell("bank1", 20, "died"),
    Befell("bank2", 21, "died"),
    Heard(3, 60),
    said(4, 60, "bank1", "switch", "0210", response_code="00"),
    Heard(4, 62),
    Befell("switch", 99, "died"),
)

PICTURE = """\
transaction LAB00001/000000000007
              LAB00001                        switch                          bank1
      10 ms   |------ 0200 STAN 000007 ------>|                               |   heard at 12 ms
      13 ms   |                               |------ 0200 STAN 000007 ------>|   never heard
      13 ms   |                               |------ 0200 STAN 000007 ------>|   [late] heard at 60 ms
      20 ms   |                               |                               x   bank1: died
      60 ms   |                               |<- 0210 STAN 000007 DE 39 00 --|   heard at 62 ms"""


def drawn(lines, name=NAME):
    """The picture that these lines of the log make."""
    picture = Timeline(name)
    for line in lines:
        picture.keep(line)
    return picture.draw()


def test_the_picture():
    """Lanes from who asks to who is asked; what was lost, late or wrong; what befell those who took part, while they did."""
    assert "\n".join(drawn(LINES)) == PICTURE


def test_the_longest_label_fits_between_its_lanes():
    """In the edition of 2003 a code has four digits."""
    answer = said(4, 60, "bank1", "switch", "2210", response_code="0000")
    *_, before, row = drawn([*LINES[:8], answer])
    assert [at for at, sign in enumerate(row) if sign == "|"] == [at for at, sign in enumerate(before) if sign in "|x"]


def test_other_transactions_are_left_out():
    """A picture is of one."""
    other = said(5, 14, "LAB00001", "switch", "0200", rrn="000000000008")
    assert drawn([*LINES, other]) == drawn(LINES)
    assert drawn(LINES, "LAB00001/000000000009") == []


def test_the_last_transactions_are_named():
    """The last that was spoken of comes last; messages of network management are none."""
    picture = Timeline()
    for number in range(LISTED + 2):
        picture.keep(said(number, number, "LAB00001", "switch", "0200", rrn=f"{number:012d}"))
    picture.keep(said(99, 99, "LAB00001", "switch", "0800", rrn=""))
    picture.keep(said(0, 99, "LAB00001", "switch", "0210", rrn=f"{5:012d}"))
    assert picture.latest[-2:] == [f"LAB00001/{LISTED + 1:012d}", f"LAB00001/{5:012d}"]
    assert len(picture.latest) == LISTED


def test_a_transaction_of_a_run_is_drawn_over_all_hops():
    """From the terminal to its issuer and back, with the fault that hit it, and no card number."""
    options = draw(3, terminals=4, issuers=2, faults={"duplicate": frozenset({1}), "late": frozenset({1})})
    lines = []
    trial = hold_trial(options, 20_000, observers=[WireLogger(lines.append)])
    asked = {line.transaction: line.hearer for line in lines if isinstance(line, Said) and line.mti == "0200"}
    name = next(name for name, hearer in asked.items() if hearer == "bank1")
    text = "\n".join(drawn(lines, name))
    assert [lane for lane in ("switch", "bank1") if lane in text.splitlines()[1]] == ["switch", "bank1"]
    assert "0200 STAN" in text
    assert "DE 39" in text
    faulty = next(line for line in lines if isinstance(line, Said) and line.fault and line.rrn)
    assert f"[{faulty.fault}]" in "\n".join(drawn(lines, faulty.transaction))
    everything = "\n".join(map(repr, lines))
    assert not any(card.pan.expose() in everything for card in trial.run.crowd)


def test_transactions_that_a_fault_has_hit_are_named_with_it():
    """They are few among many, and the ones to look at."""
    picture = Timeline()
    for line in (*LINES, *(said(50 + n, 50, "LAB00001", "switch", "0200", rrn=f"{n:012d}") for n in range(100, 130))):
        picture.keep(line)
    assert NAME not in picture.latest
    assert picture.names()[1] == f"last that a fault has hit: {NAME} [late]"
    assert Timeline().names() == ["last transactions: none", "last that a fault has hit: none"]
