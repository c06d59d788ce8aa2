"""Our cryptography against psec and pyemv on the same inputs in the same run: `python -m bench.keys`.

Our side keeps its ciphers, as SoftHsm does; theirs have no way to. Both sides must agree before anything is timed.
"""

import argparse
import warnings

import psec
import pyemv
from cryptography.utils import CryptographyDeprecationWarning

from bench.harness import Operation, best_times, print_table
from keys import dukpt_aes, dukpt_tdes
from keys.ciphers import Aes, Hmac, Tdes
from keys.dukpt_aes import KeyType, Usage
from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import common_session_key, icc_master_key
from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from keys.mac import aes_cmac, hmac, retail_mac
from keys.pinblock import decrypt_iso4, encrypt_iso0, encrypt_iso4, translate_iso0
from keys.sensitive import Pan, Secret, constant_time_equal

_KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
_OTHER_KEY = bytes.fromhex("4F929B7A756EDF4394807C46FDF84AA1")
_AES_KEY = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
_DATA = bytes(range(200))
_PAN = "4761739001010119"
_PIN = "1234"
_ATC = bytes.fromhex("001C")
_AC_DATA = bytes(range(40))
_AES_KSN = bytes.fromhex("12345678901234560000FFFF")
_TDES_KSN = bytes.fromhex("FFFF9876543210E003FF")

# What is compared -> how many times faster ours should be.
GOALS = {"MAC algorithm 3, 200 bytes": 3.0, "PIN translate, format 0": 4.0, "PIN decipher, format 4": 5.0, "ARQC verify": 4.0}
DUKPT_GOAL_US = 200


def main() -> None:
    """Time everything and print two tables: ratios, and what has no rival."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--calls", type=int, default=300)
    options = parser.parse_args()
    warnings.simplefilter("ignore", CryptographyDeprecationWarning)
    rows: list[tuple[str, ...]] = []
    for name, (theirs, ours) in _pairs().items():
        if theirs() != ours():
            raise SystemExit(f"{name}: the two sides disagree")
        times = best_times({"theirs": theirs, "ours": ours}, rounds=options.rounds, calls=options.calls)
        ratio = times["theirs"] / times["ours"]
        rows.append(
            (
                name,
                f"{times['theirs']:.2f}",
                f"{times['ours']:.2f}",
                f"{ratio:.1f}x",
                f"{GOALS[name]:.0f}x" if name in GOALS else "",
            )
        )
    print_table(("us per call", "psec, pyemv", "ours", "ratio", "goal"), rows)
    alone = best_times(_alone(), rounds=options.rounds, calls=max(1, options.calls // 10))
    rows = [(name, f"{time:.2f}") for name, time in alone.items()]
    print_table(("us per call", "ours"), rows)


def _pairs() -> dict[str, tuple[Operation, Operation]]:
    """Theirs and ours, by what they do."""
    kept, other, kept_aes, pan, pin = Tdes(Secret(_KEY)), Tdes(Secret(_OTHER_KEY)), Aes(Secret(_AES_KEY)), Pan(_PAN), _PIN
    block = encrypt_iso0(kept, Secret(pin.encode()), pan)
    block_4 = encrypt_iso4(kept_aes, Secret(pin.encode()), pan, bytes(8))
    card = Tdes(icc_master_key(kept, pan, "00"))
    session = common_session_key(card, _ATC)
    kept_session, arqc = Tdes(session), application_cryptogram(session, _AC_DATA, 2)

    def their_translate() -> bytes:
        clear = psec.pinblock.decode_pinblock_iso_0(psec.des.decrypt_tdes_ecb(_KEY, block), _PAN)
        return psec.des.encrypt_tdes_ecb(_OTHER_KEY, psec.pinblock.encode_pinblock_iso_0(clear, _PAN))

    def their_arqc() -> bool:
        session = pyemv.kd.derive_common_sk(pyemv.kd.derive_icc_mk_a(_KEY, _PAN, "00"), _ATC + bytes(6))
        return pyemv.ac.generate_ac(session, _AC_DATA, pyemv.ac.PaddingType.EMV) == arqc

    def our_arqc() -> bool:
        return constant_time_equal(application_cryptogram(common_session_key(card, _ATC), _AC_DATA, 2), arqc)

    def our_first_arqc() -> bool:
        session = common_session_key(icc_master_key(kept, pan, "00"), _ATC)
        return constant_time_equal(application_cryptogram(session, _AC_DATA, 2), arqc)

    return {
        "MAC algorithm 3, 200 bytes": (
            lambda: psec.mac.generate_retail_mac(_KEY[:8], _KEY[8:], _DATA, 1),
            lambda: retail_mac(kept, _DATA),
        ),
        "PIN translate, format 0": (their_translate, lambda: translate_iso0(kept, other, block, pan)),
        "PIN decipher, format 4": (
            lambda: psec.pinblock.decipher_pinblock_iso_4(_AES_KEY, block_4, _PAN).encode(),
            lambda: decrypt_iso4(kept_aes, block_4, pan).expose(),
        ),
        "ARQC verify": (their_arqc, our_arqc),
        "ARQC verify, the session's key kept": (
            lambda: pyemv.ac.generate_ac(session.expose(), _AC_DATA, pyemv.ac.PaddingType.EMV) == arqc,
            lambda: constant_time_equal(application_cryptogram(kept_session, _AC_DATA, 2), arqc),
        ),
        "ARQC verify, a card not seen before": (their_arqc, our_first_arqc),
    }


def _alone() -> dict[str, Operation]:
    """What neither of them has."""
    aes_ik = dukpt_aes.initial_key(Secret(_AES_KEY), _AES_KSN[:8])
    tdes_ik = dukpt_tdes.initial_key(Secret(_KEY), _TDES_KSN)
    kept_aes, keyed = Aes(Secret(_AES_KEY)), Hmac(Secret(_AES_KEY))

    def aes_dukpt() -> Secret:
        key = dukpt_aes.transaction_key(aes_ik, _AES_KSN)
        return dukpt_aes.working_key(key, _AES_KSN, Usage.PIN_ENCRYPTION, KeyType.AES128)

    return {
        f"AES DUKPT, counter of 16 one-bits (goal: {DUKPT_GOAL_US})": aes_dukpt,
        "TDES DUKPT, counter of 10 one-bits": lambda: dukpt_tdes.transaction_key(tdes_ik, _TDES_KSN),
        **_hsm(),
        "AES CMAC, 200 bytes": lambda: aes_cmac(kept_aes, _DATA),
        "HMAC-SHA-256, 200 bytes": lambda: hmac(keyed, _DATA),
    }


def _hsm() -> dict[str, Operation]:
    """What the switch asks most often, through the door that it uses: policy, counting and audit included."""
    keystore = lab_keystore()
    hsm, pan = SoftHsm(keystore, _NoEntropy(), lambda event: None), Pan(_PAN)
    mac = hsm.generate_mac("pos.zak", _DATA)
    block = encrypt_iso0(keystore.get("pos.zpk").secret, Secret(_PIN.encode()), pan)
    translated = {"source": "pos.zpk", "target": "issuer-link.zpk", "block": block, "pan": pan}
    return {
        "SoftHsm: generate_mac, 200 bytes": lambda: hsm.generate_mac("pos.zak", _DATA),
        "SoftHsm: verify_mac, 200 bytes": lambda: hsm.verify_mac("pos.zak", _DATA, mac),
        "SoftHsm: translate_pin, format 0": lambda: hsm.translate_pin(**translated),
    }


class _NoEntropy:
    """Nothing that is measured here draws."""

    def draw(self, count: int, /) -> bytes:
        raise AssertionError(count)


if __name__ == "__main__":
    main()
