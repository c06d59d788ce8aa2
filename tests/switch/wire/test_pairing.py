"""Which dialect goes in which framing: the reasons are words, and text is what it says."""

from switch.wire import DIALECTS, FRAMINGS, Dialect
from switch.wire.pairing import is_text, unfit

ASCII, BINARY = DIALECTS["iso87-ascii"], DIALECTS["iso87-binary"]


def test_what_is_too_short_fits_nobody() -> None:
    """Two digits announce 99 bytes."""
    assert unfit(ASCII, FRAMINGS["ascii2"]) == "ascii2 carries 99 bytes at most, which is too little for a purchase"


def test_raw_bytes_need_a_length() -> None:
    """A frame that ends at a byte is for text; bitmaps alone can make a dialect binary."""
    assert not unfit(ASCII, FRAMINGS["stx-etx"])
    assert "raw bytes" in unfit(BINARY, FRAMINGS["stx-etx"])
    assert not unfit(BINARY, FRAMINGS["len2-big-etx"])
    spec = {**ASCII.spec, "p": {**ASCII.spec["p"], "data_enc": "b", "max_len": 8}}
    assert is_text(ASCII)
    assert not is_text(Dialect.from_spec("with a binary bitmap", spec))
