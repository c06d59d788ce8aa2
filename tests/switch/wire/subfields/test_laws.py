"""Laws of every kind of layout: what is written is read, what is read is written alike, and only declared errors come out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.limits import SUBFIELDS_MAX
from switch.wire.dialects import iso87_subfields, iso93_subfields, iso2003_subfields, postilion_subfields, visa_subfields
from switch.wire.errors import EncodeError, SubfieldError
from switch.wire.rules import RULES
from switch.wire.subfields import (
    BerTlv,
    Bitmapped,
    DataSet,
    DataSets,
    Groups,
    InnerLayout,
    Part,
    Positional,
    Subfields,
    Tagged,
    check_layout,
    read_bytes,
    write_bytes,
)
from terminal_sim.testing.strategies import nearly_valid_subfields, subfields
from terminal_sim.testing.subfields import SUBFIELD_FAULTS

TRIPLE = tuple(Part(key, "code", 3, "an") for key in ("2", "10", "23"))
DIGITS = Part("", "digits", 5, "n", "b", len_count="nibbles", left_pad="0")
PREFIXED = Part("", "prefixed", 30, "an", len_type=2)
RAW = Part("", "raw", 4, "b", "b", len_type=1, len_enc="b")
REST = Part("", "rest", 0, "ans")
CODE = Part("", "code", 3, "an")
LEAD = Part("TCC", "category", 1, "a")
KNOWN = (Part("61", "digits", 6, "n"), Part("92", "chip", 40, "any", inner=BerTlv()), Part("93", "code", 3, "an"))

LAYOUTS: dict[str, InnerLayout] = {
    "positional": Positional((CODE, DIGITS, PREFIXED, RAW, REST)),
    "short": Positional((CODE, PREFIXED, CODE), short=True),
    "fixed": Positional((CODE, CODE)),
    "groups": Groups((CODE, PREFIXED, CODE)),
    "bitmap": Bitmapped((Part("1", "x", 3, "an"), Part("9", "raw", 2, "b", "b"), Part("24", "x", 9, "an", len_type=1)), size=3),
    "bitmap in text": Bitmapped(TRIPLE, size=1, hexadecimal=True, extends=True),
    "tagged": Tagged(KNOWN, lead=LEAD),
    "length first": Tagged(KNOWN, length=3, order="length-tag", counts="tag-and-value"),
    "raw tags": Tagged((Part("DF01", "packed", 8, "n", "b", len_count="nibbles"),), length=1, length_form="b", raw_tags=True),
    "packed length": Tagged((), tag=3, length=2, length_form="bcd", order="length-tag"),
    "no length": Tagged((Part("AA", "code", 3, "an"), Part("BB", "own", 9, "ans", len_type=1)), length=0),
    "tokens": Tagged((), length=5, mark="! ", gap=" ", charset="ascii"),
    "EBCDIC": Tagged((Part("01", "code", 3, "an", "cp500"),), charset="cp500"),
    "objects": BerTlv((Part("DF20", "text", 9, "ans"), Part("DF21", "packed", 8, "n", "b", len_count="nibbles"))),
    "data sets": DataSets(
        (
            DataSet("01", "objects", (Part("80", "code", 9, "ans"),)),
            DataSet("71", "parts", tuple(Part(str(bit), "code", 3, "an") for bit in (1, 2, 14, 15, 16, 21, 22, 23, 29))),
        )
    ),
    **{f"DE {de} of 1987": layout for de, layout in iso87_subfields.SUBFIELDS.items()},
    **{f"DE {de} of 1993": iso93_subfields.SUBFIELDS[de] for de in (22, 30, 56)},
    **{f"DE {de} of 2003": iso2003_subfields.SUBFIELDS[de] for de in (34, 56)},
    **{f"DE {de} of Postilion": layout for de, layout in postilion_subfields.SUBFIELDS.items()},
    **{f"DE {de} of BASE I": layout for de, layout in visa_subfields.SUBFIELDS.items()},
}  # fmt: skip

# A third of what is usual: there are many layouts, and each kind has several.
some = settings(max_examples=settings().max_examples // 3)

layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def read(layout: InnerLayout, data: bytes) -> Subfields:
    return Subfields(read_bytes(layout, data))


def leaves(values, path=""):
    for key, value in values.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from leaves(value, f"{path}{key}.")


@layouts
def test_a_layout_is_lawful(layout: InnerLayout) -> None:
    """Each of these layouts could stand in a dialect file."""
    check_layout(layout, "$")


@layouts
@some
@given(data=st.data())
def test_what_is_written_is_read(layout: InnerLayout, data: st.DataObject) -> None:
    """Lawful values come back from their bytes by path, and their bytes from them."""
    values = data.draw(subfields(layout))
    written = write_bytes(layout, values)
    found = read(layout, written)
    wanted = dict(leaves(values))
    inner = {path for path in wanted if path not in found}
    assert {path: found[path] for path in wanted if path not in inner} == {p: v for p, v in wanted.items() if p not in inner}
    # A part that was given as one value and has an inside is found as what is inside of it.
    assert all(any(path.startswith(f"{outer}.") for path in found) for outer in inner if wanted[outer])
    assert write_bytes(layout, found) == written


@layouts
@some
@given(data=st.data())
def test_only_declared_errors_come_out(layout: InnerLayout, data: st.DataObject) -> None:
    """Bytes, random or damaged, are refused by a known rule inside of their bounds, or written as the same bytes again."""
    raw = bytearray(
        write_bytes(layout, data.draw(subfields(layout))) if data.draw(st.booleans()) else data.draw(st.binary(max_size=40))
    )
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.binary(max_size=2) | st.sampled_from((b"+", b" ", b"0", b"\xff"))
        )
    try:
        found: Subfields | SubfieldError = read(layout, bytes(raw))
    except SubfieldError as error:
        found = error
    if isinstance(found, SubfieldError):
        assert found.rule in RULES
        assert 0 <= found.offset <= len(raw)
        return
    assert len(found) <= SUBFIELDS_MAX
    assert write_bytes(layout, found) == bytes(raw)
    for one, other in zip(found.tree, found.tree[1:], strict=False):
        assert one.end == other.start


@layouts
@some
@given(data=st.data())
def test_nearly_valid_bytes_break_the_named_rule(layout: InnerLayout, data: st.DataObject) -> None:
    """Each drawn value is refused for the rule that came with it."""
    if not _has_a_place(layout):
        return
    raw, rule = data.draw(nearly_valid_subfields(layout))
    with pytest.raises(SubfieldError) as refused:
        read_bytes(layout, raw)
    assert refused.value.rule == rule


@layouts
@some
@given(
    values=st.recursive(
        st.text(max_size=4), lambda inner: st.dictionaries(st.text("0123456789AF.:T", max_size=5), inner, max_size=3)
    )
)
def test_values_of_any_kind_are_written_or_refused(layout: InnerLayout, values) -> None:
    """Whatever is given, what comes out is bytes that are read again, or an error that names its rule."""
    if isinstance(values, str):
        return
    try:
        written: bytes | EncodeError = write_bytes(layout, values)
    except EncodeError as error:
        written = error
    if isinstance(written, EncodeError):
        assert written.rule in RULES
        return
    assert write_bytes(layout, read(layout, written)) == written


def test_every_kind_has_faults() -> None:
    """A kind of layout that nobody breaks would be a hole in the tests of those who use these strategies."""
    assert {type(layout) for layout in LAYOUTS.values()} == set(SUBFIELD_FAULTS)


def _has_a_place(layout: InnerLayout) -> bool:
    """False for the few layouts that any bytes fit in some way: nothing can be broken in exactly one way there."""
    open_end = isinstance(layout, Positional) and (layout.short or layout.parts[-1].takes_rest)
    return not open_end and not (isinstance(layout, Tagged) and not layout.length and layout.tag < 2)
