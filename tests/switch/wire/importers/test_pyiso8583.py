"""pyiso8583 specs: as JSON and as a module, read as literals; code in a module is never run."""

import json
import pprint

import pytest
from iso8583.specs import default_ascii

from switch.wire import SpecError
from switch.wire.importers import Options, read_spec

TEXT = json.dumps(default_ascii)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"spec = {default_ascii!r}\n",
        f'"""A module."""\nimport copy\n\nspec: dict = {pprint.pformat(default_ascii)}\nother = copy.deepcopy(spec)\n',
        f"small = {{'h': 1}}\nspec = {default_ascii!r}",
    ],
    ids=["json", "module", "typed", "second"],
)
def test_its_own_spec_is_read_as_it_is(text) -> None:
    """JSON and modules give the same, and nothing is left over to tell."""
    kind, imported = read_spec(text, Options())
    assert kind == "pyiso8583 spec"
    assert imported.spec == default_ascii
    assert (imported.content, imported.unmapped) == ({}, {})


def test_several_specs_in_a_module() -> None:
    """The first is taken and the others are named, or the one that was asked for."""
    text = f"one = {default_ascii!r}\ntwo = {default_ascii | {'2': default_ascii['3']}!r}\n"
    assert "two" in read_spec(text, Options())[1].unmapped["file"]
    assert read_spec(text, Options(variable="two"))[1].spec["2"] == default_ascii["3"]
    with pytest.raises(SpecError):
        read_spec(text, Options(variable="three"))


def test_nothing_is_executed(tmp_path) -> None:
    """A module that does something when it is run does nothing when it is read."""
    file = tmp_path / "ran"
    text = f"open({str(file)!r}, 'w')\nspec = {{'h': open({str(file)!r}, 'w'), 't': 1, 'p': 1, '1': 1}}\n"
    with pytest.raises(SpecError):
        read_spec(text, Options())
    assert not file.exists()


@pytest.mark.parametrize(
    "text",
    [
        "spec = {",
        "spec = {'h': 1, 't': 2, 'p': 3, '1': 4}",
        "spec = " + "{'a':" * 200,
        "x = {}",
        '{"h": {}, "t": {}, "p": {}, "1": {}}',
        "nothing of the kind",
        "",
    ],
)
def test_spoilt_files(text) -> None:
    """What is no spec is refused in words."""
    with pytest.raises(SpecError):
        read_spec(text, Options())
