"""EMV tags: each key is a tag that can be on the wire, and what identifies a cardholder is not clear."""

import pytest

from switch.wire import tlv
from switch.wire.tags import TAGS, may_show, tag_name


@pytest.mark.parametrize("tag", TAGS)
def test_each_key_is_a_tag(tag: str) -> None:
    """Every key of the table encodes as a tag and has a name."""
    encoded = tlv.encode([(tag, b"")])
    assert tlv.decode(encoded)[0].tag == tag
    assert tag_name(tag) == TAGS[tag].name


@pytest.mark.parametrize(
    "tag", ["56", "57", "5A", "5F20", "5F24", "99", "9F0B", "9F1F", "9F20", "9F6B", "71", "72", "86", "DF01", ""]
)
def test_card_data_scripts_and_unknown_tags_are_hidden(tag: str) -> None:
    """Tracks, numbers, names, scripts and tags without an entry are never shown."""
    assert not may_show(tag)


def test_what_a_cryptogram_covers_may_be_shown() -> None:
    """The tags of an authorisation request that hold no card data are clear; an unknown one is called so."""
    assert all(
        may_show(tag) for tag in ("9F02", "9F03", "9F1A", "95", "5F2A", "9A", "9C", "9F37", "82", "9F36", "9F10", "9F26")
    )
    assert tag_name("DF01") == "unknown tag"
