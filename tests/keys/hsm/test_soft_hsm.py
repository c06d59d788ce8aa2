"""Proves SoftHsm's operations: right values pass, every kind of wrong one is refused and audited, caches obey."""

import inspect
from random import Random

import pytest

from keys.ciphers import Tdes, xor
from keys.cvv import cvv
from keys.emv.cryptogram import application_cryptogram, arpc_method_1, arpc_method_2
from keys.emv.derive import common_session_key, icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, cryptogram_input
from keys.errors import (
    CryptogramMismatch,
    CryptogramUnsupported,
    CvvMismatch,
    KeyBlockError,
    KeyNotFound,
    KeysError,
    MacMismatch,
    MalformedInput,
    PinMismatch,
    ProtectionMismatch,
    Reason,
    TagMissing,
)
from keys.hsm import AuditEvent, Result, SoftHsm
from keys.lab import lab_key
from keys.mac import retail_mac
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.pin import pvv
from keys.pinblock import decrypt_iso0, encrypt_iso0
from keys.policy import Operation
from keys.sensitive import Pan, Secret

PAN = Pan("4761739001010119")
OTHER_PAN = Pan("4111111111111111")
PIN = Secret(b"1234")
CSU = bytes.fromhex("00800000")


def secret(name):
    return lab_key(name).secret


def failure(act, kind):
    """All that a caller can see of a failed operation."""
    with pytest.raises(kind) as caught:
        act()
    error = caught.value
    return type(error), error.args, str(error), error.__cause__, error.__context__, error.reason


# The interface.


OTHER_WAYS = {"check_key": Operation.DESCRIBE_KEY, "verify_mac_under": Operation.VERIFY_MAC}
"""Methods that are another way of asking for an operation, and are audited as that operation."""


def test_its_operations_are_those_of_the_table():
    """Nothing is reachable but the audited operations: no method gives a key, a PIN or a PVV (R14, R24)."""
    methods = {name for name, _ in inspect.getmembers(SoftHsm, inspect.isfunction) if not name.startswith("_")}
    assert methods - {"acting_for", *OTHER_WAYS} == {operation.name.lower() for operation in Operation}


def test_it_cannot_be_made_without_an_audit_sink(lab):
    """There is no default sink (R32)."""
    with pytest.raises(TypeError, match="audit"):
        SoftHsm(lab.hsm._keystore, None)


def test_translation_takes_one_card():
    """There is no second PAN to move a PIN to (R2)."""
    parameters = list(inspect.signature(SoftHsm.translate_pin).parameters)
    assert parameters == ["self", "source", "target", "block", "pan", "source_format", "target_format"]


def test_successes_are_counted_and_not_audited(lab):
    """Routine uses are counted per operation and key; the sink hears nothing; the count cannot be written."""
    for _ in range(3):
        lab.hsm.verify_mac("pos.zak", b"0800", lab.hsm.generate_mac("pos.zak", b"0800"))
    assert dict(lab.hsm.uses) == {(Operation.GENERATE_MAC, "pos.zak"): 3, (Operation.VERIFY_MAC, "pos.zak"): 3}
    assert lab.audited == []
    with pytest.raises(TypeError):
        lab.hsm.uses[Operation.GENERATE_MAC, "pos.zak"] = 0


@pytest.mark.parametrize(
    ("act", "event"),
    [
        (
            lambda hsm: hsm.generate_mac("pos.zac", b""),
            AuditEvent(Operation.GENERATE_MAC, ("pos.zac",), Result.REFUSED, Reason.KEY_NOT_FOUND),
        ),
        (
            lambda hsm: hsm.generate_mac("pos.zpk", b""),
            AuditEvent(Operation.GENERATE_MAC, ("pos.zpk",), Result.REFUSED, Reason.KEY_USAGE),
        ),
        (
            lambda hsm: hsm.generate_mac("pos.zak", b"", padding=9),
            AuditEvent(Operation.GENERATE_MAC, ("pos.zak",), Result.REFUSED, Reason.MALFORMED_INPUT),
        ),
        (
            lambda hsm: hsm.verify_mac("pos.zak", b"", bytes(8)),
            AuditEvent(Operation.VERIFY_MAC, ("pos.zak",), Result.FAILED, Reason.MAC_MISMATCH),
        ),
        (
            lambda hsm: hsm.translate_pin(source="pos.zpk", target="issuer-link.zpk", block=bytes(8), pan=PAN),
            AuditEvent(Operation.TRANSLATE_PIN, ("pos.zpk", "issuer-link.zpk"), Result.FAILED, Reason.PIN_MISMATCH),
        ),
    ],
)
def test_each_refusal_and_failure_is_audited_once(lab, act, event):
    """The sink hears of it once, with operation, keys, result and reason, before the caller does (R32)."""
    with pytest.raises(KeysError):
        act(lab.hsm)
    assert lab.audited == [event]


def test_an_audit_sink_that_fails_stops_the_operation(world):
    """A refusal that cannot be recorded is not answered as if it had been."""

    def full(event):
        raise OSError("the audit file is full")

    hsm = SoftHsm(world([lab_key("pos.zak")]).hsm._keystore, None, full)
    with pytest.raises(OSError, match="full"):
        hsm.verify_mac("pos.zak", b"", bytes(8))


# MACs.


@pytest.mark.parametrize("padding", [1, 2, 3])
def test_a_mac_is_generated_and_verified(lab, padding):
    """The MAC is algorithm 3 under the named key, and verifies with its padding."""
    mac = lab.hsm.generate_mac("pos.zak", b"0200...", padding=padding)
    assert mac == retail_mac(secret("pos.zak"), b"0200...", padding=padding)
    assert lab.hsm.generate_mac("pos.zak", b"0200...", padding=padding, length=4) == mac[:4]
    assert lab.hsm.verify_mac("pos.zak", b"0200...", mac, padding=padding) is None


def test_every_other_mac_is_refused(lab):
    """One bit changed anywhere, a shortened or lengthened MAC, other data, padding or key: MacMismatch (R26)."""
    mac = lab.hsm.generate_mac("pos.zak", b"0200...")
    wrong = [xor(mac, (1 << bit).to_bytes(8, "big")) for bit in range(64)]
    wrong += [mac[:length] for length in range(8)] + [mac + b"\x00", mac * 2]
    for each in wrong:
        with pytest.raises(MacMismatch):
            lab.hsm.verify_mac("pos.zak", b"0200...", each)
    for key, data, padding in (("pos.zak", b"0200..!", 1), ("pos.zak", b"0200...", 2), ("issuer-link.zak", b"0200...", 1)):
        with pytest.raises(MacMismatch):
            lab.hsm.verify_mac(key, data, mac, padding=padding)
    assert len(lab.audited) == len(wrong) + 3


@pytest.mark.parametrize("length", [0, 3, 9])
def test_a_mac_too_short_to_believe_is_not_made(lab, length):
    """Four to eight bytes, and nothing else (R26)."""
    with pytest.raises(MalformedInput):
        lab.hsm.generate_mac("pos.zak", b"0200...", length=length)


def test_a_request_mac_under_another_links_key_is_no_answer(lab):
    """Each link has its own MAC key: a message reflected to the other side does not verify (R27)."""
    mac = lab.hsm.generate_mac("pos.zak", b"0210...")
    with pytest.raises(MacMismatch):
        lab.hsm.verify_mac("issuer-link.zak", b"0210...", mac)


# PINs.


def test_a_pin_block_is_translated(lab):
    """The same PIN, under the target's key, bound to the same card."""
    block = encrypt_iso0(secret("pos.zpk"), PIN, PAN)
    translated = lab.hsm.translate_pin(source="pos.zpk", target="issuer-link.zpk", block=block, pan=PAN)
    assert translated != block
    assert decrypt_iso0(secret("issuer-link.zpk"), translated, PAN) == PIN


def test_a_thousand_damaged_blocks_give_one_error(lab):
    """Blocks that cannot be read, whatever is wrong in them: the same error to translate and to verify (R5, R9)."""
    random = Random(9564)
    block = encrypt_iso0(secret("pos.zpk"), PIN, PAN)
    right = pvv(secret("issuer.pvk"), PAN, 1, PIN)
    seen = set()
    for _ in range(1000):
        wrong = random.randbytes(random.choice([8, 8, 8, 8, 0, 7, 9, 16]))
        if wrong == block:
            continue
        seen.add(failure(lambda b=wrong: translate(lab, b, PAN), PinMismatch))
        seen.add(failure(lambda b=wrong: verify_pin(lab, b, PAN, right), PinMismatch))
    for field in range(16):  # Wrong in one nibble of the clear block at a time: the oracle that Clulow used.
        clear = (int("041234FFFFFFFFFF", 16) ^ int(PAN.expose()[-13:-1], 16) ^ (5 << (4 * field))).to_bytes(8, "big")
        wrong = Tdes(secret("pos.zpk")).encrypt(clear)
        seen.add(failure(lambda b=wrong: verify_pin(lab, b, PAN, right), PinMismatch))
    seen.add(failure(lambda: translate(lab, block, OTHER_PAN), PinMismatch))
    seen.add(failure(lambda: verify_pin(lab, block, OTHER_PAN, right), PinMismatch))
    assert len(seen) == 1


def translate(lab, block, pan):
    return lab.hsm.translate_pin(source="pos.zpk", target="issuer-link.zpk", block=block, pan=pan)


def verify_pin(lab, block, pan, value, pvki=1):
    return lab.hsm.verify_pin_pvv(pin_key="pos.zpk", pvk="issuer.pvk", block=block, pan=pan, pvki=pvki, pvv=value)


def test_the_right_pin_is_verified(lab):
    """The PIN whose PVV the issuer keeps, of four digits and of more."""
    for digits in (b"1234", b"0000", b"123456", b"999999999999"):
        value = pvv(secret("issuer.pvk"), PAN, 1, Secret(digits))
        block = encrypt_iso0(secret("pos.zpk"), Secret(digits), PAN)
        assert verify_pin(lab, block, PAN, value) is None


def test_wrong_pins_and_values_give_the_same_error(lab):
    """Wrong PIN, wrong index, and PVVs that are none of four digits: one error, as for a damaged block (R9, R11)."""
    value = pvv(secret("issuer.pvk"), PAN, 1, PIN)
    block = encrypt_iso0(secret("pos.zpk"), PIN, PAN)
    wrong = encrypt_iso0(secret("pos.zpk"), Secret(b"4321"), PAN)
    seen = {failure(lambda: verify_pin(lab, wrong, PAN, value), PinMismatch)}
    seen.add(failure(lambda: verify_pin(lab, block, PAN, value, pvki=2), PinMismatch))
    for bad in ("", value[:3], value + "0", "????", "é234", "\u0661" * 4):
        seen.add(failure(lambda v=bad: verify_pin(lab, block, PAN, v), PinMismatch))
    assert len(seen) == 1


def test_an_unreadable_block_does_not_pass_for_the_decoy(lab):
    """A damaged block is refused even where the card's PVV is that of the PIN computed in its place."""
    value = pvv(secret("issuer.pvk"), PAN, 1, Secret(b"0000"))
    with pytest.raises(PinMismatch):
        verify_pin(lab, bytes(8), PAN, value)


# Card values.


def test_a_cvv_is_verified(lab):
    """The stripe's value with its expiry and service code."""
    value = cvv(secret("issuer.cvk"), PAN, "3012", "201")
    arguments = {"key": "issuer.cvk", "pan": PAN, "expiry": "3012", "service_code": "201"}
    assert lab.hsm.verify_cvv(**arguments, value=value) is None
    wrong = f"{(int(value) + 1) % 1000:03}"
    cases = [{"value": wrong}, {"value": ""}, {"value": value[:2]}, {"value": value + "0"}, {"value": "é12"}]
    cases += [{"value": value, "pan": OTHER_PAN}, {"value": value, "expiry": "3011"}]
    assert len({failure(lambda c=case: lab.hsm.verify_cvv(**(arguments | c)), CvvMismatch) for case in cases}) == 1


def test_an_icvv_is_verified_and_works_nowhere_else(lab):
    """The chip's value passes as iCVV; on a stripe it does not, even with its own service code (R29)."""
    chip = cvv(secret("issuer.cvk"), PAN, "3012", "999")
    printed = cvv(secret("issuer.cvk"), PAN, "3012", "000")
    stripe = cvv(secret("issuer.cvk"), PAN, "3012", "201")
    assert lab.hsm.verify_icvv(key="issuer.cvk", pan=PAN, expiry="3012", value=chip) is None
    with pytest.raises(CvvMismatch):
        lab.hsm.verify_icvv(key="issuer.cvk", pan=PAN, expiry="3012", value=stripe)
    for code, value in (("999", chip), ("000", printed), ("201", chip)):
        with pytest.raises(CvvMismatch):
            lab.hsm.verify_cvv(key="issuer.cvk", pan=PAN, expiry="3012", service_code=code, value=value)


def test_malformed_card_data_is_a_refusal_of_its_own(lab):
    """An expiry or service code that is no number is MalformedInput, which a caller tells from a wrong value."""
    with pytest.raises(MalformedInput, match="expiry"):
        lab.hsm.verify_icvv(key="issuer.cvk", pan=PAN, expiry="30", value="123")
    with pytest.raises(MalformedInput, match="service code"):
        lab.hsm.verify_cvv(key="issuer.cvk", pan=PAN, expiry="3012", service_code="2", value="123")


# Cryptograms.


def card_session(psn="01", pan=PAN):
    return common_session_key(icc_master_key(secret("issuer.imk-ac"), pan, psn, "B"), bytes.fromhex("001C"))


def signed_tags(**changed):
    tags = {
        "9F02": bytes.fromhex("000000001250"), "9F03": bytes(6), "9F1A": bytes.fromhex("0276"), "95": bytes(5),
        "5F2A": bytes.fromhex("0978"), "9A": bytes.fromhex("261122"), "9C": bytes(1),
        "9F37": bytes.fromhex("52BF4585"), "82": bytes.fromhex("1800"), "9F36": bytes.fromhex("001C"),
        "9F10": bytes.fromhex("06011203A0B800"),
    }  # fmt: skip
    tags["9F26"] = application_cryptogram(card_session(), cryptogram_input(CVN_PROFILES[Scheme.VISA, 0x12], tags), 2)
    return tags | changed


def verify_arqc(lab, tags, pan=PAN, psn="01", csu=CSU):
    return lab.hsm.verify_arqc_generate_arpc(key="issuer.imk-ac", pan=pan, psn=psn, tags=tags, csu=csu)


def test_a_right_arqc_is_answered(lab):
    """Tag 91 is the ARPC of method 2 over the ARQC and the status update, and the update itself."""
    tags = signed_tags()
    answer = verify_arqc(lab, tags)
    assert answer == arpc_method_2(card_session(), tags["9F26"], CSU) + CSU
    assert len(answer) == 8


def test_a_card_with_a_long_number_is_answered(lab):
    """Nineteen digits: the version's option B derives the card's key."""
    pan = Pan("6759649826438453000")
    tags = signed_tags()
    tags["9F26"] = application_cryptogram(card_session("00", pan), cryptogram_input(CVN_PROFILES[Scheme.VISA, 0x12], tags), 2)
    assert len(verify_arqc(lab, tags, pan=pan, psn="00")) == 8


@pytest.mark.parametrize("tag", [*CVN_PROFILES[Scheme.VISA, 0x12].tags, "9F26"])
def test_every_covered_bit_counts(lab, tag):
    """One bit of any covered tag or of the cryptogram changed: CryptogramMismatch and no answer (R28)."""
    value = signed_tags()[tag]
    tags = signed_tags(**{tag: value[:-1] + bytes([value[-1] ^ 1])})
    if tag == "9F10":
        tags = signed_tags(**{tag: bytes.fromhex("06011203A0B900")})
    with pytest.raises(CryptogramMismatch, match="Visa CVN 18"):
        verify_arqc(lab, tags)
    assert [event.reason for event in lab.audited] == [Reason.CRYPTOGRAM_MISMATCH]


def test_another_card_or_sequence_number_is_refused(lab):
    """The key is of one card and one sequence number."""
    for pan, psn in ((OTHER_PAN, "01"), (PAN, "02")):
        with pytest.raises(CryptogramMismatch):
            verify_arqc(lab, signed_tags(), pan=pan, psn=psn)


@pytest.mark.parametrize("tag", [*CVN_PROFILES[Scheme.VISA, 0x12].tags, "9F26"])
def test_a_missing_tag_is_named(lab, tag):
    """What DE 55 lacks is named, the version's own tags included."""
    tags = signed_tags()
    del tags[tag]
    with pytest.raises(TagMissing, match=f"tag {tag},"):
        verify_arqc(lab, tags)


def test_a_version_of_method_1_needs_a_response_code(lab):
    """Without the code that its ARPC is made with the version is refused; with it the answer is ARPC and code."""
    mk = icc_master_key(secret("issuer.imk-ac"), PAN, "01", "A")
    tags = signed_tags(**{"9F10": bytes.fromhex("06010A03A0B800")})
    tags["9F26"] = application_cryptogram(mk, cryptogram_input(CVN_PROFILES[Scheme.VISA, 0x0A], tags), 1)
    with pytest.raises(CryptogramUnsupported, match="response code"):
        verify_arqc(lab, tags)
    answer = lab.hsm.verify_arqc_generate_arpc(key="issuer.imk-ac", pan=PAN, psn="01", tags=tags, csu=CSU, arc=b"00")
    assert answer == arpc_method_1(mk, tags["9F26"], b"00") + b"00"


def test_an_unknown_version_is_refused(lab):
    """A version without a row is refused before any key is derived, and audited as a refusal."""
    with pytest.raises(CryptogramUnsupported):
        verify_arqc(lab, signed_tags(**{"9F10": bytes.fromhex("06010E03A0B800")}))
    assert [(event.result, event.reason) for event in lab.audited] == [(Result.REFUSED, Reason.CRYPTOGRAM_UNSUPPORTED)]


def test_other_sizes_are_refused(lab):
    """A cryptogram of another length, a status update of another length, a sequence number of one digit."""
    for arguments in ({"tags": signed_tags(**{"9F26": bytes(4)})}, {"csu": bytes(3)}, {"psn": "1"}):
        with pytest.raises(MalformedInput):
            verify_arqc(lab, **({"tags": signed_tags()} | arguments))


# The journal's own.


def test_tokens_are_equal_for_equal_numbers_only(lab):
    """A token is 32 hex digits, stable, the same from Pan and digits, and another for another number."""
    token = lab.hsm.token("journal.token", PAN)
    assert token == lab.hsm.token("journal.token", PAN.expose())
    assert token != lab.hsm.token("journal.token", OTHER_PAN)
    assert len(token) == 32
    assert set(token) <= set("0123456789ABCDEF")
    assert PAN.expose() not in token


def test_tokens_are_keyed(world):
    """Under another key the same number has another token: a list of all numbers does not break it."""
    keys = [
        Key.make(name, KeyUsage.MAC_HMAC, material, algorithm=Algorithm.HMAC, mode=Mode.GENERATE)
        for name, material in (("one", bytes(range(32))), ("other", bytes(range(1, 33))))
    ]
    hsm = world(keys).hsm
    assert hsm.token("one", PAN) != hsm.token("other", PAN)


def test_protected_bytes_come_back_in_their_context_only(lab):
    """protect and unprotect are inverse in one context; elsewhere, or changed, the bytes are refused."""
    protected = lab.hsm.protect("journal.protect", b"4761739001010119", b"record 7")
    assert b"4761739001010119" not in protected
    assert lab.hsm.unprotect("journal.protect", protected, b"record 7") == b"4761739001010119"
    assert lab.hsm.protect("journal.protect", b"4761739001010119", b"record 8") != protected
    for wrong, context in ((protected, b"record 8"), (protected[:-1], b"record 7"), (b"", b"record 7")):
        with pytest.raises(ProtectionMismatch):
            lab.hsm.unprotect("journal.protect", wrong, context)
    assert {event.reason for event in lab.audited} == {Reason.PROTECTION_MISMATCH}


# Keys that change.


class ChangingKeystore:
    """A keystore whose keys can be replaced and removed."""

    def __init__(self, **keys):
        self.keys = keys

    def get(self, name):
        if name not in self.keys:
            raise KeyNotFound(f"no key is named {name!r}")
        return self.keys[name]

    def names(self):
        return sorted(self.keys)


def zak(material, **attributes):
    return Key.make("zak", KeyUsage.MAC_ALGORITHM_3, material, **attributes)


ONE, OTHER = "0123456789ABCDEFFEDCBA9876543210", "C1A55E5BEE5DE5AD07517CA4AB1E5D6E"


def test_a_replaced_key_is_used_by_the_next_call():
    """The cipher that was kept is not used once the keystore has another key of that name (R30)."""
    store = ChangingKeystore(zak=zak(ONE))
    hsm = SoftHsm(store, None, lambda event: None)
    before = hsm.generate_mac("zak", b"data")
    store.keys["zak"] = zak(OTHER)
    assert hsm.generate_mac("zak", b"data") == retail_mac(zak(OTHER).secret, b"data") != before
    store.keys["zak"] = zak(ONE, mode=Mode.VERIFY)
    with pytest.raises(KeysError, match="mode V"):
        hsm.generate_mac("zak", b"data")
    hsm.verify_mac("zak", b"data", before)


def test_a_removed_key_is_gone_for_the_next_call():
    """A key that the keystore no longer gives is not served from the cache, nor kept there (R25, R30)."""
    store = ChangingKeystore(zak=zak(ONE))
    hsm = SoftHsm(store, None, lambda event: None)
    hsm.generate_mac("zak", b"data")
    assert hsm._kept
    del store.keys["zak"]
    with pytest.raises(KeyNotFound):
        hsm.generate_mac("zak", b"data")
    assert not hsm._kept


def test_a_key_that_leaves_single_des_is_refused_at_the_door():
    """A key made past Key.make is looked at again before its first use (R27)."""
    half = bytes.fromhex(ONE[:16])
    weak = Key(
        "zak",
        Algorithm.TDES,
        KeyUsage.MAC_ALGORITHM_3,
        Mode.ANY,
        Exportability.NON_EXPORTABLE,
        Secret(half * 2),
        "000000",
    )
    hsm = SoftHsm(ChangingKeystore(zak=weak), None, lambda event: None)
    for _ in range(2):
        with pytest.raises(KeyBlockError, match="single DES"):
            hsm.generate_mac("zak", b"data")
