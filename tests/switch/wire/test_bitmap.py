"""Bitmaps: one set of DEs has one spelling, in every dialect's form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.wire.bitmap import BitmapCodec, des_of, mask_of
from switch.wire.errors import DecodeError
from switch.wire.spec import FieldSpec

DES = st.sets(st.integers(2, 192).filter(lambda de: de != 65))


def codec(form: str) -> BitmapCodec:
    spec = FieldSpec(data_enc=form, len_enc=form, len_type=0, max_len=8 if form == "b" else 16, desc="")
    return BitmapCodec(spec, spec)


@pytest.mark.parametrize("form", ["ascii", "b", "cp500"])
@given(des=DES)
def test_a_set_comes_back_from_its_bitmap(form: str, des: set[int]) -> None:
    """Any DEs from 2 to 192 are announced by a bitmap of as many parts as needed and read back from it."""
    bitmaps = codec(form)
    spelled = bitmaps.encode(mask_of(des))
    parts = 1 + (max(des, default=0) > 64) + (max(des, default=0) > 128)
    assert len(spelled) == parts * (8 if form == "b" else 16)
    assert bitmaps.decode(b"0200" + spelled + b"rest", 4) == mask_of(des)
    assert des_of(mask_of(des)) == tuple(sorted(des))


def test_the_first_bit_is_de_1() -> None:
    """The bitmap's bits are numbered from the left, as ISO 8583:1987 draws them."""
    assert codec("ascii").encode(mask_of([2, 3, 64])) == b"6000000000000001"
    assert codec("ascii").encode(mask_of([3, 66, 128])) == b"A0000000000000004000000000000001"
    assert codec("b").encode(mask_of([129])) == bytes.fromhex("8000000000000000" * 2 + "8000000000000000")


@pytest.mark.parametrize("form", ["ascii", "b"])
@given(data=st.binary(max_size=30))
def test_accepted_bytes_are_the_canonical_bitmap(form: str, data: bytes) -> None:
    """Random bytes are refused as a bitmap or start with the bitmap of the set they gave."""
    bitmaps = codec(form)
    try:
        mask = bitmaps.decode(data, 0)
    except DecodeError as error:
        refused = error
    else:
        assert data.startswith(bitmaps.encode(mask))
        return
    assert refused.de == "bitmap"
    assert 0 <= refused.offset <= len(data)
