"""Proves a port over a keystore's file: its own keys made once and out of reach, blocks that outlive the store's rotation."""

import pytest

from keys.errors import KeysError
from keys.host.audit_file import AuditError
from keys.host.line_file import LineFileError
from keys.host.machine import Options
from keys.host.service import AUDIT_FILE, LMK_NAME, TOKEN_NAME, open_machine
from keys.hsm import Caller, SoftHsm
from keys.keystore import MemoryKeystore
from keys.keystore.file import FileKeystore
from keys.keystore.seals import BareLmk
from keys.lab import lab_key, lab_keystore
from keys.policy import Role
from keys.sensitive import Secret
from keys.system import SystemEntropy
from tests.keys.host.conftest import Client
from tests.keys.host.samples import KEYS, SAMPLES
from tests.keys.host.words import named

OPENER = BareLmk(Secret(bytes(range(32))))


@pytest.fixture
def store(tmp_path):
    """A keystore's file with the keys of the samples."""
    store = FileKeystore.create(tmp_path / "keys.store", OPENER, SystemEntropy())
    for key in (*KEYS, *map(lab_key, ("pos.zpk", "pos.zak", "issuer.pvk"))):
        store.add(key)
    return store


def opened(store, state, **options):
    return open_machine(store, state, Options(authorised=True, **options), lab=False)


def test_the_ports_own_keys_are_made_once(store, tmp_path):
    """At the first start, audited; at the second they are there, and blocks of the first are good."""
    with opened(store, tmp_path / "state") as machine:
        client = Client(machine, tmp_path / "state")
        block = client.good("A00FFFS#P0T2B00E00")
    assert [(event.operation, event.keys) for event in client.events()][:2] == [
        ("generate-key", (LMK_NAME,)),
        ("generate-key", (TOKEN_NAME,)),
    ]
    again = FileKeystore.open(tmp_path / "keys.store", OPENER, SystemEntropy())
    with opened(again, tmp_path / "state") as machine:
        client = Client(machine, tmp_path / "state")
        assert client.good("BUFFF" + block[:-6]) == block[-6:]
        assert sum(event.operation == "generate-key" for event in client.events()) == 3


def test_nobody_uses_the_ports_own_keys(store, tmp_path):
    """By name they are not found; an entry of the keystore's file is no block of a client's."""
    with opened(store, tmp_path / "state") as machine:
        client = Client(machine, tmp_path / "state")
        for name in (LMK_NAME, TOKEN_NAME):
            assert client.ask("BUFFF" + named(name)) == ("21", "")
        assert client.ask("A8FFF" + named(LMK_NAME) + named("pos.zak") + "R") == ("21", "")
        entries = [line.split(" ", 2)[2] for line in (tmp_path / "keys.store").read_text().splitlines() if line[:4] == "key "]
        assert {client.ask("BUFFFS" + entry) for entry in entries} == {("A4", "")}


def test_a_block_made_elsewhere_under_the_ports_key_is_none_of_a_clients(store, tmp_path):
    """Who may export keys makes no blocks for this wire: its master key is only made of that key."""
    with opened(store, tmp_path / "state") as machine:
        admin = SoftHsm(store, SystemEntropy(), [].append, caller=Caller("somebody", Role.ADMIN))
        block = admin.export_key("pos.zak", kbpk=LMK_NAME)
        assert Client(machine, tmp_path / "state").ask("BUFFFS" + block) == ("A4", "")


def test_terms_of_the_stores_keys_hold_on_the_wire(store, tmp_path):
    """An IBM 3624 key has its table from the store."""
    with opened(store, tmp_path / "state") as machine:
        assert Client(machine, tmp_path / "state").ask("DA" + SAMPLES["DA"]) == ("00", "")


def test_blocks_outlive_the_rotation_of_the_store(store, tmp_path):
    """The store's master key changes; what clients keep is under another."""
    with opened(store, tmp_path / "state") as machine:
        block = Client(machine, tmp_path / "state").good("A00FFFS#P0T2B00E00")
    store.rotate(BareLmk(Secret(bytes(range(1, 33)))))
    with opened(store, tmp_path / "state") as machine:
        assert Client(machine, tmp_path / "state").good("BUFFF" + block[:-6]) == block[-6:]


def test_files_have_one_owner_and_a_whole_chain(tmp_path):
    """A second port on the same files is refused, and one on an audit file that was changed."""
    with open_machine(lab_keystore(), tmp_path, Options(), lab=True) as machine:
        Client(machine, tmp_path).ask("M6" + SAMPLES["M6"].replace("pos.zak", "pos.zac"))
        with (
            pytest.raises(LineFileError, match="another process"),
            open_machine(lab_keystore(), tmp_path, Options(), lab=True),
        ):
            pass
    path = tmp_path / AUDIT_FILE
    path.write_bytes(path.read_bytes().replace(b"key-not-found", b"key-was-there"))
    with pytest.raises(AuditError, match="line 1"), open_machine(lab_keystore(), tmp_path, Options(), lab=True):
        pass


def test_a_keystore_for_reading_only_must_have_the_ports_keys(tmp_path):
    """It is told, and nothing is served."""

    class ReadOnly:
        def __init__(self):
            self._keys = MemoryKeystore(())

        def get(self, name):
            return self._keys.get(name)

        def names(self):
            return self._keys.names()

    with pytest.raises(KeysError, match="reading only"), opened(ReadOnly(), tmp_path):
        pass
