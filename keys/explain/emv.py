"""EMV step by step: the card's key, the transaction's, what a cryptogram covers, and the issuer's answer."""

from collections.abc import Mapping
from hashlib import sha1

from keys.ciphers import TDES_BLOCK_BYTES, odd_parity, tdes, xor
from keys.emv.cryptogram import application_cryptogram, arpc_method_1, arpc_method_2
from keys.emv.derive import (
    MasterKeyOption,
    common_session_key,
    icc_master_key,
    mastercard_session_key,
    visa_session_key,
)
from keys.emv.profiles import (
    ArpcMethod,
    CvnProfile,
    ScriptEncipherment,
    ScriptPinBlock,
    SessionKeyMethod,
    arpc_key,
    cryptogram_input,
    issuer_authentication,
    session_key,
)
from keys.emv.scripts import (
    CardKeys,
    command_mac,
    encipher_script,
    pin_change_command,
    script_key,
    visa_pin_block,
)
from keys.explain.digits import explain_decimals
from keys.explain.macs import explain_retail_mac
from keys.explain.working import Explanation, Working, in_blocks
from keys.mac import pad
from keys.pinblock import encode_iso2
from keys.sensitive import Pan, Secret

_DIGITS = 16


def explain_master_key(imk: Secret, pan: Pan, psn: str, option: MasterKeyOption) -> Explanation:
    """The card's master key (EMV Book 2 A1.4): sixteen digits, and their complement, enciphered."""
    right = icc_master_key(imk, pan, psn, option)
    working = Working()
    digits = pan.expose() + psn
    working.show("PAN and sequence number", digits)
    if option == "B" and len(pan) > _DIGITS:
        digest = sha1(bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)), usedforsecurity=False).digest()
        working.show("SHA-1 of them (option B)", digest)
        chosen = explain_decimals(working, digest, _DIGITS)
    else:
        chosen = digits[-_DIGITS:].zfill(_DIGITS)
    left = bytes.fromhex(chosen)
    complement = xor(left, b"\xff" * 8)
    working.show("Y: left block", left)
    working.show("right block: its complement", complement)
    cipher = tdes(imk)
    both = cipher.encrypt(left) + cipher.encrypt(complement)
    working.show("both enciphered", both)
    return working.conclude("ICC master key, odd parity", odd_parity(Secret(both)), right)


def explain_common_session_key(mk: Secret, diversifier: bytes) -> Explanation:
    """The common session key (EMV Book 2 A1.3.1): the diversifier with F0 and with 0F in its third byte, enciphered."""
    right = common_session_key(mk, diversifier)
    working = Working()
    whole = diversifier.ljust(8, b"\x00")
    working.show("diversifier R", whole)
    halves = []
    for name, mark in (("left", b"\xf0"), ("right", b"\x0f")):
        block = whole[:2] + mark + whole[3:]
        enciphered = tdes(mk).encrypt(block)
        working.show(f"{name}: R with {mark.hex().upper()} in byte 3", block)
        working.show(f"{name}: enciphered", enciphered)
        halves.append(enciphered)
    return working.conclude("session key, odd parity", odd_parity(Secret(b"".join(halves))), right)


def explain_mastercard_session_key(mk: Secret, atc: bytes, unpredictable_number: bytes) -> Explanation:
    """Mastercard's session key (SKD): the common one, diversified by ATC, two zero bytes and unpredictable number."""
    right = mastercard_session_key(mk, atc, unpredictable_number)
    common = explain_common_session_key(mk, atc + bytes(2) + unpredictable_number)
    working = Working()
    working.include(common)
    return working.conclude("Mastercard session key", common.result.expose(), right.expose().hex().upper())


def explain_visa_session_key(mk: Secret, atc: bytes) -> Explanation:
    """Visa's session key of secure messaging: ATC and its complement XORed into the halves of the master key."""
    right = visa_session_key(mk, atc)
    working = Working()
    mask = bytes(6) + atc + bytes(6) + xor(atc, b"\xff\xff")
    working.show("ATC and its complement, each at the end of a half", mask)
    mixed = xor(mk.expose(), mask)
    working.show("XORed with the master key", mixed)
    return working.conclude("session key, odd parity", odd_parity(Secret(mixed)), right)


def explain_cryptogram(key: Secret, data: bytes, padding: int) -> Explanation:
    """ARQC, TC or AAC: MAC algorithm 3 over what the version covers."""
    right = application_cryptogram(key, data, padding)
    mac = explain_retail_mac(key, data, padding=padding, length=8, what="MAC")
    working = Working()
    working.include(mac)
    return working.conclude("cryptogram", mac.result.expose(), right.hex().upper())


def explain_profile_cryptogram(profile: CvnProfile, mk: Secret, tags: Mapping[str, bytes]) -> Explanation:
    """The cryptogram as the version that tag 9F10 names makes it: session key, tags one by one, padding."""
    data = cryptogram_input(profile, tags)
    key = session_key(profile, mk, tags.get("9F36", b""), tags.get("9F37", b""))
    right = application_cryptogram(key, data, profile.padding)
    working = Working()
    working.show("cryptogram version", profile.name)
    _show_session(working, profile.session, mk, tags, key)
    rest = len(data)
    for name in profile.tags[:-1]:
        working.show(f"tag {name}", tags[name])
        rest -= len(tags[name])
    working.show(f"tag 9F10, {profile.iad.value}", data[len(data) - rest :])
    working.include(explain_cryptogram(key, data, profile.padding))
    return working.conclude(f"{profile.name}: cryptogram", working.last.expose(), right.hex().upper())


def explain_arpc_1(key: Secret, arqc: bytes, arc: bytes) -> Explanation:
    """ARPC method 1: the ARQC XORed with the response code, enciphered."""
    right = arpc_method_1(key, arqc, arc)
    working = Working()
    filled = arc.ljust(8, b"\x00")
    working.show("ARQC", arqc)
    working.show("response code and zeroes", filled)
    mixed = xor(arqc, filled)
    working.show("XORed", mixed)
    return working.conclude("ARPC: enciphered", tdes(key).encrypt(mixed), right)


def explain_arpc_2(key: Secret, arqc: bytes, csu: bytes, proprietary: bytes = b"") -> Explanation:
    """ARPC method 2: a MAC of four bytes over ARQC, card status update and proprietary data."""
    right = arpc_method_2(key, arqc, csu, proprietary)
    working = Working()
    working.show("ARQC", arqc)
    working.show("card status update", csu)
    working.show("proprietary authentication data", proprietary)
    mac = explain_retail_mac(key, arqc + csu + proprietary, padding=2, length=4, what="MAC")
    working.include(mac)
    return working.conclude("ARPC", mac.result.expose(), right.hex().upper())


def explain_issuer_authentication(
    profile: CvnProfile, mk: Secret, tags: Mapping[str, bytes], arqc: bytes, status: bytes, proprietary: bytes
) -> Explanation:
    """Tag 91 as the version has it: the key of the answer, the ARPC, and what it was made with."""
    key = arpc_key(profile, mk, tags.get("9F36", b""), tags.get("9F37", b""))
    right = issuer_authentication(profile, key, arqc, status, proprietary=proprietary)
    working = Working()
    working.show("cryptogram version", profile.name)
    _show_session(working, profile.arpc_session, mk, tags, key)
    working.show("method", profile.arpc.value)
    if profile.arpc is ArpcMethod.METHOD_1:
        working.include(explain_arpc_1(key, arqc, status))
    else:
        working.include(explain_arpc_2(key, arqc, status, proprietary))
    arpc = bytes.fromhex(working.last.expose())
    return working.conclude("tag 91: ARPC and what it was made with", arpc + status + proprietary, right)


def explain_command_mac(
    profile: CvnProfile, keys: CardKeys, header: bytes, data: bytes, tags: Mapping[str, bytes]
) -> Explanation:
    """The MAC of a command to the card."""
    right = command_mac(profile, keys, header, data, tags)
    working = Working()
    key = _show_script_key(working, profile, keys.integrity, tags, "SMI")
    working.show("header", header)
    covered = b""
    for name in profile.scripts.mac_tags:
        working.show(f"tag {name}", tags[name])
        covered += tags[name]
    working.show("data before the MAC", data)
    working.include(explain_retail_mac(key, header + covered + data, padding=2, length=8))
    return working.conclude("command's MAC", working.last.expose(), right.hex().upper())


def explain_script_data(key: Secret, data: Secret, method: ScriptEncipherment) -> Explanation:
    """Data of a command to the card, padded and enciphered."""
    right = encipher_script(key, data, method)
    cipher, working = tdes(key), Working()
    working.show("clear data", data)
    blocks = data.expose()
    if method is ScriptEncipherment.VISA:
        blocks = bytes((len(blocks),)) + blocks
        working.show("with its length before it", blocks)
    if method is not ScriptEncipherment.MASTERCARD or len(blocks) % 8:
        blocks = pad(blocks, 2)
        working.show("padded, method 2", blocks)
    last, enciphered = bytes(8), b""
    for number, block in enumerate(in_blocks(blocks, 8), 1):
        last = cipher.encrypt(block if method is ScriptEncipherment.VISA else xor(block, last))
        working.show(f"block {number} enciphered", last)
        enciphered += last
    return working.conclude("enciphered data", enciphered, right)


def explain_pin_change(
    profile: CvnProfile, keys: CardKeys, pin: Secret, tags: Mapping[str, bytes], current_pin: Secret | None
) -> Explanation:
    """A whole PIN CHANGE command: its PIN block enciphered under the SMC key, its MAC under the SMI key."""
    right = pin_change_command(profile, keys, pin, tags, current_pin=current_pin)
    header = right[:5]
    working = Working()
    key = _show_script_key(working, profile, keys.confidentiality, tags, "SMC")
    working.show("encipherment", profile.scripts.encipherment.value)
    block = _show_pin_block(working, profile.scripts.pin_block, keys, pin, current_pin)
    working.include(explain_script_data(key, block, profile.scripts.encipherment))
    made = bytes.fromhex(working.last.expose())
    mac = explain_command_mac(profile, keys, header, made, tags)
    working.include(mac)
    return working.conclude("command", header + made + bytes.fromhex(mac.result.expose()), right)


def _show_pin_block(working: Working, kind: ScriptPinBlock, keys: CardKeys, pin: Secret, current_pin: Secret | None) -> Secret:
    """Format 2, or Visa's: the PIN field, XORed with bytes of the card's master key and with the current PIN."""
    working.show("PIN block", kind.value)
    if kind is ScriptPinBlock.ISO_2 or (kind is ScriptPinBlock.VISA_WITH_CURRENT and current_pin is None):
        return encode_iso2(pin)
    digits = pin.expose().decode("ascii")
    working.show("length, PIN, fill", f"{len(pin):02X}{digits}".ljust(2 * TDES_BLOCK_BYTES, "F"))
    working.show("bytes 5 to 8 of the card's master key for cryptograms", keys.cryptograms.expose()[4:8])
    if current_pin is not None:
        working.show("current PIN", current_pin.expose().decode("ascii").ljust(2 * TDES_BLOCK_BYTES, "0"))
    return visa_pin_block(keys.cryptograms, pin, current_pin)


def _show_script_key(working: Working, profile: CvnProfile, mk: Secret, tags: Mapping[str, bytes], which: str) -> Secret:
    key = script_key(profile, mk, tags)
    working.show(f"card's {which} master key", mk)
    working.show(f"{which} session key: {profile.scripts.session.value}", key)
    return key


def _show_session(working: Working, method: SessionKeyMethod, mk: Secret, tags: Mapping[str, bytes], key: Secret) -> None:
    working.show("session key method", method.value)
    if method is SessionKeyMethod.COMMON:
        working.include(explain_common_session_key(mk, tags["9F36"]))
    elif method is SessionKeyMethod.MASTERCARD:
        working.include(explain_mastercard_session_key(mk, tags["9F36"], tags["9F37"]))
    else:
        working.show("key", key)
