"""Proves that published values come out of the command line, a sample of each operation."""

import pytest

SAMPLE = 3
"""Vectors of each operation that go through the command line; all of them go through the steps behind it."""


def given(*names, **renamed):
    """Options out of the vector's params: those of the same name that there are, and those of another."""

    def words(params):
        pairs = [(name, params[name]) for name in names if name in params]
        pairs += [(option, params[name]) for option, name in renamed.items() if name in params]
        return [word for option, value in pairs for word in (f"--{option.replace('_', '-')}", str(value))]

    return words


def flat(params):
    """A cryptogram version's own words: tags as they are typed."""
    return [word for tag, value in params["tags"].items() if tag[:4] == "tag_" for word in ("--tag", f"{tag[4:]}={value}")]


MAC = given("key", "data", "padding", "length")
CARD = given("imk", "pan", "psn")
DUKPT = given("bdk", "ksn")
IBM = given("pvk", "validation_data", "pin", "offset", table="dec_table", digits="pin_length")
BLOCK = given("pin", "block", "pan", "key", "fill", fill="random")
SESSIONS = {"EMV_COMMON": "common", "MASTERCARD": "mastercard", "VISA_SM": "visa"}
VARIANTS = {
    "data_request": "bare-data-request",
    "data_response": "bare-data-response",
    "data_encrypt": "data-request",
    "mac_generation": "mac-request",
}

# Operation -> the command's name, its words beside the vector's own, and how those are read.
LINES = {
    "mac_iso9797_alg1": ("mac --algorithm 1", MAC),
    "mac_iso9797_alg3": ("mac --algorithm 3", MAC),
    "mac_cmac_aes": ("mac --algorithm aes-cmac", MAC),
    "mac_cmac_tdes": ("mac --algorithm tdes-cmac", MAC),
    "mac_hmac": ("mac", lambda p: [*MAC(p), "--algorithm", f"hmac-{p['hash']}"]),
    "pinblock_iso0_encode": ("pinblock --format 0", BLOCK),
    "pinblock_iso0_decode": ("pinblock --format 0", BLOCK),
    "pinblock_iso0_encrypt_tdes": ("pinblock --format 0", BLOCK),
    "pinblock_iso0_decrypt_tdes": ("pinblock --format 0", BLOCK),
    "pinblock_iso1_encode": ("pinblock --format 1", BLOCK),
    "pinblock_iso1_decode": ("pinblock --format 1", BLOCK),
    "pinblock_iso2_encode": ("pinblock --format 2", BLOCK),
    "pinblock_iso2_decode": ("pinblock --format 2", BLOCK),
    "pinblock_iso3_encode": ("pinblock --format 3", BLOCK),
    "pinblock_iso3_decode": ("pinblock --format 3", BLOCK),
    "pinblock_iso4_encrypt": ("pinblock --format 4", BLOCK),
    "pinblock_iso4_decrypt": ("pinblock --format 4", BLOCK),
    "pvv": ("pin", given("pvk", "pan", "pvki", "pin")),
    "ibm3624_natural_pin": ("pin --method ibm3624", IBM),
    "ibm3624_offset": ("pin --method ibm3624", IBM),
    "ibm3624_pin_from_offset": ("pin --method ibm3624", IBM),
    "cvv": ("cvv", given("cvk", "pan", "expiry", "service_code")),
    "dcvv": ("dcvv", given("imk", "pan", "psn", "expiry", "service_code", "atc", option="mk_option")),
    "cvc3": ("cvc3", given("imk", "pan", "psn", "track", "ivcvc3", "un", "atc", "digits")),
    "emv_icc_mk": ("icc-key", lambda p: [*CARD(p), *given(option="mk_option")(p)]),
    "emv_scheme_script": ("arqc", lambda p: [*given("pan", "psn", imk="imk_ac")(p), *flat(p)]),
    "emv_script_mac_sk": ("mac --padding 2", given("data", key="sk")),
    "dukpt_tdes_ik": ("dukpt --for ik", DUKPT),
    "dukpt_tdes_txn_key": ("dukpt --for key", DUKPT),
    "dukpt_tdes_variant_key": ("dukpt", lambda p: [*DUKPT(p), "--for", VARIANTS.get(p["usage"], p["usage"].replace("_", "-"))]),
    "dukpt_tdes_data_key": ("dukpt", lambda p: [*DUKPT(p), "--for", p["usage"].replace("_", "-")]),
    "dukpt_aes_txn_key": ("dukpt --for key", DUKPT),
    "dukpt_aes_working_key": (
        "dukpt",
        lambda p: [*DUKPT(p), "--for", VARIANTS.get(p["usage"], p["usage"]), "--key-type", p["key_type"].lower()],
    ),
    "tr31_unwrap": ("tr31", lambda p: [*given("kbpk")(p), p["key_block"]]),
    "kcv_tdes_legacy": ("kcv", given("key", "digits")),
    "kcv_aes_cmac": ("kcv --method aes-cmac", given("key", "digits")),
    "kcv_aes_ecb_zero": ("kcv --method aes-ecb", given("key", "digits")),
    "tdes_ecb_encrypt": ("data --mode ecb", given("key", "data")),
    "tdes_cbc_encrypt": ("data", given("key", "iv", "data")),
    "aes_ecb_encrypt": ("data --cipher aes --mode ecb", given("key", "data")),
}


@pytest.mark.parametrize("op", LINES)
def test_a_published_value(vectors, crypto, op):
    """The command prints what was published, and nothing else."""
    line, words = LINES[op]
    fitting = [each for each in vectors if each["op"] == op and each["expected"] not in ("REJECT", "EXHAUSTED")]
    fitting = [each for each in fitting if "kcv_digits" not in each["params"] and _whole(each["params"])]
    assert fitting
    for vector in fitting[:SAMPLE]:
        done = crypto(line, *words(vector["params"]))
        assert (done.exit_code, done.stdout.strip(), done.stderr) == (0, vector["expected"], ""), vector["id"]


@pytest.mark.parametrize("method", SESSIONS)
def test_a_published_session_key(vectors, crypto, method):
    """Two commands in a row: the card's key is what the second one begins with. The last may print a check value."""
    fitting = [each for each in vectors if each["op"] == "emv_session_key" and each["params"]["sk_method"] == method]
    for vector in fitting[:SAMPLE]:
        params = vector["params"]
        mk = crypto("icc-key", *CARD(params), *given(option="mk_option")(params)).stdout.strip()
        diversifier = params["r"] if "r" in params else params["atc"]
        words = ("--mk", mk, "--diversifier", diversifier, *given("un")(params))
        key = crypto(f"session-key --method {SESSIONS[method]}", *words).stdout.strip()
        if "kcv_digits" in params:
            key = crypto("kcv", "--key", key, "--digits", str(params["kcv_digits"])).stdout.strip()
        assert key == vector["expected"], vector["id"]


def _whole(params):
    """Of the vectors by scheme, those of a cryptogram that give all of tag 9F10."""
    return "call" not in params or (params["call"] == "generate_ac" and "tag_9f10" in params["tags"])
