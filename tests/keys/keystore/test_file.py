"""Proves that keys at rest come back as they were, that every change to the file is found, and that no stop loses a key."""

import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import msgspec
import pytest

from keys.errors import KeyBlockError, KeyNotFound, KeysError, KeystoreError
from keys.keystore.file import FileKeystore
from keys.keystore.seals import SCRYPT_N_BOUNDS, Passphrase
from keys.lab import LAB_KEYS, lab_key
from keys.material import Key, KeyUsage
from keys.pinblock import PinBlockFormat
from keys.sensitive import Secret
from keys.terms import KeyState, Permission, Terms

NAMES = ("journal.protect", "journal.token", "pos.zak")


def counter_of(path):
    return path.with_name("store.counter")


def change(disk, path, edit):
    number = disk.names[path]
    disk.data[number] = edit(disk.data[number])


def lines(data):
    return data.decode().split("\n")


class BusyDisk:
    """A disk on which somebody writes once, just before the counter is read."""

    def __init__(self, disk, path, write):
        self.disk = disk
        self.path = path
        self.write = write

    def read(self, path, bytes_max):
        if path == counter_of(self.path) and self.write is not None:
            write, self.write = self.write, None
            write()
        return self.disk.read(path, bytes_max)


# What is kept comes back.


def test_keys_come_back_as_they_were(store, reopen):
    """All attributes, state and terms of each key, from a second opening."""
    special = Key.make(
        "special",
        KeyUsage.PIN_VERIFICATION_IBM_3624,
        "0123456789ABCDEFFEDCBA9876543210",
        state=KeyState.DISABLED,
        terms=Terms(decimalisation="0123456789012345", permissions=(Permission.CHOSEN_PINS,), mac_bytes=4, pvki=3),
    )
    store.add(special)
    again = reopen()
    assert again.names() == (*NAMES, "special")
    assert [again.get(name) for name in NAMES] == [lab_key(name) for name in NAMES]
    assert again.get("special") == special
    assert again.get("special").terms.pvki == 3


def test_each_lab_key_comes_back(disk, opener, entropy, path, reopen):
    """Every usage, algorithm and size of ours."""
    store = FileKeystore.create(path, opener, entropy, disk=disk)
    for name in LAB_KEYS:
        store.add(lab_key(name))
    again = reopen()
    assert [again.get(name) for name in LAB_KEYS] == [lab_key(name) for name in LAB_KEYS]


def test_keys_are_added_replaced_and_removed(store, reopen):
    """Each change is in the file when the call returns."""
    changed = msgspec.structs.replace(lab_key("pos.zak"), state=KeyState.DISABLED)
    store.replace(changed)
    store.remove("journal.token")
    again = reopen()
    assert again.get("pos.zak") == changed
    assert again.names() == ("journal.protect", "pos.zak")
    with pytest.raises(KeyBlockError, match=r"pos\.zak"):
        store.add(changed)
    for act in (lambda: store.replace(lab_key("pos.zpk")), lambda: store.remove("pos.zac"), lambda: store.get("pos.zac")):
        with pytest.raises(KeyNotFound, match=r"pos\.zak"):
            act()
    assert again.counter == store.counter == 6


def test_terms_survive_in_every_form(store, reopen):
    """Formats, layouts and prefixes are read back as values."""
    terms = Terms(pin_formats=(PinBlockFormat.ISO_3,), ksn_prefix="FFFF98", validation="0123PPPPPPPPPPPK")
    store.add(Key.make("pek", KeyUsage.PIN_ENCRYPTION, "0123456789ABCDEFFEDCBA9876543210", terms=terms))
    assert reopen().get("pek").terms == terms


def test_no_clear_key_is_in_the_file(store, disk):
    """Neither the keys nor the LMK, as bytes or as hex."""
    held = [lab_key(name).secret.expose() for name in NAMES] + [store._master.lmk.expose()]
    for data in disk.data.values():
        for secret in held:
            for start in range(0, len(secret) - 7, 8):
                part = secret[start : start + 8]
                assert part not in data
                assert part.hex().upper().encode() not in data
                assert part.hex().encode() not in data


def test_its_repr_is_its_path(store):
    """A keystore prints its path and how many keys it has."""
    assert repr(store) == "FileKeystore('/keys/store', 3 keys)"


# Two of them over one file.


def test_a_change_of_another_process_is_seen(store, reopen):
    """`refresh` loads it; a key that did not change stays the same object, so that its ciphers stay too."""
    other = reopen()
    kept = store.get("pos.zak")
    assert not store.refresh()
    other.replace(msgspec.structs.replace(lab_key("journal.token"), state=KeyState.DISABLED))
    assert store.refresh()
    assert store.get("journal.token").state is KeyState.DISABLED
    assert store.get("pos.zak") is kept


def test_two_writers_lose_nothing(store, reopen):
    """A writer begins with the file as the other left it."""
    other = reopen()
    other.add(lab_key("issuer.pvk"))
    store.add(lab_key("issuer.cvk"))
    assert set(reopen().names()) == {*NAMES, "issuer.pvk", "issuer.cvk"}


@pytest.mark.parametrize("write", ["remove", "rotate"])
def test_a_writer_between_file_and_counter_is_no_thief(store, disk, path, reopen, write):
    """A counter ahead of a file that is just being replaced is no older file put back: both are read again."""
    busy = BusyDisk(disk, path, lambda: store.rotate() if write == "rotate" else store.remove("pos.zak"))
    again = reopen(busy)
    assert again.counter == store.counter
    assert again.names() == store.names()
    assert busy.write is None


def test_a_keystore_that_never_rests_is_not_opened(store, disk, path, reopen):
    """After some times: in words, not for ever."""
    reads = count()

    class Restless(BusyDisk):
        def read(self, path, bytes_max):
            return b"%d" % next(reads)

    with pytest.raises(KeystoreError, match="all the time"):
        reopen(Restless(disk, path, None))


@pytest.mark.parametrize("put", [b" ", b"\t", b"\r", b'"\xff":0,', b'"\xc3\xa9":0,'])
def test_what_is_put_into_the_seal_is_found(store, disk, path, reopen, put):
    """Even what changes no meaning is a change to the file; no byte of it is an error of another kind."""
    change(disk, path, lambda data: data.replace(b'{"type"', b"{" + put + b'"type"', 1))
    with pytest.raises(KeystoreError, match="damaged"):
        reopen()


def test_a_byte_that_is_no_ascii_is_found_everywhere(store, disk, path, reopen):
    """The highest bit of each byte counts, and the complaint is ours."""
    good = disk.data[disk.names[path]]
    for at in range(len(good)):
        flipped = good[:at] + bytes((good[at] ^ 0x80,)) + good[at + 1 :]
        change(disk, path, lambda _, flipped=flipped: flipped)
        with pytest.raises(KeystoreError):
            reopen()


def test_a_writer_keeps_others_out(store, disk):
    """While one writes, another is told to try again, and nothing is changed."""
    with disk.lock(Path("/keys/store.lock")), pytest.raises(KeystoreError, match="try again"):
        store.remove("pos.zak")
    assert "pos.zak" in store.names()


# What is refused.


def test_a_keystore_is_created_once(store, disk, opener, entropy, path):
    """Creating never writes over keys."""
    with pytest.raises(KeystoreError, match="of that name"):
        FileKeystore.create(path, opener, entropy, disk=disk)


def test_a_missing_file_is_told(disk, opener, entropy):
    """The path and what to do."""
    with pytest.raises(KeystoreError, match=r"/keys/none: there is no such file"):
        FileKeystore.open(Path("/keys/none"), opener, entropy, disk=disk)


def test_another_passphrase_is_refused(store, reopen, other_opener):
    """Nothing of the keys is read with it."""
    with pytest.raises(KeystoreError, match=r"/keys/store: the passphrase is not"):
        reopen(by=other_opener)


def test_every_character_counts(store, disk, path, reopen):
    """Each single character of the file changed: refused, wherever it is (at rest, R24)."""
    good = disk.read(path, 100_000)
    accepted = []
    for place in range(0, len(good), 7):
        change(disk, path, lambda data, at=place: good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        try:
            reopen()
            accepted.append(place)
        except KeystoreError:
            pass
    assert accepted == []
    change(disk, path, lambda data: good)
    assert reopen().names() == NAMES


def test_every_torn_end_is_refused(store, disk, path, reopen):
    """The file cut anywhere is refused."""
    good = disk.read(path, 100_000)
    for end in range(0, len(good), 11):
        change(disk, path, lambda data, at=end: good[:at])
        with pytest.raises(KeystoreError, match="/keys/store: "):
            reopen()


def test_a_damaged_entry_is_named(store, disk, path, reopen):
    """The text says which key, and that the others can be recovered."""
    change(disk, path, lambda data: data.replace(b"key pos.zak D0", b"key pos.zak D1"))
    with pytest.raises(KeystoreError, match=r"damaged: key 'pos\.zak': .*--salvage"):
        reopen()


def test_blocks_exchanged_between_names_are_found(store, disk, path, reopen):
    """Each block says whose it is, and both are told."""
    change(disk, path, lambda data: data.replace(b"key pos.zak", b"key X").replace(b"key journal.token", b"key pos.zak"))
    with pytest.raises(KeystoreError, match=r"key 'pos\.zak': its block is the one of key 'journal\.token'"):
        reopen()


def test_an_entry_left_out_is_found(store, disk, path, reopen):
    """All others are right, but the whole is not."""
    change(disk, path, lambda data: b"".join(part for part in data.splitlines(True) if b"key pos.zak" not in part))
    with pytest.raises(KeystoreError, match="file as a whole"):
        reopen()


def test_an_entry_put_back_is_found(store, disk, path, reopen):
    """The block of a key from before it was disabled is right by itself, but not in this file."""
    before = next(line for line in lines(disk.read(path, 100_000)) if line.startswith("key pos.zak"))
    store.replace(msgspec.structs.replace(lab_key("pos.zak"), state=KeyState.DISABLED))
    after = next(line for line in lines(disk.read(path, 100_000)) if line.startswith("key pos.zak"))
    change(disk, path, lambda data: data.replace(after.encode(), before.encode()))
    with pytest.raises(KeystoreError, match="file as a whole"):
        reopen()


def test_an_older_file_is_found(store, disk, path, reopen):
    """By the counter beside it, and by a process that has seen the newer one."""
    older = disk.read(path, 100_000)
    store.remove("pos.zak")
    change(disk, path, lambda data: older)
    with pytest.raises(KeystoreError, match="an older file was put back: it was written 4 times, its counter says 5"):
        reopen()
    with pytest.raises(KeystoreError, match="an older file was put back"):
        store.refresh()
    with pytest.raises(KeystoreError, match="an older file was put back"):
        store.add(lab_key("issuer.pvk"))


def test_a_counter_gone_or_changed_is_found(store, disk, path, reopen):
    """It cannot be taken away or turned back to hide an older file."""
    good = disk.data[disk.names[counter_of(path)]]
    change(disk, counter_of(path), lambda data: data.replace(b"counter 4", b"counter 3"))
    with pytest.raises(KeystoreError, match="counter beside the file was changed"):
        reopen()
    change(disk, counter_of(path), lambda data: good)
    del disk.names[counter_of(path)]
    with pytest.raises(KeystoreError, match="counter beside the file is gone"):
        reopen()


def test_a_costly_seal_is_not_computed(store, disk, path, reopen):
    """A file does not choose how long we compute."""
    change(disk, path, lambda data: data.replace(b'"n":1024', b'"n":1073741824'))
    with pytest.raises(KeystoreError, match="power of two"):
        reopen()


@pytest.mark.parametrize("data", [b"", b"\x00", b"[keys]\n", b"pointsman-keystore 2\n", b"pointsman-keystore 1\n"])
def test_other_files_are_refused(store, disk, path, reopen, data):
    """What is no keystore is told as such."""
    change(disk, path, lambda _: data)
    with pytest.raises(KeystoreError, match="/keys/store: "):
        reopen()


def test_complaints_hold_no_secret(store, disk, path, reopen, other_opener, locals_of):
    """Neither text nor locals of our frames: not the keys, not the master key, not the passphrases (R8)."""
    good = disk.read(path, 100_000)
    secrets = [*(lab_key(name).secret.expose() for name in NAMES), store._master.lmk.expose()]
    secrets += [b"correct horse battery", b"another passphrase"]
    errors = []
    for act in (
        lambda: reopen(by=other_opener),
        lambda: store.add(lab_key("pos.zak")),
        lambda: (change(disk, path, lambda data: data.replace(b"key pos.zak D0", b"key pos.zak D1")), reopen()),
        lambda: (change(disk, path, lambda data: good[:-9]), store.rotate()),
    ):
        with pytest.raises(KeysError) as caught:
            act()
        errors.append(caught.value)
    for error in errors:
        left = repr(error) + locals_of(error)
        for secret in secrets:
            assert secret.hex() not in left.lower()
            assert repr(secret)[2:-1] not in left


# Salvage.


def test_good_entries_are_salvaged(store, disk, path, opener, entropy, reopen):
    """The damaged entry is named, the others are written anew, and the damaged file is kept."""
    damaged = disk.read(path, 100_000).replace(b"key pos.zak D0", b"key pos.zak D1")
    change(disk, path, lambda data: damaged)
    salvaged, lost = FileKeystore.salvage(path, opener, entropy, disk=disk)
    assert [text.partition(":")[0] for text in lost] == ["key 'pos.zak'"]
    assert salvaged.names() == reopen().names() == ("journal.protect", "journal.token")
    assert disk.read(path.with_name("store.damaged"), 100_000) == damaged


def test_a_torn_file_is_salvaged_as_far_as_it_goes(store, disk, path, opener, entropy, reopen):
    """Entries before the tear come back; the torn line is named by its number and key."""
    good = disk.read(path, 100_000)
    end = good.index(b"key pos.zak") + 40
    change(disk, path, lambda data: good[:end])
    _, lost = FileKeystore.salvage(path, opener, entropy, disk=disk)
    assert reopen().names() == ("journal.protect", "journal.token")
    assert any("pos.zak" in text for text in lost)
    assert "the last line (mac)" in lost


def test_salvage_needs_the_passphrase(store, disk, path, other_opener, entropy):
    """And changes nothing without it."""
    before = disk.read(path, 100_000)
    with pytest.raises(KeystoreError, match="passphrase"):
        FileKeystore.salvage(path, other_opener, entropy, disk=disk)
    assert disk.read(path, 100_000) == before


# Rotation.


def test_rotation_wraps_everything_anew(store, disk, path, reopen, opener):
    """Another LMK and other blocks, the same keys."""
    before, kcv = disk.read(path, 100_000), store.lmk_kcv
    store.rotate()
    assert store.lmk_kcv != kcv
    again = reopen()
    assert again.lmk_kcv == store.lmk_kcv
    assert [again.get(name) for name in NAMES] == [lab_key(name) for name in NAMES]
    kept = [line for line in lines(before) if line.startswith("key") and line in lines(disk.read(path, 100_000))]
    assert kept == []


def test_rotation_changes_the_passphrase(store, reopen, other_opener):
    """The new one opens, the old one no more."""
    store.rotate(other_opener)
    assert reopen(by=other_opener).names() == NAMES
    with pytest.raises(KeystoreError, match="passphrase"):
        reopen()
    store.add(lab_key("issuer.pvk"))
    assert "issuer.pvk" in reopen(by=other_opener).names()


# Stops.


CHANGES = {
    "add": lambda store: store.add(lab_key("issuer.pvk")),
    "disable": lambda store: store.replace(msgspec.structs.replace(lab_key("pos.zak"), state=KeyState.DISABLED)),
    "remove": lambda store: store.remove("pos.zak"),
    "rotate": lambda store: store.rotate(),
}


@pytest.mark.parametrize("keep_data", [False, True])
@pytest.mark.parametrize("keep_names", [False, True])
@pytest.mark.parametrize("name", CHANGES)
def test_a_stop_between_any_two_steps_loses_nothing(name, keep_names, keep_data, store, disk, reopen, power_lost):
    """Power lost at each step of a change, whatever of the unsynced survives: the old keys or the new ones, all of them."""
    before = [store.get(each) for each in store.names()]
    for stops in range(100):
        on = disk.crash(keep_names=True, keep_data=True)
        stopping = reopen(on)
        on.stop_at = stops
        try:
            CHANGES[name](stopping)
            break
        except power_lost:
            pass
        after = reopen(on.crash(keep_names=keep_names, keep_data=keep_data))
        found = [after.get(each) for each in after.names()]
        assert found == before or changed(name, found)
        after.add(lab_key("issuer-link.zak"))
    assert stops == {"rotate": 15}.get(name, 10)
    assert changed(name, [stopping.get(each) for each in stopping.names()])


def changed(name, found):
    names = [key.name for key in found]
    match name:
        case "add":
            return "issuer.pvk" in names and len(names) == 4
        case "disable":
            return [key.state for key in found if key.name == "pos.zak"] == [KeyState.DISABLED] and len(names) == 3
        case "remove":
            return names == ["journal.protect", "journal.token"]
        case _:
            return found == [lab_key(each) for each in NAMES]


ROTATOR = """
import sys
from os import urandom
from pathlib import Path
from types import SimpleNamespace
from keys.keystore.file import FileKeystore
from keys.keystore.seals import Passphrase
from keys.sensitive import Secret
opener = Passphrase(Secret(b"correct horse battery"), n=1024)
store = FileKeystore.open(Path(sys.argv[1]), opener, SimpleNamespace(draw=urandom))
while True:
    store.rotate()
    print("rotated", flush=True)
"""


def test_a_killed_rotation_loses_no_key(tmp_path, entropy):
    """A real process that rotates without end, killed again and again at no chosen moment: every key is there each time."""
    path = tmp_path / "store"
    by = Passphrase(Secret(b"correct horse battery"), n=SCRYPT_N_BOUNDS[0])
    store = FileKeystore.create(path, by, entropy)
    for name in LAB_KEYS:
        store.add(lab_key(name))
    counters = [store.counter]
    for trial in range(8):
        child = subprocess.Popen([sys.executable, "-c", ROTATOR, str(path)], stdout=subprocess.PIPE, cwd=Path.cwd())
        with child:
            for _ in range(trial + 1):
                assert child.stdout.readline() == b"rotated\n"
            child.send_signal(signal.SIGKILL)  # It is somewhere in the next one by now.
            child.wait(30)
        again = FileKeystore.open(path, by, entropy)
        assert [again.get(name) for name in LAB_KEYS] == [lab_key(name) for name in LAB_KEYS]
        counters.append(again.counter)
    assert counters == sorted(set(counters))


# The real disk.


def test_files_are_for_their_owner_alone(tmp_path, opener, entropy):
    """Made with mode 0600, and refused once group or others may read or write them."""
    path = tmp_path / "store"
    FileKeystore.create(path, opener, entropy).add(lab_key("pos.zak"))
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {
        "store": "0o600",
        "store.counter": "0o600",
        "store.lock": "0o600",
    }
    for mode in (0o640, 0o604, 0o620, 0o602, 0o666):
        path.chmod(mode)
        with pytest.raises(KeystoreError, match="chmod 600"):
            FileKeystore.open(path, opener, entropy)
    path.chmod(0o600)
    assert FileKeystore.open(path, opener, entropy).names() == ("pos.zak",)


def test_complaints_of_the_system_are_told_in_words(tmp_path, opener, entropy):
    """A directory in place of the file, a directory that is not there."""
    with pytest.raises(KeystoreError, match="directory"):
        FileKeystore.open(tmp_path, opener, entropy)
    with pytest.raises(KeystoreError, match="No such file"):
        FileKeystore.create(tmp_path / "none" / "store", opener, entropy)
