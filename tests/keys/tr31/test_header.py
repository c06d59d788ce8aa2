"""Proves that headers of key blocks are read strictly, and printed so that they are read again as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import KeyBlockError
from keys.material import Algorithm, Exportability, KeyUsage, Mode
from keys.tr31.header import OPTIONAL_BLOCKS, Context, Header, OptionalBlock, Version, frame, parse_header, print_header

SAMPLES = {
    "AL": "01",
    "BI": "0112345678",
    "CT": "00MIIB",
    "DA": "01K0AB0",
    "FL": "02",
    "HM": "21",
    "IK": "1234567890123456",
    "KC": "01A1B2C3D4E5",
    "KP": "00012331",
    "KS": "00604B120F9292800000",
    "KV": "0001",
    "LB": "a label, with spaces",
    "PK": "0008D7B4",
    "TC": "20200818004100Z",
    "TS": "2020081822121800Z",
    "WP": "001",
}

headers = st.builds(
    Header,
    version=st.sampled_from(Version),
    usage=st.sampled_from(KeyUsage),
    algorithm=st.sampled_from(Algorithm),
    mode=st.sampled_from(Mode),
    exportability=st.sampled_from(Exportability),
    key_version=st.from_regex(r"[0-9A-Za-z]{2}", fullmatch=True),
    context=st.sampled_from(Context),
    blocks=st.lists(st.sampled_from(sorted(SAMPLES)), unique=True, max_size=6).map(
        lambda names: tuple(OptionalBlock(name, SAMPLES[name]) for name in names)
    ),
)


def header(*blocks, version=Version.B):
    return Header(
        version=version,
        usage=KeyUsage.PIN_ENCRYPTION,
        algorithm=Algorithm.TDES,
        mode=Mode.ENCRYPT,
        exportability=Exportability.EXPORTABLE,
        blocks=blocks,
    )


@given(headers, st.sampled_from([1, 8, 16]), st.integers(0, 200))
def test_a_printed_header_is_read_again(given_header, multiple, payload):
    """Every header comes back, its end is found, its optional blocks end on a whole cipher block."""
    text = print_header(given_header, payload_characters=payload, multiple=multiple)
    assert frame(text + "0" * payload) == (given_header.version, text)
    assert parse_header(text) == given_header
    assert (len(text) - 16) % multiple == 0


def test_every_optional_block_has_a_sample():
    """The samples above are of all that are known, so that each form is tried."""
    assert SAMPLES.keys() == OPTIONAL_BLOCKS.keys()


@pytest.mark.parametrize("size", [250, 251, 252, 400])
def test_long_optional_blocks_have_the_longer_length(size):
    """From 256 characters on, the length is 00, how many digits it has, and they."""
    text = print_header(header(OptionalBlock("CT", "0" * size)), payload_characters=0, multiple=1)
    assert text[16:20] == (f"CT{size + 4:02X}" if size + 4 < 256 else "CT00")
    assert parse_header(text).optional("CT") == "0" * size


def test_padding_is_left_out_and_others_are_found():
    """Padding says nothing; a block that is not there is None."""
    text = print_header(header(OptionalBlock("HM", "21")), payload_characters=0, multiple=8)
    assert text[16:] == "HM0621PB0A000000"
    assert parse_header(text).blocks == (OptionalBlock("HM", "21"),)
    assert parse_header(text).optional("KS") is None


def test_proprietary_blocks_are_kept():
    """Identifiers of digits from 10 on are somebody's own, and restrict nothing."""
    assert parse_header("B0000P0TE00E010010080abc").optional("10") == "0abc"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        *[("ZZ", ""), ("ks", "0" * 16), ("09", ""), ("PB", "00"), ("K", "0"), ("KSN", "0"), ("TS", "2020"), ("KC", "02FFFF")],
        *[("KS", "0" * 15), ("KS", "0" * 17), ("KS", "a" * 16), ("HM", "2"), ("LB", ""), ("LB", "Zürich"), ("LB", "a\nb")],
        ("10", "\x00"),
    ],
)
def test_unknown_or_malformed_optional_blocks_are_refused(name, data):
    """What a block that is not known restricts cannot be honoured, so it is never passed over."""
    with pytest.raises(KeyBlockError, match="optional block"):
        OptionalBlock(name, data)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "0"),
        ("B0015P0TE00E000", "15"),
        ("B9999P0TE00E0000", "character 2"),
        ("B 016P0TE00E0000", "character 2"),
        ("B+016P0TE00E0000", "character 2"),
        ("F0016P0TE00E0000", "Version"),
        ("00016P0TE00E0000", "Version"),
        ("b0016P0TE00E0000", "Version"),
        ("B0016P0TE00E0100", "character 19"),
        ("B0016P0TE00E-100", "character 13"),
        ("B0016P0TE00E0 00", "character 13"),
        ("B0020P0TE00E0100KS03", "shorter"),
        ("B0020P0TE00E0100KS05", "behind the end"),
        ("B0020P0TE00E0100KSFf", "hex"),
        ("B0020P0TE00E0100KS00", "hex"),
        ("B0022P0TE00E0100KS0000", "hex"),
        ("B0024P0TE00E0100KS000107", "shorter"),
        ("B0017P0TE00E0000\n", "printable"),
        ("B0017P0TE00E0000é", "printable"),
    ],
)
def test_what_is_no_frame_is_refused(text, why):
    """Length, version, count and extents, each with the character where it went wrong."""
    with pytest.raises(KeyBlockError, match=why):
        frame(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("B0016Q0TE00E0000", "KeyUsage"),
        ("B0016P0XE00E0000", "Algorithm"),
        ("B0016P0TA00E0000", "Mode"),
        ("B0016P0TE0_E0000", "version number"),
        ("B0016P0TE00X0000", "Exportability"),
        ("B0016P0TE00E0030", "Context"),
        ("B0016P0TE00E0001", "reserved"),
        ("B0028P0TE00E0200HM0621HM0621", "twice"),
        ("B0026P0TE00E0200PB04HM0621", "behind the padding"),
    ],
)
def test_unknown_attributes_are_refused(text, why):
    """No attribute is guessed, and none is passed over."""
    with pytest.raises(KeyBlockError, match=why):
        parse_header(text)


@given(headers, st.data())
def test_any_text_is_a_header_or_refused(given_header, data):
    """Printed headers with any characters changed, cut anywhere: nothing but KeyBlockError comes out."""
    text = print_header(given_header, payload_characters=0, multiple=8)
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        text = text[:place] + data.draw(st.characters(max_codepoint=300)) + text[place + 1 :]
    for candidate in (text, text[: data.draw(st.integers(0, len(text)))], data.draw(st.text(max_size=40))):
        try:
            assert isinstance(parse_header(frame(candidate)[1]), Header)
        except KeyBlockError:
            continue


def test_what_does_not_fit_is_not_printed():
    """Twice the same block, a key version of another form, more characters than a length can say."""
    twice = header(OptionalBlock("HM", "21"), OptionalBlock("HM", "22"))
    with pytest.raises(KeyBlockError, match="once"):
        print_header(twice, payload_characters=0, multiple=1)
    with pytest.raises(KeyBlockError, match="at most 9999"):
        print_header(header(), payload_characters=9_999, multiple=1)
    with pytest.raises(KeyBlockError, match="version number"):
        print_header(
            Header(
                version=Version.B,
                usage=KeyUsage.PIN_ENCRYPTION,
                algorithm=Algorithm.TDES,
                mode=Mode.ENCRYPT,
                exportability=Exportability.EXPORTABLE,
                key_version="000",
            ),
            payload_characters=0,
            multiple=1,
        )
