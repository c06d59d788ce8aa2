"""Proves what the commands over a keystore do, what they refuse and in which words, and that no clear key is ever shown."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from keys.ciphers import kcv_aes_cmac
from keys.cli.key import app
from keys.host.audit_file import verify_audit
from keys.lab import LAB_KEYS
from keys.material import Algorithm, Exportability, KeyUsage, Mode
from keys.sensitive import Secret
from keys.tr31.block import unwrap, wrap
from keys.tr31.header import Header, Version

KBPK = "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6"
CANARY = "C1A1C1A1C1A1C1A2D0E0D0E0D0E0D0E3"


@pytest.fixture
def known(key, tmp_path):
    """The same, with a protection key of components that the test knows."""
    mask = "5A" * 32
    other = bytes(a ^ b for a, b in zip(bytes.fromhex(KBPK), bytes.fromhex(mask), strict=True)).hex()
    for name, component in (("alice", mask), ("bob", other)):
        (tmp_path / name).write_text(f"{component} {kcv_of(component)}\n")
    done = key(
        f"components zone.kbpk --usage K1 --algorithm A --custodian alice={tmp_path}/alice --custodian bob={tmp_path}/bob"
    )
    assert done.exit_code == 0, done.stderr
    return key


def kcv_of(component):
    """The check value of an AES component."""
    return kcv_aes_cmac(Secret(bytes.fromhex(component)), digits=6)


def block_of(material, exportability=Exportability.EXPORTABLE):
    """A key block with this MAC key under the protection key."""
    header = Header(
        version=Version.D,
        usage=KeyUsage.MAC_ALGORITHM_3,
        algorithm=Algorithm.TDES,
        mode=Mode.GENERATE_AND_VERIFY,
        exportability=exportability,
    )
    return wrap(Secret(bytes.fromhex(KBPK)), header, Secret(bytes.fromhex(material)), fill=bytes)


def rows(done):
    """The table that a command printed, without its head."""
    assert done.exit_code == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()[1:]]


def test_a_key_from_its_making_to_its_end(key, tmp_path):
    """Made, listed, disabled, enabled, deleted; each act is one event of an unbroken audit file."""
    made = rows(key("generate pos.zak --usage M3 --mode C"))
    assert made[0][:7] == ["pos.zak", "M3", "TDES", "128", "C", "N", "active"]
    assert rows(key("list")) == made
    assert rows(key("disable pos.zak"))[0][6] == "disabled"
    assert rows(key("enable pos.zak"))[0][6] == "active"
    assert key("delete pos.zak --yes").stdout == f"deleted pos.zak, KCV {made[0][7]}\n"
    assert rows(key("list")) == []
    count, _ = verify_audit(tmp_path / "my.keys.audit")
    assert count == 5


def test_a_key_goes_out_and_comes_in(known):
    """The exported block holds the imported key, with its attributes; another name can be given to it."""
    assert known(f"import zone.zak --kbpk zone.kbpk --block {block_of(CANARY)}").exit_code == 0
    block = known("export zone.zak --kbpk zone.kbpk --exportability N").stdout.strip()
    opened = unwrap(Secret(bytes.fromhex(KBPK)), block)
    assert opened.key == Secret(bytes.fromhex(CANARY))
    assert (opened.header.usage, opened.header.exportability) == (KeyUsage.MAC_ALGORITHM_3, Exportability.NON_EXPORTABLE)
    back = known("import again.zak --kbpk zone.kbpk --file -", stdin=f"{block}\n")
    assert rows(back)[0][:2] == ["again.zak", "M3"]


def test_no_clear_key_is_shown(known, tmp_path):
    """Neither by any command nor in any file: the key that the test knows, and its protection key, are nowhere."""
    known(f"import zone.zak --kbpk zone.kbpk --block {block_of(CANARY)}")
    shown = "".join(
        known(line).output
        for line in (
            "list",
            "list --json",
            "show zone.zak",
            "show zone.kbpk --json",
            "disable zone.zak --json",
            "enable zone.zak",
        )
    )
    kept = "".join(path.read_text() for path in tmp_path.iterdir() if path.name.startswith("my.keys"))
    for clear in (CANARY, KBPK):
        assert clear not in (shown + kept).upper()


def test_terms_are_kept(key):
    """What the owner says of a key stands in what is shown of it."""
    key("generate issuer.pvk --usage V2 --mode C --terms '{\"pvki\": 3}'")
    shown = json.loads(key("show issuer.pvk --json").stdout)
    assert shown["terms"] == {"pvki": 3}
    assert "clear" not in shown, "it has the name of a lab key, and is none"


def test_lab_keys_are_shown_in_clear(key):
    """They are published: attributes, what for, and the key itself; the list has all of them."""
    shown = json.loads(key("show pos.zak --lab --json").stdout)
    assert (shown["clear"], shown["kcv"]) == (LAB_KEYS["pos.zak"].hex, "75C004")
    assert [row[0] for row in rows(key("list --lab"))] == sorted(LAB_KEYS)


def test_nothing_is_deleted_unasked(key):
    """Without --yes a question is asked, and anything but yes leaves the key where it is."""
    key("generate pos.zak --usage M3")
    done = key("delete pos.zak", stdin="n\n")
    assert (done.exit_code, "nothing was deleted" in done.stdout) == (0, True)
    assert key("delete pos.zak", stdin="y\n").exit_code == 0
    assert rows(key("list")) == []


MISTAKES = [
    ("show pos.zk", "no key is named 'pos.zk'; did you mean 'pos.zak'?"),
    ("disable pos.zka", "did you mean 'pos.zak'?"),
    ("delete pos.zka --yes", "did you mean 'pos.zak'?"),
    ("enable pos.zak", "is active, and does not become active"),
    ("generate pos.zak --usage M3", "two keys are named 'pos.zak'"),
    ("generate a --usage XX", "--usage takes one of B0"),
    ("generate a --usage M3 --mode Q", "--mode takes one of B"),
    ("generate a --usage M3 --algorithm Q", "--algorithm takes one of A"),
    ("generate a --usage M3 --exportability Q", "--exportability takes one of E"),
    ("generate a --usage M3 --bytes 15", "no key of TDES has 15 bytes"),
    ("generate a", "Missing option '--usage'"),
    ("generate --usage M3", "Missing argument"),
    ("generate 'a b' --usage M3", "printable ASCII characters without spaces"),
    ("generate a --usage V2 --terms {", "--terms: "),
    ("generate a --usage V2 --terms '{\"pkvi\": 1}'", "pvki"),
    ("import a --kbpk pos.zak --block 00", "key 'pos.zak'"),
    ("import a --kbpk zone --block 00", "no key is named 'zone'"),
    ("import a --kbpk pos.zak", "--block or --file"),
    ("import a --kbpk pos.zak --file /nowhere", "/nowhere: No such file"),
    ("export pos.zak --kbpk pos.zak", "key 'pos.zak'"),
    ("export pos.zak --kbpk pos.zak --version A", "--version takes one of B D E"),
    ("components a --usage K1 --custodian alice", "2 custodians or more"),
    ("components a --usage K1 --custodian alice=/nowhere --custodian bob=/nowhere", "component of alice: /nowhere"),
    ("list --store /nowhere/my.keys", "/nowhere/my.keys"),
    ("create", "there is a keystore of that name"),
    ("rotate --new-passphrase-file /nowhere", "/nowhere: No such file"),
    ("rotaet", "No such command 'rotaet'"),
]


@pytest.mark.parametrize(("line", "words"), MISTAKES, ids=[line[:50] for line, _ in MISTAKES])
def test_a_mistake_is_told_in_words(key, line, words):
    """Status 2, nothing on standard output, and what would have been right."""
    key("generate pos.zak --usage M3 --mode C")
    done = key(line)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_store_must_be_named(key):
    """Without a file, a variable or --lab there are no keys to list; with no master key there is a hint."""
    assert "POINTSMAN_KEYSTORE" in key("list", POINTSMAN_KEYSTORE=None).stderr
    done = key("list", POINTSMAN_LMK=None)
    assert (done.exit_code, "POINTSMAN_LMK_PASSPHRASE" in done.stderr) == (2, True)
    assert "hex digits" in key("list", POINTSMAN_LMK="xy").stderr


def test_a_changed_audit_file_stops_everything(key, tmp_path):
    """Status 4, and no act without a trace: the key is not made."""
    key("generate pos.zak --usage M3")
    audit = tmp_path / "my.keys.audit"
    audit.write_bytes(audit.read_bytes().replace(b"generate-key", b"delete-key!!"))
    done = key("generate other --usage M3")
    assert (done.exit_code, "audit file" in done.stderr) == (4, True)
    assert [row[0] for row in rows(key("list"))] == ["pos.zak"]


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_words_are_too_much(key, data):
    """Any words for any command: a result or a refusal, and never a traceback."""
    name = data.draw(st.sampled_from(["generate", "import", "export", "show", "disable", "components", "list"]))
    word = st.one_of(st.sampled_from(["", "K1", "M3", "A", "{}", "alice", "x=y", "-"]), st.text(max_size=8))
    options = ["--usage", "--kbpk", "--block", "--terms", "--custodian", "--mode", "--bytes", "--version"]
    words = data.draw(st.lists(word, max_size=2))
    for option in data.draw(st.lists(st.sampled_from(options), max_size=4, unique=True)):
        words += [option, data.draw(word)]
    done = key(name, *words)
    assert done.exit_code in (0, 2), words
    assert isinstance(done.exception, SystemExit | None), words


def test_help_names_the_commands():
    """All of what keys go through, in the order in which they do."""
    shown = CliRunner().invoke(app, ["--help"]).stdout.split("Commands:")[1]
    names = ["create", "generate", "import", "export", "list", "show", "rotate", "disable", "enable", "delete", "components"]
    assert [line.split()[0] for line in shown.splitlines() if line.startswith("  ") and line[2] != " "] == [*names, "selftest"]
