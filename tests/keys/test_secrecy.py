"""Proves that planted keys and PINs appear in nothing that a failing operation leaves behind (R8, R24)."""

import base64

import pytest

from keys.ciphers import Tdes
from keys.emv.derive import icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, cryptogram_input, session_key
from keys.errors import KeysError
from keys.hsm import SoftHsm
from keys.keystore import MemoryKeystore
from keys.mac import retail_mac
from keys.material import Algorithm, Key, KeyUsage, Mode
from keys.pinblock import encode_iso0, encrypt_iso0
from keys.sensitive import Pan, Secret

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
}
TAGS = {
    "9F02": bytes(6), "9F03": bytes(6), "9F1A": bytes(2), "95": bytes(5), "5F2A": bytes(2), "9A": bytes(3),
    "9C": bytes(1), "9F37": bytes(4), "82": bytes(2), "9F36": bytes(2), "9F10": bytes.fromhex("06011203A0B800"),
    "9F26": bytes(8),
}  # fmt: skip


def keys():
    return [
        Key.make(name, usage, material, algorithm=algorithm, mode=Mode.ANY)
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
    }


def right_arqc(tags):
    profile = CVN_PROFILES[Scheme.VISA, 0x12]
    master = icc_master_key(keys()[4].secret, PAN, "00", profile.master_key_option)
    return retail_mac(session_key(profile, master, tags["9F36"]), cryptogram_input(profile, tags), padding=2)


@pytest.mark.parametrize("name", failing_calls())
def test_a_failing_operation_leaves_no_secret(name, locals_of, capfd):
    """Text, arguments, locals of our frames, audit events, reprs and standard streams hold no planted secret."""
    events = []
    hsm = SoftHsm(MemoryKeystore(keys()), None, events.append)
    with pytest.raises(KeysError) as caught:
        failing_calls()[name](hsm)
    error = caught.value
    assert len(events) == 1
    left = [str(error), repr(error), repr(error.args), locals_of(error), repr(events), repr(hsm), repr(vars(hsm))]
    assert [found(text) for text in left] == [[]] * len(left)
    assert found("".join(capfd.readouterr())) == []


def test_the_search_finds_what_it_looks_for():
    """Each form of each planted secret would be found: the check can fail."""
    for secret in planted():
        for form in forms(secret):
            assert found(f"... {form} ...")
    assert not found(repr(keys()))
