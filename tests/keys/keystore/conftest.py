"""What the tests of keystores share: a disk that forgets what was not synced, and stores on it."""

from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from keys.errors import KeystoreError
from keys.keystore.file import FileKeystore
from keys.keystore.seals import SCRYPT_N_BOUNDS, Passphrase
from keys.lab import lab_key
from keys.sensitive import Secret

PATH = Path("/keys/store")


class PowerLost(Exception):
    """The machine stops here."""


class ForgetfulDisk:
    """A disk in memory that can stop before any step, or in the middle of a write, and then has what was on it for sure.

    Data is for sure once it was synced, names once their directory was. What was not may be there or not: `crash` takes
    what was lost as an argument, because a file system promises neither.
    """

    def __init__(self):
        self.names = {}  # path -> number of a file
        self.sure_names = {}
        self.data = {}
        self.sure_data = {}
        self.steps = 0
        self.stop_at = None
        self.locked = set()
        self.log = []

    def _step(self, what):
        if self.steps == self.stop_at:
            raise PowerLost(what)
        self.steps += 1
        self.log.append(what)

    def read(self, path, bytes_max):
        number = self.names.get(path)
        return None if number is None else self.data[number][:bytes_max]

    def create(self, path, data):
        number = len(self.data)
        self.data[number] = data[: len(data) // 2]
        self.sure_data[number] = b""
        self.names[path] = number
        self._step("create")
        self.data[number] = data
        self._step("write")

    def sync(self, path):
        self._step("sync")
        number = self.names[path]
        self.sure_data[number] = self.data[number]

    def rename(self, source, target):
        self._step("rename")
        self.names[target] = self.names.pop(source)

    def sync_directory(self, path):
        self._step("sync directory")
        self.sure_names = dict(self.names)

    @contextmanager
    def lock(self, path):
        if path in self.locked:
            raise KeystoreError("another process is changing this keystore just now: try again")
        self.locked.add(path)
        try:
            yield
        finally:
            self.locked.discard(path)

    def crash(self, *, keep_names, keep_data):
        """The disk after power came back: names and data that were not synced are kept or lost."""
        after = ForgetfulDisk()
        after.names = dict(self.names if keep_names else self.sure_names)
        after.data = dict(self.data if keep_data else self.sure_data)
        after.sure_names, after.sure_data = dict(after.names), dict(after.data)
        return after


class SeededEntropy:
    """Random bytes that are the same each time."""

    def __init__(self):
        self.random = Random(4)

    def draw(self, count, /):
        return self.random.randbytes(count)


def passphrase(text=b"correct horse battery"):
    return Passphrase(Secret(text), n=SCRYPT_N_BOUNDS[0])


@pytest.fixture
def disk():
    return ForgetfulDisk()


@pytest.fixture
def entropy():
    return SeededEntropy()


@pytest.fixture
def opener():
    return passphrase()


@pytest.fixture
def store(disk, opener, entropy):
    """A keystore with three lab keys, on the forgetful disk."""
    made = FileKeystore.create(PATH, opener, entropy, disk=disk)
    for name in ("pos.zak", "journal.token", "journal.protect"):
        made.add(lab_key(name))
    return made


@pytest.fixture
def reopen(disk, opener, entropy):
    """Opens the keystore anew, from any disk."""

    def open_it(on=None, by=None):
        return FileKeystore.open(PATH, by or opener, entropy, disk=on or disk)

    return open_it


@pytest.fixture
def path():
    return PATH


@pytest.fixture
def power_lost():
    return PowerLost


@pytest.fixture
def other_opener():
    return passphrase(b"another passphrase")
