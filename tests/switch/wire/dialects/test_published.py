"""Shipped dialects against the specs and messages that others published: equal in each element, but where it says otherwise."""

import json
from pathlib import Path

import pytest

from switch.wire import DIALECTS, DecodeError

SAMPLES = Path(__file__).parents[3] / "samples"
SPECS = json.loads((SAMPLES / "specs.json").read_text())
MESSAGES = json.loads((SAMPLES / "messages.json").read_text())["messages"]

PUBLISHED: dict[str, tuple[str, set[int]]] = {
    "iso87-ascii-binary": ("iso87_ascii_binbitmap", {55, 93}),
    "iso87-ebcdic": ("iso87_ebcdic_binbitmap", {93}),
    "unionpay-bcd": (
        "cup_pos_bcd",
        {*range(5, 11), *range(16, 22), 24, 27, 33, 50, 51, 56, *range(66, 91), 93, 99, 100},
    ),
    "visa-base1": ("jpos_base1", {36, 46, 47, 56, 57, 58, 102, 103, *range(104, 118), 119, 121, 122, 125}),
    "base24": ("base24_iso_header", {55, 93}),
    "postilion": ("jpos_postpack", {53, 55, 128}),
}
"""Dialect -> the published spec, and the DEs in which the dialect departs from it, as its docstring says why."""


def spelled(element: dict[str, object]) -> dict[str, object]:
    """An element without what makes no difference: words, latin-1 where all that is lawful is ASCII, fillers of nothing."""
    kept = {name: "ascii" if value == "latin-1" else value for name, value in element.items() if name != "desc"}
    if kept["len_type"] == 0:
        del kept["len_enc"]
        if isinstance(kept["max_len"], int) and kept["max_len"] % 2 == 0:
            kept.pop("left_pad", None)
            kept.pop("right_pad", None)
    return kept


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_spec_is_the_published_one(name: str) -> None:
    """Each element of a spec that somebody else published is ours, and each departure is one."""
    published, departures = PUBLISHED[name]
    ours, theirs = DIALECTS[name].spec, SPECS[published]
    for key in ("t", "p", "1", "h"):
        assert spelled(dict(ours[key])) == spelled(theirs[key]), key
    differing = {
        de
        for de in DIALECTS[name].codec.elements
        if str(de) not in theirs or spelled(dict(ours[str(de)])) != spelled(theirs[str(de)])
    }
    assert differing == departures


CONTENT: dict[str, tuple[int, str]] = {}
"""Published messages that the dialect refuses for what is in them: the DE and the rule."""

READABLE = [entry for entry in MESSAGES if entry["kind"] == "valid"]
MESSAGES_OF = [(name, entry) for name, (spec, _) in PUBLISHED.items() for entry in READABLE if entry["spec"] == spec]


@pytest.mark.parametrize(("name", "entry"), MESSAGES_OF, ids=[str(entry["id"]) for _, entry in MESSAGES_OF])
def test_published_messages_are_read(name: str, entry: dict[str, str]) -> None:
    """A message that somebody else published is read and re-encodes to its bytes, or is refused for its content."""
    dialect, raw = DIALECTS[name], bytes.fromhex(entry["raw_hex"])
    if entry["id"] in CONTENT:
        with pytest.raises(DecodeError) as refused:
            dialect.decode(raw)
        assert (refused.value.de, refused.value.rule) == CONTENT[entry["id"]]
        return
    message = dialect.decode(raw)
    values: dict[int | str, str] = {"mti": message.mti} | {de: message[de] for de in message.fields}
    if message.header is not None:
        values["h"] = message.header
    assert dialect.encode(values) == raw
