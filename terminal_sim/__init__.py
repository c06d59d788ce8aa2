"""Cards and terminals that drive a switch from outside: an independent peer, and therefore an honest judge of it.

The words of this package:

- a *card* has up to three faces: a *magstripe* to swipe, a *chip* to insert, an antenna to tap; the last two speak *APDUs*;
- a *kernel* is the part of a terminal that talks EMV with a card: it reads *records*, has the cardholder verified (*CVM*) and
  asks for a *cryptogram* (ARQC) that goes to the issuer in DE 55;
- a *terminal* is a `Machine`: orders and bytes in, commands out. It writes an *attempt* into its own journal before it asks,
  and a *receipt* before it shows one;
- an *advice* is *owed* to the host when it must be told of something however long it takes: the reversal of a request whose
  outcome is unknown (0420), or a completion that was not acknowledged (0220);
- the *shell* is the only part that knows Trio and files.

Nothing here imports the switch's core, its issuer or its store: outer messages are spelled with pyiso8583 itself, so that
terminal and switch check each other.
"""
