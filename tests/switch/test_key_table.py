"""Proves that a switch takes its keys from a key store, and says in words why it cannot."""

import os

import msgspec
import pytest

from keys.keystore.file import FileKeystore
from keys.keystore.seals import BareLmk, Passphrase
from keys.lab import LAB_KEYS, lab_key
from keys.material import Algorithm, Key, KeyUsage
from keys.sensitive import Secret
from keys.terms import KeyState, Terms
from switch.compose import compose
from switch.config import ConfigError, KeyConfig, KeystoreConfig
from switch.default_config import default_config, printed
from switch.key_table import key_table
from terminal_sim.lab.prng import SeededEntropy

VARIABLE = "POINTSMAN_TEST_PASSPHRASE"
PASSPHRASE = b"correct horse battery"
OTHER = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A key store with all lab keys, whose passphrase is in the environment."""
    monkeypatch.setenv(VARIABLE, PASSPHRASE.decode())
    made = FileKeystore.create(tmp_path / "keys", Passphrase(Secret(PASSPHRASE), n=1024), SeededEntropy(1))
    for name in LAB_KEYS:
        made.add(lab_key(name))
    return made


@pytest.fixture
def config(tmp_path):
    """A configuration that has its keys from that store only."""

    def make(**changed):
        keystore = {"path": str(tmp_path / "keys"), "passphrase_env": VARIABLE} | changed
        return msgspec.structs.replace(default_config(), lab_keys=False, keystore=KeystoreConfig(**keystore))

    return make


def problems(config):
    with pytest.raises(ConfigError) as error:
        compose(config)
    return error.value.problems


def test_all_keys_come_from_the_store(store, config):
    """With no lab key and none in clear the default configuration is complete."""
    composition = compose(config())
    assert composition.keystore.names() == store.names()
    assert composition.keystore.get("pos.zak") == lab_key("pos.zak")


def test_the_stores_keys_come_before_the_lab_keys(store, config):
    """A lab key of the same name is not used."""
    store.replace(Key.make("pos.zak", KeyUsage.MAC_ALGORITHM_3, OTHER))
    mixed = msgspec.structs.replace(config(), lab_keys=True)
    assert key_table(mixed)["pos.zak"].secret == Secret(OTHER)
    assert compose(mixed).keystore.get("pos.zak").secret == Secret(OTHER)


def test_a_passphrase_may_come_by_a_descriptor(store, config):
    """Its end of line is not part of it; the descriptor stays the caller's."""
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE + b"\n")
    os.close(writing)
    assert compose(config(passphrase_fd=reading)).keystore.names() == store.names()
    os.close(reading)


def test_a_passphrase_in_the_environment_may_be_any_bytes(tmp_path, config, monkeypatch):
    """They are the passphrase, whether they are UTF-8 or not."""
    words = b"correct h\xf6rse battery"
    monkeypatch.setenv(VARIABLE, os.fsdecode(words))
    made = FileKeystore.create(tmp_path / "keys", Passphrase(Secret(words), n=1024), SeededEntropy(1))
    made.add(lab_key("pos.zak"))
    assert list(key_table(config())) == ["pos.zak"]


def test_a_lab_may_bring_the_master_key(tmp_path, config, monkeypatch):
    """As hex digits in the environment, for a store that was made so."""
    lmk = bytes(range(32))
    made = FileKeystore.create(tmp_path / "keys", BareLmk(Secret(lmk)), SeededEntropy(1))
    made.add(lab_key("pos.zak"))
    monkeypatch.setenv("POINTSMAN_TEST_LMK", lmk.hex())
    assert set(key_table(config(lmk_env="POINTSMAN_TEST_LMK"))) == {"pos.zak"}
    monkeypatch.setenv("POINTSMAN_TEST_LMK", "12 4")
    assert problems(config(lmk_env="POINTSMAN_TEST_LMK"))[0].startswith("$.keystore.lmk_env: ")


def test_what_is_wrong_with_a_store_is_told(store, config, monkeypatch, tmp_path):
    """The variable that is missing, the wrong passphrase, the file that others may read, the one that is not there."""
    cases = {
        "$.keystore.passphrase_env: the environment has no NONE": config(passphrase_env="NONE"),
        "$.keystore.path: /none: there is no such file": config(path="/none"),
        "$.keystore.path: a\0b: ": config(path="a\0b"),
        "$.keystore.passphrase_fd: Bad file descriptor": config(passphrase_fd=987),
        "$.keystore.passphrase_fd: no number": config(passphrase_fd=2**63 - 1),
    }
    for text, wrong in cases.items():
        assert problems(wrong)[0].startswith(text)
    monkeypatch.setenv(VARIABLE, "another passphrase")
    assert "the passphrase is not" in problems(config())[0]
    (tmp_path / "keys").chmod(0o644)
    assert "chmod 600" in problems(config())[0]


def test_a_key_has_one_place(store, config):
    """One in clear of the same name as one in the store is a mistake."""
    store.add(Key.make("mine", KeyUsage.MAC_ALGORITHM_3, OTHER))
    clear = KeyConfig(name="mine", usage="M3", value=OTHER.hex())
    assert problems(msgspec.structs.replace(config(), keys=(clear,))) == [
        '$.keys[0].name: "mine" is in the key store too; a key has one place'
    ]


UNFIT = {
    "a disabled MAC key": (
        {"state": KeyState.DISABLED, "usage": KeyUsage.MAC_ALGORITHM_3},
        "pos.zak",
        "$.links[0].mac_key: key 'pos.zak' is disabled",
    ),
    "a MAC key of four bytes": (
        {"terms": Terms(mac_bytes=4), "usage": KeyUsage.MAC_ALGORITHM_3},
        "pos.zak",
        "$.links[0].mac_key: key 'pos.zak' makes MACs of 4 bytes, and a message has 8",
    ),
    "an HMAC key": (
        {"usage": KeyUsage.MAC_HMAC, "algorithm": Algorithm.HMAC},
        "pos.zak",
        "$.links[0].mac_key: key 'pos.zak' makes MACs of 32 bytes",
    ),
    "a MAC key of algorithm 1": (
        {"usage": KeyUsage.MAC_ALGORITHM_1},
        "pos.zak",
        "$.links[0].mac_key: MACs of algorithm 1 under key 'pos.zak' take padding 3",
    ),
    "an AES PIN key": (
        {"usage": KeyUsage.PIN_ENCRYPTION, "algorithm": Algorithm.AES},
        "pos.zpk",
        "$.links[0].pin_key: PIN blocks of format 0 are not for key 'pos.zpk'",
    ),
    "a PVK of 24 bytes": (
        {"usage": KeyUsage.PIN_VERIFICATION_PVV, "material": bytes(range(24))},
        "issuer.pvk",
        "$.issuer.pvk: key 'issuer.pvk' has 24 bytes",
    ),
}


@pytest.mark.parametrize("case", UNFIT)
def test_unfit_keys_are_told_before_the_start(store, config, case):
    """State, size, algorithm and MAC length of each key are those that its place needs."""
    attributes, name, text = UNFIT[case]
    given = {"material": OTHER} | attributes
    store.replace(Key.make(name, given.pop("usage"), given.pop("material"), **given))
    assert any(problem.startswith(text) for problem in problems(config())), problems(config())


def test_what_is_printed_has_no_keys_of_the_store(store, config):
    """Neither theirs nor lab keys that would take their place."""
    shown = printed(msgspec.structs.replace(config(), lab_keys=True))
    assert "[[keys]]" not in shown
    assert LAB_KEYS["pos.zak"].hex not in shown
    assert VARIABLE in shown
