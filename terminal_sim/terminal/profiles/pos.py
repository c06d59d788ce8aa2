"""The attended point of sale: stripe, chip and antenna, a PIN pad that enciphers PINs for the issuer, always online."""

from terminal_sim.terminal.profile import TerminalProfile

POS = TerminalProfile(name="pos", words="an attended, online-only point of sale that speaks ISO 8583:1987 in ASCII")

POS_BINARY = TerminalProfile(
    name="pos-binary",
    words="the same point of sale with packed digits and binary bitmaps behind a length of four ASCII digits",
    dialect="iso87-binary",
    framing="ascii4",
)
