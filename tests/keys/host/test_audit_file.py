"""Proves the audit chain: every event in it, durable in order; any change, removal or exchange of lines is named."""

import hashlib
import os

import pytest

from keys.host.audit_file import GENESIS, AuditError, AuditFile, verify_audit, verify_lines
from keys.host.line_file import LineFileError


def open_file(path):
    return AuditFile(path, clock_ms=lambda: 1_700_000_000_000)


def tell(file, number):
    file.tell(caller="192.0.2.1", command="DC", operation="verify-pin-pvv", keys=(f"k{number}",), result="failed", reason="pin")


@pytest.fixture
def written(tmp_path):
    """An audit file of five events, written by two processes one after the other."""
    path = tmp_path / "audit.log"
    for numbers in (range(3), range(3, 5)):
        file = open_file(path)
        for number in numbers:
            tell(file, number)
        file.close()
    return path


def test_an_untouched_file_is_good(written):
    """Its events are counted, across restarts, and its last digest is told."""
    count, digest = verify_audit(written)
    assert count == 5
    assert written.read_text().splitlines()[-1].startswith(digest)
    assert verify_lines([]) == (0, GENESIS)


def test_every_single_changed_byte_is_found(written):
    """A flip anywhere, digests included, names that line or the one behind it."""
    data = written.read_bytes()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for at in range(0, len(data), 7):
        if data[at : at + 1] == b"\n":
            continue
        changed = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        with pytest.raises(AuditError) as caught:
            verify_lines(changed.split(b"\n")[:-1])
        line = sum(start <= at for start in starts)
        assert caught.value.line in (line, line + 1)


@pytest.mark.parametrize("order", [[1, 2, 3, 4], [0, 2, 3, 4], [0, 2, 1, 3, 4], [0, 1, 1, 2, 3, 4]])
def test_lines_removed_exchanged_or_doubled_are_found(written, order):
    """The chain binds each line to its place; only the end can be cut off unseen."""
    lines = written.read_bytes().splitlines()
    with pytest.raises(AuditError):
        verify_lines([lines[number] for number in order])


def test_a_line_written_anew_with_its_own_digest_is_found(written):
    """Whoever changes an event and computes its digest again breaks the line behind it."""
    lines = written.read_bytes().splitlines()
    body = lines[1].partition(b" ")[2].replace(b"k1", b"k8")
    lines[1] = hashlib.sha256(body).hexdigest().encode() + b" " + body
    with pytest.raises(AuditError, match="line 3"):
        verify_lines(lines)


def test_a_broken_file_is_not_carried_on(written):
    """A port does not start on an audit file that was changed."""
    written.write_bytes(written.read_bytes().replace(b"k2", b"k9"))
    with pytest.raises(AuditError, match="line 3"):
        open_file(written)


def test_a_line_that_was_being_written_is_cut_off(written):
    """Nothing was answered on its strength."""
    whole = written.read_bytes()
    written.write_bytes(whole + whole[:50])
    open_file(written).close()
    assert written.read_bytes() == whole


def test_a_full_disk_ends_the_service(tmp_path):
    """No sink, no service: the failing event is not told, and neither is any after it (R32)."""

    class Full:
        def __init__(self):
            self.full = False

        def write(self, descriptor, data):
            if self.full:
                raise OSError(28, "No space left on device")
            return os.write(descriptor, data)

        def fsync(self, descriptor):
            pass

        def replace(self, source, target):
            raise AssertionError

    disk = Full()
    file = AuditFile(tmp_path / "audit.log", clock_ms=lambda: 0, disk=disk)
    tell(file, 1)
    disk.full = True
    with pytest.raises(LineFileError, match="No space left"):
        tell(file, 2)
    disk.full = False
    with pytest.raises(LineFileError, match="earlier write failed"):
        tell(file, 3)
    file.close()
