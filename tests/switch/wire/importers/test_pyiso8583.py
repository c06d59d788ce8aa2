"""pyiso8583 specs: as JSON and as a module, read as literals; code in a module is never run."""

import copy
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
        f'"""A module."""\nimport copy\n\nspec: dict = {pprint.pformat(default_ascii)}\nother = sorted(spec)\n',
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


CHANGED = """
import copy
import iso8583
from iso8583.specs import default_ascii

mine = {copy}
mine["2"]["max_len"] = 28
mine["48"] = {{"data_enc": "b", "len_enc": "bcd", "len_type": 2, "max_len": 255, "desc": "Own"}}

if __name__ == "__main__":
    print(iso8583.encode({{"t": "0800"}}, mine))
"""


@pytest.mark.parametrize(
    "copied", ["copy.deepcopy(default_ascii)", "deepcopy(iso8583.specs.default_ascii)", "default_ascii.copy()", "default_ascii"]
)
def test_a_changed_copy_of_a_shipped_spec(copied: str) -> None:
    """As people make theirs: a copy of pyiso8583's own, some elements of it set to something else."""
    wanted = copy.deepcopy(default_ascii)
    wanted["2"]["max_len"] = 28
    wanted["48"] = {"data_enc": "b", "len_enc": "bcd", "len_type": 2, "max_len": 255, "desc": "Own"}
    assert read_spec(CHANGED.format(copy=copied), Options())[1].spec == wanted
    assert default_ascii["2"]["max_len"] == 19


@pytest.mark.parametrize(
    "change",
    [
        *('mine["2"]["max_len"] += 9', 'mine["2"]["max_len"] = length', 'mine["2"].update(max_len=28)', 'del mine["2"]'),
        *('mine["2"]["max_len"]["x"] = 1', "mine[number] = {}", 'for de in "23":\n    mine[de]["max_len"] = 28'),
        *("mine = make(mine)", 'with x as mine["2"]:\n    pass', 'mine["2"]: dict = {}', "mine |= {}", 'mine["999"]["x"] = 1'),
    ],
)
def test_a_change_that_is_not_written_out_is_refused(change: str) -> None:
    """It is never passed over: a spec without it would be another one. The line is named."""
    with pytest.raises(SpecError, match=r"line [23] changes a dict"):
        read_spec(f"mine = {default_ascii!r}\n{change}\n", Options())


def test_an_element_with_a_name_of_its_own_is_the_same_element() -> None:
    """What is changed through another name is changed."""
    text = f"mine = {default_ascii!r}\npan = mine['2']\npan['max_len'] = 28\nother = mine['none']\n"
    assert read_spec(text, Options())[1].spec["2"]["max_len"] == 28


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
