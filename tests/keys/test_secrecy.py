"""Proves that planted keys and PINs appear in nothing that a failing operation leaves behind (R8, R24)."""

import base64
from random import Random

import pytest

from keys.ciphers import Tdes
from keys.components import split
from keys.emv.derive import icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, cryptogram_input, session_key
from keys.errors import KeysError
from keys.hsm import Caller, Contribution, DukptKey, SoftHsm
from keys.keystore import MemoryKeystore
from keys.mac import retail_mac
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.pin import pin_offset, validation_data
from keys.pinblock import PinBlockFormat, encode_iso0, encrypt_iso0
from keys.policy import Operation, Role
from keys.sensitive import Pan, Secret
from keys.terms import DEFAULT_TERMS, KeyState, Terms
from keys.tr31.block import wrap
from keys.tr31.header import Header, OptionalBlock, Version


class SeededEntropy:
    """Random bytes that are the same each time."""

    def __init__(self, seed):
        self.random = Random(seed)

    def draw(self, count, /):
        return self.random.randbytes(count)


PAN = Pan("4761739001010119")
PIN = Secret(b"749318205617")
DAMAGED_FIELD = bytes.fromhex("0C749318205617FA")
KEYS = {
    "zak": (KeyUsage.MAC_ALGORITHM_3, Algorithm.TDES, "C1A55E5BEE5DE5AD07517CA4AB1E5D6E"),
    "zpk": (KeyUsage.PIN_ENCRYPTION, Algorithm.TDES, "B0A7C0DE5EA51DE5D0D0F1F2A4A7BABC"),
    "pvk": (KeyUsage.PIN_VERIFICATION_PVV, Algorithm.TDES, "ADDEC0DEBAD5EED5F00DFACEC4FEBABF"),
    "cvk": (KeyUsage.CARD_VERIFICATION, Algorithm.TDES, "DECAFBADC0FFEEC7BEADFEEDD15EA5E5"),
    "imk": (KeyUsage.EMV_CRYPTOGRAMS, Algorithm.TDES, "FEEDC0DEDEADBEEFABAD1DEA0D15EA5E"),
    "dek": (KeyUsage.DATA_ENCRYPTION, Algorithm.AES, "5CA1AB1E0B5E55EDC0DE1F1EDA7ABA5E" * 2),
    "hmk": (KeyUsage.MAC_HMAC, Algorithm.HMAC, "7A57E5B175D0D0CAFEBABE5EEDBEDDED" * 2),
    "ibm": (KeyUsage.PIN_VERIFICATION_IBM_3624, Algorithm.TDES, "C0FFEE15DEADBEA7F1A5C0B1A5EDFACE"),
    "imk-sm": (KeyUsage.EMV_INTEGRITY, Algorithm.TDES, "5EA15DEADC0DE5A1BADC0C0A5CA1ED1E"),
    "imk-sc": (KeyUsage.EMV_CONFIDENTIALITY, Algorithm.TDES, "D15EA5EDFADEDCA7ACE0FBA5E5EAF00D"),
    "imk-dn": (KeyUsage.EMV_DYNAMIC_NUMBERS, Algorithm.TDES, "B01DFACEACCE5515E1F1AB1EC0A1E5CE"),
    "bdk": (KeyUsage.DUKPT_BASE, Algorithm.TDES, "FA11ED0FF1CEACED5EA7B1A5C0DED1CE"),
    "kbpk": (KeyUsage.KEY_BLOCK_PROTECTION, Algorithm.TDES, "ADD1C7EDB0A57ED5C1F1EDD0D0BADE50"),
    "out": (KeyUsage.SENSITIVE_DATA_ENCRYPTION, Algorithm.AES, "5E1EC7EDC0C0AB1A5EAB0A7DEC1DEDFA" * 2),
    "des": (KeyUsage.DATA_ENCRYPTION, Algorithm.TDES, "7E1E0F1F1CE5EED5B1AB5CABDEC0DED1"),
}
TAGS = {
    "9F02": bytes(6), "9F03": bytes(6), "9F1A": bytes(2), "95": bytes(5), "5F2A": bytes(2), "9A": bytes(3),
    "9C": bytes(1), "9F37": bytes(4), "82": bytes(2), "9F36": bytes(2), "9F10": bytes.fromhex("06011203A0B800"),
    "9F26": bytes(8),
}  # fmt: skip


def keys():
    return [
        Key.make(
            name,
            usage,
            material,
            algorithm=algorithm,
            mode=Mode.ANY,
            exportability=Exportability.EXPORTABLE,
            terms=Terms(decimalisation="0123456789012345") if name == "ibm" else DEFAULT_TERMS,
        )
        for name, (usage, algorithm, material) in KEYS.items()
    ]


def planted():
    """Every secret of the run: keys, their halves, the clear PIN, its field and blocks, right and damaged."""
    whole = [key.secret.expose() for key in keys()]
    halves = [material[start : start + 8] for material in whole for start in range(0, len(material), 8)]
    fields = [bytes.fromhex("0C749318205617FF"), DAMAGED_FIELD]
    return [*whole, *halves, PIN.expose(), encode_iso0(PIN, PAN).expose(), *fields]


def forms(secret):
    """The secret as text might hold it: repr, hex of both cases, base64, a number, ASCII and BCD digits."""
    return [
        repr(secret)[2:-1],
        secret.hex(),
        secret.hex().upper(),
        base64.b64encode(secret).decode().rstrip("=")[:-1],
        str(int.from_bytes(secret, "big")),
        *([secret.decode(), repr(bytes.fromhex(secret.decode()))[2:-1]] if secret.isdigit() else []),
    ]


def found(text):
    return [form for secret in planted() for form in forms(secret) if form in text]


def failing_calls():
    """Each operation in each way that it can fail."""
    block = encrypt_iso0(keys()[1].secret, PIN, PAN)
    damaged = Tdes(keys()[1].secret).encrypt(DAMAGED_FIELD)
    verify = {"pin_key": "zpk", "pvk": "pvk", "block": block, "pan": PAN, "pvki": 1, "pvv": "0000"}
    translate = {"source": "zpk", "target": "zpk", "block": damaged, "pan": PAN}
    card = {"key": "cvk", "pan": PAN, "expiry": "3012", "value": "000"}
    arqc = {"key": "imk", "pan": PAN, "psn": "00", "tags": TAGS, "csu": bytes(4)}
    without = {name: value for name, value in TAGS.items() if name != "9F37"}
    return {
        "a MAC of no such padding": lambda hsm: hsm.generate_mac("zak", b"0200", padding=7),
        "a MAC under a PIN key": lambda hsm: hsm.generate_mac("zpk", b"0200"),
        "a MAC under no key": lambda hsm: hsm.generate_mac("zal", b"0200"),
        "a wrong MAC": lambda hsm: hsm.verify_mac("zak", b"0200", bytes(8)),
        "a damaged block": lambda hsm: hsm.translate_pin(**translate),
        "a block of seven bytes": lambda hsm: hsm.translate_pin(**(translate | {"block": bytes(7)})),
        "another card's block": lambda hsm: hsm.translate_pin(**(translate | {"pan": Pan("4111111111111111")})),
        "a target for MACs": lambda hsm: hsm.translate_pin(**(translate | {"block": block, "target": "zak"})),
        "a wrong PIN": lambda hsm: hsm.verify_pin_pvv(**verify),
        "a damaged block to verify": lambda hsm: hsm.verify_pin_pvv(**(verify | {"block": damaged})),
        "an index of two digits": lambda hsm: hsm.verify_pin_pvv(**(verify | {"pvki": 10})),
        "a short PAN": lambda hsm: hsm.verify_pin_pvv(**(verify | {"pan": Pan("47617390")})),
        "a wrong CVV": lambda hsm: hsm.verify_cvv(**card, service_code="201"),
        "a wrong iCVV": lambda hsm: hsm.verify_icvv(**card),
        "an expiry of letters": lambda hsm: hsm.verify_icvv(**(card | {"expiry": "3O12"})),
        "a wrong ARQC": lambda hsm: hsm.verify_arqc_generate_arpc(**arqc),
        "a tag too few": lambda hsm: hsm.verify_arqc_generate_arpc(**(arqc | {"tags": without})),
        "a version unknown": lambda hsm: hsm.verify_arqc_generate_arpc(**(arqc | {"tags": TAGS | {"9F10": bytes(7)}})),
        "an update too short": lambda hsm: hsm.verify_arqc_generate_arpc(
            **(arqc | {"tags": TAGS | {"9F26": right_arqc(TAGS)}, "csu": b""})
        ),
        "a token under another key": lambda hsm: hsm.token("dek", PAN),
        "nothing to protect": lambda hsm: hsm.protect("dek", b"", b""),
        "protection broken": lambda hsm: hsm.unprotect("dek", bytes(32), b""),
        **failing_pin_calls(block, damaged),
        **failing_card_calls(block, damaged),
        **failing_key_calls(),
    }


def failing_pin_calls(block, damaged):
    """Of the operations that verify, issue and change PINs."""
    by_pvv = {"pin_key": "zpk", "pvk": "pvk", "pan": PAN, "pvki": 1}
    by_offset = {"pin_key": "zpk", "pvk": "ibm", "pan": PAN}
    device = DukptKey(base="bdk", ksn=bytes.fromhex("FFFF9876543210E00001"))
    iso_2 = PinBlockFormat.ISO_2
    return {
        "a wrong PIN by offset": lambda hsm: hsm.verify_pin_offset(**by_offset, block=block, offset="000000000000"),
        "an offset of letters": lambda hsm: hsm.verify_pin_offset(**by_offset, block=block, offset="none"),
        "a damaged block by offset": lambda hsm: hsm.verify_pin_offset(**by_offset, block=damaged, offset="000000000000"),
        "another transaction's block": lambda hsm: hsm.translate_pin(source=device, target="zpk", block=block, pan=PAN),
        "a format that goes nowhere": lambda hsm: hsm.translate_pin(
            source="zpk", target="zpk", block=block, pan=PAN, target_format=iso_2
        ),
        "a PIN of three digits": lambda hsm: hsm.generate_pin(pin_key="zpk", pan=PAN, digits=3),
        "a PIN with a PVV for a short PAN": lambda hsm: hsm.generate_pin_pvv(**(by_pvv | {"pan": Pan("47617390")})),
        "a PIN with an offset for a short PAN": lambda hsm: hsm.generate_pin_offset(**(by_offset | {"pan": Pan("47617390")})),
        "a PVV without permission": lambda hsm: hsm.generate_pvv(**by_pvv, block=block),
        "a change by a wrong PIN": lambda hsm: hsm.change_pin_pvv(**by_pvv, block=block, new_block=block, pvv="0000"),
        "a change to a damaged block": lambda hsm: hsm.change_pin_offset(
            **by_offset, block=block, new_block=damaged, offset=offset()
        ),
    }


def offset():
    """The right one, so that only the new block is wrong."""
    table = "0123456789012345"
    return pin_offset(Secret(bytes.fromhex(KEYS["ibm"][2])), validation_data("PPPPPPPPPPPPFFFF", PAN), table, PIN)


def failing_card_calls(block, damaged):
    """Of cards, scripts and data."""
    card = {"key": "cvk", "pan": PAN, "expiry": "3O12"}
    emv = {"pan": PAN, "psn": "00", "tags": TAGS}
    masters = {"imk_ac": "imk", "imk_smi": "imk-sm", "imk_smc": "imk-sc", "pin_key": "zpk"}
    tap = {"key": "imk-dn", "pan": PAN, "psn": "00", "atc": bytes(2), "value": "000"}
    return {
        "a CVV of letters": lambda hsm: hsm.generate_cvv(**card, service_code="201"),
        "an iCVV of letters": lambda hsm: hsm.generate_icvv(**card),
        "a CVV2 of letters": lambda hsm: hsm.generate_cvv2(**card),
        "a wrong CVV2": lambda hsm: hsm.verify_cvv2(**(card | {"expiry": "3012"}), value="000"),
        "a wrong dCVV": lambda hsm: hsm.verify_dcvv(**tap, expiry="3012", service_code="201"),
        "a wrong CVC3": lambda hsm: hsm.verify_cvc3(**(tap | {"value": "99999"}), track=bytes(19), un=bytes(4)),
        "a wrong cryptogram": lambda hsm: hsm.verify_cryptogram(key="imk", **emv),
        "a short header": lambda hsm: hsm.generate_script_mac(key="imk-sm", **emv, header=b"", data=b""),
        "no script data": lambda hsm: hsm.encrypt_script_data(key="imk-sc", **emv, data=b""),
        "a PIN change by a damaged block": lambda hsm: hsm.generate_pin_change(**masters, block=damaged, **emv),
        "a PIN change with a damaged current block": lambda hsm: hsm.generate_pin_change(
            **masters, block=block, current_block=damaged, **emv
        ),
        "half a block": lambda hsm: hsm.encrypt_data("des", bytes(4), iv=None),
        "half a block back": lambda hsm: hsm.decrypt_data("des", bytes(4), iv=None),
        "blocks that do not fit": lambda hsm: hsm.translate_data(
            source="des", target="dek", blocks=hidden(), iv=None, target_iv=None
        ),
        "a wrong MAC to translate": lambda hsm: hsm.translate_mac(source="zak", target="zak", data=b"", mac=bytes(8)),
        "no random bytes": lambda hsm: hsm.draw_random(0),
    }


def hidden():
    """Half an AES block of clear PIN digits under the data key."""
    return Tdes(Secret(bytes.fromhex(KEYS["des"][2]))).encrypt(DAMAGED_FIELD)


def failing_key_calls():
    """Of key management; `out` is in the key block whose header is changed."""
    device = DukptKey(base="bdk", ksn=bytes.fromhex("FFFF9876543210E00001"))
    header = Header(
        version=Version.B,
        usage=KeyUsage.DATA_ENCRYPTION,
        algorithm=Algorithm.TDES,
        mode=Mode.ANY,
        exportability=Exportability.EXPORTABLE,
        blocks=(OptionalBlock("KC", "00000000"),),
    )
    kbpk = Secret(bytes.fromhex(KEYS["kbpk"][2]))
    block = wrap(kbpk, header, Secret(bytes.fromhex(KEYS["zpk"][2])), fill=bytes)
    parts = split(Secret(bytes.fromhex(KEYS["zak"][2])), bytes(range(1, 17)), Algorithm.TDES)
    contributions = [Contribution(custodian, part) for custodian, part in zip("ab", parts, strict=True)]
    return {
        "a KSN nobody keeps": lambda hsm: hsm.accept_ksn(device),
        "a key nobody has": lambda hsm: hsm.describe_key("none"),
        "a key of no such size": lambda hsm: admin(hsm).generate_key("new", KeyUsage.DATA_ENCRYPTION, size=7),
        "a key of a second use": lambda hsm: hsm.acting_for(Caller("b", Role.CUSTODIAN)).form_key(
            "new", KeyUsage.DATA_ENCRYPTION, contributions
        ),
        "a key with another check value": lambda hsm: admin(hsm).import_key("new", kbpk="kbpk", block=block),
        "a key under a weaker one": lambda hsm: admin(hsm).export_key("out", kbpk="kbpk"),
        "a state that is none": lambda hsm: admin(hsm).change_key_state("zak", KeyState.PENDING),
        "nothing to delete": lambda hsm: admin(hsm).delete_key("none"),
        "not the role": lambda hsm: hsm.delete_key("zak"),
    }


def admin(hsm):
    return hsm.acting_for(Caller("anna", Role.ADMIN))


def right_arqc(tags):
    profile = CVN_PROFILES[Scheme.VISA, 0x12]
    master = icc_master_key(keys()[4].secret, PAN, "00", profile.master_key_option)
    return retail_mac(session_key(profile, master, tags["9F36"]), cryptogram_input(profile, tags), padding=2)


@pytest.mark.parametrize("name", failing_calls())
def test_a_failing_operation_leaves_no_secret(name, locals_of, capfd):
    """Text, arguments, locals of our frames, audit events, reprs and standard streams hold no planted secret."""
    events = []
    hsm = SoftHsm(MemoryKeystore(keys()), SeededEntropy(8), events.append)
    with pytest.raises(KeysError) as caught:
        failing_calls()[name](hsm)
    error = caught.value
    assert len(events) == 1
    left = [str(error), repr(error), repr(error.args), locals_of(error), repr(events), repr(hsm), repr(vars(hsm))]
    assert [found(text) for text in left] == [[]] * len(left)
    assert found("".join(capfd.readouterr())) == []


def test_each_operation_fails_here():
    """None was forgotten: the calls above are of every operation."""
    events = []
    for call in failing_calls().values():
        with pytest.raises(KeysError):
            call(SoftHsm(MemoryKeystore(keys()), SeededEntropy(8), events.append))
    assert {event.operation for event in events} == set(Operation)


def test_the_search_finds_what_it_looks_for():
    """Each form of each planted secret would be found: the check can fail."""
    for secret in planted():
        for form in forms(secret):
            assert found(f"... {form} ...")
    assert not found(repr(keys()))
