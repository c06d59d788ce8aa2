"""The contactless kernel: one tap of a Visa quick chip (EMV Contactless Book B for the directory, Book C-3 for the rest).

The card gives its cryptogram with GET PROCESSING OPTIONS and leaves the field; the issuer's answer is not brought back to it.
"""

from terminal_sim.card.apdu import Instruction, Status
from terminal_sim.card.contactless import PPSE
from terminal_sim.card.magstripe import TrackError, decode_equivalent, parse_track2
from terminal_sim.terminal.card_data import CardData, CardRefused, Entry, Verification
from terminal_sim.terminal.kernel.cvm import RESULTS
from terminal_sim.terminal.kernel.elements import Sale, check_card_values, icc_elements, terminal_elements
from terminal_sim.terminal.kernel.reader import CardReader, filled_list, leaves, read_objects

_BY_NAME = 0x04
_WANTS_VERIFICATION = 0x40
"""Bit of byte 2 of the reader's capabilities (TTQ, tag 9F66)."""

_ASKS_ONLINE_PIN = 0x80
_ASKS_SIGNATURE = 0x40
"""Bits of byte 1 of the card's qualifiers (CTQ, tag 9F6C)."""

_MANDATORY = ("57", "82", "9F10", "9F26", "9F36")
_ARQC = 0x80


def tap(reader: CardReader, sale: Sale) -> CardData:
    """One tap, from the directory to the cryptogram.

    Raises:
        CardRefused: naming the step at which card and terminal could not go on.
    """
    known = terminal_elements(sale)
    known["9F66"] = _capabilities(sale)
    application = _choose_application(reader, sale)
    name = f"SELECT {application.hex().upper()}"
    known = leaves(reader.require(name, Instruction.SELECT, application, p1=_BY_NAME)) | known
    known = _options(reader, known) | known
    missing = [tag for tag in _MANDATORY if tag not in known]
    if missing:
        raise CardRefused(f"the card's answer has no tag {' and no '.join(missing)}")
    if known.get("9F27", bytes((_ARQC,)))[:1] != bytes((_ARQC,)):
        raise CardRefused("declined before the issuer was asked: the card gave no ARQC")
    verification = _verification(sale, known.get("9F6C", b""))
    known["9F34"] = RESULTS[verification]
    return _card_data(known, verification)


def _capabilities(sale: Sale) -> bytes:
    """The reader's capabilities, with the bit that asks for verification where the amount is above the limit."""
    capabilities = bytearray(sale.profile.reader_capabilities)
    if sale.amount.minor > sale.profile.contactless_cvm_minor:
        capabilities[1] |= _WANTS_VERIFICATION
    return bytes(capabilities)


def _choose_application(reader: CardReader, sale: Sale) -> bytes:
    """The first application of the directory that the terminal takes; cards list them by their own preference."""
    directory = reader.require("SELECT PPSE", Instruction.SELECT, PPSE, p1=_BY_NAME)
    waiting = list(directory)
    while waiting:
        element = waiting.pop(0)
        waiting = [*element.children, *waiting]
        if element.tag == "4F" and element.value in sale.profile.applications:
            return element.value
    raise CardRefused("this terminal takes none of the applications that the card offers to a tap")


def _options(reader: CardReader, known: dict[str, bytes]) -> dict[str, bytes]:
    name = "GET PROCESSING OPTIONS"
    answer = filled_list(name, known.get("9F38", b""), known)
    response = reader.ask(name, Instruction.GET_PROCESSING_OPTIONS, b"\x83" + bytes((len(answer),)) + answer)
    if response.status == Status.TRY_ANOTHER_INTERFACE:
        raise CardRefused("the card asks to be inserted: it must see its holder verified, and this reader cannot do that")
    if not response.ok:
        raise CardRefused(f"{name}: the card answered {response.words}")
    return leaves(read_objects(name, response.data))


def _verification(sale: Sale, qualifiers: bytes) -> Verification:
    """What the card asks for (CTQ); nothing when it asks for nothing."""
    asked = qualifiers.ljust(2, b"\x00")
    if asked[0] & _ASKS_ONLINE_PIN and sale.pin_entered:
        return Verification.ONLINE_PIN
    if asked[0] & _ASKS_SIGNATURE:
        return Verification.SIGNATURE
    return Verification.NONE


def _card_data(known: dict[str, bytes], verification: Verification) -> CardData:
    check_card_values(known)
    try:
        track2 = decode_equivalent(known["57"])
        track = parse_track2(track2)
    except TrackError:
        raise CardRefused("tag 57 of the card is not a track 2") from None
    return CardData(
        entry=Entry.NFC,
        pan=track.pan,
        expiry=track.expiry,
        track2=track2,
        verification=verification,
        sequence=known.get("5F34", b"").hex(),
        icc=icc_elements(known),
        atc=int.from_bytes(known["9F36"], "big"),
    )
