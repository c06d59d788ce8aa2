"""EMV by key name: a card's cryptograms verified and answered, and commands to the card afterwards."""

from collections.abc import Mapping
from typing import Final

from keys.ciphers import Tdes
from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import icc_master_key
from keys.emv.profiles import (
    ArpcMethod,
    CvnProfile,
    arpc_key,
    cryptogram_input,
    cvn_profile,
    issuer_authentication,
    required_tag,
    session_key,
)
from keys.emv.scripts import SCRIPT_MAC_BYTES, CardKeys, command_mac, encipher_script, pin_change_command, script_key
from keys.errors import CryptogramMismatch, CryptogramUnsupported
from keys.hsm.transaction_keys import KeyOrDukpt, TransactionKeys, name_of
from keys.pinblock import PinBlockFormat, decrypt_pin
from keys.policy import Operation
from keys.sensitive import Pan, Secret, constant_time_equal

_NOT_NEEDED: Final = Secret(b"")  # In place of a card's keys that a command is not made with.

Tags = Mapping[str, bytes]


class Cryptograms(TransactionKeys):
    """Application cryptograms, and issuer scripts."""

    def verify_arqc_generate_arpc(
        self,
        *,
        key: str,
        pan: Pan,
        psn: str,
        tags: Tags,
        csu: bytes,
        arc: bytes | None = None,
        proprietary: bytes = b"",
    ) -> bytes:
        """The issuer authentication data (tag 91) that answers a right ARQC: ARPC and card status update or response code.

        One operation, so that only a cryptogram just verified is ever answered. That the transaction counter moves
        forward is for the caller to see.

        Args:
            key: name of the issuer's E0 master key.
            pan: the card number.
            psn: PAN sequence number, two digits; "00" where the card has none.
            tags: values by upper-case hex name: 9F10 (which names the version), 9F26, 9F36 and all that it covers.
            csu: card status update, 4 bytes, for versions that are answered by ARPC method 2.
            arc: authorisation response code, 2 bytes, for those answered by method 1; without it they are refused.
            proprietary: what the issuer adds in method 2, 0 to 8 bytes.

        Raises:
            CryptogramMismatch: the ARQC is wrong.
            CryptogramUnsupported: the version is not among those known, or its answer takes what was not given.
            TagMissing: a tag is absent; the text names it.
        """
        with self._watch(Operation.VERIFY_ARQC_GENERATE_ARPC, key):
            imk = self._open(Operation.VERIFY_ARQC_GENERATE_ARPC, "key", key, Tdes)
            profile = cvn_profile(required_tag(tags, "9F10", "an ARQC"))
            arqc = required_tag(tags, "9F26", profile.name)
            data = cryptogram_input(profile, tags)
            status = _arpc_status(profile, csu, arc)
            session, answering = _transaction_keys(profile, icc_master_key(imk, pan, psn, profile.master_key_option), tags)
            if not constant_time_equal(application_cryptogram(session, data, profile.padding), arqc):
                raise _mismatch("ARQC", profile, key)
            return issuer_authentication(profile, answering, arqc, status, proprietary=proprietary)

    def verify_cryptogram(self, *, key: str, pan: Pan, psn: str, tags: Tags) -> None:
        """Nothing, if the cryptogram (ARQC, TC or AAC) in tag 9F26 is right; else CryptogramMismatch. No answer is made.

        Args:
            key: name of the issuer's E0 master key.
            pan: the card number.
            psn: PAN sequence number, two digits; "00" where the card has none.
            tags: as `verify_arqc_generate_arpc` has them.
        """
        with self._watch(Operation.VERIFY_CRYPTOGRAM, key):
            imk = self._open(Operation.VERIFY_CRYPTOGRAM, "key", key, Tdes)
            profile = cvn_profile(required_tag(tags, "9F10", "a cryptogram"))
            cryptogram = required_tag(tags, "9F26", profile.name)
            data = cryptogram_input(profile, tags)
            session, _ = _transaction_keys(profile, icc_master_key(imk, pan, psn, profile.master_key_option), tags)
            if not constant_time_equal(application_cryptogram(session, data, profile.padding), cryptogram):
                raise _mismatch("cryptogram", profile, key)

    def generate_script_mac(
        self, *, key: str, pan: Pan, psn: str, header: bytes, data: bytes, tags: Tags, length: int = SCRIPT_MAC_BYTES
    ) -> bytes:
        """The MAC of a command to the card, as its cryptogram version has it.

        Args:
            key: name of the issuer's E2 master key (integrity, IMK-SMI).
            pan: the card number.
            psn: PAN sequence number, two digits.
            header: of the command, with the length that it has with its MAC, 5 bytes.
            data: what stands before the MAC.
            tags: 9F10, 9F26 and 9F36 of the transaction.
            length: leftmost bytes kept, 4 to 8.
        """
        with self._watch(Operation.GENERATE_SCRIPT_MAC, key):
            imk = self._open(Operation.GENERATE_SCRIPT_MAC, "key", key, Tdes)
            profile = cvn_profile(required_tag(tags, "9F10", "a script"))
            mk = icc_master_key(imk, pan, psn, profile.master_key_option)
            return command_mac(profile, CardKeys(_NOT_NEEDED, mk, _NOT_NEEDED), header, data, tags, length=length)

    def encrypt_script_data(self, *, key: str, pan: Pan, psn: str, data: bytes, tags: Tags) -> bytes:
        """The data of a command to the card enciphered, as its cryptogram version has it.

        Args:
            key: name of the issuer's E1 master key (confidentiality, IMK-SMC).
            pan: the card number.
            psn: PAN sequence number, two digits.
            data: 1 to 255 bytes.
            tags: 9F10, 9F26 and 9F36 of the transaction.
        """
        with self._watch(Operation.ENCRYPT_SCRIPT_DATA, key):
            imk = self._open(Operation.ENCRYPT_SCRIPT_DATA, "key", key, Tdes)
            profile = cvn_profile(required_tag(tags, "9F10", "a script"))
            session = script_key(profile, icc_master_key(imk, pan, psn, profile.master_key_option), tags)
            return encipher_script(session, Secret(data), profile.scripts.encipherment)

    def generate_pin_change(
        self,
        *,
        imk_ac: str,
        imk_smi: str,
        imk_smc: str,
        pin_key: KeyOrDukpt,
        block: bytes,
        pan: Pan,
        psn: str,
        tags: Tags,
        pin_format: PinBlockFormat = PinBlockFormat.ISO_0,
        current_block: bytes | None = None,
    ) -> bytes:
        """The whole PIN CHANGE command for the card: the PIN of the block, enciphered anew for the card alone.

        Args:
            imk_ac, imk_smi, imk_smc: names of the issuer's E0, E2 and E1 master keys.
            pin_key: name of the P0 key that the block is under, or a transaction's key.
            block: with the new PIN.
            pan: the card number.
            psn: PAN sequence number, two digits.
            tags: 9F10, 9F26 and 9F36 of the transaction.
            pin_format: of the blocks.
            current_block: for Visa, with the PIN that the card has, where the issuer knows it.

        Raises:
            PinMismatch: a block cannot be read, for whatever cause.
        """
        with self._watch(Operation.GENERATE_PIN_CHANGE, imk_ac, imk_smi, imk_smc, name_of(pin_key)):
            operation = Operation.GENERATE_PIN_CHANGE
            masters = [
                self._open(operation, role, name, Tdes)
                for role, name in (("imk_ac", imk_ac), ("imk_smi", imk_smi), ("imk_smc", imk_smc))
            ]
            opening = self._pin_key(operation, "pin_key", pin_key, pin_format)
            profile = cvn_profile(required_tag(tags, "9F10", "a script"))
            ac, smi, smc = (icc_master_key(imk, pan, psn, profile.master_key_option) for imk in masters)
            pin = decrypt_pin(opening, pin_format, block, pan)
            current = None if current_block is None else decrypt_pin(opening, pin_format, current_block, pan)
            return pin_change_command(profile, CardKeys(ac, smi, smc), pin, tags, current_pin=current)


def _arpc_status(profile: CvnProfile, csu: bytes, arc: bytes | None) -> bytes:
    """What the version's answer is made with."""
    if profile.arpc is ArpcMethod.METHOD_2:
        return csu
    if arc is None:
        raise CryptogramUnsupported(f"{profile.name} is answered with an authorisation response code, which was not given")
    return arc


def _transaction_keys(profile: CvnProfile, mk: Secret, tags: Tags) -> tuple[Tdes, Tdes]:
    """Ciphers under the key of the ARQC and the key of the ARPC, which are one for most versions."""
    atc, unpredictable_number = required_tag(tags, "9F36", profile.name), tags.get("9F37", b"")
    session = Tdes(session_key(profile, mk, atc, unpredictable_number))
    if profile.arpc_session is profile.session:
        return session, session
    return session, Tdes(arpc_key(profile, mk, atc, unpredictable_number))


def _mismatch(what: str, profile: CvnProfile, key: str) -> CryptogramMismatch:
    return CryptogramMismatch(
        f"the {what} is not the one of {profile.name} under key {key!r}: compare the master key, PAN sequence"
        " number and tags with the card's"
    )
