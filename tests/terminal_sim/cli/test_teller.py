"""One result, for people as lines when they are known, for programs as one object at the end."""

import json

from terminal_sim.cli.teller import Teller


def test_lines_come_at_once(capsys):
    """And nothing is added at the end."""
    teller = Teller(as_json=False)
    teller.say("count", 3, ["three", "of them"])
    assert capsys.readouterr().out == "three\nof them\n"
    teller.end()
    assert capsys.readouterr().out == ""


def test_an_object_comes_at_the_end(capsys):
    """With every part under its name, in the order in which they were told."""
    teller = Teller(as_json=True)
    teller.say("count", 3, ["three"])
    teller.say("kept", frozenset({1}), ["one"])
    assert capsys.readouterr().out == ""
    teller.end()
    assert json.loads(capsys.readouterr().out) == {"count": 3, "kept": [1]}
