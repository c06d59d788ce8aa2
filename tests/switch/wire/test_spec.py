"""Specs are checked before they are trusted: what is wrong with one is named by element and key."""

from collections.abc import Mapping

import pytest

from switch.wire import DIALECTS, Dialect, SpecError
from switch.wire.spec import charset_bytes, check_spec

GOOD = DIALECTS["iso87-ascii"].spec


def changed(key: str, **more: object) -> dict[str, Mapping[str, object]]:
    return {**GOOD, key: {**GOOD[key], **more}}


def test_a_good_spec_is_copied() -> None:
    """A checked spec is equal to what was given and is not the same object, so that later changes do not reach it."""
    checked = check_spec(GOOD)
    assert checked == GOOD
    assert checked is not GOOD
    assert checked["2"] is not GOOD["2"]


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ({key: value for key, value in GOOD.items() if key != "p"}, "SPC-KEY-01"),
        ({**GOOD, "193": GOOD["2"]}, "SPC-KEY-02"),
        ({**GOOD, "٢": GOOD["2"]}, "SPC-KEY-02"),
        (changed("2", max_len="19"), "SPC-TYP-01"),
        (changed("2", max_len=-1), "SPC-TYP-01"),
        (changed("2", len_type=True), "SPC-TYP-01"),
        (changed("2", desc=None), "SPC-TYP-01"),
        (changed("2", len_count="bits"), "SPC-VAL-01"),
        (changed("2", left_pad="x"), "SPC-VAL-01"),
        (changed("2", right_pad="f"), "SPC-VAL-01"),
        (changed("2", left_pad=0), "SPC-TYP-01"),
        (changed("2", len_type=7), "SPC-VAL-01"),
        (changed("2", data_enc="no-such-charset"), "SPC-ENC-01"),
        (changed("2", len_enc="utf-16"), "SPC-ENC-01"),
        (changed("2", data_enc="base64"), "SPC-ENC-01"),
        (changed("2", data_enc="utf-7"), "SPC-ENC-01"),
        (changed("2", data_enc="raw_unicode_escape"), "SPC-ENC-01"),
        (changed("2", data_enc="bcd"), "SPC-ENC-01"),
    ],
)
def test_what_is_wrong_is_named(spec: Mapping[str, Mapping[str, object]], rule: str) -> None:
    """A spec with a missing or foreign element, or an unusable key, is refused with its rule."""
    with pytest.raises(SpecError) as refused:
        Dialect.from_spec("foreign", spec)
    assert refused.value.rule == rule
    assert "element" in str(refused.value)


def test_only_characters_that_go_both_ways_are_spelled() -> None:
    """A charset's table holds those bytes only that mean one character which means that byte: of utf-8 the ASCII half."""
    assert charset_bytes("ascii") == {chr(code): code for code in range(128)}
    assert charset_bytes("utf-8") == charset_bytes("ascii")
    assert len(charset_bytes("latin-1")) == 256
    assert charset_bytes("cp500")["1"] == 0xF1
