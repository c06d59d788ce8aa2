"""The contact kernel: one chip transaction in the steps of EMV Book 3, from application selection to the second cryptogram.

Always online. Not here: offline data authentication, offline PIN, issuer scripts.
"""

from switch.wire.tlv import find
from terminal_sim.card.apdu import Instruction
from terminal_sim.card.cryptogram import ISSUER_AUTHENTICATION_BYTES, CryptogramKind
from terminal_sim.card.magstripe import TrackError, decode_equivalent, parse_track2
from terminal_sim.terminal.card_data import CardData, CardRefused, Entry, Verification
from terminal_sim.terminal.kernel.cvm import NOT_PERFORMED, CvmOutcome, choose_verification
from terminal_sim.terminal.kernel.elements import Sale, check_card_values, icc_elements, terminal_elements
from terminal_sim.terminal.kernel.reader import CardReader, filled_list, leaves, read_objects, value_of
from terminal_sim.terminal.kernel.tvr import Finding, Tvr

_BY_NAME = 0x04
_SUPPORTS_VERIFICATION = 0x10
_SUPPORTS_ISSUER_AUTHENTICATION = 0x04
"""Bits of byte 1 of the AIP (tag 82, EMV Book 3 annex C1)."""

_MANDATORY = ("57", "5A", "5F24", "8C", "8D")
"""Without these the kernel cannot go on. EMV asks for all but 57, which our requests carry as DE 35."""

_KINDS = {bytes((kind.value,)): kind for kind in CryptogramKind}
"""By tag 9F27."""

UNABLE_TO_GO_ONLINE = b"Z3"
"""Tag 8A when no answer came (EMV Book 4 annex A6)."""


class ContactKernel:
    """One chip transaction. `begin` comes first and gives the data of the request; `complete` or `give_up` ends it.

    Args:
        reader: the inserted card.
        sale: the terminal's side.
    """

    def __init__(self, reader: CardReader, sale: Sale) -> None:
        self.reader = reader
        self._sale = sale
        self._tvr = Tvr()
        self._known = terminal_elements(sale)

    def begin(self) -> CardData:
        """Everything up to the first GENERATE AC, which must give an ARQC.

        Raises:
            CardRefused: naming the step at which card and terminal could not go on.
        """
        self._select()
        self._initiate()
        self._read_records()
        self._restrict()
        verification = self._verify_cardholder()
        self._tvr.note(Finding.NO_OFFLINE_AUTHENTICATION)
        self._tvr.note(Finding.ABOVE_FLOOR_LIMIT)  # An online-only terminal has a floor limit of zero (EMV Book 4 6.3.2).
        self._known["95"] = self._tvr.value
        self._first_cryptogram()
        return self._card_data(verification)

    def complete(self, response_code: str, *, approved: bool, issuer_authentication: bytes) -> bool:
        """Bring the issuer's answer to the card; True when the card agrees to an approval by giving a TC.

        Args:
            response_code: DE 39, which the card sees as tag 8A.
            approved: whether the issuer approved; else the card is asked to decline too.
            issuer_authentication: tag 91 of the answer, or empty.
        """
        heard = True
        if issuer_authentication and self._known["82"][0] & _SUPPORTS_ISSUER_AUTHENTICATION:
            heard = self._authenticate_issuer(issuer_authentication)
        kind = CryptogramKind.TC if approved and heard else CryptogramKind.AAC
        return self._second_cryptogram(kind, response_code.encode("ascii")) is CryptogramKind.TC

    def give_up(self) -> None:
        """No answer came: have the card decline."""
        self._second_cryptogram(CryptogramKind.AAC, UNABLE_TO_GO_ONLINE)

    def _authenticate_issuer(self, data: bytes) -> bool:
        """Bring tag 91 to the card, which keeps its own judgement of it; False when it could not even be brought."""
        try:
            if len(data) not in ISSUER_AUTHENTICATION_BYTES:
                raise CardRefused("tag 91 has a length that no card takes")
            response = self.reader.ask("EXTERNAL AUTHENTICATE", Instruction.EXTERNAL_AUTHENTICATE, data)
        except CardRefused:
            self._tvr.note(Finding.ISSUER_AUTHENTICATION_FAILED)
            return False
        if not response.ok:
            self._tvr.note(Finding.ISSUER_AUTHENTICATION_FAILED)
        return True

    def _select(self) -> None:
        """Try the terminal's applications one by one (EMV Book 1 12.3.3)."""
        for application in self._sale.profile.applications:
            name = f"SELECT {application.hex().upper()}"
            response = self.reader.ask(name, Instruction.SELECT, application, p1=_BY_NAME)
            if response.ok:
                self._known = leaves(read_objects(name, response.data)) | self._known
                return
        raise CardRefused("this terminal takes none of the card's applications")

    def _initiate(self) -> None:
        name = "GET PROCESSING OPTIONS"
        answer = filled_list(name, self._known.get("9F38", b""), self._known)
        objects = self.reader.require(name, Instruction.GET_PROCESSING_OPTIONS, b"\x83" + bytes((len(answer),)) + answer)
        self._known["82"] = value_of(name, objects, "82")
        self._known["94"] = value_of(name, objects, "94")
        if len(self._known["82"]) != 2 or len(self._known["94"]) % 4:
            raise CardRefused(f"{name}: the interchange profile or the file locator has a wrong length")

    def _read_records(self) -> None:
        """Every record that the file locator names (EMV Book 3 10.2)."""
        locator = self._known["94"]
        for at in range(0, len(locator), 4):
            file, first, last, _ = locator[at : at + 4]
            for number in range(first, last + 1):
                name = f"READ RECORD file {file >> 3} record {number}"
                objects = self.reader.require(name, Instruction.READ_RECORD, p1=number, p2=file | 0x04)
                if find(objects, "70") is None:
                    raise CardRefused(f"{name}: the record has no template 70")
                self._known = leaves(objects) | self._known
        missing = [tag for tag in _MANDATORY if tag not in self._known]
        if missing:
            raise CardRefused(f"the chip has no tag {' and no '.join(missing)}")

    def _restrict(self) -> None:
        """Processing restrictions (EMV Book 3 10.4): of them, the expiry date."""
        if self._known["5F24"].hex() < self._sale.local_at.date:
            self._tvr.note(Finding.EXPIRED)

    def _verify_cardholder(self) -> Verification:
        outcome = CvmOutcome(Verification.NONE, NOT_PERFORMED)
        if self._known["82"][0] & _SUPPORTS_VERIFICATION:
            if "8E" in self._known:
                capabilities = self._sale.profile.capabilities
                outcome = choose_verification(self._known["8E"], capabilities, pin_entered=self._sale.pin_entered)
            else:
                outcome = CvmOutcome(Verification.NONE, NOT_PERFORMED, (Finding.DATA_MISSING,))
        for finding in outcome.findings:
            self._tvr.note(finding)
        self._known["9F34"] = outcome.results
        return outcome.verification

    def _first_cryptogram(self) -> None:
        """Terminal action analysis of an online-only terminal: decline where the action codes say so, else ask the issuer."""
        card_codes = self._known.get("9F0E", b"").ljust(5, b"\x00")[:5]
        codes = zip(self._tvr.value, card_codes, self._sale.profile.denial, strict=True)
        denied = any(found & (card | terminal) for found, card, terminal in codes)
        kind = CryptogramKind.AAC if denied else CryptogramKind.ARQC
        given = self._generate("first GENERATE AC", kind, "8C")
        if given is not CryptogramKind.ARQC:
            raise CardRefused("declined before the issuer was asked: the card gave no ARQC")

    def _second_cryptogram(self, kind: CryptogramKind, response_code: bytes) -> CryptogramKind | None:
        self._known["8A"] = response_code
        self._known["95"] = self._tvr.value
        try:
            return self._generate("second GENERATE AC", kind, "8D")
        except CardRefused:
            return None

    def _generate(self, name: str, kind: CryptogramKind, list_tag: str) -> CryptogramKind:
        answer = filled_list(name, self._known[list_tag], self._known)
        objects = self.reader.require(f"{name}, {kind.name}", Instruction.GENERATE_AC, answer, p1=kind.value)
        given = leaves(objects)
        for tag in ("9F27", "9F36", "9F26", "9F10"):
            self._known[tag] = value_of(name, objects, tag)
        information = given["9F27"][:1]
        if information not in _KINDS:
            raise CardRefused(f"{name}: the card gave a cryptogram of no known kind")
        return _KINDS[information]

    def _card_data(self, verification: Verification) -> CardData:
        check_card_values(self._known)
        try:
            track2 = decode_equivalent(self._known["57"])
            track = parse_track2(track2)
        except TrackError:
            raise CardRefused("tag 57 of the chip is not a track 2") from None
        if track.pan.expose() != self._known["5A"].hex().upper().rstrip("F"):
            raise CardRefused("the chip tells two card numbers: tags 5A and 57 differ")
        return CardData(
            entry=Entry.CHIP,
            pan=track.pan,
            expiry=self._known["5F24"].hex()[:4],
            track2=track2,
            verification=verification,
            sequence=self._known.get("5F34", b"").hex(),
            icc=icc_elements(self._known),
            atc=int.from_bytes(self._known["9F36"], "big"),
        )
