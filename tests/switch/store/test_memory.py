"""What only the memory store does; the contract is in test_stores."""

from switch.machine import GENESIS
from switch.store import MemoryStore


def test_nothing_is_left_on_disk(tmp_path, chain):
    """A path is only a name, and the next store starts empty."""
    store = MemoryStore(tmp_path / "state" / "journal.db")
    store.append(chain(2))
    store.close()
    assert list(tmp_path.iterdir()) == []
    assert MemoryStore(tmp_path / "state" / "journal.db").head() == (0, GENESIS)


def test_it_needs_no_path(chain):
    """Tests and demonstrations may leave the path out."""
    store = MemoryStore()
    store.append(chain(1))
    assert store.head()[0] == 1
