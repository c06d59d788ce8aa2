"""Proves that a terminal pays from the shell, and that its exit status tells how it went."""

import json
import re
from pathlib import Path

import iso8583.specs
import pytest

from keys.keystore.file import FileKeystore
from keys.keystore.seals import Passphrase
from keys.lab import LAB_KEYS, lab_key
from keys.sensitive import Secret
from terminal_sim.lab.prng import SeededEntropy
from tests.peers.parties import write
from tests.peers.processes import RunningSwitch, run


@pytest.fixture
def switch(configuration, place):
    """A switch on a free port, with the printed configuration."""
    with RunningSwitch("--config", write(configuration, place), state=place / "switch") as running:
        yield running


@pytest.fixture
def pay(switch, place):
    """Runs `pointsman terminal pay` against the switch."""

    def pay(*words, to=None):
        return run("terminal", "pay", "--to", to or f"127.0.0.1:{switch.port()}", "--state", place / "terminal", *words)

    return pay


@pytest.mark.parametrize(
    "words",
    [
        ["--amount", "12.50", "--currency", "EUR", "--card", "visa-chip", "--entry", "chip", "--pin", "1234"],
        ["--amount", "8.20", "--card", "visa-chip", "--entry", "nfc"],
        ["--amount", "12.50", "--card", "visa-mag", "--entry", "mag", "--pin", "1234"],
    ],
)
def test_approved(pay, words):
    """Chip, tap and stripe are approved, with a receipt and status 0."""
    done = pay(*words)
    assert done.status == 0, done
    assert "APPROVED" in done.output
    assert "******" in done.output


def test_the_chip_counts_on(pay):
    """Twice the same chip: its counter is remembered, so that the issuer sees no replay."""
    for _ in range(2):
        assert pay("--amount", "1", "--entry", "chip", "--pin", "1234").status == 0


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--amount", "12.50", "--pin", "9999"], "55", "incorrect PIN"),
        (["--amount", "60.00", "--entry", "nfc"], "1A", "cardholder verification required"),
        (["--amount", "12.50", "--card", "visa-expired", "--pin", "1234"], "54", "expired card"),
    ],
)
def test_declined(pay, words, code, why):
    """A decline says why in words and has status 1; as JSON too."""
    done = pay(*words, "--json")
    assert done.status == 1, done
    receipt = json.loads(done.output)
    assert (receipt["response_code"], receipt["words"], receipt["approved"]) == (code, why, False)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--amount", "12.505"], "write it like 12.50"),
        (["--amount", "1", "--currency", "XXQ"], "no currency"),
        (["--amount", "1", "--card", "visa"], 'did you mean "visa-mag"?'),
        (["--amount", "1", "--entry", "ship"], 'did you mean "chip"?'),
        (["--amount", "1", "--pin", "12x4"], "4 to 12 digits"),
        (["--amount", "1", "--dialect", "iso87-asci"], 'did you mean "iso87-ascii"?'),
        (["--amount", "1", "--framing", "len2"], 'did you mean "len2-big"?'),
        (["--amount", "1", "--terminal-id", "TOO-LONG-ID"], "1 to 8 letters"),
        (["--amount", "1", "--mac-key", "00"], "bytes"),
        (["--amount", "1", "--card", "visa-mag", "--entry", "chip"], "no chip"),
    ],
)
def test_wrong_words(pay, words, complaint):
    """What cannot be meant is told before anything is sent, with status 2."""
    done = pay(*words)
    assert done.status == 2, done
    assert complaint in done.complaints


@pytest.mark.parametrize("to", ["127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", ":", "x:y"])
def test_no_address(pay, to):
    """An address that is none has status 2."""
    assert pay("--amount", "1", to=to).status == 2


def test_nobody_there(pay):
    """No connection has status 3, and says where and why."""
    done = pay("--amount", "1", to="127.0.0.1:1")
    assert done.status == 3, done
    assert done.complaints.count("127.0.0.1:1") == 1
    assert "Start one with: pointsman serve" in done.complaints


def test_other_keys(pay):
    """A terminal with another MAC key is refused by the switch; its answer's MAC is wrong to it, so the outcome is unknown."""
    done = pay("--amount", "1", "--mac-key", "0123456789ABCDEFFEDCBA9876543210", "--timeout", "1")
    assert done.status == 1, done
    assert "NO ANSWER" in done.output
    assert "MAC" in done.complaints, "the host did answer, and why that was no answer is told"
    assert re.search(r"^still owed to the host: 1; .* of TERM0001 on ", done.complaints, re.MULTILINE)


def test_explain(pay):
    """Each step is told, masked."""
    done = pay("--amount", "1", "--pin", "1234", "--explain")
    assert "first GENERATE AC" in done.complaints
    assert "4761739001010119" not in done.complaints + done.output


def test_a_dialect_brought_from_another_tool(place, configuration):
    """A pyiso8583 spec becomes a dialect file, and switch and terminal speak it with nothing else said of it."""
    spec = iso8583.specs.default_ascii | {"4": iso8583.specs.default_ascii["4"] | {"desc": "How much"}}
    (place / "spec.json").write_text(json.dumps(spec))
    brought = place / "brought.toml"
    done = run("dialect", "import", place / "spec.json", "--name", "brought", "--output", brought)
    assert done.status == 0, done
    tree = configuration | {"dialects": [str(brought)]}
    tree["links"][0] |= {"dialect": "brought", "framing": "ascii4"}
    with RunningSwitch("--config", write(tree, place), state=place / "switch") as switch:
        words = ["--to", f"127.0.0.1:{switch.port()}", "--state", place / "terminal", "--framing", "ascii4", "--sign-on"]
        chip = run("terminal", "pay", "--amount", "12.50", "--pin", "1234", "--dialect", brought, *words)
        assert chip.status == 0, chip
        assert "APPROVED" in chip.output
        declined = run("terminal", "pay", "--amount", "1", "--pin", "9999", "--dialect", brought, *words)
        assert declined.status == 1, declined
        assert "incorrect PIN" in declined.output
    bare = place / "bare.toml"
    bare.write_text(brought.read_text().replace('edition = "1987"\n', ""))
    assert bare.read_text() != brought.read_text()
    refused = run("terminal", "pay", "--amount", "1", "--dialect", bare, *words)
    assert refused.status == 2
    assert "neither a base nor an edition" in refused.complaints


def test_a_switch_has_its_keys_from_a_key_store(configuration, place, monkeypatch):
    """No key in the configuration and no lab key: a chip with its PIN is approved under keys that were at rest in a file."""
    monkeypatch.setenv("POINTSMAN_LMK_PASSPHRASE", "correct horse battery")
    store = FileKeystore.create(place / "keys", Passphrase(Secret(b"correct horse battery"), n=1024), SeededEntropy(1))
    for name in LAB_KEYS:
        store.add(lab_key(name))
    tree = configuration | {"keys": [], "lab_keys": False, "keystore": {"path": str(place / "keys")}}
    with RunningSwitch("--config", write(tree, place), state=place / "switch") as running:
        words = ("--to", f"127.0.0.1:{running.port()}", "--state", place / "terminal", "--amount", "12.50", "--pin", "1234")
        done = run("terminal", "pay", *words)
        limits = Path(f"/proc/{running.process.pid}/limits")
        cores = re.search(r"Max core file size +(\S+)", limits.read_text()) if limits.exists() else None
    assert done.status == 0, done
    assert "APPROVED" in done.output
    assert cores is None or cores[1] == "0", "a core file would have the keys of the store in clear"
