"""Data enciphered and deciphered block by block, and key check values."""

from enum import Enum

from keys.ciphers import BlockCipher, HashName, aes, kcv_aes_cmac, kcv_aes_ecb_zero, kcv_hmac, kcv_tdes_legacy, tdes, xor
from keys.explain.macs import explain_aes_cmac, explain_hmac
from keys.explain.working import Explanation, Working, in_blocks
from keys.sensitive import Secret


class ChainMode(Enum):
    """How blocks are chained."""

    ECB = "ecb"
    CBC = "cbc"


class KcvMethod(Enum):
    """Which check value; the two of AES differ, and both are in the field."""

    TDES = "tdes"
    AES_CMAC = "aes-cmac"
    AES_ECB = "aes-ecb"
    HMAC = "hmac"


def explain_encrypt(cipher: BlockCipher, mode: ChainMode, iv: bytes, data: bytes) -> Explanation:
    """Whole blocks enciphered."""
    right = cipher.encrypt(data) if mode is ChainMode.ECB else cipher.encrypt_cbc(iv, data)
    working, last, made = Working(), iv, b""
    for number, block in enumerate(in_blocks(data, cipher.block_bytes), 1):
        working.show(f"block {number}", block)
        if mode is ChainMode.CBC:
            block = xor(block, last)
            working.show(f"block {number} XOR the one before", block)
        last = cipher.encrypt(block)
        working.show(f"block {number} enciphered", last)
        made += last
    return working.conclude("enciphered", made, right)


def explain_decrypt(cipher: BlockCipher, mode: ChainMode, iv: bytes, data: bytes) -> Explanation:
    """Whole blocks deciphered."""
    right = cipher.decrypt(data) if mode is ChainMode.ECB else cipher.decrypt_cbc(iv, data)
    working, last, made = Working(), iv, b""
    for number, block in enumerate(in_blocks(data, cipher.block_bytes), 1):
        working.show(f"block {number}", block)
        clear = cipher.decrypt(block)
        working.show(f"block {number} deciphered", clear)
        if mode is ChainMode.CBC:
            clear = xor(clear, last)
            working.show(f"block {number} XOR the enciphered one before", clear)
        last = block
        made += clear
    return working.conclude("deciphered", made, right)


def explain_kcv(key: Secret, method: KcvMethod, digits: int) -> Explanation:
    """A key check value: what zeroes become under the key, cut off."""
    working = Working()
    match method:
        case KcvMethod.TDES:
            right = kcv_tdes_legacy(key, digits=digits)
            whole = tdes(key).encrypt(bytes(8))
            working.show("8 zero bytes enciphered", whole)
        case KcvMethod.AES_ECB:
            right = kcv_aes_ecb_zero(key, digits=digits)
            whole = aes(key).encrypt(bytes(16))
            working.show("16 zero bytes enciphered", whole)
        case KcvMethod.AES_CMAC:
            right = kcv_aes_cmac(key, digits=digits)
            working.include(explain_aes_cmac(key, bytes(16)))
            whole = bytes.fromhex(working.last.expose())
        case KcvMethod.HMAC:
            right = kcv_hmac(key, digits=digits)
            working.include(explain_hmac(key, bytes(16), HashName.SHA256))
            whole = bytes.fromhex(working.last.expose())
    return working.conclude("KCV", whole.hex().upper()[:digits], right)
