"""Proves how a keystore gets another master key and another passphrase, and what is saved of a damaged one."""

import os
import pty
import subprocess
import sys

from keys.host.audit_file import verify_audit


def with_passphrase(key, tmp_path):
    """A keystore that a passphrase seals, with two keys in it."""
    environment = {
        "POINTSMAN_LMK": None,
        "POINTSMAN_LMK_PASSPHRASE": "correct horse",
        "POINTSMAN_KEYSTORE": str(tmp_path / "sealed.keys"),
    }

    def run(line, **more):
        return key(line, **(environment | more))

    assert run("create").exit_code == 0
    for name in ("one.zak", "two.zak"):
        assert run(f"generate {name} --usage M3").exit_code == 0
    return run


def test_another_master_key_and_passphrase(key, tmp_path):
    """All keys are there afterwards, for the new passphrase and not for the old one."""
    run = with_passphrase(key, tmp_path)
    before = run("list").stdout
    following = tmp_path / "next.txt"
    following.write_text("battery staple\n")
    done = run(f"rotate --new-passphrase-file {following}")
    assert (done.exit_code, "2 keys, LMK KCV" in done.stdout) == (0, True)
    assert run("list").exit_code == 2
    assert "the passphrase is not this keystore's" in run("list").stderr
    assert run(f"list --passphrase-file {following}").stdout == before


def test_a_damaged_file(key, tmp_path):
    """It is refused, naming the entry; --salvage keeps the other, tells what is lost, and ends with status 1."""
    run = with_passphrase(key, tmp_path)
    file = tmp_path / "sealed.keys"
    text = file.read_text()
    at = text.index("two.zak") + 150
    file.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :])
    refused = run("list")
    assert (refused.exit_code, "two.zak" in refused.stderr) == (2, True)
    saved = run("rotate --salvage")
    assert (saved.exit_code, "lost: " in saved.stderr, "two.zak" in saved.stderr) == (1, True, True)
    assert [line.split()[0] for line in run("list").stdout.splitlines()] == ["name", "one.zak"]


def test_a_salvage_and_its_audit(key, tmp_path):
    """What is recovered is told in the audit file too; where that file is broken, the damaged keystore stays as it is."""
    run = with_passphrase(key, tmp_path)
    file, audit = tmp_path / "sealed.keys", tmp_path / "sealed.keys.audit"
    damaged = file.read_bytes().replace(b"counter", b"counted")
    file.write_bytes(damaged)
    whole = audit.read_bytes()
    audit.write_bytes(whole.replace(b"generate", b"generare"))
    assert run("rotate --salvage").exit_code == 4
    assert (file.read_bytes(), (tmp_path / "sealed.keys.damaged").exists()) == (damaged, False)
    audit.write_bytes(whole)
    assert run("rotate --salvage").exit_code == 1
    told = [line for line in audit.read_text().splitlines() if "-keystore" in line or "-lmk" in line]
    assert [word in line for word, line in zip(("create-keystore", "salvage-keystore", "rotate-lmk"), told, strict=True)] == [
        True
    ] * 3
    assert verify_audit(audit)[0] == 5


def typed_in(answers, tmp_path):
    """What `key create` says at a terminal where each of its prompts gets the next answer, and its exit status."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POINTSMAN_")}
    with subprocess.Popen(
        [sys.executable, "-c", "from keys.cli.key import app; app()", "create", "--store", str(tmp_path / "typed.keys")],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    ) as child:
        os.close(theirs)
        said, waiting = b"", list(answers)
        while part := child.stdout.read1():
            said += part
            if said.endswith(b": ") and waiting:
                os.write(ours, waiting.pop(0).encode() + b"\n")
    os.close(ours)
    return said.decode(), child.returncode


def test_a_new_passphrase_that_is_typed_in(tmp_path):
    """It is asked for twice, and again until both are one: a slip would lose every key."""
    said, status = typed_in(["correct horse", "corect horse", "correct horse", "correct horse"], tmp_path)
    assert (status, "created" in said, said.count("Repeat for confirmation")) == (0, True, 2), said


def test_a_passphrase_that_is_too_short(key, tmp_path):
    """It is told how long one is."""
    done = key("create", POINTSMAN_LMK=None, POINTSMAN_LMK_PASSPHRASE="short", POINTSMAN_KEYSTORE=str(tmp_path / "x"))
    assert (done.exit_code, "8 characters or more" in done.stderr) == (2, True)


def test_a_master_key_that_is_brought(key, tmp_path):
    """It is not said to be rotated, because it would stay the same; a passphrase can take its place."""
    done = key("rotate")
    assert (done.exit_code, done.stdout, "--new-passphrase-file" in done.stderr) == (2, "", True)
    following = tmp_path / "next.txt"
    following.write_text("battery staple")
    assert key(f"rotate --new-passphrase-file {following}").exit_code == 0
    assert key("list").exit_code == 2
    assert key(f"list --passphrase-file {following}").exit_code == 0
