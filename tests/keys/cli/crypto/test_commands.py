"""Proves what holds of every command of `pointsman crypto`: its examples run, its mistakes are told, nothing escapes."""

import json
import re
import shlex

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from keys.cli.crypto import app

COMMANDS = typer.main.get_command(app).commands
EXAMPLES = [
    line.strip().removeprefix("pointsman crypto ")
    for command in COMMANDS.values()
    for line in command.epilog.splitlines()
    if line.strip().startswith("pointsman")
]
KEY = "0123456789ABCDEFFEDCBA9876543210"
PAN = "4761739001010119"


def test_every_command_has_three_examples():
    """Help ends with as many as one can try."""
    assert len(EXAMPLES) == 3 * len(COMMANDS)
    assert set(COMMANDS) == {example.split()[0] for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_gives_a_result(crypto, example):
    """Status 0, nothing said beside it; with steps and as JSON the result is the same."""
    plain = crypto(example.replace(" --explain", "").replace(" --json", ""))
    assert (plain.exit_code, plain.stderr) == (0, "")
    if "--verify" in example:
        assert plain.stdout == "the MAC is right\n"
        return
    result = plain.stdout.strip()
    assert re.fullmatch("[0-9A-Z]+", result)
    explained = crypto(example.replace(" --explain", "").replace(" --json", ""), "--explain")
    assert explained.stdout.splitlines()[-1].split()[-1] == result
    assert len(explained.stdout.splitlines()) > 1
    tree = json.loads(crypto(example.replace(" --explain", "").replace(" --json", ""), "--explain", "--json").stdout)
    assert tree["result"] == tree["steps"][-1]["value"] == result


MISTAKES = [
    (f"mac --key {KEY[:-1]} --data 00", "31 hex digits are an odd number"),
    (f"mac --key {KEY[:-2]} --data 00", "a TDES key has 8 or 16 or 24 bytes, not 15"),
    (f"mac --key {KEY[:16]} --data 00", "MAC algorithm 3 takes a key of 16 bytes, not 8"),
    (f"mac --key {KEY[:-2]}xy --data 00", "hex digits and nothing else"),
    (f"mac --key {KEY}", "missing: --data or --text"),
    (f"mac --key {KEY} --data 00 --text 0", "give --data or --text, not both"),
    (f"mac --key {KEY} --data 00 --padding 4", "padding method 1, 2 or 3, not 4"),
    (f"mac --key {KEY} --data 00 --length 3", "a MAC has 4 to 8 bytes, not 3"),
    (f"mac --key {KEY} --data 00 --algorithm 5", "'5' is not one of"),
    (f"mac --key {KEY[:16]} --data 00 --algorithm tdes-cmac", "has 16 or 24 bytes, not 8"),
    (f"mac --key {KEY} --data 00 --verify 00000000 --also {KEY}", "--also takes NAME=HEX"),
    (f"mac --key {KEY} --data 00 --verify 0000", "a MAC has 4 to 8 bytes, not 2"),
    ("mac --data 00", "Missing option '--key'"),
    ("pinblock --format 0 --pan 4761739001010119", "give --pin to make a block or --block to read one"),
    ("pinblock --format 0 --pin 1234", "bound to a card number"),
    ("pinblock --format 0 --pin 123 --pan 4761739001010119", "a PIN has 4 to 12 decimal digits"),
    ("pinblock --format 0 --pin 1234 --pan 47617390X1010119", "a PAN has 8 to 19 decimal digits"),
    ("pinblock --format 0 --block 0412 --pan 4761739001010119", "has 8 bytes, not 2"),
    ("pinblock --format 1 --pin 1234 --fill 00", "too little of it"),
    ("pinblock --format 3 --pin 1234 --pan 4761739001010119 --fill 0123456789", "letters A to F and nothing else"),
    ("pinblock --format 4 --pin 1234 --pan 4761739001010119", "needs an AES key"),
    (f"pinblock --format 4 --block 00 --pan {PAN} --key {KEY}", "has 16 bytes, not 1"),
    ("pinblock --format 5 --pin 1234", "'5' is not one of"),
    (f"pin --pvk {KEY} --pan {PAN}", "missing: --pin"),
    (f"pin --pvk {KEY} --pan {PAN} --pin 1234 --pvki 10", "index is 0 to 9, not 10"),
    (f"pin --method ibm3624 --pvk {KEY}", "missing: --validation-data"),
    (f"pin --method ibm3624 --pvk {KEY} --validation-data 1122 --pin 1234", "has 16 hex digits"),
    (f"pin --method ibm3624 --pvk {KEY} --validation-data 11223344556677FF --table 1", "16 decimal digits"),
    (f"pin --method ibm3624 --pvk {KEY} --validation-data 11223344556677FF --pin 1234 --offset 1", "not both"),
    (f"cvv --cvk {KEY} --pan {PAN} --expiry 2912", "missing: --service-code"),
    (f"cvv --cvk {KEY} --pan {PAN} --expiry 12/29 --service-code 201", "an expiry date has 4 decimal digits"),
    (f"cvv --kind cvv2 --cvk {KEY} --pan {PAN} --expiry 1229 --service-code 201", "leave --service-code out"),
    (f"dcvv --imk {KEY} --pan {PAN} --expiry 2912 --service-code 201 --atc 01", "has 2 bytes, not 1"),
    (f"cvc3 --imk {KEY} --pan {PAN} --un 00000899 --atc 005E", "give --ivcvc3 or --track"),
    (f"cvc3 --imk {KEY} --pan {PAN} --un 0899 --atc 005E --ivcvc3 93FB", "unpredictable number has 4 bytes, not 2"),
    (f"icc-key --imk {KEY} --pan {PAN} --psn 1", "has two decimal digits"),
    (f"session-key --mk {KEY} --diversifier 00", "diversified by 2 bytes (ATC) or 8, not 1"),
    (f"session-key --method mastercard --mk {KEY} --diversifier 001C", "missing: --un"),
    (f"arqc --imk {KEY} --pan {PAN}", "needs tag 9F10"),
    (f"arqc --imk {KEY} --pan {PAN} --tag 9F10=06011203A0B800", "needs tag 9F02"),
    (f"arqc --imk {KEY} --pan {PAN} --tag 9F10=00112233445566", "in no format known"),
    (f"arqc --imk {KEY} --pan {PAN} --tag 9F10", "TAG=HEX"),
    (f"arqc --imk {KEY} --pan {PAN} --icc 9F1007060112", "goes on behind the end"),
    (f"arqc --session-key {KEY}", "missing: --data"),
    ("arqc --tag 9F10=06011203A0B800", "missing: --imk, --pan"),
    (f"arpc --session-key {KEY} --arqc 7A788EA6B8A3E733", "give --arc for method 1 or --csu for method 2"),
    (f"arpc --session-key {KEY} --arqc 7A78 --arc 3030", "an ARQC has 8 bytes, not 2"),
    (f"arpc --session-key {KEY} --arc 3030", "missing: --arqc"),
    (f"arpc --imk {KEY} --pan {PAN} --arqc 7A788EA6B8A3E733 --tag 9F10=06011203A0B800 --status 00000000", "tag 9F36"),
    (f"script --imk-smi {KEY} --pan {PAN}", "give --header for a command's MAC or --pin"),
    (f"script --imk-smi {KEY} --pan {PAN} --pin 1234", "missing: --imk-ac, --imk-smc"),
    (f"script --imk-smi {KEY} --pan {PAN} --header 84240000", "needs tag 9F10"),
    (f"dukpt --ksn FFFF9876543210E000 --bdk {KEY}", "a KSN has 10 bytes for TDES DUKPT or 12 for AES DUKPT, not 9"),
    (f"dukpt --ksn FFFF9876543210E00000 --bdk {KEY}", "1 to 10 one-bits"),
    ("dukpt --ksn FFFF9876543210E00001", "give --bdk or --ik"),
    (f"dukpt --ksn 123456789012345600000001 --bdk {KEY} --for bare-data-request", "has no bare data keys"),
    (f"dukpt --ksn 123456789012345600000001 --bdk {KEY} --for pin --key-type aes512", "--key-type takes one of"),
    (f"dukpt --ksn 123456789012345600000001 --bdk {KEY} --for pin --key-type aes256", "not derived from one of 128"),
    (f"tr31 --kbpk {KEY}", "give a key block to read, or --key to make one"),
    (f"tr31 --kbpk {KEY} --key {KEY} --usage ZZ", "--usage takes one of B0"),
    (f"tr31 --kbpk {KEY} --key {KEY[:-2]}", "has a length that no such key has"),
    (f"tr31 --kbpk {KEY[:16]} --key {KEY}", "has 16 or 24 or 32 bytes, not 8"),
    (f"data --key {KEY} --data 00", "whole blocks of 8 bytes, not 1"),
    (f"data --key {KEY} --data 0011223344556677 --iv 00", "an initial vector has 8 bytes, not 1"),
    (f"kcv --key {KEY} --digits 7", "4 to 6 hex digits, not 7"),
    (f"kcv --key {KEY[:16]}", "has 16 or 24 bytes, not 8"),
    ("mca --key 00", "No such command 'mca'"),
]


@pytest.mark.parametrize(("line", "words"), MISTAKES, ids=[line[:60] for line, _ in MISTAKES])
def test_a_mistake_is_told_in_words(crypto, line, words):
    """Status 2, nothing on standard output, one sentence that says what belongs there, and no key or card number."""
    done = crypto(line)
    said = " ".join(done.stderr.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in said
    assert "Traceback" not in said
    assert KEY not in said
    assert PAN not in said


WORDS = st.one_of(
    st.sampled_from(["", "0", "00", KEY, KEY + KEY, PAN, "9F10=", "1234", "-1", "B0", "A0072K0TN00N0000", "\x1b[2J", "é", "٣"]),
    st.text("0123456789ABCDEF", max_size=40),
    st.text(max_size=12).filter(lambda text: not text.startswith("-")),
)


@pytest.mark.parametrize("name", COMMANDS)
@given(data=st.data())
@settings(max_examples=25)
def test_no_words_are_too_much(name, data):
    """Any options with any values: a result or a refusal, and never a traceback."""
    options = [each.opts[0] for each in COMMANDS[name].params if each.opts[0].startswith("--") and not each.is_flag]
    chosen = data.draw(st.lists(st.sampled_from(options), unique=True))
    words = [part for option in chosen for part in (option, data.draw(WORDS))]
    done = CliRunner().invoke(app, [name, *words])
    assert done.exit_code in (0, 1, 2), words
    assert isinstance(done.exception, SystemExit | None), shlex.join(words)
