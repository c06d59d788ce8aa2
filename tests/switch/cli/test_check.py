"""Proves that `check` tells good configurations from bad ones, all problems at once, each with its path."""

import pytest
import tomli_w
from typer.testing import CliRunner

from switch.cli.check import app
from switch.default_config import default_config, printed, reference_tree

OK, USAGE = 0, 2


@pytest.fixture
def check(tmp_path):
    """Write a tree or a text to a file, and check it."""

    def run(content):
        file = tmp_path / "switch.toml"
        file.write_text(content if isinstance(content, str) else tomli_w.dumps(content))
        done = CliRunner().invoke(app, [str(file)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


@pytest.fixture
def tree():
    """The default configuration as plain values."""
    return reference_tree(default_config())


def test_the_printed_configuration(check):
    """What `--print-config` prints is good as it is; its size is told."""
    done = check(printed(default_config()))
    assert done.exit_code == OK
    assert done.stdout.rstrip().endswith("switch.toml: ok (links: 1, routes: 5, accounts: 5)")


def test_every_problem_at_once(check, tree):
    """Several mistakes in different places are told in one reading, with their paths."""
    tree["links"][0] |= {"dialect": "iso87-asci", "mac_key": "pos.zac"}
    tree["routes"][3]["to"] = "isuer"
    tree["issuer"]["cards"][2]["account"] = "ACC-MD"
    tree["issuer"]["accounts"][1]["balance"] = "1,00"
    done = check(tree)
    assert done.exit_code == USAGE
    assert done.stdout == ""
    problems = done.stderr.splitlines()
    for path, near in (
        ("$.links[0].dialect: ", "iso87-ascii"),
        ("$.links[0].mac_key: ", "pos.zak"),
        ("$.routes[3].to: ", "issuer"),
        ("$.issuer.cards[2].account: ", "ACC-MC"),
        ("$.issuer.accounts[1]", "write it like 12.50"),
    ):
        assert [line for line in problems if line.startswith(path) and near in line], path
    assert len(problems) == 5


def test_no_key_and_no_card_is_repeated(check, tree):
    """A key and a card number that cannot be used are told by their place, not by their value."""
    tree["keys"][0]["value"] = "5810E0514F70FB2C8F7C15C846318C"
    tree["issuer"]["cards"][0]["pan"] = "47617390010101191234"
    tree["issuer"]["cards"][1]["pin"] = "98765x"
    done = check(tree)
    assert done.exit_code == USAGE
    assert "$.keys[0].value: " in done.stderr
    assert "$.issuer.cards[0]: " in done.stderr
    for secret in ("5810E0514F70FB2C", "4761739001010119", "98765x"):
        assert secret not in done.stderr


def test_no_links(check):
    """A configuration that nobody could talk to is none."""
    done = check("")
    assert done.exit_code == USAGE
    assert done.stderr.startswith("$.links: ")
